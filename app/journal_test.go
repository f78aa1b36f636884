package app_test

import (
	"testing"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/apptest"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/testkit"
)

// TestTheJournalIsSignedWhenADatabaseMeetsItsKey begins a journal with the first start of the program, and brings along
// one from before heads were signed. A head that loses its signature later is not signed again.
func TestTheJournalIsSignedWhenADatabaseMeetsItsKey(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) {
			address := testkit.Address(t, kind)
			d := testkit.Open(t, address)
			act := func(before ...string) audit.Report {
				t.Helper()
				for _, q := range before {
					if _, err := d.ExecContext(t.Context(), q); err != nil {
						t.Fatal(err)
					}
				}
				s := apptest.Build(t, address, false).Services
				if err := s.Journal.Append(t.Context(), actor.CommandLine(), audit.Entry{Action: "seed.loaded", Outcome: audit.Done}); err != nil {
					t.Fatal(err)
				}
				r, err := s.Audit.Verify(t.Context(), actor.CommandLine(), audit.Head{})
				if err != nil {
					t.Fatal(err)
				}
				return r
			}
			if r := act(); !r.Whole() || r.Signature != audit.Signed {
				t.Errorf("a new one: %+v %+v", r, r.Broken)
			}
			if r := act("UPDATE journal_head SET mac = ''", "DELETE FROM settings WHERE id = 'secret_key'"); !r.Whole() || r.Signature != audit.Signed {
				t.Errorf("one from before: %+v %+v", r, r.Broken)
			}
			if r := act("UPDATE journal_head SET mac = ''"); r.Whole() || r.Broken.Why != audit.HeadUnsigned {
				t.Errorf("one whose signature was taken away: %+v", r)
			}
		})
	}
}
