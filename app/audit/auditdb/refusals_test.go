package auditdb_test

import (
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/testkit"
)

// refusal is what somebody was refused, on an object.
func refusal(action, object string) audit.Entry {
	return audit.Entry{Action: "access.refused", Object: object, Outcome: audit.Refused, Details: map[string]string{"action": action}}
}

func refuse(t *testing.T, d *db.DB, at time.Time, a actor.Actor, e audit.Entry) {
	t.Helper()
	if err := store(d, at).Refuse(audit.WithAddress(t.Context(), "192.0.2.1"), a, e); err != nil {
		t.Fatal(err)
	}
}

func settle(t *testing.T, d *db.DB, at time.Time) {
	t.Helper()
	if err := store(d, at).Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// told are the entries in short, with what they counted.
func told(t *testing.T, d *db.DB) []string {
	t.Helper()
	var out []string
	for _, e := range everything(t, d) {
		s := e.Actor + " " + e.Action
		for _, name := range []string{"of", "action", "kind", "more"} {
			if e.Details[name] != "" {
				s += " " + e.Details[name]
			}
		}
		out = append(out, s)
	}
	return out
}

// refusals adds up how many refusals the journal tells of.
func refusals(t *testing.T, d *db.DB) (entries, all int) {
	t.Helper()
	for _, e := range everything(t, d) {
		entries++
		if more := e.Details["more"]; more == "" {
			all++
		} else if n, err := strconv.Atoi(more); err == nil {
			all += n
		}
	}
	return entries, all
}

func TestARefusalThatIsRepeatedIsCounted(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		ada, bob := person("a"), person("b")
		refuse(t, d, start, ada, refusal("accounts.read", "person:1"))
		for n := range 5 {
			refuse(t, d, start.Add(time.Duration(n)*time.Minute), ada, refusal("accounts.read", fmt.Sprintf("person:%d", n)))
		}
		refuse(t, d, start.Add(time.Minute), ada, refusal("accounts.write", "person:1")) // another action
		refuse(t, d, start.Add(time.Minute), ada, refusal("accounts.read", "session:1")) // another kind of object
		refuse(t, d, start.Add(time.Minute), bob, refusal("accounts.read", "person:1"))  // another actor
		refuse(t, d, start.Add(time.Minute), ada, audit.Entry{Action: "access.forged", Outcome: audit.Refused})
		settle(t, d, start.Add(audit.RefusalWindow-time.Second)) // nothing is over yet
		want := []string{
			"person:a access.refused accounts.read", "person:a access.refused accounts.write", "person:a access.refused accounts.read",
			"person:b access.refused accounts.read", "person:a access.forged",
		}
		if diff := cmp.Diff(want, told(t, d)); diff != "" {
			t.Errorf("at once (-want +got):\n%s", diff)
		}
		refuse(t, d, start.Add(audit.RefusalWindow), ada, refusal("accounts.read", "person:9")) // the window is over, and the next begins
		refuse(t, d, start.Add(audit.RefusalWindow), ada, refusal("accounts.read", "person:8"))
		want = append(want, "person:a access.repeated access.refused accounts.read person 5", "person:a access.refused accounts.read")
		if diff := cmp.Diff(want, told(t, d)); diff != "" {
			t.Errorf("after the window (-want +got):\n%s", diff)
		}
		settle(t, d, start.Add(time.Hour))
		settle(t, d, start.Add(time.Hour))
		want = append(want, "person:a access.repeated access.refused accounts.read person 1")
		if diff := cmp.Diff(want, told(t, d)); diff != "" {
			t.Errorf("after the sweep (-want +got):\n%s", diff)
		}
		all := everything(t, d)
		if last := all[len(all)-1]; last.Address != "" || last.Details["since"] != start.Add(audit.RefusalWindow).UTC().Format(time.RFC3339) {
			t.Errorf("%+v", last)
		}
		whole(t, d, int64(len(want)))
	})
}

func TestAnHourHasSoManyRefusals(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		const tries = 3 * audit.RefusalsAnHour
		for n := range tries {
			refuse(t, d, start, person("a"), refusal("accounts.read", fmt.Sprintf("kind%d:1", n)))
		}
		if entries, _ := refusals(t, d); entries != audit.RefusalsAnHour {
			t.Errorf("%d entries", entries)
		}
		refuse(t, d, start, person("b"), refusal("accounts.read", "person:1")) // nobody else's are bounded by it
		settle(t, d, start.Add(audit.RefusalHour-time.Second))
		if entries, _ := refusals(t, d); entries != audit.RefusalsAnHour+1 {
			t.Errorf("%d entries before the hour is over", entries)
		}
		refuse(t, d, start.Add(audit.RefusalHour), person("a"), refusal("accounts.read", "person:1"))
		got := told(t, d)
		want := []string{fmt.Sprintf("person:a access.many %d", tries-audit.RefusalsAnHour), "person:a access.refused accounts.read"}
		if diff := cmp.Diff(want, got[audit.RefusalsAnHour+1:]); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		settle(t, d, start.Add(3*audit.RefusalHour))
		if entries, all := refusals(t, d); entries != audit.RefusalsAnHour+3 || all != tries+2 {
			t.Errorf("%d entries tell of %d refusals", entries, all)
		}
	})
}

// TestAClockThatRanAheadHidesNoRefusal begins windows in the future.
func TestAClockThatRanAheadHidesNoRefusal(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		for range 2 {
			refuse(t, d, start.AddDate(1, 0, 0), person("a"), refusal("accounts.read", "person:1"))
		}
		refuse(t, d, start, person("a"), refusal("accounts.read", "person:1"))
		want := []string{
			"person:a access.refused accounts.read", "person:a access.repeated access.refused accounts.read person 1", "person:a access.refused accounts.read",
		}
		if diff := cmp.Diff(want, told(t, d)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// TestAThousandRefusalsAtOnceAreAHandfulOfEntries sends them through two handles, which the database cannot tell from
// two processes, while sweeps go on.
func TestAThousandRefusalsAtOnceAreAHandfulOfEntries(t *testing.T) {
	const tries, hands = 1000, 20
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) {
			address := testkit.Address(t, kind)
			handles := []*db.DB{signed(t, testkit.Open(t, address)), testkit.Open(t, address)}
			var wg sync.WaitGroup
			begin := make(chan struct{})
			for i := range hands {
				wg.Go(func() {
					<-begin
					s := store(handles[i%2], start.Add(time.Duration(i)*time.Millisecond)) // no two clocks agree
					for n := range tries / hands {
						if err := s.Refuse(t.Context(), person("a"), refusal("accounts.read", fmt.Sprintf("person:%d", n))); err != nil {
							t.Error(err)
						}
						if n%10 == 0 {
							if err := s.Settle(t.Context()); err != nil {
								t.Error(err)
							}
						}
					}
				})
			}
			close(begin)
			wg.Wait()
			// The windows of many who come when they are over end once.
			for i := range hands {
				wg.Go(func() {
					if err := store(handles[i%2], start.Add(2*audit.RefusalHour)).Settle(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if entries, all := refusals(t, handles[0]); entries != 2 || all != tries {
				t.Errorf("%d entries tell of %d refusals, want 2 that tell of %d", entries, all, tries)
			}
			whole(t, handles[0], 2)
		})
	}
}
