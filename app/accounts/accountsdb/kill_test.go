package accountsdb_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/audit/auditdb"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/testkit"
)

// step is where the process dies.
type step string

const (
	beforeEntry  step = "between the act and its entry"
	beforeCommit step = "between the entry and the commit"
	afterCommit  step = "after the commit"
)

// The variables that make a run of this test binary the process that dies.
const (
	killAt       = "ECHELON_TEST_KILL_AT"
	killDatabase = "ECHELON_TEST_KILL_DATABASE"
	killAccount  = "ECHELON_TEST_KILL_ACCOUNT"
)

// TestKilledWhileAnAccountIsDisabled kills a process with a signal that it cannot catch: the account is disabled, its
// session over and the journal says so, or none of it.
func TestKilledWhileAnAccountIsDisabled(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgresql"} {
		for at, done := range map[step]bool{beforeEntry: false, beforeCommit: false, afterCommit: true} {
			t.Run(kind+" "+string(at), func(t *testing.T) {
				address := testkit.Address(t, kind)
				d := testkit.Open(t, address)
				if err := auditdb.New(d.DB, clock.Fixed(start), testkit.Key).Sign(t.Context()); err != nil {
					t.Fatal(err)
				}
				s := service(d, nil)
				id, _, err := s.Create(t.Context(), operator, accounts.NewAccount{Email: "camille@example.org", Name: "Camille Roy", Lang: lang.FR})
				if err != nil {
					t.Fatal(err)
				}
				token := signIn(t, d, s, id)
				want := []string{"accounts.created", "session.opened"}
				if done {
					want = append(want, "accounts.disabled")
				}
				runAndDie(t, address, at, id)
				account, err := store(d, nil).Account(t.Context(), id)
				if err != nil || account.Disabled() != done {
					t.Errorf("disabled %v, want %v: %v", account.Disabled(), done, err)
				}
				if n, err := d.NewSelect().Table("sessions").Count(t.Context()); err != nil || (n == 0) != done {
					t.Errorf("%d sessions, %v", n, err)
				}
				if who, err := s.Resume(t.Context(), actor.Nobody(), token); err != nil || (who.Kind == actor.Anonymous) != done {
					t.Errorf("the session is %+v, %v", who, err)
				}
				if diff := cmp.Diff(want, journal(t, d)); diff != "" {
					t.Errorf("the journal (-want +got):\n%s", diff)
				}
				// Nothing stays locked by the dead.
				if err := s.Enable(t.Context(), operator, id); err != nil {
					t.Error(err)
				}
				if diff := cmp.Diff(append(want, "accounts.enabled"), journal(t, d)); diff != "" {
					t.Errorf("and then (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// journal reads the actions of the journal and checks that its chain is whole.
func journal(t *testing.T, d *db.DB) []string {
	t.Helper()
	st := auditdb.New(d.DB, clock.Fixed(start), testkit.Key)
	all := func(context.Context, actor.Actor) (bool, []actor.PersonID, error) { return true, nil, nil }
	if r, err := audit.NewService(st, all).Verify(t.Context(), operator, audit.Head{}); err != nil || !r.Whole() {
		t.Errorf("%+v, %v", r, err)
	}
	entries, err := st.Entries(t.Context(), audit.Query{All: true, Oldest: true, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Action)
	}
	return out
}

// runAndDie runs this binary again as TestHelperThatDies and checks that it was killed where it should be.
func runAndDie(t *testing.T, address string, at step, id actor.PersonID) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHelperThatDies$")
	cmd.Env = append(os.Environ(), killAt+"="+string(at), killDatabase+"="+address, killAccount+"="+string(id))
	out, err := cmd.CombinedOutput()
	exit := (*exec.ExitError)(nil)
	if !errors.As(err, &exit) {
		t.Fatalf("it lived on: %v\n%s", err, out)
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGKILL {
		t.Fatalf("it ended otherwise: %v\n%s", err, out)
	}
	if strings.Contains(string(out), "FAIL") {
		t.Fatalf("it failed before it died:\n%s", out)
	}
}

// dying is a journal that ends the process on the way.
type dying struct {
	audit.Journal
	over bun.IDB
	at   step
}

func (j dying) Append(ctx context.Context, a actor.Actor, e audit.Entry) error {
	dieIf(j.at == beforeEntry)
	if err := j.Journal.Append(ctx, a, e); err != nil {
		return err
	}
	return db.Last(ctx, j.over, func(bun.IDB) error { dieIf(j.at == beforeCommit); return nil })
}

// TestHelperThatDies disables an account and dies on the way. Alone it does nothing.
func TestHelperThatDies(t *testing.T) {
	at, address := step(os.Getenv(killAt)), os.Getenv(killDatabase)
	if at == "" {
		return // it runs within TestKilledWhileAnAccountIsDisabled
	}
	d, err := db.Open(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	s := service(d, func(h bun.IDB) audit.Journal { return dying{auditdb.New(h, clock.Fixed(start), testkit.Key), h, at} })
	if err := s.Disable(context.Background(), operator, actor.PersonID(os.Getenv(killAccount))); err != nil {
		t.Fatal(err)
	}
	dieIf(at == afterCommit)
}

// dieIf ends the process at once: no deferred call runs, no connection is closed.
func dieIf(now bool) {
	if now {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // until the signal arrives
	}
}
