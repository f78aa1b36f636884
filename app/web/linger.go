package web

import (
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
)

// How long and how much a refused request may still send while its answer is on the way.
const (
	lingerTime  = 2 * time.Second
	lingerBytes = 16 << 20
)

// Listener serves on a listener until Shutdown.
func (a *App) Listener(l net.Listener) error { return a.App.Listener(&lingerListener{l}) }

// lingerListener makes connections that can close politely.
type lingerListener struct{ net.Listener }

// Accept implements net.Listener.
func (l *lingerListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &lingerConn{Conn: c}, nil
}

// lingerConn is a connection whose request may have been refused before it was read whole. Closing it then
// would reset it, and the reader would lose the answer that says why: so it first stops writing and reads the
// rest away, within limits.
type lingerConn struct {
	net.Conn
	refused atomic.Bool
}

// Close implements net.Conn.
func (c *lingerConn) Close() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok && c.refused.Swap(false) {
		if half.CloseWrite() == nil && c.SetReadDeadline(time.Now().Add(lingerTime)) == nil {
			_, _ = io.CopyN(io.Discard, c.Conn, lingerBytes)
		}
	}
	return c.Conn.Close()
}

// refuseRest notes that the rest of the request will not be read.
func refuseRest(c *fiber.Ctx) {
	conn := c.Context().Conn() //nolint:forbidigo // the connection itself, not the context
	if l, ok := conn.(*lingerConn); ok {
		l.refused.Store(true)
	}
}
