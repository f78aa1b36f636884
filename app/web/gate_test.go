package web

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// visits is a listener whose visitors and troubles a test decides.
type visits struct {
	come chan any // net.Conn or error
}

func (v *visits) Accept() (net.Conn, error) {
	switch x := (<-v.come).(type) {
	case net.Conn:
		return x, nil
	case error:
		return nil, x
	}
	return nil, net.ErrClosed
}
func (v *visits) Close() error   { return nil }
func (v *visits) Addr() net.Addr { return &net.TCPAddr{} }

// visitor is a connection from an address; what it would send comes from a channel.
type visitor struct {
	net.Conn
	from   string
	sends  chan string
	closed chan struct{}
	told   string
}

func newVisitor(from string) *visitor {
	return &visitor{from: from, sends: make(chan string, 1), closed: make(chan struct{})}
}

func (v *visitor) Read(b []byte) (int, error)       { return copy(b, <-v.sends), nil }
func (v *visitor) Write(b []byte) (int, error)      { v.told += string(b); return len(b), nil }
func (v *visitor) SetWriteDeadline(time.Time) error { return nil }
func (v *visitor) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(v.from), 4711))
}

func (v *visitor) Close() error {
	select {
	case <-v.closed:
		return net.ErrClosed
	default:
		close(v.closed)
		return nil
	}
}

func (v *visitor) gone() bool {
	select {
	case <-v.closed:
		return true
	default:
		return false
	}
}

func testGate(most int) *gate {
	return newGate(slog.New(slog.DiscardHandler), most, func(a netip.Addr) bool { return !a.IsLoopback() })
}

// ask lets a connection begin a request.
func ask(t *testing.T, c *conn, v *visitor) {
	t.Helper()
	v.sends <- "GET"
	if _, err := c.Read(make([]byte, 8)); err != nil {
		t.Fatal(err)
	}
	c.answer()
}

// TestARequestThatIsLongInComingMakesRoom: whoever sends requests by halves does not shut the others out.
func TestARequestThatIsLongInComingMakesRoom(t *testing.T) {
	g := testGate(3)
	slow, quick, answered := newVisitor("127.0.0.1"), newVisitor("127.0.0.1"), newVisitor("127.0.0.1")
	for _, v := range []*visitor{slow, quick, answered} {
		c := g.admit(v)
		v.sends <- "GET"
		if _, err := c.Read(make([]byte, 8)); err != nil {
			t.Fatal(err)
		}
		if v != quick { // both long ago
			c.since.Add(-int64(2 * patience))
		}
		if v == answered {
			c.answer()
		}
	}
	if g.admit(newVisitor("127.0.0.1")) == nil || !slow.gone() || quick.gone() || answered.gone() {
		t.Errorf("slow gone %t, quick gone %t, answered gone %t", slow.gone(), quick.gone(), answered.gone())
	}
	idler := newVisitor("127.0.0.1")
	if g.admit(idler) == nil { // in the place of the one that is idle
		t.Error("no idle connection made room")
	}
	if quick.gone() || answered.gone() {
		t.Error("a request made room that is not long in coming")
	}
}

// TestAcceptGoesOn: the server takes any error of its listener for the end.
func TestAcceptGoesOn(t *testing.T) {
	g := testGate(4)
	waits := newVisitor("127.0.0.1")
	g.admit(waits)
	v := &visits{come: make(chan any, 4)}
	v.come <- &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
	v.come <- &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", syscall.ECONNABORTED)}
	next := newVisitor("127.0.0.1")
	v.come <- next
	l := &gatedListener{Listener: v, gate: g, done: make(chan struct{})}
	if c, err := l.Accept(); err != nil || c.(*conn).Conn != net.Conn(next) {
		t.Fatalf("%v %v", c, err)
	}
	if !waits.gone() {
		t.Error("where files are wanting, an idle connection still holds one")
	}
	broken := errors.New("broken")
	v.come <- broken
	if _, err := l.Accept(); !errors.Is(err, broken) {
		t.Errorf("what does not pass: %v", err)
	}
	v.come <- syscall.EMFILE
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if _, err := l.Accept(); !errors.Is(err, io.EOF) {
		t.Errorf("a listener that was closed while it waited: %v", err)
	}
}

func TestWhoWaitsLongestGoesFirst(t *testing.T) {
	g := testGate(2)
	first, second, third, fourth := newVisitor("127.0.0.1"), newVisitor("127.0.0.1"), newVisitor("127.0.0.1"), newVisitor("127.0.0.1")
	a, b := g.admit(first), g.admit(second)
	if a == nil || b == nil {
		t.Fatal("not let in")
	}
	ask(t, a, first)
	if c := g.admit(third); c == nil || first.gone() || !second.gone() {
		t.Errorf("let in %v, busy one gone %t, idle one gone %t", c, first.gone(), second.gone())
	} else {
		ask(t, c, third)
	}
	if g.admit(fourth) != nil || !fourth.gone() || !strings.HasPrefix(fourth.told, "HTTP/1.1 503 ") || !strings.Contains(fourth.told, "Retry-After") {
		t.Errorf("where all are busy the newcomer is told %q", fourth.told)
	}
	a.rest()
	if g.admit(newVisitor("127.0.0.1")) == nil || !first.gone() {
		t.Error("a request that ended leaves no room")
	}
	second.sends <- "GET"
	if n, err := b.Read(make([]byte, 8)); n != 0 || !errors.Is(err, net.ErrClosed) {
		t.Errorf("a closed connection still gives %d bytes to the server, %v", n, err)
	}
	if err := b.Close(); len(g.open) != 2 {
		t.Errorf("%d are counted, %v", len(g.open), err)
	}
}

func TestOneAddressHoldsAShare(t *testing.T) {
	for name, tt := range map[string]struct {
		from []string
		in   int
	}{
		"one address":                  {slices.Repeat([]string{"192.0.2.1"}, 4), 2},
		"one address in another form":  {[]string{"192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1", "::ffff:192.0.2.1"}, 2},
		"one network of the sixth":     {[]string{"2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4"}, 2},
		"two addresses":                {[]string{"192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.2"}, 4},
		"two networks of the sixth":    {[]string{"2001:db8::1", "2001:db8:0:1::2", "2001:db8::3", "2001:db8:0:1::4"}, 4},
		"this machine, as for a proxy": {slices.Repeat([]string{"127.0.0.1"}, 4), 4},
	} {
		t.Run(name, func(t *testing.T) {
			g, in := testGate(8), 0
			var all []*conn
			for _, from := range tt.from {
				v := newVisitor(from)
				if c := g.admit(v); c != nil {
					ask(t, c, v)
					all = append(all, c)
					in++
				}
			}
			if in != tt.in {
				t.Errorf("%d are let in, want %d", in, tt.in)
			}
			for _, c := range all {
				_ = c.Close()
			}
			if len(g.open) != 0 || len(g.of) != 0 {
				t.Errorf("still counted: %v %v", g.open, g.of)
			}
		})
	}
	g := testGate(8)
	other, old := newVisitor("192.0.2.2"), newVisitor("192.0.2.1")
	for _, v := range []*visitor{other, old, newVisitor("192.0.2.1"), newVisitor("192.0.2.1")} {
		if g.admit(v) == nil {
			t.Error("an address that has its share of idle ones is let in no more")
		}
	}
	if other.gone() || !old.gone() {
		t.Error("room for an address is made among its own")
	}
}

func TestAShutGateClosesWhatIsIdle(t *testing.T) {
	g := testGate(4)
	waits, asks, late := newVisitor("127.0.0.1"), newVisitor("127.0.0.1"), newVisitor("127.0.0.1")
	g.admit(waits)
	ask(t, g.admit(asks), asks)
	g.close()
	if !waits.gone() || asks.gone() || g.admit(late) != nil || !late.gone() {
		t.Errorf("idle gone %t, busy gone %t, newcomer gone %t", waits.gone(), asks.gone(), late.gone())
	}
}

func TestConnectionsForFiles(t *testing.T) {
	for files, want := range map[uint64]int{0: 1, 4: 1, 64: 16, 160: 60, 1024: 924, 2100: 2000, 1 << 20: 2000, 1<<64 - 1: 2000} {
		if got := connectionsFor(files); got != want {
			t.Errorf("with %d files %d, want %d", files, got, want)
		}
	}
}
