package web_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/web"
)

// streaming serves one address whose body is written while it is sent, and tells when it is done with.
func streaming(t *testing.T, write func(ctx context.Context, w io.Writer) error) (url string, done <-chan struct{}) {
	t.Helper()
	ended := make(chan struct{}, 10)
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/", func(c *fiber.Ctx) error {
		ctx, cancel := context.WithCancel(c.UserContext())
		defer cancel() // as the deadline of a request does
		return web.DownloadStream(c, "application/zip", "a.zip", web.Streamed(ctx, write, func() { ended <- struct{}{} }))
	})
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- app.Listener(l) }()
	t.Cleanup(func() {
		if err := errors.Join(app.Shutdown(), <-served); err != nil {
			t.Error(err)
		}
	})
	return "http://" + l.Addr().String() + "/", ended
}

func TestAStreamArrivesWholeOrBreaksOff(t *testing.T) {
	text := strings.Repeat("one document after the other. ", 5000)
	for _, c := range []struct {
		name  string
		fails func() error
		whole bool
	}{
		{"whole", func() error { return nil }, true},
		{"an error", func() error { return errors.New("it cannot be made") }, false},
		{"a panic", func() error { panic("it cannot be made") }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			url, done := streaming(t, func(ctx context.Context, w io.Writer) error {
				if _, err := io.WriteString(w, text); err != nil || ctx.Err() != nil {
					return errors.Join(err, ctx.Err())
				}
				return c.fails()
			})
			res, err := http.Get(url) //nolint:gosec // our own
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if (err == nil && string(b) == text) != c.whole {
				t.Errorf("%d of %d bytes, %v", len(b), len(text), err)
			}
			<-done
		})
	}
}

// TestAStreamEndsWithItsReader: nobody goes on writing for a reader that went away, and for a HEAD nobody begins.
func TestAStreamEndsWithItsReader(t *testing.T) {
	stopped := make(chan error, 1)
	url, done := streaming(t, func(ctx context.Context, w io.Writer) error {
		for {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				stopped <- err
				return err
			}
		}
	})
	res, err := http.Head(url) //nolint:gosec // our own
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	<-done
	select {
	case err := <-stopped:
		t.Errorf("a HEAD began to write: %v", err)
	default:
	}
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.Trim(strings.TrimPrefix(url, "http://"), "/"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: e\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(c).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
	if err := <-stopped; !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("stopped by %v", err)
	}
	<-done
}
