package app_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/testkit"
)

// TestStopAtOnce stops a server in the moment it listens: it ends all the same.
func TestStopAtOnce(t *testing.T) {
	address := testkit.Address(t, "sqlite")
	for range 20 {
		s, err := app.ReadSettings(from(map[string]string{"ECHELON_DATABASE_URL": address, "ECHELON_ADDR": "127.0.0.1:0"}))
		if err != nil {
			t.Fatal(err)
		}
		a, err := app.Open(t.Context(), s, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- a.Serve(ctx, func(string) { stop() }) }()
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("it does not stop")
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
}
