package mail_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/mail"
)

func TestAttemptsGrowFarApartAndEndAfterThreeDays(t *testing.T) {
	var first []time.Duration
	var waited time.Duration
	attempts := 0
	for {
		attempts++
		wait, again := mail.Delay(attempts)
		if !again {
			break
		}
		if len(first) < 6 {
			first = append(first, wait)
		}
		waited += wait
	}
	want := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, time.Hour, time.Hour}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("first waits (-want +got):\n%s", diff)
	}
	if waited < 71*time.Hour || waited > 72*time.Hour {
		t.Errorf("given up after %v", waited)
	}
}

func TestProblemsAreReadAsTheyWereWritten(t *testing.T) {
	for _, c := range append([]mail.Cause{""}, mail.Causes()...) {
		for _, status := range []string{"", "550 5.1.1"} {
			want := mail.Problem{Cause: c, Status: status}
			if c == "" {
				want.Status = ""
			}
			if got := mail.ParseProblem(want.String()); got != want {
				t.Errorf("%q is read as %+v", want.String(), got)
			}
		}
	}
}

func TestKindsStandOnce(t *testing.T) {
	kinds := mail.Kinds()
	slices.Sort(kinds)
	if n := len(slices.Compact(slices.Clone(kinds))); n != len(kinds) {
		t.Errorf("%d kinds, %d of them different", len(kinds), n)
	}
}
