package app_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/apptest"
)

// TestReadinessWrites: a database that answers and takes no changes is not ready, and readiness says why.
func TestReadinessWrites(t *testing.T) {
	for kind, refuse := range map[string]string{
		"sqlite":     "CREATE TRIGGER refuse BEFORE INSERT ON settings BEGIN SELECT RAISE(ABORT, 'no'); END",
		"postgresql": "ALTER TABLE settings ADD CONSTRAINT refuse CHECK (id <> 'probe')",
	} {
		t.Run(kind, func(t *testing.T) {
			s := apptest.Start(t, kind)
			if _, err := s.App.DB.ExecContext(t.Context(), refuse); err != nil {
				t.Fatal(err)
			}
			if a := s.Visitor(t).Get("/readyz"); a.Status != http.StatusServiceUnavailable || !strings.Contains(a.Body, `"code"`) {
				t.Errorf("%d %s", a.Status, a.Body)
			}
			if a := s.Visitor(t).Get("/healthz"); a.Status != http.StatusOK {
				t.Errorf("the process itself is well: %d", a.Status)
			}
		})
	}
}
