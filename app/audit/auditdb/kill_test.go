package auditdb_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/audit/auditdb"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
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
)

// TestKilledBetweenAnActAndItsEntry kills a process with a signal that it cannot catch: what it did and what the
// journal says of it are both there, or neither is, and the journal goes on.
func TestKilledBetweenAnActAndItsEntry(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgresql"} {
		for at, want := range map[step]int{beforeEntry: 0, beforeCommit: 0, afterCommit: 1} {
			t.Run(kind+" "+string(at), func(t *testing.T) {
				address := testkit.Address(t, kind)
				appendTo(t, store(signed(t, testkit.Open(t, address)), start), t.Context(), operator, audit.Entry{Action: "setup.done"})
				runAndDie(t, "TestHelperThatDies", address, at)
				d := testkit.Open(t, address)
				n, err := d.NewSelect().Table("settings").Where("id = 'killed'").Count(t.Context())
				if err != nil || int(n) != want {
					t.Errorf("%v: the act is there %d times, want %d", err, n, want)
				}
				whole(t, d, int64(1+want))
				// Nothing stays locked by the dead.
				appendTo(t, store(d, start), t.Context(), operator, audit.Entry{Action: "seed.loaded"})
				whole(t, d, int64(2+want))
			})
		}
	}
}

// runAndDie runs this binary again as a helper and checks that it was killed where it should be.
func runAndDie(t *testing.T, helper, address string, at step) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+helper+"$")
	cmd.Env = append(os.Environ(), killAt+"="+string(at), killDatabase+"="+address)
	out, err := cmd.CombinedOutput()
	exit := (*exec.ExitError)(nil)
	if !errors.As(err, &exit) {
		t.Fatalf("it lived on: %v\n%s", err, out)
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGKILL {
		t.Fatalf("it ended otherwise: %v\n%s", err, out)
	}
}

// TestHelperThatDies changes a setting and journals it in one transaction, and dies on the way. Alone it does nothing.
func TestHelperThatDies(t *testing.T) {
	at, address := step(os.Getenv(killAt)), os.Getenv(killDatabase)
	if at == "" {
		return // it runs within TestKilledBetweenAnActAndItsEntry
	}
	d, err := db.Open(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	err = db.InTx(context.Background(), d.DB, func(tx bun.IDB) error {
		if _, err := tx.ExecContext(context.Background(), "INSERT INTO settings (id, value, updated_at) VALUES ('killed', '1', ?)", db.Time(start)); err != nil {
			return err
		}
		dieIf(at == beforeEntry)
		if err := auditdb.New(tx, clock.Fixed(start), testkit.Key).Append(context.Background(), operator, audit.Entry{Action: "settings.changed", Outcome: audit.Done}); err != nil {
			return err
		}
		return db.Last(context.Background(), tx, func(bun.IDB) error { dieIf(at == beforeCommit); return nil })
	})
	if err != nil {
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
