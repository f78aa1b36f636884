package web

import (
	"io"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// How long and how much a refused request may still send while its answer is on the way.
const (
	lingerTime  = 2 * time.Second
	lingerBytes = 16 << 20
)

// The states of a connection.
const (
	idle     int32 = iota // no request has begun
	arriving              // a request is being read
	busy                  // a request that has been read is answered
	dropped               // closed by the gate: what still arrives is not read
)

// patience is for how long a request may arrive before it makes room for others, where room is wanted.
const patience = time.Second

// conn is a connection that the gate let in. It knows how far a request has come, so that none is closed that is being
// answered where there are too many; and it can close politely.
type conn struct {
	net.Conn
	gate    *gate
	from    netip.Prefix // whom it counts for; not valid where it counts for nobody
	state   atomic.Int32
	since   atomic.Int64 // when it became idle, or a request began to arrive, in nanoseconds
	heard   atomic.Bool  // something has been read from it
	refused atomic.Bool  // the rest of its request will not be read
}

// Read implements net.Conn.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.heard.Store(true)
		if !c.begin() {
			return 0, net.ErrClosed
		}
	}
	return n, err
}

// begin notes that a request begins to arrive; false when the connection was closed meanwhile.
func (c *conn) begin() bool {
	if c.state.Load() == idle {
		c.since.Store(time.Now().UnixNano())
		c.state.CompareAndSwap(idle, arriving)
	}
	return c.state.Load() != dropped
}

// answer notes that a request has been read.
func (c *conn) answer() { c.state.CompareAndSwap(arriving, busy) }

// rest notes that a request has ended.
func (c *conn) rest() {
	c.since.Store(time.Now().UnixNano())
	if !c.state.CompareAndSwap(busy, idle) {
		c.state.CompareAndSwap(arriving, idle)
	}
}

// spare tells whether the connection may be closed for another one: it is idle, or its request is long in coming.
func (c *conn) spare(now time.Time) bool {
	state := c.state.Load()
	return state == idle || state == arriving && now.Sub(time.Unix(0, c.since.Load())) > patience
}

// before tells whether the connection is closed before another one that can be spared.
func (c *conn) before(other *conn) bool {
	if mine, theirs := c.state.Load() == idle, other.state.Load() == idle; mine != theirs {
		return mine
	}
	return c.since.Load() < other.since.Load()
}

// drop closes a connection that is idle, or whose request is long in coming; false when neither is so any more.
func (c *conn) drop() bool {
	if c.state.CompareAndSwap(idle, dropped) || c.spare(time.Now()) && c.state.CompareAndSwap(arriving, dropped) {
		_ = c.Conn.Close()
		return true
	}
	return false
}

// Close implements net.Conn. Closing a connection whose request was refused before it was read whole would reset it,
// and the reader would lose the answer that says why: so it first stops writing and reads the rest away, within limits.
func (c *conn) Close() error {
	defer c.gate.leave(c)
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok && c.refused.Swap(false) {
		if half.CloseWrite() == nil && c.SetReadDeadline(time.Now().Add(lingerTime)) == nil {
			_, _ = io.CopyN(io.Discard, c.Conn, lingerBytes)
		}
	}
	return c.Conn.Close()
}

// watch follows what the server does with a connection. A server that begins to wait for the first request calls that
// active too.
func watch(nc net.Conn, state fasthttp.ConnState) {
	c, ok := nc.(*conn)
	if !ok {
		return
	}
	switch {
	case state == fasthttp.StateActive && c.heard.Load(): // by a request that came together with the one before
		c.begin()
	case state == fasthttp.StateIdle:
		c.rest()
	}
}

// readWhole notes that a request has been read: its connection is closed for no other one.
func readWhole(c *fiber.Ctx) {
	if nc, ok := c.Context().Conn().(*conn); ok { //nolint:forbidigo // the connection itself, not the context
		nc.answer()
	}
}

// unheard reports whether a connection ends without ever having asked for anything. Then there is nobody to make a page
// for, and nothing to log.
func unheard(c *fiber.Ctx) bool {
	nc, ok := c.Context().Conn().(*conn) //nolint:forbidigo // the connection itself, not the context
	return ok && !nc.heard.Load()
}

// refuseRest closes the connection after the answer and notes that the rest of the request will not be read.
func refuseRest(c *fiber.Ctx) {
	c.Response().SetConnectionClose()
	nc := c.Context().Conn() //nolint:forbidigo // the connection itself, not the context
	if l, ok := nc.(*conn); ok {
		l.refused.Store(true)
	}
}
