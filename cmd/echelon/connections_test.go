package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// connect opens a connection that says nothing.
func (p *process) connect(t *testing.T) net.Conn {
	t.Helper()
	c, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(context.Background(), "tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// TestManyConnections opens more connections than the process may open files: it stays and answers, while they are
// there and after they are gone.
func TestManyConnections(t *testing.T) {
	p := servingAs(t, "ulimit -n 200", "sqlite:"+filepath.Join(t.TempDir(), "e.db"), "serve", "--demo")
	var all []net.Conn
	for range 600 {
		all = append(all, p.connect(t))
	}
	if res, _ := p.get(t, "/healthz"); res.StatusCode != http.StatusOK {
		t.Errorf("among silent connections: %d", res.StatusCode)
	}
	for _, c := range all { // those that are still open begin a request each and do not end it
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: ")
	}
	for _, c := range all {
		_ = c.Close()
	}
	p.signIn(t, "employee")
	if res, _ := p.get(t, "/jobs"); res.StatusCode != http.StatusOK {
		t.Errorf("after they are gone: %d", res.StatusCode)
	}
	if code := p.stop(t); code != 0 {
		t.Errorf("exit status %d: %s", code, p.stderr)
	}
}

// TestStopClosesWhatIsIdle: nobody waits for connections that ask for nothing, the first time or again. They are
// closed before a request that is still being sent has ended.
func TestStopClosesWhatIsIdle(t *testing.T) {
	p := serveDemo(t, "sqlite:"+filepath.Join(t.TempDir(), "e.db"))
	silent, again, sends := p.connect(t), p.dial(t), p.dial(t)
	if _, err := io.WriteString(sends, "GET /healthz HTTP/1.1\r\n"); err != nil {
		t.Fatal(err)
	}
	untilRead(t, sends)
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]net.Conn{"silent": silent, "idle": again} {
		if _, err := c.Read(make([]byte, 1)); err == nil {
			t.Errorf("the %s one was sent something", name)
		}
	}
	if _, err := io.WriteString(sends, "Host: 127.0.0.1\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(sends), nil)
	if err != nil {
		t.Fatalf("the request in flight is not answered: %v", err)
	}
	_ = res.Body.Close()
	if code := exitCode(t, p.Wait()); res.StatusCode != http.StatusOK || code != 0 {
		t.Errorf("%d, exit status %d: %s", res.StatusCode, code, p.stderr)
	}
}

// TestARushOfStrangersTakesLittleMemory sends what costs most before anybody is known: passwords to compare, forms that
// are announced and never come, forms that are too large.
func TestARushOfStrangersTakesLittleMemory(t *testing.T) {
	p := serveDemo(t, "sqlite:"+filepath.Join(t.TempDir(), "e.db"))
	form := func(length int, body string) string {
		return "POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
			strconv.Itoa(length) + "\r\n\r\n" + body
	}
	wrong := "email=somebody%40example.org&password=wrong"
	requests := []string{form(len(wrong), wrong), form(60_000, "e"), form(1<<20, strings.Repeat("e", 1<<20))}
	var all []net.Conn
	for i := range 1500 {
		c := p.connect(t)
		all = append(all, c)
		go func() { _, _ = io.WriteString(c, requests[i%len(requests)]) }()
	}
	if res, _ := p.get(t, "/healthz"); res.StatusCode != http.StatusOK {
		t.Errorf("meanwhile: %d", res.StatusCode)
	}
	for _, c := range all {
		_ = c.Close()
	}
	if code := p.stop(t); code != 0 {
		t.Errorf("exit status %d: %s", code, p.stderr)
	}
	if usage, ok := p.ProcessState.SysUsage().(*syscall.Rusage); !ok || usage.Maxrss > 250_000 { // kilobytes
		t.Errorf("it took %v kB at its most", usage.Maxrss)
	}
}

func TestTheCollectorHasALimitUnlessOneIsSet(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetMemoryLimit(before) })
	boundMemory(func(string) string { return "1GiB" })
	if got := debug.SetMemoryLimit(-1); got != before {
		t.Errorf("%d bytes where another limit is set", got)
	}
	boundMemory(func(string) string { return "" })
	if got := debug.SetMemoryLimit(-1); got != memoryLimit {
		t.Errorf("%d bytes", got)
	}
}
