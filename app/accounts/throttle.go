package accounts

import (
	"context"
	"encoding/hex"
	"net/netip"
	"time"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/fault"
)

// Throttle counts the tries of a guard. It slows down and never locks out: after a number of free tries each further
// one doubles the wait, up to the guard's limit, and an hour without any forgets them all.
type Throttle struct {
	ID           string
	Failures     int
	LastAt       time.Time
	BlockedUntil time.Time
}

// The limits of throttles. A guard of somebody's own (a device, a session, an account tried from one network) makes
// them wait for as long as they deserve. One that others share, a whole network or an account tried from everywhere,
// only slows down: whoever keeps it busy must not keep the others out.
const (
	freeTriesOwn     = 5
	freeTriesAccount = 20 // from everywhere
	freeTriesNetwork = 50 // an office shares one
	firstWait        = 2 * time.Second
	longestWait      = 15 * time.Minute
	longestShared    = time.Minute
	forgetAfter      = time.Hour
)

// guard is what a try is counted against.
type guard struct {
	id      string
	free    int
	longest time.Duration
	own     bool // of nobody else: a right try forgets the wrong ones before it
}

// counted is the throttle after one more try.
func (t Throttle) counted(g guard, now time.Time) Throttle {
	if age := now.Sub(t.LastAt); age > forgetAfter || age < -forgetAfter { // long ago, or by a clock that was wrong
		t.Failures = 0
	}
	t.Failures, t.LastAt = t.Failures+1, now
	if over := t.Failures - g.free; over > 0 {
		wait := g.longest
		if over < 16 { // beyond it the doubling would overflow long before it meets the limit
			wait = min(g.longest, firstWait<<(over-1))
		}
		t.BlockedUntil = now.Add(wait)
	}
	return t
}

// wait is how long the throttle still blocks, not at all when it is not. One that would block for longer than it can
// have been told to was told so by a clock that was wrong, and does not block.
func (t Throttle) wait(longest time.Duration, now time.Time) time.Duration {
	wait := t.BlockedUntil.Sub(now)
	if wait < 0 || wait > longest {
		return 0
	}
	return wait
}

// networkOf is the network that a request comes from: an address of IPv4, or the /64 that one subscriber of IPv6 has. This
// machine itself is none: behind its address may be a proxy that says nothing of its visitors.
func networkOf(ctx context.Context) string {
	address, err := netip.ParseAddr(audit.AddressOf(ctx))
	if err != nil || address.Unmap().IsLoopback() {
		return ""
	}
	if address = address.Unmap().WithZone(""); address.Is4() {
		return address.String()
	}
	return netip.PrefixFrom(address, 64).Masked().String()
}

// guardsOf are the counters of a try at an account by somebody whom nothing is known of but where they come from. Ids
// are hashes: the table tells of nobody. Where everybody comes from one address, the address tells nobody apart and
// is not counted. everywhere is the guard of the account over all networks.
func (s *Service) guardsOf(ctx context.Context, kind, account string, everywhere guard) []guard {
	everywhere.id = kind + ".everywhere:" + s.blind(account)
	if audit.SharedAddress(ctx) {
		return []guard{everywhere}
	}
	network := networkOf(ctx)
	pair := guard{kind + ":" + s.blind(account+"\n"+network), freeTriesOwn, longestWait, true}
	if network == "" {
		return []guard{pair, everywhere}
	}
	place := "address:"
	if kind == triesLetter { // who asks for too many letters can still sign in, and the other way round
		place = "letters:"
	}
	return []guard{pair, {place + s.blind(network), freeTriesNetwork, longestShared, false}, everywhere}
}

// What is tried.
const (
	triesPassword = "account"
	triesCode     = "code"
	triesLetter   = "forgot"
	triesLink     = "link"
	triesDevice   = "device"
	triesSession  = "session"
)

// passwordGuards count tries at an account's password: those from a browser that its owner has signed in with are
// counted for that browser alone, so that who guesses from elsewhere never keeps the owner out.
func (s *Service) passwordGuards(ctx context.Context, email string, known actor.PersonID) []guard {
	if g, ok := s.deviceGuard(ctx, triesPassword, known); ok {
		return []guard{g}
	}
	return s.guardsOf(ctx, triesPassword, email, guard{free: freeTriesAccount, longest: longestShared})
}

// codeGuards count tries at an account's one-time codes. Only who has the password comes so far, and a code is short:
// over all networks tries wait as long as those of one do.
func (s *Service) codeGuards(ctx context.Context, id actor.PersonID) []guard {
	if g, ok := s.deviceGuard(ctx, triesCode, id); ok {
		return []guard{g}
	}
	return s.guardsOf(ctx, triesCode, string(id), guard{free: 2 * freeTriesOwn, longest: longestWait})
}

// letterGuards count the letters that somebody has sent to an address: nobody's box is flooded from everywhere, and the
// owner's own browser is not held up by who tries.
func (s *Service) letterGuards(ctx context.Context, email string, known actor.PersonID) []guard {
	if g, ok := s.deviceGuard(ctx, triesLetter, known); ok {
		return []guard{g}
	}
	return s.guardsOf(ctx, triesLetter, email, guard{free: freeTriesOwn, longest: longestWait})
}

// ownGuard counts tries of something that one person alone has: a session, a link.
func (s *Service) ownGuard(kind, subject string) []guard {
	return []guard{{kind + ":" + s.blind(subject), freeTriesOwn, longestWait, true}}
}

func (s *Service) blind(text string) string {
	return hex.EncodeToString(s.key.MAC("throttle", text)[:16])
}

// try is one try that was counted, with what its guards held before and after.
type try struct{ marks []mark }

type mark struct {
	guard
	before, after Throttle
}

// begin counts a try before anybody looks at it, in a short transaction of its own: of any number that come at once no
// more are let through than the guards allow. A try that a guard blocks is Limited, at the cost of one read.
// Whoever begins a try ends it: by settle when it turned out right, refuse when wrong, abandon when neither.
func (s *Service) begin(ctx context.Context, guards []guard) (try, error) {
	for _, g := range guards {
		t, err := s.store.Throttle(ctx, g.id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return try{}, err
		}
		if err := limited(t.wait(g.longest, s.now())); err != nil {
			return try{}, err
		}
	}
	var out try
	err := s.store.Tx(ctx, func(tx Store) (err error) {
		out, err = s.count(ctx, tx, guards)
		return err
	})
	return out, err
}

// count notes a try with every guard in a transaction, and holds their rows until it ends.
func (s *Service) count(ctx context.Context, tx Store, guards []guard) (try, error) {
	if err := tx.DropThrottles(ctx, s.now().Add(-24*time.Hour)); err != nil { // invented addresses would fill the table
		return try{}, err
	}
	now := s.now().Truncate(time.Microsecond) // as databases keep it
	var out try
	var wait time.Duration
	for _, g := range guards {
		t, err := tx.LockThrottle(ctx, g.id)
		if err != nil {
			return try{}, err
		}
		wait = max(wait, t.wait(g.longest, now))
		out.marks = append(out.marks, mark{g, t, t.counted(g, now)})
	}
	if err := limited(wait); err != nil {
		return try{}, err
	}
	for _, m := range out.marks {
		if err := tx.PutThrottle(ctx, m.after); err != nil {
			return try{}, err
		}
	}
	return out, nil
}

// limited is the refusal of a try that has to wait.
func limited(wait time.Duration) error {
	if wait <= 0 {
		return nil
	}
	f := fault.New(fault.Limited, "throttled", "too many tries")
	f.RetryAfter = wait
	return f
}

// settle ends a try that was right, in the transaction of what it opens: its own guards forget the wrong ones before
// it, the others get back what it was counted for, and no more.
func (s *Service) settle(ctx context.Context, tx Store, t try) error {
	for _, m := range t.marks {
		if m.own {
			if err := tx.DropThrottle(ctx, m.id); err != nil {
				return err
			}
		}
	}
	return s.giveBack(ctx, tx, t, func(m mark) bool { return !m.own })
}

// abandon ends a try that was neither right nor wrong, because something failed on the way to it, and returns that.
func (s *Service) abandon(ctx context.Context, t try, failed error) error {
	ctx = context.WithoutCancel(ctx) // the request may be what ended
	err := s.store.Tx(ctx, func(tx Store) error { return s.giveBack(ctx, tx, t, func(mark) bool { return true }) })
	if err != nil {
		return err
	}
	return failed
}

func (s *Service) giveBack(ctx context.Context, tx Store, t try, which func(mark) bool) error {
	for _, m := range t.marks {
		if !which(m) {
			continue
		}
		now, err := tx.LockThrottle(ctx, m.id)
		if err != nil {
			return err
		}
		now = now.without(m)
		if now.Failures == 0 {
			err = tx.DropThrottle(ctx, m.id)
		} else {
			err = tx.PutThrottle(ctx, now)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// without is the throttle as it would be had one try not been; those that came since stay.
func (t Throttle) without(m mark) Throttle {
	if t.Failures == m.after.Failures && t.LastAt.Equal(m.after.LastAt) { // none came since
		return m.before
	}
	t.Failures = max(0, t.Failures-1)
	if t.BlockedUntil.Equal(m.after.BlockedUntil) {
		t.BlockedUntil = m.before.BlockedUntil
	}
	return t
}

// refuse ends a try that was wrong: it journals it and returns what the reader is told.
func (s *Service) refuse(ctx context.Context, a actor.Actor, account Account, t try, action string, told error) error {
	err := s.store.Tx(ctx, func(tx Store) error {
		if err := noteBlocked(ctx, tx, a, t); err != nil {
			return err
		}
		object := ""
		if account.ID != "" {
			object = audit.PersonObject(account.ID)
		}
		return note(ctx, tx, a, action, object, audit.Failed, nil)
	})
	if err != nil {
		return err
	}
	return told
}

// noteBlocked journals that a try was the last of the free ones of a guard.
func noteBlocked(ctx context.Context, tx Store, a actor.Actor, t try) error {
	for _, m := range t.marks {
		if m.after.Failures != m.free+1 {
			continue
		}
		if err := note(ctx, tx, a, "throttle.blocked", "", audit.Refused, map[string]string{"guard": m.id}); err != nil {
			return err
		}
	}
	return nil
}
