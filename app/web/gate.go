package web

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Bounds of what is open at once.
const (
	// maxConnections bounds the memory of connections: each takes some 40 KB before it has asked for anything.
	maxConnections = 2000
	// reservedFiles are left to everything that is no visitor: the database, letters, the provider, the log.
	reservedFiles = 100
	// addressShare is the part of all connections that one address may hold: offices and schools share an address.
	addressShare = 4
	// A listener that can accept nothing for want of files is asked again after a pause that doubles.
	firstPause, lastPause = 5 * time.Millisecond, time.Second
	// rarely is how often the log says that visitors are turned away.
	rarely = time.Minute
)

// gate lets connections in. Where there are too many, of all or of one address, those that have waited longest without
// a request go first, then those whose request has been arriving longest; when every one is answered the newcomer is
// told to come back.
type gate struct {
	log         *slog.Logger
	most, share int
	// counts tells whether an address is one visitor's: a proxy's is not.
	counts func(netip.Addr) bool

	mu     sync.Mutex
	open   map[*conn]bool
	of     map[netip.Prefix]int
	shut   bool
	warned atomic.Int64
}

func newGate(log *slog.Logger, most int, counts func(netip.Addr) bool) *gate {
	return &gate{
		log: log, most: most, share: max(most/addressShare, 1),
		counts: counts, open: map[*conn]bool{}, of: map[netip.Prefix]int{},
	}
}

// connectionsFor is how many connections a process may have that may open so many files.
func connectionsFor(files uint64) int {
	if files >= maxConnections+reservedFiles {
		return maxConnections
	}
	return int(max(files-min(files, reservedFiles), files/4, 1)) //nolint:gosec // smaller than maxConnections
}

// openFiles is how many files the process may open.
func openFiles() uint64 {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return maxConnections
	}
	return l.Cur
}

// gatedListener lets in through a gate who comes to a listener.
type gatedListener struct {
	net.Listener
	gate *gate
	once sync.Once
	done chan struct{}
}

// Close implements net.Listener.
func (l *gatedListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

// Accept implements net.Listener. What passes — no file left, a visitor gone before they were let in — is waited out:
// the server would take any error for the end.
func (l *gatedListener) Accept() (net.Conn, error) {
	pause := firstPause
	for {
		nc, err := l.Listener.Accept()
		if err == nil {
			if c := l.gate.admit(nc); c != nil {
				return c, nil
			}
			pause = firstPause
			continue
		}
		if !passes(err) {
			return nil, err
		}
		l.gate.warn("no connection can be accepted: raise the limit of open files (ulimit -n)", "error", err)
		l.gate.makeRoom(netip.Prefix{})
		select {
		case <-l.done:
			return nil, io.EOF
		case <-time.After(pause):
			pause = min(2*pause, lastPause)
		}
	}
}

// passes tells whether what hinders a listener is over after a while.
func passes(err error) bool {
	for _, one := range []error{
		syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM,
		syscall.ECONNABORTED, syscall.ECONNRESET, syscall.EINTR, syscall.EPROTO,
	} {
		if errors.Is(err, one) {
			return true
		}
	}
	return false
}

// admit lets a connection in, or turns it away and returns nil.
func (g *gate) admit(nc net.Conn) *conn {
	c := &conn{Conn: nc, gate: g, from: g.origin(nc.RemoteAddr())}
	c.since.Store(time.Now().UnixNano())
	for !g.enter(c) {
		of := netip.Prefix{}
		if g.full(c.from) {
			of = c.from
		}
		if !g.makeRoom(of) {
			g.turnAway(nc, of)
			return nil
		}
	}
	return c
}

// origin is whom a connection counts for: an address, of the sixth version the network that one visitor has.
func (g *gate) origin(a net.Addr) netip.Prefix {
	from, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Prefix{}
	}
	address := from.Addr().Unmap().WithZone("")
	if !g.counts(address) {
		return netip.Prefix{}
	}
	bits := 32
	if address.Is6() {
		bits = 64
	}
	prefix, err := address.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}

// enter counts a connection, where there is room for it.
func (g *gate) enter(c *conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut || len(g.open) >= g.most || c.from.IsValid() && g.of[c.from] >= g.share {
		return false
	}
	g.open[c] = true
	if c.from.IsValid() {
		g.of[c.from]++
	}
	return true
}

// full tells whether an address has all that it may have.
func (g *gate) full(of netip.Prefix) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return of.IsValid() && g.of[of] >= g.share
}

// leave takes a connection out of the counts.
func (g *gate) leave(c *conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.open[c] {
		return
	}
	delete(g.open, c)
	if g.of[c.from]--; g.of[c.from] <= 0 {
		delete(g.of, c.from)
	}
}

// makeRoom closes the connection that can best be spared, of one address where it is given; false when none can.
func (g *gate) makeRoom(of netip.Prefix) bool {
	for {
		c := g.oldest(of)
		if c == nil {
			return false
		}
		if c.drop() {
			g.leave(c)
			return true
		}
	}
}

// oldest is the connection that has been idle longest, else the one whose request has been arriving longest; nil when
// none can be spared, and while the gate is shut.
func (g *gate) oldest(of netip.Prefix) *conn {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut {
		return nil
	}
	now := time.Now()
	var found *conn
	for c := range g.open {
		if c.spare(now) && (!of.IsValid() || c.from == of) && (found == nil || c.before(found)) {
			found = c
		}
	}
	return found
}

// close lets nobody in any more and closes what is idle.
func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = true
	for c := range g.open {
		c.drop()
	}
}

func (g *gate) isShut() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.shut
}

// warn says something at most once a while.
func (g *gate) warn(what string, more ...any) {
	now, last := time.Now().UnixNano(), g.warned.Load()
	if (last == 0 || now-last > int64(rarely)) && g.warned.CompareAndSwap(last, now) {
		g.log.Warn(what, more...)
	}
}

// comeBack is all that somebody is told who cannot be let in.
const comeBack = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

// turnAway says so to whom no connection is given. The few bytes fit into what the kernel holds for a new connection.
func (g *gate) turnAway(nc net.Conn, of netip.Prefix) {
	if !g.isShut() {
		g.warn("visitors are turned away: too many connections are busy", "most", g.most, "one_address", of.IsValid())
	}
	if nc.SetWriteDeadline(time.Now().Add(firstPause)) == nil {
		_, _ = io.WriteString(nc, comeBack)
	}
	_ = nc.Close()
}
