package audit_test

import (
	"context"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/fault"
)

func TestTheJournalTakesIDsAndClosedNamesOnly(t *testing.T) {
	good := func() audit.Entry {
		return audit.Entry{
			Actor: "person:0190-ab", Behalf: "0191,0192", Action: "session.code_refused", Object: "session:0193", Outcome: audit.Failed,
			Details: map[string]string{"scopes": "jobs:read,pay:write", "path": "/people/{id}", "until": "2026-12-01T00:00:00Z", "none": ""},
		}
	}
	if err := good().Check(); err != nil {
		t.Fatalf("a good entry is refused: %v", err)
	}
	many := map[string]string{}
	for _, c := range "abcdefghijklmnopqrstuvwxyz" {
		many[string(c)] = "x"
	}
	for name, spoil := range map[string]func(*audit.Entry){
		"no action":                    func(e *audit.Entry) { e.Action = "" },
		"an action of words":           func(e *audit.Entry) { e.Action = "Signed in" },
		"an action that is no name":    func(e *audit.Entry) { e.Action = "session." },
		"a long action":                func(e *audit.Entry) { e.Action = strings.Repeat("a", 201) },
		"no outcome":                   func(e *audit.Entry) { e.Outcome = "" },
		"an outcome of its own":        func(e *audit.Entry) { e.Outcome = "maybe" },
		"an object with a name":        func(e *audit.Entry) { e.Object = "person:Camille Roy" },
		"an object with an accent":     func(e *audit.Entry) { e.Object = "person:Zoé" },
		"an object with an address":    func(e *audit.Entry) { e.Object = "person:c.roy@altiva.example" },
		"an object with a line feed":   func(e *audit.Entry) { e.Object = "person:1\nperson:2" },
		"an object ending a line":      func(e *audit.Entry) { e.Object = "person:1\n" },
		"an object that is not UTF-8":  func(e *audit.Entry) { e.Object = "person:\xff" },
		"a long object":                func(e *audit.Entry) { e.Object = strings.Repeat("o", 201) },
		"an actor with a name":         func(e *audit.Entry) { e.Actor = "Camille Roy" },
		"a long behalf":                func(e *audit.Entry) { e.Behalf = strings.Repeat("b,", 1001) },
		"a detail that is text":        func(e *audit.Entry) { e.Details["reason"] = "he left us" },
		"a detail with a NUL":          func(e *audit.Entry) { e.Details["reason"] = "\x00" },
		"a detail without name":        func(e *audit.Entry) { e.Details[""] = "x" },
		"a detail with a name of text": func(e *audit.Entry) { e.Details["why not"] = "x" },
		"a long detail":                func(e *audit.Entry) { e.Details["x"] = strings.Repeat("d", 201) },
		"many details":                 func(e *audit.Entry) { e.Details = many },
	} {
		t.Run(name, func(t *testing.T) {
			e := good()
			spoil(&e)
			if err := e.Check(); !fault.Is(err, fault.Internal) {
				t.Errorf("got %v, want an Internal fault", err)
			}
		})
	}
}

func TestAnEntryNamesThoseBehindTheActor(t *testing.T) {
	if got := audit.BehalfOf(actor.Actor{Behalf: []actor.PersonID{"1", "2"}}); got != "1,2" {
		t.Errorf("got %q", got)
	}
	if got := audit.BehalfOf(actor.CommandLine()); got != "" {
		t.Errorf("got %q", got)
	}
	if got := audit.PersonObject("1"); got != "person:1" {
		t.Errorf("got %q", got)
	}
}

func TestTheContextKeepsTheAddress(t *testing.T) {
	ctx := audit.WithAddress(context.Background(), "192.0.2.1")
	if got := audit.AddressOf(ctx); got != "192.0.2.1" {
		t.Errorf("got %q", got)
	}
	if got := audit.AddressOf(context.Background()); got != "" {
		t.Errorf("got %q outside of a request", got)
	}
}
