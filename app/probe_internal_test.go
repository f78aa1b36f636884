package app

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestProbeIsBounded: however often readiness is asked for, the probe writes at intervals.
func TestProbeIsBounded(t *testing.T) {
	now, writes := time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC), 0
	var fails error
	p := &probe{now: func() time.Time { return now }, write: func(context.Context) error {
		writes++
		return fails
	}}
	ask := func(after time.Duration, want int, err error) {
		t.Helper()
		now = now.Add(after)
		if got := p.check(t.Context()); !errors.Is(got, err) || writes != want {
			t.Errorf("%v after %d writes, want %v after %d", got, writes, err, want)
		}
	}
	broken := errors.New("full")
	ask(0, 1, nil)
	ask(probeGood-1, 1, nil)
	fails = broken
	ask(1, 2, broken)
	ask(probeBad-1, 2, broken)
	fails = nil
	ask(1, 3, nil)
	ask(-time.Hour, 4, nil) // a clock put back
}
