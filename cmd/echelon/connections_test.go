package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
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
