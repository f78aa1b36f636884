package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/echelon-hr/echelon/app/testkit"
)

// binary is the real program, built once for all tests of the package.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "echelon-boot-")
	if err != nil {
		return "", err
	}
	program := filepath.Join(dir, "echelon")
	out, err := exec.CommandContext(context.Background(), "go", "build", "-o", program, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return program, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if program, err := binary(); err == nil {
		_ = os.RemoveAll(filepath.Dir(program))
	}
	os.Exit(code)
}

// process is the program running.
type process struct {
	setUp string // link of the first run, "" for none
	empty bool   // it said that there is no content yet
	*exec.Cmd
	url    string
	stderr *lines
	client *http.Client
}

// lines is what a process says, read while it runs.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// program prepares a run of the real binary with nothing of this machine's settings.
func program(t *testing.T, env map[string]string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{"HOME=" + cmd.Dir, "PATH=" + os.Getenv("PATH")}
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// secretKey is that of the command lines and the programs of these tests.
const secretKey = "c2VjcmV0IG9mIHRoZSB0ZXN0cywgMzIgYnl0ZXMhISE="

// serveDemo starts the demo and waits until it says that it is ready.
func serveDemo(t *testing.T, database string) *process {
	t.Helper()
	return serving(t, database, "serve", "--demo")
}

// serving starts the program and waits until it says that it is ready; what it says before is the set-up link.
func serving(t *testing.T, database string, args ...string) *process {
	t.Helper()
	return servingAs(t, ":", database, args...)
}

// servingAs is serving after a command of the shell, which changes what the program may do.
func servingAs(t *testing.T, before, database string, args ...string) *process {
	t.Helper()
	p := &process{
		Cmd:    program(t, map[string]string{"ECHELON_ADDR": "127.0.0.1:0", "ECHELON_BASE_URL": "http://127.0.0.1:8080", "ECHELON_DATABASE_URL": database, "ECHELON_SECRET_KEY": secretKey}, args...),
		stderr: &lines{},
	}
	if before != ":" {
		p.Args = append([]string{"sh", "-c", before + ` && exec "$@"`, "sh", p.Path}, p.Args[1:]...)
		p.Path = "/bin/sh"
	}
	p.Stderr = p.stderr
	stdout, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.Process.Kill()
		_ = p.Wait()
	})
	said := bufio.NewReader(stdout)
	at, ready := "", false
	for !ready {
		line, err := said.ReadString('\n')
		if err != nil {
			_ = p.Process.Kill()
			_ = p.Wait()
			t.Fatalf("says %q, %v; %s", line, err, p.stderr)
		}
		if _, link, ok := strings.Cut(line, "within 24 hours: "); ok {
			p.setUp = strings.TrimSpace(link)
		}
		p.empty = p.empty || strings.Contains(line, "echelon seed")
		at, ready = strings.CutPrefix(line, "Echelon is ready: ")
	}
	p.url = strings.TrimSpace(at)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p.client = &http.Client{Jar: jar, Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return p
}

// get requests an address and reads the answer whole.
func (p *process) get(t *testing.T, path string) (*http.Response, string) {
	t.Helper()
	res, body, err := p.try(t, http.MethodGet, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return res, body
}

func (p *process) try(t *testing.T, method, path string, form url.Values) (*http.Response, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, p.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, "", err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := p.client.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	return res, string(b), err
}

// signIn makes the client a persona.
func (p *process) signIn(t *testing.T, persona string) {
	t.Helper()
	res, body, err := p.try(t, http.MethodPost, "/demo/sign-in", url.Values{"persona": {persona}})
	if err != nil || res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%v: %s", err, body)
	}
}

// stop asks the process to end and returns its exit status.
func (p *process) stop(t *testing.T) int {
	t.Helper()
	p.client.CloseIdleConnections()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	return exitCode(t, p.Wait())
}

func exitCode(t *testing.T, err error) int {
	t.Helper()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return exit.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0
}

// TestBoot starts the real program as a newcomer does, on each database.
func TestBoot(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { testBoot(t, "sqlite:"+filepath.Join(t.TempDir(), "e.db")) })
	t.Run("postgresql", func(t *testing.T) {
		database := testkit.EmptyPostgres(t)
		refused, err := program(t, map[string]string{"ECHELON_DATABASE_URL": database}, "serve", "--demo").CombinedOutput()
		if code := exitCode(t, err); code != exitFailed || !strings.Contains(string(refused), "run `echelon migrate up`") || strings.Count(string(refused), "\n") != 1 {
			t.Fatalf("on an empty PostgreSQL: exit status %d, %s", code, refused)
		}
		out, err := program(t, map[string]string{"ECHELON_DATABASE_URL": database}, "migrate", "up").CombinedOutput()
		if err != nil || !strings.HasPrefix(string(out), "Applied ") {
			t.Fatalf("%v: %s", err, out)
		}
		testBoot(t, database)
	})
}

func testBoot(t *testing.T, database string) {
	if _, err := binary(); err != nil { // not part of what is timed
		t.Fatal(err)
	}
	start := time.Now()
	p := serveDemo(t, database)
	t.Logf("ready after %s", time.Since(start).Round(time.Millisecond))
	for _, c := range []struct{ path, says string }{{"/", "<html lang="}, {"/readyz", `"ready"`}, {"/healthz", `"ok"`}} {
		if res, body := p.get(t, c.path); res.StatusCode != http.StatusOK || !strings.Contains(body, c.says) {
			t.Errorf("%s: %d %.100s", c.path, res.StatusCode, body)
		}
	}
	p.signIn(t, "employee")
	if res, body := p.get(t, "/jobs/territory-manager"); res.StatusCode != http.StatusOK || !strings.Contains(body, "Responsable de territoire") {
		t.Errorf("%d %.100s", res.StatusCode, body)
	}
	if code := p.stop(t); code != 0 {
		t.Errorf("stopped with exit status %d: %s", code, p.stderr)
	}
	// The same database again: nothing is to be made a second time, and the session is still good.
	q := serveDemo(t, database)
	q.client.Jar = sameJar(t, p, q)
	if res, _ := q.get(t, "/jobs/territory-manager"); res.StatusCode != http.StatusOK {
		t.Errorf("after a restart: %d", res.StatusCode)
	}
	if code := q.stop(t); code != 0 {
		t.Errorf("stopped with exit status %d: %s", code, q.stderr)
	}
}

// sameJar carries a browser's cookies to the same site on another port.
func sameJar(t *testing.T, from, to *process) http.CookieJar {
	t.Helper()
	was, err := url.Parse(from.url)
	if err != nil {
		t.Fatal(err)
	}
	is, err := url.Parse(to.url)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	jar.SetCookies(is, from.client.Jar.Cookies(was))
	return jar
}

// TestStopLetsRequestsFinish stops the program while it sends archives to people who read nothing yet: each arrives whole.
func TestStopLetsRequestsFinish(t *testing.T) {
	p := serveDemo(t, "sqlite:"+filepath.Join(t.TempDir(), "e.db"))
	p.signIn(t, "employee")
	const path = "/families/sales.zip?lang=fr,en"
	_, want := p.get(t, path)
	var connections []net.Conn
	for _, persona := range []string{"recruiter", "hr", "compensation", "manager", "employee", "administrator"} { // one archive each
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		p.client.Jar = jar
		p.signIn(t, persona)
		c := p.dialWith(t, net.Dialer{Control: holdLittle})
		p.ask(t, c, path)
		connections = append(connections, c)
	}
	for _, c := range connections {
		untilRead(t, c)
	}
	// What was read before is being answered once later questions have been, several times over.
	for range 5 {
		p.get(t, "/healthz")
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.untilLogged(t, "msg=stopping")
	if p.hasEnded(t) {
		t.Fatalf("nothing was in flight while it stopped, so that nothing is tested: %s", p.stderr)
	}
	for _, c := range connections {
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("an answer did not arrive: %v", err)
		}
		b, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK || string(b) != want {
			t.Errorf("%v: %d with %d of %d bytes", err, res.StatusCode, len(b), len(want))
		}
	}
	p.client.CloseIdleConnections()
	if code := exitCode(t, p.Wait()); code != 0 {
		t.Errorf("exit status %d", code)
	}
}

// holdLittle leaves the kernel little room for what is not read yet, so that the rest of an answer stays with the program.
func holdLittle(_, _ string, raw syscall.RawConn) error {
	var failed error
	err := raw.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4<<10)
	})
	return errors.Join(err, failed)
}

// untilLogged waits until the program has logged something.
func (p *process) untilLogged(t *testing.T, what string) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); <-tick.C {
		if strings.Contains(p.stderr.String(), what) {
			return
		}
	}
	t.Fatalf("never logged: %s", what)
}

// hasEnded tells whether the program has ended, though nobody has waited for it yet.
func (p *process) hasEnded(t *testing.T) bool {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(state, "Z")
}

// untilRead waits until the program has read what was written to a connection: the kernel then holds nothing of it. A
// connection whose question still lies there is idle for the program, which may close it.
func untilRead(t *testing.T, c net.Conn) {
	t.Helper()
	local, ok := c.LocalAddr().(*net.TCPAddr)
	if !ok {
		t.Fatalf("not TCP: %v", c.LocalAddr())
	}
	from := fmt.Sprintf(":%04X", local.Port)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); <-tick.C {
		table, err := os.ReadFile("/proc/net/tcp")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(table)) {
			f := strings.Fields(line) // number, local address, remote address, state, sent:received, …
			if len(f) > 4 && strings.HasSuffix(f[2], from) && strings.HasSuffix(f[4], ":00000000") {
				return
			}
		}
	}
	t.Fatal("the question is never read")
}

// dial opens a connection that the program has accepted for sure.
func (p *process) dial(t *testing.T) net.Conn {
	t.Helper()
	return p.dialWith(t, net.Dialer{})
}

func (p *process) dialWith(t *testing.T, dialer net.Dialer) net.Conn {
	t.Helper()
	c, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	p.ask(t, c, "/healthz")
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	return c
}

func (p *process) ask(t *testing.T, c net.Conn, path string) {
	t.Helper()
	at, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	cookies := ""
	for _, k := range p.client.Jar.Cookies(at) {
		cookies += k.Name + "=" + k.Value + "; "
	}
	if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n\r\n", path, at.Host, cookies); err != nil {
		t.Fatal(err)
	}
}

// TestTheLogsReaderGoesAway closes the pipes that the program writes to: it goes on serving, and stops as it should.
func TestTheLogsReaderGoesAway(t *testing.T) {
	cmd := program(t, map[string]string{"ECHELON_ADDR": "127.0.0.1:0", "ECHELON_DATABASE_URL": testkit.Address(t, "sqlite"), "ECHELON_SECRET_KEY": secretKey, "ECHELON_LOG": "debug"}, "serve")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	p := &process{Cmd: cmd, client: &http.Client{Timeout: 30 * time.Second}}
	for said := bufio.NewReader(stdout); p.url == ""; {
		line, err := said.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if at, ok := strings.CutPrefix(line, "Echelon is ready: "); ok {
			p.url = strings.TrimSpace(at)
		}
	}
	_, _ = stdout.Close(), stderr.Close()
	for range 3 { // each leaves a line in the log
		if res, _ := p.get(t, "/sign-in"); res.StatusCode != http.StatusOK {
			t.Errorf("%d", res.StatusCode)
		}
	}
	if code := p.stop(t); code != 0 {
		t.Errorf("stopped with exit status %d", code)
	}
}

func TestPortInUse(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	at := l.Addr().String()
	r := commandWith(t, map[string]string{"ECHELON_ADDR": at, "ECHELON_DATABASE_URL": testkit.Address(t, "sqlite"), "ECHELON_LOG": "error"}, "serve")
	r.fails(t, exitFailed, at, "in use", "ECHELON_ADDR")
	if r.stdout != "" {
		t.Errorf("says %q all the same", r.stdout)
	}
}

// wire is a way to a server that can be cut and mended; it stands between the program and its PostgreSQL.
type wire struct {
	t        *testing.T
	at, to   string
	mu       sync.Mutex
	listener net.Listener
	open     map[net.Conn]bool
}

func newWire(t *testing.T, to string) *wire {
	t.Helper()
	w := &wire{t: t, at: "127.0.0.1:0", to: to, open: map[net.Conn]bool{}}
	w.mend()
	t.Cleanup(w.cut)
	return w
}

// mend lets connections through, at the same address as before.
func (w *wire) mend() {
	w.t.Helper()
	l, err := (&net.ListenConfig{}).Listen(w.t.Context(), "tcp", w.at)
	if err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	w.listener, w.at = l, l.Addr().String()
	w.mu.Unlock()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(c)
		}
	}()
}

func (w *wire) carry(from net.Conn) {
	to, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", w.to)
	if err != nil {
		_ = from.Close()
		return
	}
	w.mu.Lock()
	w.open[from], w.open[to] = true, true
	w.mu.Unlock()
	go func() {
		_, _ = io.Copy(to, from)
		_ = to.Close()
	}()
	_, _ = io.Copy(from, to)
	_ = from.Close()
}

// cut ends what is connected and lets nothing through.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.listener.Close()
	for c := range w.open {
		_ = c.Close()
	}
	clear(w.open)
}

// TestDatabaseGoesAndComesBack cuts the program off its PostgreSQL while it serves: it says so, stays, and
// goes on when the way is mended.
func TestDatabaseGoesAndComesBack(t *testing.T) {
	database := testkit.Address(t, "postgresql")
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(u.Hostname(), "/") || u.Hostname() == "" {
		testkit.Missing(t, "a PostgreSQL that listens on TCP", "set TEST_POSTGRES_DSN to one")
	}
	w := newWire(t, u.Host)
	u.Host = w.at
	p := serveDemo(t, u.String())
	p.signIn(t, "employee")
	for round := range 3 {
		t.Run(fmt.Sprint("round ", round+1), func(t *testing.T) {
			p.expect(t, true)
			w.cut()
			p.expect(t, false)
			w.mend()
			p.recover(t)
		})
	}
	if code := p.stop(t); code != 0 {
		t.Errorf("exit status %d: %s", code, p.stderr)
	}
}

// expect checks what is answered while the database is there, or is not.
func (p *process) expect(t *testing.T, there bool) {
	t.Helper()
	for _, c := range []struct{ path, media string }{
		{"/jobs", "text/html; charset=utf-8"},
		{"/jobs/territory-manager", "text/html; charset=utf-8"},
		{"/api/v1/jobs", map[bool]string{true: "application/json", false: "application/problem+json"}[there]},
		{"/readyz", "application/json"},
	} {
		res, body := p.get(t, c.path)
		want := map[bool]int{true: http.StatusOK, false: http.StatusServiceUnavailable}[there]
		if res.StatusCode != want || res.Header.Get("Content-Type") != c.media {
			t.Errorf("%s: %d %s, want %d %s", c.path, res.StatusCode, res.Header.Get("Content-Type"), want, c.media)
		}
		if !there && res.Header.Get("Retry-After") == "" {
			t.Errorf("%s does not say when to come back", c.path)
		}
		for _, never := range []string{"127.0.0.1", "refused", "EOF", "dial", "SQLSTATE"} {
			if !there && strings.Contains(strings.ReplaceAll(body, p.url, ""), never) {
				t.Errorf("%s gives away %q: %s", c.path, never, body)
			}
		}
	}
	if res, _ := p.get(t, "/healthz"); res.StatusCode != http.StatusOK {
		t.Errorf("the process itself is not healthy: %d", res.StatusCode)
	}
}

// recover asks until the database is found again; connections that broke may cost an answer each, not more
// than the pool holds.
func (p *process) recover(t *testing.T) {
	t.Helper()
	for tries := range 20 {
		if res, _ := p.get(t, "/jobs"); res.StatusCode == http.StatusOK {
			t.Logf("back after %d failed answers", tries)
			p.expect(t, true)
			return
		}
	}
	t.Error("the database is back and is not found")
}
