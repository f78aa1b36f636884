package auditweb

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/audit"
)

func TestACellIsNoFormula(t *testing.T) {
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+33": "'+33", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1",
		"": "", "person:1": "person:1", "a=1": "a=1", "'=1": "'=1", "42": "42", "é": "é",
	} {
		if got := defused(cell); got != want {
			t.Errorf("%q became %q, want %q", cell, got, want)
		}
	}
}

func TestARowHasEveryFieldDefused(t *testing.T) {
	row, err := cells(audit.Entry{
		Seq: 7, At: time.Date(2026, 11, 25, 8, 30, 0, 123456000, time.UTC), Actor: "-a", Behalf: "+b", Action: "session.opened", Object: "=o", Outcome: audit.Done,
		Address: "0123", Details: map[string]string{"b": `say "2"`, "a": "1,5"}, Previous: "p", Hash: "h",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"7", "2026-11-25T08:30:00.123456Z", "'-a", "'+b", "session.opened", "'=o", "done", "0123", `{"a":"1,5","b":"say \"2\""}`, "p", "h"}
	if diff := cmp.Diff(want, row); diff != "" || len(row) != len(columns) {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzDefused(f *testing.F) {
	f.Add("=1")
	f.Add("é")
	f.Fuzz(func(t *testing.T, s string) {
		got := defused(s)
		if got != "" && strings.IndexByte("=+-@\t\r", got[0]) >= 0 {
			t.Errorf("%q became %q", s, got)
		}
		if strings.TrimPrefix(got, "'") != strings.TrimPrefix(s, "'") {
			t.Errorf("%q became %q, which is another text", s, got)
		}
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		if err := w.Write([]string{got}); err != nil {
			t.Fatal(err)
		}
	})
}
