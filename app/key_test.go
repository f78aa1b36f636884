package app_test

import (
	"encoding/base64"
	"log/slog"
	"sync"
	"testing"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/testkit"
)

// TestOneKeyOfTwoIsTheFirst: of two processes that meet one new database at the same moment, each with a key of its own,
// one is refused: what the other one sealed would be lost to it.
func TestOneKeyOfTwoIsTheFirst(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) {
			for range 8 {
				address := testkit.Address(t, kind)
				apps := []*app.App{opened(t, address, testkit.KeyText), opened(t, address, base64.StdEncoding.EncodeToString(make([]byte, 32)))}
				errs := make([]error, len(apps))
				var group sync.WaitGroup
				for i, a := range apps {
					group.Go(func() { errs[i] = a.Prepare(t.Context()) })
				}
				group.Wait()
				refused := 0
				for _, err := range errs {
					if err != nil && fault.Of(err).Code != "secret_key" {
						t.Fatal(err)
					}
					if err != nil {
						refused++
					}
				}
				if refused != 1 {
					t.Fatalf("%d of two keys were refused", refused)
				}
			}
		})
	}
}

// opened is the product over a database, before it is made ready.
func opened(t *testing.T, address, key string) *app.App {
	t.Helper()
	s, err := app.ReadSettings(func(name string) string {
		return map[string]string{
			"ECHELON_DATABASE_URL": address, "ECHELON_BASE_URL": "http://127.0.0.1:8080", "ECHELON_SECRET_KEY": key,
		}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), s, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}
