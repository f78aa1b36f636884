package accounts

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/fault"
)

// Throttle counts wrong proofs for an account or an address. It slows down and never locks out: after a number of
// free tries each further failure doubles the wait, up to a limit, and an hour without failures forgets them all.
type Throttle struct {
	ID           string
	Failures     int
	LastAt       time.Time
	BlockedUntil time.Time
}

// The limits of a throttle.
const (
	freeTriesAccount = 5
	freeTriesAddress = 50 // an office shares one
	firstWait        = 2 * time.Second
	longestWait      = 15 * time.Minute
	forgetAfter      = time.Hour
)

// failed is the throttle after one more failure.
func (t Throttle) failed(free int, now time.Time) Throttle {
	if now.Sub(t.LastAt) > forgetAfter || now.Before(t.LastAt.Add(-forgetAfter)) { // long ago, or by a clock that was wrong
		t.Failures = 0
	}
	t.Failures, t.LastAt = t.Failures+1, now
	if over := t.Failures - free; over > 0 {
		wait := longestWait
		if over < 16 { // beyond it the doubling would overflow long before it meets the limit
			wait = min(longestWait, firstWait<<(over-1))
		}
		t.BlockedUntil = now.Add(wait)
	}
	return t
}

// wait is how long the throttle still blocks, not at all when it is not. One that would block for longer than it can
// have been told to was told so by a clock that was wrong, and does not block.
func (t Throttle) wait(now time.Time) time.Duration {
	wait := t.BlockedUntil.Sub(now)
	if wait < 0 || wait > longestWait {
		return 0
	}
	return wait
}

// guard is what a try is counted against.
type guard struct {
	id   string
	free int
}

// guardsOf are the account's and the network address's counters. Ids are hashes: the table tells of nobody.
func (s *Service) guardsOf(ctx context.Context, kind, subject string) []guard {
	out := []guard{{kind + ":" + s.blind(subject), freeTriesAccount}}
	if ip := audit.AddressOf(ctx); ip != "" {
		out = append(out, guard{"address:" + s.blind(ip), freeTriesAddress})
	}
	return out
}

func (s *Service) blind(text string) string {
	return hex.EncodeToString(s.key.MAC("throttle", text)[:16])
}

// admit refuses a try while one of its guards blocks, before anything costly is done.
func (s *Service) admit(ctx context.Context, guards []guard) error {
	for _, g := range guards {
		t, err := s.store.Throttle(ctx, g.id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if wait := t.wait(s.now()); wait > 0 {
			f := fault.New(fault.Limited, "throttled", "too many tries")
			f.RetryAfter = wait
			return f
		}
	}
	return nil
}

// count notes a failure with every guard, in the transaction that journals it.
func (s *Service) count(ctx context.Context, tx Store, a actor.Actor, guards []guard) error {
	if err := tx.DropThrottles(ctx, s.now().Add(-24*time.Hour)); err != nil { // invented addresses would fill the table
		return err
	}
	for _, g := range guards {
		t, err := tx.LockThrottle(ctx, g.id)
		if err != nil {
			return err
		}
		blocked := t.wait(s.now()) > 0
		t = t.failed(g.free, s.now())
		if err := tx.PutThrottle(ctx, t); err != nil {
			return err
		}
		if !blocked && t.Failures == g.free+1 {
			if err := note(ctx, tx, a, "throttle.blocked", "", audit.Refused, map[string]string{"guard": g.id}); err != nil {
				return err
			}
		}
	}
	return nil
}
