package web

import (
	"context"
	"errors"
	"io"
	"runtime/debug"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/fault"
)

// Streamed is the body of an answer that is written while it is sent, so that it is never whole in memory. write starts
// with the first byte asked for, in a context that ends with the request's deadline or when the reader goes away; where
// it fails the connection breaks off, so that nobody takes half an answer for a whole one. done is called once, when
// all is sent or nobody reads on.
func Streamed(ctx context.Context, write func(ctx context.Context, w io.Writer) error, done func()) io.ReadCloser {
	// Not the handler's context itself, which ends when the handler returns, before the body is sent.
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	if end, ok := ctx.Deadline(); ok {
		own, cancel = context.WithDeadline(context.WithoutCancel(ctx), end)
	}
	r, w := io.Pipe()
	return &stream{PipeReader: r, start: sync.OnceFunc(func() {
		go func() { _ = w.CloseWithError(guardedWrite(own, w, write)) }()
	}), end: sync.OnceFunc(func() {
		cancel()
		done()
	})}
}

// guardedWrite tells of what broke an answer off, a panic too: nobody else hears of it. That the reader went away is
// nothing to tell.
func guardedWrite(ctx context.Context, w io.Writer, write func(ctx context.Context, w io.Writer) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fault.New(fault.Internal, "internal", "panic: %v\n%s", r, debug.Stack())
		}
		if err != nil && !errors.Is(err, io.ErrClosedPipe) && !errors.Is(err, context.Canceled) {
			logError(ctx, fault.Of(err))
		}
	}()
	return write(ctx, w)
}

type stream struct {
	*io.PipeReader
	start, end func()
}

// Read implements io.Reader.
func (s *stream) Read(b []byte) (int, error) {
	s.start()
	return s.PipeReader.Read(b)
}

// Close implements io.Closer.
func (s *stream) Close() error {
	defer s.end()
	return s.PipeReader.Close()
}

// DownloadStream sends a file with a name of its own while it is made.
func DownloadStream(c *fiber.Ctx, contentType, name string, body io.ReadCloser) error {
	c.Set(fiber.HeaderContentType, contentType)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	c.Response().SetBodyStream(body, -1)
	return nil
}

// StreamBody is the same for an answer of the API, whose headers the handler sets.
func StreamBody(body io.ReadCloser) func(huma.Context) {
	return func(c huma.Context) { humafiber.Unwrap(c).Response().SetBodyStream(body, -1) }
}
