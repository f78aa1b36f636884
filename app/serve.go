package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/echelon-hr/echelon/app/fault"
)

// stopWait is how long a stop lets requests finish.
const stopWait = 10 * time.Second

// listen listens on the address that a setting names.
func listen(ctx context.Context, setting, address string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fault.New(fault.Unavailable, "port", "%s is in use by another program: stop it, or set %s to another port", address, setting)
	}
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, "port", err, "cannot listen on %s, which %s names", address, setting)
	}
	return listener, nil
}

// Serve listens until the context ends, then lets what is in flight finish. ready is told the address once
// it listens. A database of the demo is served in it only, and a company's never.
func (a *App) Serve(ctx context.Context, ready func(addr string)) error {
	if err := a.CheckPurpose(ctx); err != nil {
		return err
	}
	listener, err := listen(ctx, "ECHELON_ADDR", a.Settings.Addr)
	if err != nil {
		return err
	}
	stopMetrics, err := a.serveMetrics(ctx)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer stopMetrics()
	ready("http://" + strings.Replace(listener.Addr().String(), "[::]", "localhost", 1))
	defer a.deliver()()
	defer a.inBackground(a.keepHouse)()
	failed := make(chan error, 1)
	go func() { failed <- a.Web.Listener(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	a.log.Info("stopping", "wait", stopWait)
	if err := a.Web.Shutdown(stopWait); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	// A stop that comes before the server has taken the listener does not close it.
	_ = listener.Close()
	return <-failed
}

// deliver sends letters until the function it returns is called, which waits for the one in hand.
func (a *App) deliver() (stop func()) {
	if a.worker == nil {
		return func() {}
	}
	return a.inBackground(a.worker.Run)
}

// inBackground runs something until the function it returns is called, which waits for its end.
func (a *App) inBackground(run func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		run(ctx)
	}()
	return func() {
		cancel()
		<-ended
	}
}

// keepEvery is how long what is over may lie about.
const keepEvery = time.Minute

// keepHouse does, over and over, what no request waits for: it writes into the journal how many refusals were counted,
// and takes out of the outbox what is over.
func (a *App) keepHouse(ctx context.Context) {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for {
		if err := errors.Join(a.refusals().Settle(ctx), a.letters(a.DB.DB).Sweep(ctx)); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "what is over was not put away", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
