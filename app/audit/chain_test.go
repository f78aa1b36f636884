package audit_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/fault"
)

func sample() audit.Entry {
	return audit.Entry{
		Seq: 7, At: time.Date(2026, 11, 25, 9, 30, 0, 123456000, time.UTC), Actor: "person:0190", Behalf: "0191", Action: "accounts.roles",
		Object: "person:0192", Outcome: audit.Done, Address: "0123456789abcdef", Details: map[string]string{"added": "hr", "removed": "recruiter"},
		Previous: strings.Repeat("ab", 32),
	}
}

func hash(t *testing.T, e audit.Entry) string {
	t.Helper()
	h, err := audit.Hash(e)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestTheFormOfTheChainNeverChanges holds the hash of one entry: another one would break every journal there is.
// It is the SHA-256 of {"action":"accounts.roles","actor":"person:0190","address":"0123456789abcdef",
// "at":"2026-11-25T09:30:00.123456Z","behalf":"0191","details":{"added":"hr","removed":"recruiter"},"object":"person:0192",
// "outcome":"done","previous":"abab…","seq":7} without the line ends.
func TestTheFormOfTheChainNeverChanges(t *testing.T) {
	const want = "0c11f358b382f36c849a22cc83e1f8dd365fe1e2935f8932c0998cf7d2c7e0c8"
	if got := hash(t, sample()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestEveryFieldChangesTheHash(t *testing.T) {
	changes := map[string]func(*audit.Entry){
		"Seq":      func(e *audit.Entry) { e.Seq++ },
		"At":       func(e *audit.Entry) { e.At = e.At.Add(time.Microsecond) },
		"Actor":    func(e *audit.Entry) { e.Actor = "operator" },
		"Behalf":   func(e *audit.Entry) { e.Behalf = "" },
		"Action":   func(e *audit.Entry) { e.Action = "accounts.changed" },
		"Object":   func(e *audit.Entry) { e.Object = "person:0193" },
		"Outcome":  func(e *audit.Entry) { e.Outcome = audit.Refused },
		"Address":  func(e *audit.Entry) { e.Address = "" },
		"Details":  func(e *audit.Entry) { e.Details["added"] = "administrator" },
		"Previous": func(e *audit.Entry) { e.Previous = strings.Repeat("cd", 32) },
	}
	before := hash(t, sample())
	seen := map[string]string{before: "nothing"}
	for field, change := range changes {
		e := sample()
		change(&e)
		got := hash(t, e)
		if other, twice := seen[got]; twice {
			t.Errorf("changing %s gives the hash of changing %s", field, other)
		}
		seen[got] = field
	}
	fields := reflect.TypeFor[audit.Entry]()
	for i := range fields.NumField() {
		if name := fields.Field(i).Name; name != "Hash" && changes[name] == nil {
			t.Errorf("nothing shows that the hash covers %s", name)
		}
	}
	moved := sample()
	moved.Actor, moved.Behalf = moved.Behalf, moved.Actor
	if hash(t, moved) == before {
		t.Error("two fields can be swapped")
	}
}

func TestTheSameEntryHasTheSameHash(t *testing.T) {
	want := hash(t, sample())
	elsewhere := sample()
	elsewhere.At = elsewhere.At.In(time.FixedZone("", 3600))
	elsewhere.Hash = "whatever"
	if got := hash(t, elsewhere); got != want {
		t.Error("the time zone or the hash itself counts")
	}
	none, empty := sample(), sample()
	none.Details, empty.Details = nil, map[string]string{}
	if hash(t, none) != hash(t, empty) {
		t.Error("no details and empty details are not the same")
	}
	bad := sample()
	bad.Object = "\xff"
	if _, err := audit.Hash(bad); err == nil {
		t.Error("bytes that are not UTF-8 have a hash")
	}
}

func TestHeadsAreNotedDownAndReadAgain(t *testing.T) {
	want := audit.Head{Entry: 42, Hash: strings.Repeat("0f", 32)}
	if got, err := audit.ParseHead(want.String()); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	for _, s := range []string{"", ":", "42", "0:" + want.Hash, "-1:" + want.Hash, "42:" + want.Hash[1:], "42:" + strings.ToUpper(want.Hash), "42:" + want.Hash + "0", "x:" + want.Hash, " 42:" + want.Hash} {
		if got, err := audit.ParseHead(s); !fault.Is(err, fault.Invalid) || !got.IsZero() {
			t.Errorf("%q: %+v, %v", s, got, err)
		}
	}
}

func FuzzParseHead(f *testing.F) {
	f.Add("42:" + strings.Repeat("0f", 32))
	f.Add("0:")
	f.Fuzz(func(t *testing.T, s string) {
		head, err := audit.ParseHead(s)
		if err != nil {
			return
		}
		if again, err := audit.ParseHead(head.String()); err != nil || again != head {
			t.Errorf("%q: %+v, %v", s, again, err)
		}
	})
}
