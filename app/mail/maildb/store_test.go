package maildb_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/cursor"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/app/mail/maildb"
	"github.com/echelon-hr/echelon/app/secret"
	"github.com/echelon-hr/echelon/app/testkit"
)

var (
	noon     = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	admin    = actor.Actor{Kind: actor.Person, ID: "admin", Roles: []actor.Role{actor.Administrator}}
	employee = actor.Actor{Kind: actor.Person, ID: "employee"}
	refused  = mail.Problem{Cause: mail.RecipientRefused, Status: "550 5.1.1"}
)

func invitation() mail.Letter {
	return mail.Letter{Kind: mail.Invitation, To: "awa@example.org", Name: "Awa Diop", Lang: lang.FR, Details: map[string]string{"link": "/links/s3cret", "days": "7"}}
}

// until is when the link of a carrying letter ends.
var until = noon.Add(30 * time.Minute)

// carrying is an invitation whose link ends.
func carrying(link string) mail.Letter {
	l := invitation()
	l.Link = mail.Link{ID: link, Until: until}
	return l
}

func at(d *db.DB, now time.Time) *maildb.Store {
	return maildb.New(d.DB, clock.Fixed(now), testkit.Key)
}

// stored is what the database has of letters.
func stored(t *testing.T, d *db.DB) string {
	t.Helper()
	var rows []map[string]any
	if err := d.NewSelect().Table("mails").Scan(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s", rows)
}

func TestWhatALetterSaysIsSealed(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		l := mail.Letter{Kind: mail.SignedIn, To: "awa@example.org", Name: "Awa Diop", Lang: lang.FR, Details: map[string]string{"agent": "Firefox"}}
		for _, l := range []mail.Letter{l, carrying("a")} {
			if err := at(d, noon).Put(t.Context(), l); err != nil {
				t.Fatal(err)
			}
		}
		for _, word := range []string{"Diop", "Firefox", "s3cret"} {
			if strings.Contains(stored(t, d), word) {
				t.Errorf("%s lies in clear: %s", word, stored(t, d))
			}
		}
		if err := maildb.New(d.DB, clock.Fixed(noon), secret.Key{}).Put(t.Context(), l); !fault.Is(err, fault.Internal) {
			t.Errorf("without a key: %v", err)
		}
		if _, err := maildb.New(d.DB, clock.Fixed(noon), secret.New()).Latest(t.Context(), 2); err == nil {
			t.Error("another key opens letters")
		}
		// A letter says its own words only, not those of a letter that somebody put in its place.
		if _, err := d.ExecContext(t.Context(), "UPDATE mails SET details = (SELECT max(details) FROM mails)"); err != nil {
			t.Fatal(err)
		}
		if _, err := at(d, noon).Latest(t.Context(), 2); err == nil {
			t.Error("a letter opens in another one's place")
		}
	})
}

func TestALetterIsGivenUpWhenItsLinkIsOver(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		for _, link := range []string{"a", "b"} {
			if err := at(d, noon).Put(t.Context(), carrying(link)); err != nil {
				t.Fatal(err)
			}
		}
		put(t, d, 1) // whose link has no end
		if err := at(d, noon).Withdraw(t.Context(), "a", "unknown"); err != nil {
			t.Fatal(err)
		}
		states := func() (out []string) {
			for _, it := range list(t, d, mail.Filter{}).Items {
				out = append(out, string(it.State)+" "+string(it.Problem.Cause)+" "+it.Letter.Link.ID)
			}
			return out
		}
		if diff := cmp.Diff([]string{"queued  ", "queued  b", "failed link_over a"}, states()); diff != "" {
			t.Errorf("withdrawn (-want +got):\n%s", diff)
		}
		if due := claim(t, d, until, 10); len(due) != 1 || due[0].Letter.Link.ID != "" {
			t.Errorf("due once the other is over: %+v", due)
		}
		if err := at(d, until).Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"queued  ", "failed link_over b", "failed link_over a"}, states()); diff != "" {
			t.Errorf("over (-want +got):\n%s", diff)
		}
		for _, it := range list(t, d, mail.Filter{State: mail.Failed}).Items {
			got, err := at(d, until).Get(t.Context(), it.ID)
			if err != nil || !got.Over || got.Letter.Details != nil {
				t.Errorf("it still says %+v, %v", got, err)
			}
			if err := at(d, until).Retry(t.Context(), it.ID, until); !fault.Is(err, fault.Conflict) || fault.Of(err).Code != "letter_over" {
				t.Errorf("tried again: %v", err)
			}
		}
	})
}

// TestALetterInHandIsNotTakenAway withdraws one that the worker has: it notes what became of it as ever.
func TestALetterInHandIsNotTakenAway(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		if err := at(d, noon).Put(t.Context(), carrying("a")); err != nil {
			t.Fatal(err)
		}
		it := claim(t, d, noon, 1)[0]
		if err := at(d, noon).Withdraw(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		if err := at(d, noon).Delayed(t.Context(), it, noon, refused); err != nil {
			t.Fatal(err)
		}
		if again := claim(t, d, noon.Add(time.Minute), 1); len(again) != 0 {
			t.Errorf("it is due again: %+v", again)
		}
		if err := at(d, noon.Add(time.Minute)).Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if items := list(t, d, mail.Filter{State: mail.Failed}).Items; len(items) != 1 {
			t.Errorf("%+v", items)
		}
	})
}

// TestALetterThatIsGivenUpKeepsItsLinkWhileThatIsGood can be tried again once what hindered it is mended; then it says
// nothing any more.
func TestALetterThatIsGivenUpKeepsItsLinkWhileThatIsGood(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		for _, link := range []string{"a", "b"} {
			if err := at(d, noon).Put(t.Context(), carrying(link)); err != nil {
				t.Fatal(err)
			}
		}
		put(t, d, 1) // whose link has no end
		items := claim(t, d, noon, 3)
		for _, it := range items {
			if err := at(d, noon).Failed(t.Context(), it, refused); err != nil {
				t.Fatal(err)
			}
		}
		if err := at(d, noon).Withdraw(t.Context(), "b"); err != nil {
			t.Fatal(err)
		}
		check := func(when time.Time, over ...string) {
			t.Helper()
			for _, it := range items {
				got, err := at(d, when).Get(t.Context(), it.ID)
				forgotten := slices.Contains(over, it.Letter.Link.ID)
				if err != nil || got.Over != forgotten || (got.Letter.Details == nil) != forgotten || got.Problem != refused {
					t.Errorf("%q: %+v, %v", it.Letter.Link.ID, got, err)
				}
			}
		}
		check(noon, "b")
		if err := at(d, until).Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		check(until, "a", "b")
	})
}

// TestOldLettersAreRemovedByWhoeverPutsTheNext is where no mail is sent and no sweep runs.
func TestOldLettersAreRemovedByWhoeverPutsTheNext(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		put(t, d, 3)
		items := claim(t, d, noon, 2)
		if err := errors.Join(at(d, noon).Sent(t.Context(), items[0]), at(d, noon).Failed(t.Context(), items[1], refused)); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			when time.Duration
			left int
		}{{mail.KeepFor, 4}, {mail.KeepFor + time.Second, 2}} {
			if err := at(d, noon.Add(c.when)).Put(t.Context(), invitation()); err != nil {
				t.Fatal(err)
			}
			if n := len(list(t, d, mail.Filter{}).Items); n != c.left {
				t.Errorf("after %s there are %d, want %d", c.when, n, c.left)
			}
		}
	})
}

func put(t *testing.T, d *db.DB, n int) {
	t.Helper()
	for range n {
		if err := maildb.New(d.DB, clock.Fixed(noon), testkit.Key).Put(t.Context(), invitation()); err != nil {
			t.Fatal(err)
		}
	}
}

// claim takes what is due at an instant, for five minutes.
func claim(t *testing.T, d *db.DB, at time.Time, n int) []mail.Item {
	t.Helper()
	items, err := maildb.New(d.DB, clock.Fixed(at), testkit.Key).Claim(t.Context(), n, at.Add(5*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return items
}

func list(t *testing.T, d *db.DB, f mail.Filter) mail.Page {
	t.Helper()
	page, err := service(d, false, journal{}).List(t.Context(), admin, f)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestLetterComesOutAsItWasPut(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		put(t, d, 1)
		got := claim(t, d, noon, 10)
		want := []mail.Item{{Letter: invitation(), State: mail.Queued, Attempts: 1, NextAt: noon, PutAt: noon}}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(mail.Item{}, "ID")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestLetterIsPutInTheTransactionOfTheAct(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		fails := errors.New("the act fails")
		err := db.InTx(t.Context(), d.DB, func(tx bun.IDB) error {
			if err := maildb.New(tx, clock.Fixed(noon), testkit.Key).Put(t.Context(), invitation()); err != nil {
				t.Fatal(err)
			}
			return fails
		})
		if !errors.Is(err, fails) || len(list(t, d, mail.Filter{}).Items) != 0 {
			t.Errorf("%v; the letter outlived the act", err)
		}
	})
}

func TestWhatIsNoLetterIsNotPut(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		for _, spoil := range []func(*mail.Letter){
			func(l *mail.Letter) { l.Kind = "chain" }, func(l *mail.Letter) { l.To = "" }, func(l *mail.Letter) { l.Lang = "de" },
			func(l *mail.Letter) { l.Link.ID = "a" }, func(l *mail.Letter) { l.Link.Until = noon },
		} {
			l := invitation()
			spoil(&l)
			if err := maildb.New(d.DB, clock.Fixed(noon), testkit.Key).Put(t.Context(), l); err == nil {
				t.Errorf("%+v was put", l)
			}
		}
	})
}

// Several processes at once, each with a pool of its own: no letter in two hands, and all of them taken.
func TestNoLetterIsInTwoHands(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		const letters, hands = 60, 6
		put(t, d, letters)
		var mu sync.Mutex
		var all []mail.ID
		var wg sync.WaitGroup
		start := make(chan struct{})
		for range hands {
			wg.Go(func() {
				<-start
				for {
					items, err := maildb.New(d.DB, clock.Fixed(noon), testkit.Key).Claim(t.Context(), 3, noon.Add(time.Hour))
					if err != nil || len(items) > 3 {
						t.Errorf("%d letters, %v", len(items), err)
					}
					if len(items) == 0 {
						return
					}
					mu.Lock()
					for _, it := range items {
						all = append(all, it.ID)
					}
					mu.Unlock()
				}
			})
		}
		close(start)
		wg.Wait()
		// On PostgreSQL a hand that meets only rows being taken stops early; one more pass finds what is left.
		for _, it := range claim(t, d, noon, letters) {
			all = append(all, it.ID)
		}
		slices.Sort(all)
		if n := len(slices.Compact(slices.Clone(all))); n != letters || len(all) != letters {
			t.Errorf("%d claims of %d letters, want %d", len(all), n, letters)
		}
	})
}

func TestClaimsEndAndLateHandsChangeNothing(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		put(t, d, 1)
		first := claim(t, d, noon, 1)
		if again := claim(t, d, noon.Add(4*time.Minute), 1); len(again) != 0 {
			t.Fatal("a claimed letter was given out")
		}
		second := claim(t, d, noon.Add(6*time.Minute), 1)
		if len(second) != 1 || second[0].Attempts != 2 {
			t.Fatalf("after the claim: %+v", second)
		}
		s := maildb.New(d.DB, clock.Fixed(noon.Add(7*time.Minute)), testkit.Key)
		for name, err := range map[string]error{
			"delayed": s.Delayed(t.Context(), first[0], noon, refused), "failed": s.Failed(t.Context(), first[0], refused), "sent": s.Sent(t.Context(), first[0]),
		} {
			if !fault.Is(err, fault.Conflict) {
				t.Errorf("the late hand notes %s: %v", name, err)
			}
		}
		if err := s.Sent(t.Context(), second[0]); err != nil {
			t.Fatal(err)
		}
		if err := s.Failed(t.Context(), second[0], refused); !fault.Is(err, fault.Conflict) {
			t.Errorf("a sent letter failed: %v", err)
		}
	})
}

func TestSentLetterSaysNothingAnyMore(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		put(t, d, 1)
		it := claim(t, d, noon, 1)[0]
		s := maildb.New(d.DB, clock.Fixed(noon.Add(time.Second)), testkit.Key)
		if err := s.Sent(t.Context(), it); err != nil {
			t.Fatal(err)
		}
		var stored string
		if err := d.NewRaw("SELECT details FROM mails").Scan(t.Context(), &stored); err != nil || strings.Contains(stored, "s3cret") || strings.Contains(stored, "Awa") {
			t.Errorf("%v; stored %q", err, stored)
		}
		got, err := s.Get(t.Context(), it.ID)
		if err != nil || got.State != mail.Sent || !got.SentAt.Equal(noon.Add(time.Second)) {
			t.Errorf("%+v, %v", got, err)
		}
		if due := claim(t, d, noon.Add(100*time.Hour), 1); len(due) != 0 {
			t.Error("a sent letter is due again")
		}
	})
}

func TestDelayedLetterIsDueAtItsTimeAndNotBefore(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		put(t, d, 1)
		it := claim(t, d, noon, 1)[0]
		if err := maildb.New(d.DB, clock.Fixed(noon), testkit.Key).Delayed(t.Context(), it, noon.Add(time.Minute), mail.Problem{Cause: mail.Unreachable}); err != nil {
			t.Fatal(err)
		}
		if early := claim(t, d, noon.Add(time.Minute-time.Microsecond), 1); len(early) != 0 {
			t.Error("due too early")
		}
		due := claim(t, d, noon.Add(time.Minute), 1)
		if len(due) != 1 || due[0].Attempts != 2 || due[0].Problem.Cause != mail.Unreachable {
			t.Errorf("due: %+v", due)
		}
	})
}

func TestOldestIsDeliveredFirst(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		put(t, d, 3)
		late := claim(t, d, noon, 1)[0]
		if err := maildb.New(d.DB, clock.Fixed(noon), testkit.Key).Delayed(t.Context(), late, noon.Add(time.Minute), refused); err != nil {
			t.Fatal(err)
		}
		got := claim(t, d, noon.Add(time.Hour), 10)
		if len(got) != 3 || got[2].ID != late.ID || got[0].ID >= got[1].ID {
			t.Errorf("order %+v", got)
		}
	})
}

func TestListIsNewestFirstInPartsAndSaysNothing(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		put(t, d, 5)
		it := claim(t, d, noon, 1)[0]
		if err := maildb.New(d.DB, clock.Fixed(noon), testkit.Key).Failed(t.Context(), it, refused); err != nil {
			t.Fatal(err)
		}
		var ids []mail.ID
		var sizes []int
		for f := (mail.Filter{Limit: 2}); ; {
			page := list(t, d, f)
			sizes = append(sizes, len(page.Items))
			for _, it := range page.Items {
				ids = append(ids, it.ID)
				if it.Letter.Name != "" || it.Letter.Details != nil {
					t.Errorf("the list tells %+v", it.Letter)
				}
			}
			if f.After = page.Next; page.Next == "" {
				break
			}
		}
		if diff := cmp.Diff([]int{2, 2, 1}, sizes); diff != "" {
			t.Errorf("parts (-want +got):\n%s", diff)
		}
		if !slices.IsSortedFunc(ids, func(a, b mail.ID) int { return strings.Compare(string(b), string(a)) }) {
			t.Errorf("order %v", ids)
		}
		failed := list(t, d, mail.Filter{State: mail.Failed}).Items
		if len(failed) != 1 || failed[0].ID != it.ID || failed[0].Problem != refused {
			t.Errorf("failed: %+v", failed)
		}
		latest, err := maildb.New(d.DB, clock.Fixed(noon), testkit.Key).Latest(t.Context(), 2)
		if err != nil || len(latest) != 2 || latest[0].ID != ids[0] || latest[0].Letter.Details["link"] == "" {
			t.Errorf("latest: %+v, %v", latest, err)
		}
	})
}

// journal keeps entries in memory, or fails.
type journal struct {
	entries *[]audit.Entry
	err     error
}

func (j journal) Append(_ context.Context, a actor.Actor, e audit.Entry) error {
	e.Actor = a.String()
	*j.entries = append(*j.entries, e)
	return j.err
}

func service(d *db.DB, demo bool, j journal) *mail.Service {
	return mail.NewService(maildb.New(d.DB, clock.Fixed(noon), testkit.Key).WithJournal(func(bun.IDB) audit.Journal { return j }), clock.Fixed(noon), demo)
}

// failedLetter puts one letter and gives it up after some attempts.
func failedLetter(t *testing.T, d *db.DB) mail.ID {
	t.Helper()
	put(t, d, 1)
	it := claim(t, d, noon, 1)[0]
	if err := maildb.New(d.DB, clock.Fixed(noon), testkit.Key).Failed(t.Context(), it, refused); err != nil {
		t.Fatal(err)
	}
	return it.ID
}

func TestRetryIsJournalledAndDueAtOnce(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		id := failedLetter(t, d)
		var entries []audit.Entry
		s := service(d, false, journal{entries: &entries})
		if err := s.Retry(t.Context(), admin, id); err != nil {
			t.Fatal(err)
		}
		want := []audit.Entry{{Actor: "person:admin", Action: "mail.retried", Object: "mail:" + string(id), Outcome: audit.Done}}
		if diff := cmp.Diff(want, entries); diff != "" {
			t.Errorf("journal (-want +got):\n%s", diff)
		}
		due := claim(t, d, noon, 1)
		if len(due) != 1 || due[0].Attempts != 1 || due[0].Letter.Details["link"] != "/links/s3cret" {
			t.Errorf("due: %+v", due)
		}
		if err := s.Retry(t.Context(), admin, id); !fault.Is(err, fault.Conflict) {
			t.Errorf("a letter under way was retried: %v", err)
		}
		for _, unknown := range []mail.ID{"none", "\x00", "\xff"} {
			if err := s.Retry(t.Context(), admin, unknown); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q: %v", unknown, err)
			}
		}
	})
}

func TestRetryThatCannotBeJournalledDoesNotHappen(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		id := failedLetter(t, d)
		var entries []audit.Entry
		broken := service(d, false, journal{entries: &entries, err: errors.New("full")})
		without := mail.NewService(maildb.New(d.DB, clock.Fixed(noon), testkit.Key), clock.Fixed(noon), false)
		for i, s := range []*mail.Service{broken, without} {
			if err := s.Retry(t.Context(), admin, id); err == nil {
				t.Errorf("%d: retried without a trace", i)
			}
			if n := len(list(t, d, mail.Filter{State: mail.Failed}).Items); n != 1 {
				t.Errorf("%d: the letter is due all the same", i)
			}
		}
	})
}

func TestOnlyAdministratorsSeeToTheOutbox(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		id := failedLetter(t, d)
		var entries []audit.Entry
		s := service(d, true, journal{entries: &entries})
		for name, act := range map[string]func(actor.Actor) error{
			"list":  func(a actor.Actor) error { _, err := s.List(t.Context(), a, mail.Filter{}); return err },
			"read":  func(a actor.Actor) error { _, err := s.Read(t.Context(), a, id); return err },
			"try":   func(a actor.Actor) error { return s.Try(t.Context(), a, "awa@example.org", "Awa", lang.EN) },
			"retry": func(a actor.Actor) error { return s.Retry(t.Context(), a, id) },
		} {
			if err := act(employee); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s by an employee: %v", name, err)
			}
			if err := act(admin); err != nil {
				t.Errorf("%s by an administrator: %v", name, err)
			}
		}
	})
}

func TestLettersAreReadInTheDemoOnly(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		id := failedLetter(t, d)
		for _, demo := range []bool{true, false} {
			t.Run(fmt.Sprintf("demo %v", demo), func(t *testing.T) {
				s := service(d, demo, journal{entries: new([]audit.Entry)})
				_, read := s.Read(t.Context(), admin, id)
				_, latest := s.Latest(t.Context(), actor.Nobody())
				for _, err := range []error{read, latest} {
					if demo && err != nil || !demo && !fault.Is(err, fault.NotFound) {
						t.Error(err)
					}
				}
			})
		}
	})
}

func TestFiltersThatMatchNothingAreRefused(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		s := service(d, false, journal{})
		for _, f := range []mail.Filter{{State: "lost"}} {
			if _, err := s.List(t.Context(), admin, f); !fault.Is(err, fault.Invalid) {
				t.Errorf("%+v: %v", f, err)
			}
		}
		all := func(id mail.ID) string { return cursor.Encode(mail.Filter{}, id) }
		for _, f := range []mail.Filter{
			{After: "x"},
			{After: "0190a"},
			{After: all("\x00")},
			{After: all("'; DROP TABLE mails")},
			{State: mail.Failed, After: all("0190a")},
			{After: cursor.Encode(mail.Filter{State: mail.Failed}, "0190a")},
		} {
			if _, err := s.List(t.Context(), admin, f); !fault.Is(err, fault.Malformed) {
				t.Errorf("%+v: %v", f, err)
			}
		}
		if _, err := s.List(t.Context(), admin, mail.Filter{Limit: 3, After: all("0190a")}); err != nil {
			t.Error(err)
		}
	})
}
