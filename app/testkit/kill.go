package testkit

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/echelon-hr/echelon/app/db"
)

// Step is where a process dies on the way through an act.
type Step string

// The steps on the way to a journalled act, in the order in which it comes to them.
const (
	BeforeEntry  Step = "between the act and its entry"
	BeforeCommit Step = "between the entry and the commit"
	AfterCommit  Step = "after the commit"
)

// The variables that make a run of a test binary the process that dies.
const (
	killAt       = "ECHELON_TEST_KILL_AT"
	killDatabase = "ECHELON_TEST_KILL_DATABASE"
)

// Killing is an act that is cut off by the death of its process.
type Killing struct {
	// Steps are where the process dies, nil for those on the way to a journalled act.
	Steps []Step
	// Prepare fills a fresh database.
	Prepare func(t *testing.T, d *db.DB)
	// Act runs in the process that dies, over a database that was prepared in another one. It calls DieIf where it
	// comes to a step of its own way; the death after the commit is seen to.
	Act func(t *testing.T, d *db.DB, at Step) error
	// Check looks at what is left, which must be all of the act when it was to be done, and nothing of it else.
	Check func(t *testing.T, d *db.DB, done bool)
}

// Kill cuts an act off at each step, on each kind of database, by a signal that no process can catch. It runs the test
// that calls it a second time, in the process that dies, so that it must be all that a test does.
func Kill(t *testing.T, k Killing) {
	t.Helper()
	if at := Step(os.Getenv(killAt)); at != "" {
		if err := k.Act(t, Open(t, os.Getenv(killDatabase)), at); err != nil {
			t.Fatal(err)
		}
		DieIf(at == AfterCommit)
		t.Fatal("the act came through no such step")
	}
	name, steps := t.Name(), k.Steps
	if steps == nil {
		steps = []Step{BeforeEntry, BeforeCommit, AfterCommit}
	}
	for _, kind := range []string{"sqlite", "postgresql"} {
		for _, at := range steps {
			t.Run(kind+" "+string(at), func(t *testing.T) {
				address := Address(t, kind)
				d := Open(t, address)
				k.Prepare(t, d)
				runAndDie(t, name, address, at)
				k.Check(t, d, at == AfterCommit)
			})
		}
	}
}

// runAndDie runs a test of this binary in a process of its own and checks that it was killed where it should be.
func runAndDie(t *testing.T, test, address string, at Step) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+test+"$") //nolint:gosec // this binary itself
	cmd.Env = append(os.Environ(), killAt+"="+string(at), killDatabase+"="+address)
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

// DieIf ends the process at once: no deferred call runs, no connection is closed.
func DieIf(now bool) {
	if now {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // until the signal arrives
	}
}
