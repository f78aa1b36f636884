package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/audit/auditdb"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/testkit"
)

// journalled makes a database whose journal has three entries of three days.
func journalled(t *testing.T, kind string) string {
	t.Helper()
	database := testkit.Address(t, kind)
	d := testkit.Open(t, database)
	for _, day := range []int{23, 24, 25} {
		s := auditdb.New(d.DB, clock.Fixed(time.Date(2026, 11, day, 12, 0, 0, 0, time.UTC)), testkit.Key)
		if err := s.Append(t.Context(), actor.CommandLine(), audit.Entry{Action: "settings.changed", Object: "setting:company", Outcome: audit.Done}); err != nil {
			t.Fatal(err)
		}
	}
	return database
}

// spoil changes what the second entry says.
func spoil(t *testing.T, database string) {
	t.Helper()
	d := testkit.Open(t, database)
	off := "ALTER TABLE journal DISABLE TRIGGER ALL"
	if d.Embedded() {
		off = "DROP TRIGGER journal_keeps_entries"
	}
	for _, q := range []string{off, "UPDATE journal SET actor = 'anonymous' WHERE id = 2"} {
		if _, err := d.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAuditVerify(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) {
			database := journalled(t, kind)
			r := command(t, database, "audit", "verify")
			lines := strings.Split(strings.TrimSpace(r.stdout), "\n")
			if r.code != 0 || len(lines) != 2 || !strings.Contains(lines[0], "whole: 3 entries") || !strings.HasPrefix(lines[1], "3:") {
				t.Fatalf("%+v", r)
			}
			head := lines[1]
			if r := command(t, database, "audit", "verify", "--head", head); r.code != 0 || !strings.Contains(r.stdout, "Entry 3 is as it was noted down") {
				t.Errorf("%+v", r)
			}
			other := "3:" + strings.Repeat("0", 64)
			command(t, database, "audit", "verify", "--head", other).fails(t, exitFailed, "broken at entry 3", "noted")
			command(t, database, "audit", "verify", "--head", "4"+head[1:]).fails(t, exitFailed, "broken at entry 4", "missing")
			spoil(t, database)
			command(t, database, "audit", "verify").fails(t, exitFailed, "broken at entry 2", "changed")
			asJSON := command(t, database, "audit", "verify", "--json")
			asJSON.fails(t, exitFailed, "broken at entry 2")
			var report audit.Report
			if err := json.Unmarshal([]byte(asJSON.stdout), &report); err != nil || report.Whole() || *report.Broken != (audit.Break{Seq: 2, Why: audit.Changed}) {
				t.Errorf("%v: %s", err, asJSON.stdout)
			}
		})
	}
}

func TestAuditVerifyOfAWholeJournalAsJSON(t *testing.T) {
	r := command(t, journalled(t, "sqlite"), "audit", "verify", "--json")
	var report audit.Report
	if err := json.Unmarshal([]byte(r.stdout), &report); err != nil || r.code != 0 || !report.Whole() || report.Entries != 3 || report.Head.Entry != 3 {
		t.Errorf("%v: %+v", err, r)
	}
	if r := command(t, testkit.Address(t, "sqlite"), "audit", "verify"); r.code != 0 || r.stdout != "The journal is empty.\n" {
		t.Errorf("%+v", r)
	}
}

// exported reads what was exported, line by line.
func exported(t *testing.T, text string) []audit.Entry {
	t.Helper()
	var out []audit.Entry
	for line := range strings.Lines(text) {
		var e audit.Entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v: %q", err, line)
		}
		if hash, err := audit.Hash(e); err != nil || hash != e.Hash {
			t.Errorf("%v: the hash of entry %d cannot be computed from the export", err, e.Seq)
		}
		out = append(out, e)
	}
	return out
}

func TestAuditExport(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) {
			database := journalled(t, kind)
			r := command(t, database, "audit", "export", "--out", "-")
			if got := exported(t, r.stdout); r.code != 0 || len(got) != 3 || got[0].Seq != 1 || got[2].Seq != 3 {
				t.Errorf("%+v", r)
			}
			t.Chdir(t.TempDir())
			r = command(t, database, "audit", "export", "--from", "2026-11-24", "--to", "2026-11-24", "--out", "day.ndjson")
			b, err := os.ReadFile("day.ndjson")
			if err != nil || r.code != 0 || r.stdout != "day.ndjson (1 entries)\n" {
				t.Fatalf("%v: %+v", err, r)
			}
			if got := exported(t, string(b)); len(got) != 1 || got[0].Seq != 2 {
				t.Errorf("%s", b)
			}
			// Both exports are in the journal, by the command line.
			got := exported(t, command(t, database, "audit", "export", "--out", "-").stdout)
			if len(got) != 5 || got[4].Action != "journal.exported" || got[4].Actor != "operator" || got[4].Details["to"] != "2026-11-24" {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestAuditExportThatFailsLeavesNothing(t *testing.T) {
	database := journalled(t, "sqlite")
	t.Chdir(t.TempDir())
	command(t, database, "audit", "export", "--out", filepath.Join("none", "x")).fails(t, exitFailed, "cannot write none/x")
	command(t, database, "audit", "export", "--from", "monday", "--out", "x").fails(t, exitUsage, "from")
	if diff := cmp.Diff([]string(nil), names(t, ".")); diff != "" {
		t.Errorf("left behind: %s", diff)
	}
}

func TestAuditCut(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) {
			database := journalled(t, kind)
			all := exported(t, command(t, database, "audit", "export", "--out", "-").stdout)
			t.Chdir(t.TempDir())
			command(t, database, "audit", "cut", "--before", "2026-11-25", "--out", "old.ndjson").fails(t, exitUsage, "12 months", "--force")
			if diff := cmp.Diff([]string(nil), names(t, ".")); diff != "" {
				t.Errorf("left behind: %s", diff)
			}
			r := command(t, database, "audit", "cut", "--before", "2026-11-25", "--out", "old.ndjson", "--force")
			b, err := os.ReadFile("old.ndjson")
			sum := fmt.Sprintf("%x", sha256.Sum256(b))
			if err != nil || r.code != 0 || !strings.Contains(r.stdout, "old.ndjson (2 entries, up to entry 2; SHA-256 "+sum) {
				t.Fatalf("%v: %+v", err, r)
			}
			if got := exported(t, string(b)); len(got) != 2 || got[1].Hash != all[1].Hash {
				t.Errorf("%s", b)
			}
			r = command(t, database, "audit", "verify")
			if r.code != 0 || !strings.Contains(r.stdout, "begins after entry 2") || !strings.Contains(r.stdout, sum) || !strings.Contains(r.stdout, "whole: 3 entries") {
				t.Errorf("%+v", r)
			}
			for n, says := range map[int]string{1: "cut off", 2: "", 3: ""} {
				r := command(t, database, "audit", "verify", "--head", fmt.Sprintf("%d:%s", n, all[n-1].Hash))
				if says == "" && r.code != 0 {
					t.Errorf("a head noted at entry %d: %+v", n, r)
				} else if says != "" {
					r.fails(t, exitFailed, says)
				}
			}
			// What was cut before is not written over, and nothing is cut twice.
			command(t, database, "audit", "cut", "--before", "2026-11-26", "--out", "old.ndjson", "--force").fails(t, exitUsage, "there already")
			command(t, database, "audit", "cut", "--before", "2026-11-25", "--out", "more.ndjson", "--force").fails(t, exitUsage, "no entry is that old")
			if diff := cmp.Diff([]string{"old.ndjson"}, names(t, ".")); diff != "" {
				t.Errorf("left behind: %s", diff)
			}
		})
	}
}

func TestAuditVerifyKnowsItsKey(t *testing.T) {
	database := journalled(t, "sqlite")
	command(t, database, "audit", "verify") // the database meets its key
	d := testkit.Open(t, database)
	cut := func() {
		for _, q := range []string{
			"DROP TRIGGER journal_loses_nothing", "DELETE FROM journal WHERE id = 3", "UPDATE journal_head SET entry = 2, hash = (SELECT hash FROM journal WHERE id = 2)",
		} {
			if _, err := d.ExecContext(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
	}
	if r := command(t, database, "audit", "verify", "--without-key"); r.code != 0 || !strings.Contains(r.stdout, "Without the secret key it could not be checked") {
		t.Errorf("%+v", r)
	}
	cut()
	command(t, database, "audit", "verify").fails(t, exitFailed, "broken at entry 2", "not signed")
	if r := command(t, database, "audit", "verify", "--without-key"); r.code != 0 {
		t.Errorf("%+v", r)
	}
}

func TestAuditWrongUsage(t *testing.T) {
	database := testkit.Address(t, "sqlite")
	for line, says := range map[string]string{
		"audit": "verify", "audit forget": "export", "audit cut --out x": "--before", "audit cut --before 2020-01-01": "--out",
		"audit cut --before 2020-01-01 --out -": "--out", "audit cut --before monday --out x": "before", "audit cut now --before 2020-01-01 --out x": "no arguments",
		"audit verify now": "no arguments", "audit export": "--out", "audit export now --out x": "no arguments",
		"audit verify --head 3": "--head", "audit verify --head x:y": "--head",
	} {
		t.Run(line, func(t *testing.T) {
			command(t, database, strings.Fields(line)...).fails(t, exitUsage, says, "echelon")
		})
	}
}
