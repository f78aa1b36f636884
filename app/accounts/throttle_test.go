package accounts_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/fault"
)

// limited checks that an answer is one to too many tries, and returns for how long.
func limited(t *testing.T, err error) time.Duration {
	t.Helper()
	f := fault.Of(err)
	if err == nil || f.Kind != fault.Limited || f.RetryAfter <= 0 || f.RetryAfter > accounts.LongestWait {
		t.Fatalf("want Limited within a quarter of an hour, got %v after %v", err, f.RetryAfter)
	}
	return f.RetryAfter
}

// exhaust tries wrong passwords, each as soon as it is let, until the wait is the longest.
func (c *company) exhaust(t *testing.T, first string) {
	t.Helper()
	for range 30 {
		_, err := c.signIn(first, "wrong")
		if !fault.Is(err, fault.Limited) {
			continue
		}
		wait := limited(t, err)
		if wait == accounts.LongestWait {
			return
		}
		c.wait(wait)
	}
	t.Fatal("the wait never grows to its limit")
}

func TestTenThousandWrongPasswords(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		c.hire("camille")
		work := accounts.Watch(c.Service)
		for i := range 10_000 {
			_, err := c.signIn("camille", "wrong")
			if i <= accounts.FreeTriesOwn {
				if !fault.Is(err, fault.Invalid) {
					t.Fatalf("try %d: %v", i, err)
				}
				continue
			}
			limited(t, err)
		}
		if n := len(work.Take()); n > accounts.FreeTriesOwn+1 {
			t.Errorf("hashed %d times", n)
		}
		if n := len(c.entries()); n > 20 {
			t.Errorf("%d entries in the journal: it can be flooded", n)
		}
		if n := slices.Index(c.journal(0), "throttle.blocked"); n < 0 {
			t.Error("the journal does not tell")
		}
		_, err := c.signIn("camille", password)
		c.wait(limited(t, err))
		if _, err := c.signIn("camille", password); err != nil {
			t.Errorf("after waiting, with the right password: %v", err)
		}
		if _, err := c.signIn("camille", "wrong"); !fault.Is(err, fault.Invalid) {
			t.Errorf("after signing in the tries are free again: %v", err)
		}
	})
}

func TestTriesAreForgottenAndNeverLockOut(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		c.hire("camille")
		c.exhaust(t, "camille")
		t.Run("the longest wait is as long as any", func(t *testing.T) {
			c.wait(accounts.LongestWait)
			if _, err := c.signIn("camille", "wrong"); !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			_, err := c.signIn("camille", password)
			if wait := limited(t, err); wait != accounts.LongestWait {
				t.Errorf("%v", wait)
			}
		})
		t.Run("an hour without any forgets them", func(t *testing.T) {
			c.wait(accounts.ForgetAfter + time.Second)
			for i := range accounts.FreeTriesOwn {
				if _, err := c.signIn("camille", "wrong"); !fault.Is(err, fault.Invalid) {
					t.Fatalf("try %d: %v", i, err)
				}
			}
			if _, err := c.signIn("camille", password); err != nil {
				t.Error(err)
			}
		})
		for name, change := range map[string]time.Duration{"forward": 24 * time.Hour, "back": -24 * time.Hour, "a little back": -20 * time.Minute} {
			t.Run("a clock set "+name, func(t *testing.T) {
				c.exhaust(t, "camille")
				c.wait(change)
				if _, err := c.signIn("camille", password); fault.Is(err, fault.Limited) {
					c.wait(limited(t, err))
					_, err = c.signIn("camille", password)
					if err != nil {
						t.Errorf("after waiting: %v", err)
					}
				} else if err != nil {
					t.Error(err)
				}
			})
		}
	})
}

func TestTriesAreCountedForEveryProcess(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		c.hire("camille")
		other := c.process(c.key, false)
		tries := 0
		for i := range 40 {
			s := []*accounts.Service{c.Service, other}[i%2]
			if _, err := s.SignIn(t.Context(), nobody, accounts.SignInInput{Email: address("camille"), Password: "wrong"}); fault.Is(err, fault.Invalid) {
				tries++
			}
		}
		if tries != accounts.FreeTriesOwn+1 {
			t.Errorf("two processes let %d tries pass", tries)
		}
	})
}

func TestTriesAreCountedForAnAddress(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		c.hire("camille")
		from := func(ip string) context.Context { return audit.WithAddress(t.Context(), ip) }
		sign := func(ctx context.Context, email, with string) error {
			_, err := c.SignIn(ctx, nobody, accounts.SignInInput{Email: email, Password: with})
			return err
		}
		work := accounts.Watch(c.Service)
		for i := range 3 * accounts.FreeTriesNetwork {
			_ = sign(from("192.0.2.7"), fmt.Sprintf("guess%d@entreprise.example", i), "wrong")
		}
		if n := len(work.Take()); n != accounts.FreeTriesNetwork+1 {
			t.Errorf("one address tried %d passwords", n)
		}
		limited(t, sign(from("192.0.2.7"), address("camille"), password))
		if err := sign(from("192.0.2.8"), address("camille"), password); err != nil {
			t.Errorf("from another address: %v", err)
		}
		if text := c.dump("throttles") + c.dump("journal"); strings.Contains(text, "192.0.2") || strings.Contains(text, "guess") {
			t.Errorf("what is kept of it tells of somebody: %s", text)
		}
	})
}

func TestAThrottleNeverBlocksForLongerThanItsLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, now := accounts.Throttle{LastAt: time.Unix(0, 0), BlockedUntil: time.Unix(0, 0)}, start
		for range rapid.IntRange(1, 120).Draw(t, "failures") {
			now = now.Add(time.Duration(rapid.IntRange(-90_000, 90_000).Draw(t, "seconds")) * time.Second)
			before := x
			x = x.Counted(accounts.FreeTriesOwn, now)
			if w := x.Wait(now); w < 0 || w > accounts.LongestWait {
				t.Fatalf("it blocks for %v", w)
			}
			if x.Failures != before.Failures+1 && x.Failures != 1 || x.Failures > accounts.FreeTriesOwn && x.Wait(now) == 0 {
				t.Fatalf("%+v after %+v", x, before)
			}
			// However the clock jumps, waiting for what it says, twice at most, is enough.
			later := now.Add(time.Duration(rapid.IntRange(-90_000, 90_000).Draw(t, "jump")) * time.Second)
			if w := x.Wait(later); x.Wait(later.Add(w)) != 0 {
				t.Fatalf("%v after a jump, and then %v", w, x.Wait(later.Add(w)))
			}
		}
	})
}

// TestAskingForLinksIsCountedByAddress: one machine cannot have letters sent to everybody, nor try who has an account.
func TestAskingForLinksIsCountedByAddress(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		c.hire("camille")
		from := audit.WithAddress(t.Context(), "192.0.2.7")
		for i := range accounts.FreeTriesNetwork + 1 {
			if err := c.Forgot(from, nobody, fmt.Sprintf("invented-%d@example.com", i)); err != nil {
				t.Fatalf("ask %d: %v", i, err)
			}
		}
		c.letters()
		limited(t, c.Forgot(from, nobody, address("camille")))
		if got := c.letters(); len(got) != 0 {
			t.Errorf("%d letters", len(got))
		}
		c.must(c.Forgot(audit.WithAddress(t.Context(), "192.0.2.8"), nobody, address("camille"))) // from elsewhere
		if got := c.letters(); len(got) != 1 {
			t.Errorf("%d letters from elsewhere", len(got))
		}
	})
}
