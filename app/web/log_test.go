package web_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/web"
)

func TestWhatMachinesAskAllDayIsLoggedWhenItFails(t *testing.T) {
	h := open(t, false, web.Plain(http.MethodGet, "/files/{name}", func(c *fiber.Ctx) error {
		if c.Params("name") == "broken" {
			return fault.New(fault.Internal, "internal", "unreadable")
		}
		return c.SendString("file")
	}))
	for path, logged := range map[string]bool{"/page": true, "/missing": true, "/healthz": false, "/files/there": false, "/files/broken": true} {
		t.Run(path, func(t *testing.T) {
			id := "request=" + h.do(t, http.MethodGet, path).Header.Get("X-Request-Id")
			found := false
			for _, line := range h.log.all() {
				found = found || strings.Contains(line, "msg=request") && strings.Contains(line, id) && strings.Contains(line, "route=")
			}
			if found != logged {
				t.Errorf("logged: %t, want %t", found, logged)
			}
		})
	}
}

func logTo(r *record) *slog.Logger { return slog.New(slog.NewTextHandler(r, nil)) }

// setDefault makes a record the program's usual log until the function it returns is called.
func setDefault(r *record) (undo func()) {
	before := slog.Default()
	slog.SetDefault(logTo(r))
	return func() { slog.SetDefault(before) }
}
