package accounts_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/fault"
)

// rush does many things at the same time and counts the answers by their code, "" for none.
func rush(n int, do func(i int) error, answered func(code string)) map[string]int {
	var wg sync.WaitGroup
	var mu sync.Mutex
	codes, begin := map[string]int{}, make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-begin
			code := ""
			if err := do(i); err != nil {
				code = fault.Of(err).Code
			}
			mu.Lock()
			codes[code]++
			mu.Unlock()
			answered(code)
		})
	}
	close(begin)
	wg.Wait()
	return codes
}

// gate holds what comes to it until as many have come or been turned away as are expected in all.
type gate struct {
	expected int64
	seen     atomic.Int64
	open     chan struct{}
}

func newGate(n int) *gate { return &gate{expected: int64(n), open: make(chan struct{})} }

func (g *gate) count() {
	if g.seen.Add(1) == g.expected {
		close(g.open)
	}
}

func (g *gate) wait() {
	g.count()
	<-g.open
}

// TestAHundredPasswordsAtOnce: however many come at the same moment, no more are looked at than come one by one; a right
// one among those beyond the limit is refused like them.
func TestAHundredPasswordsAtOnce(t *testing.T) {
	const many = 100
	for _, tt := range []struct {
		name string
		from func(ctx context.Context, i int) context.Context
		most int
	}{
		{"from nowhere", func(ctx context.Context, _ int) context.Context { return ctx }, accounts.FreeTriesOwn + 1},
		{"from one network", func(ctx context.Context, _ int) context.Context {
			return audit.WithAddress(ctx, "192.0.2.7")
		}, accounts.FreeTriesOwn + 1},
		{"from a network each", func(ctx context.Context, i int) context.Context {
			return audit.WithAddress(ctx, fmt.Sprintf("2001:db8:0:%x::1", i))
		}, accounts.FreeTriesAccount + 1},
		{"through a proxy that nobody declared", func(ctx context.Context, _ int) context.Context {
			return audit.WithSharedAddress(audit.WithAddress(ctx, "127.0.0.1"))
		}, accounts.FreeTriesAccount + 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inCompany(t, func(t *testing.T, c *company) {
				a := c.hire("camille")
				c.must(c.st.PutPassword(t.Context(), a.ID, accounts.HashedCheaply(password), c.clock()))
				work, g := accounts.WatchQueue(c.Service, many, 0), newGate(many)
				work.Each = g.wait
				answers := rush(many, func(i int) error {
					with := "wrong"
					if i == many/2 {
						with = password
					}
					_, err := c.SignIn(tt.from(t.Context(), i), nobody, accounts.SignInInput{Email: a.Email, Password: with})
					return err
				}, func(code string) {
					if code == "throttled" {
						g.count()
					}
				})
				looked := len(work.Take())
				if looked > tt.most || looked < tt.most-1 {
					t.Errorf("%d were looked at, not %d", looked, tt.most)
				}
				if answers["throttled"] != many-looked || answers[""]+answers["signin_wrong"] != looked {
					t.Errorf("%v, %d looked at", answers, looked)
				}
			})
		})
	}
}

func TestFourHundredCodesAtOnce(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a := c.hire("camille")
		seed, _ := c.enrol(c.as(a))
		c.wait(time.Minute)
		right, token := c.code(seed, 0), c.waiting(a)
		var computed atomic.Int64
		accounts.WatchCodes(c.Service, func() { computed.Add(1) })
		answers := rush(400, func(i int) error {
			code := fmt.Sprintf("%06d", i)
			if i == 200 {
				code = right
			}
			return second(c.EnterCode(t.Context(), nobody, token, code, ""))
		}, func(string) {})
		if n := computed.Load(); n > 3*(accounts.FreeTriesOwn+1) {
			t.Errorf("%d codes were computed, three a try: %v", n, answers)
		}
		looked := answers["code_wrong"] + answers[""]
		if looked == 0 || computed.Load() == 0 || looked+answers["throttled"]+answers["not_found"] != 400 {
			t.Errorf("%d of the codes were looked at: %v", looked, answers)
		}
		if answers["code_wrong"] > accounts.FreeTriesOwn+1 || answers[""] > 1 {
			t.Errorf("%v", answers)
		}
	})
}

// TestWhateverIsGuessedAtOnceIsCountedFirst: the same holds for each of the other proofs.
func TestWhateverIsGuessedAtOnceIsCountedFirst(t *testing.T) {
	const many = 60
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		for name, tt := range map[string]struct {
			looked string // the code of an answer to what was looked at
			guess  func(first string) func(i int) error
		}{
			"a recovery code": {"code_wrong", func(first string) func(int) error {
				a := c.hire(first)
				c.enrol(c.as(a))
				token := c.waiting(a)
				return func(i int) error {
					return second(c.EnterCode(ctx, nobody, token, fmt.Sprintf("aaaa-aaaa-aaaa-a%03d", i), ""))
				}
			}},
			"the first code": {"code_wrong", func(first string) func(int) error {
				who := c.as(c.hire(first))
				c.must(second(c.BeginCodes(ctx, who)))
				return func(int) error { return second(c.ConfirmCodes(ctx, who, "not one")) }
			}},
			"a proof before an act": {"invalid", func(first string) func(int) error {
				who := c.as(c.hire(first))
				return func(int) error { return c.Confirm(ctx, who, "wrong") }
			}},
			"a forgotten password": {"", func(first string) func(int) error {
				a := c.hire(first)
				return func(int) error { return c.Forgot(ctx, nobody, a.Email) }
			}},
		} {
			t.Run(name, func(t *testing.T) {
				answers := rush(many, tt.guess(strings.ReplaceAll(name, " ", "")), func(string) {})
				if answers[tt.looked] != accounts.FreeTriesOwn+1 || answers["throttled"] != many-accounts.FreeTriesOwn-1 {
					t.Errorf("%v", answers)
				}
			})
		}
	})
}

func TestALinkSentManyTimesAtOnceIsWorthFewHashes(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		c.hire("camille")
		token := c.forgets("camille")
		answers := rush(40, func(int) error { return second(c.UseLink(t.Context(), nobody, token, "nine loud herons")) }, func(string) {})
		if answers[""] != 1 || answers["link_ended"]+answers["throttled"] != 39 {
			t.Errorf("%v", answers)
		}
	})
}

// TestWhoGuessesKeepsNobodyOut: an account that is tried from everywhere, its owner's own network included, opens at once
// in a browser that they have signed in with, and after a short wait in any other.
func TestWhoGuessesKeepsNobodyOut(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a, b := c.hire("camille"), c.hire("bora")
		sign := func(ctx context.Context, with string) error {
			return second(c.SignIn(ctx, nobody, accounts.SignInInput{Email: a.Email, Password: with}))
		}
		at := func(ip string) context.Context { return audit.WithAddress(t.Context(), ip) }
		siege := func() {
			for i := range 40 {
				_ = sign(at(fmt.Sprintf("198.51.100.%d", i)), "wrong")
				_ = sign(at("192.0.2.7"), "wrong")
			}
		}
		opened, err := c.signIn("camille", password)
		c.must(err)
		other, err := c.signIn("bora", password)
		c.must(err)
		home := accounts.WithDevice(at("192.0.2.7"), opened.Device)
		siege()
		t.Run("in a browser of the owner's", func(t *testing.T) {
			if err := sign(home, password); err != nil {
				t.Error(err)
			}
		})
		t.Run("not in somebody else's, nor with what is made up", func(t *testing.T) {
			for _, brought := range []string{other.Device, "made-up", opened.Device + "x", c.NewDevice(b.ID, true)} {
				limited(t, sign(accounts.WithDevice(at("203.0.113.9"), brought), password))
			}
		})
		t.Run("in any other after a minute", func(t *testing.T) {
			wait := limited(t, sign(at("203.0.113.9"), password))
			if wait > accounts.LongestShared {
				t.Errorf("a wait of %v", wait)
			}
			c.wait(wait)
			if err := sign(at("203.0.113.9"), password); err != nil {
				t.Error(err)
			}
		})
		t.Run("wrong tries in that browser are counted for it alone", func(t *testing.T) {
			for range accounts.FreeTriesOwn + 1 {
				if err := sign(home, "wrong"); !fault.Is(err, fault.Invalid) {
					t.Fatal(err)
				}
			}
			limited(t, sign(home, password))
			c.wait(accounts.LongestShared)
			if err := sign(at("203.0.113.9"), password); err != nil {
				t.Errorf("from elsewhere: %v", err)
			}
		})
		t.Run("a browser is forgotten after a year", func(t *testing.T) {
			c.wait(accounts.DeviceAge + time.Second)
			siege()
			limited(t, sign(home, password))
		})
		t.Run("a link by mail lets a new browser in", func(t *testing.T) {
			c.wait(2 * time.Hour)
			token := c.forgets("camille")
			siege()
			used, err := c.UseLink(t.Context(), nobody, token, "nine loud herons")
			c.must(err)
			if err := sign(accounts.WithDevice(at("192.0.2.7"), used.Device), "nine loud herons"); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestACodeIsNotHeldUpByWhoHasThePassword(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a := c.hire("camille")
		seed, _ := c.enrol(c.as(a))
		c.wait(time.Minute)
		for i := range 30 {
			from := audit.WithAddress(t.Context(), fmt.Sprintf("198.51.100.%d", i))
			_, _ = c.EnterCode(from, nobody, c.waiting(a), "000000", "")
		}
		enter := func(ctx context.Context) error {
			return second(c.EnterCode(ctx, nobody, c.waiting(a), c.code(seed, 0), ""))
		}
		limited(t, enter(t.Context()))
		limited(t, enter(accounts.WithDevice(t.Context(), c.NewDevice(a.ID, false)))) // of a link by mail
		if err := enter(accounts.WithDevice(t.Context(), c.NewDevice(a.ID, true))); err != nil {
			t.Error(err)
		}
	})
}

// TestAskingForLinksBlocksNobodyElse: whoever has asked for too many letters can neither keep others from asking, nor
// from signing in.
func TestAskingForLinksBlocksNobodyElse(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a := c.hire("camille")
		opened, err := c.signIn("camille", password)
		c.must(err)
		for _, from := range []context.Context{
			audit.WithAddress(t.Context(), "192.0.2.7"), audit.WithSharedAddress(audit.WithAddress(t.Context(), "127.0.0.1")),
		} {
			for i := range 3 * accounts.FreeTriesNetwork {
				_ = c.Forgot(from, nobody, fmt.Sprintf("invented-%d@example.com", i))
				_ = c.Forgot(from, nobody, a.Email)
			}
			if err := second(c.SignIn(from, nobody, accounts.SignInInput{Email: a.Email, Password: password})); err != nil {
				t.Errorf("signing in: %v", err)
			}
			c.must(c.Forgot(accounts.WithDevice(from, opened.Device), nobody, a.Email))
		}
		shared := audit.WithSharedAddress(audit.WithAddress(t.Context(), "127.0.0.1"))
		c.must(c.Forgot(shared, nobody, c.hire("bora").Email))
	})
}

// TestNetworksAreCounted: one subscriber has a whole /64 of IPv6; where all come from one address it tells nobody apart.
func TestNetworksAreCounted(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		c.hire("camille")
		for _, tt := range []struct {
			name      string
			from      func(ctx context.Context, i int) context.Context
			throttled bool
		}{
			{"addresses of one /64", func(ctx context.Context, i int) context.Context {
				return audit.WithAddress(ctx, fmt.Sprintf("2001:db8:1:1::%x", i+1))
			}, true},
			{"addresses of many", func(ctx context.Context, i int) context.Context {
				return audit.WithAddress(ctx, fmt.Sprintf("2001:db8:2:%x::1", i))
			}, false},
			{"one of IPv4, written both ways", func(ctx context.Context, i int) context.Context {
				return audit.WithAddress(ctx, []string{"192.0.2.7", "::ffff:192.0.2.7"}[i%2])
			}, true},
			{"this machine, or a proxy on it", func(ctx context.Context, i int) context.Context {
				return audit.WithAddress(ctx, []string{"127.0.0.1", "::1"}[i%2])
			}, false},
			{"a proxy that nobody declared", func(ctx context.Context, _ int) context.Context {
				return audit.WithSharedAddress(audit.WithAddress(ctx, "172.17.0.1"))
			}, false},
		} {
			t.Run(tt.name, func(t *testing.T) {
				accounts.Watch(c.Service)
				for i := range accounts.FreeTriesNetwork + 1 {
					email := fmt.Sprintf("%s%d@example.com", strings.ReplaceAll(tt.name, " ", ""), i)
					if err := second(c.SignIn(tt.from(t.Context(), i), nobody, accounts.SignInInput{Email: email, Password: "wrong"})); !fault.Is(err, fault.Invalid) {
						t.Fatalf("try %d: %v", i, err)
					}
				}
				err := second(c.SignIn(tt.from(t.Context(), 999), nobody, accounts.SignInInput{Email: address("camille"), Password: password}))
				if fault.Is(err, fault.Limited) != tt.throttled || err != nil && !tt.throttled {
					t.Error(err)
				}
				if tt.throttled && limited(t, err) > accounts.LongestShared {
					t.Errorf("a whole network waits too long: %v", err)
				}
			})
		}
	})
}

// TestARightTryGivesBackItsOwnCountAlone: somebody's sign-in neither uses up what a network has, nor frees who guesses there.
func TestARightTryGivesBackItsOwnCountAlone(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		c.hire("camille")
		from := audit.WithAddress(t.Context(), "192.0.2.7")
		accounts.Watch(c.Service)
		sign := func(email, with string) error {
			return second(c.SignIn(from, nobody, accounts.SignInInput{Email: email, Password: with}))
		}
		for i := range accounts.FreeTriesNetwork {
			_ = sign(fmt.Sprintf("guess%d@example.com", i), "wrong")
		}
		for range 3 { // each would be the one that is too many
			if err := sign(address("camille"), password); err != nil {
				t.Fatal(err)
			}
		}
		if err := sign("one.more@example.com", "wrong"); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
		limited(t, sign("another@example.com", "wrong"))
	})
}

// TestPasswordsAreHashedAFewAtATime: what an attack takes of memory is bounded, and who comes beyond those that wait is
// told at once. It costs them nothing: they were not looked at.
func TestPasswordsAreHashedAFewAtATime(t *testing.T) {
	if accounts.MostSlots*19 > 40 || accounts.MostWaiting > 100 {
		t.Errorf("%d at once of 19 MiB each, %d waiting", accounts.MostSlots, accounts.MostWaiting)
	}
	const slots, waiting, many = 2, 3, 20
	inCompany(t, func(t *testing.T, c *company) {
		work := accounts.WatchQueue(c.Service, slots, waiting)
		turnedAway := newGate(many - slots - waiting)
		var inside, most atomic.Int64
		work.Each = func() {
			for n := inside.Add(1); ; {
				if m := most.Load(); n <= m || most.CompareAndSwap(m, n) {
					break
				}
			}
			<-turnedAway.open
			inside.Add(-1)
		}
		answers := rush(many, func(i int) error {
			return second(c.SignIn(t.Context(), nobody, accounts.SignInInput{Email: address(fmt.Sprintf("unknown%d", i)), Password: "wrong"}))
		}, func(code string) {
			if code == "crowded" {
				turnedAway.count()
			}
		})
		if answers["crowded"] != many-slots-waiting || answers["signin_wrong"] != slots+waiting || most.Load() > slots {
			t.Errorf("%v, %d at once", answers, most.Load())
		}
		if n := strings.Count(c.dump("throttles"), "failures=1"); n != 2*(slots+waiting) { // of the account, from nowhere and from everywhere
			t.Errorf("%d counters hold a try:\n%s", n, c.dump("throttles"))
		}
	})
}
