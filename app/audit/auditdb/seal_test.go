package auditdb_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/audit/auditdb"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/secret"
	"github.com/echelon-hr/echelon/app/testkit"
)

// checked is what a store over a key finds.
func checked(t *testing.T, d *db.DB, key secret.Key, noted audit.Head) audit.Report {
	t.Helper()
	r, err := audit.NewService(auditdb.New(d.DB, clock.Fixed(start), key), seesAll).Verify(t.Context(), operator, noted)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAnotherKeyDoesNotSignTheHeadAndNoneSaysSo(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		week(t, d)
		if r := checked(t, d, testkit.Key, audit.Head{}); !r.Whole() || r.Signature != audit.Signed {
			t.Errorf("%+v %+v", r, r.Broken)
		}
		if r := checked(t, d, secret.New(), audit.Head{}); r.Whole() || *r.Broken != (audit.Break{Seq: 6, Why: audit.HeadUnsigned}) {
			t.Errorf("with another key: %+v", r)
		}
		if r := checked(t, d, secret.Key{}, audit.Head{}); !r.Whole() || r.Signature != audit.Unchecked {
			t.Errorf("without a key: %+v %+v", r, r.Broken)
		}
	})
}

// TestAnEntryMakesNoTamperingGood appends after somebody cut the end off: acts go on, and the journal stays broken.
func TestAnEntryMakesNoTamperingGood(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		week(t, d)
		tamper(t, d, "DELETE FROM journal WHERE id = 6", "UPDATE journal_head SET entry = 5, hash = (SELECT hash FROM journal WHERE id = 5)")
		appendTo(t, store(d, start), t.Context(), operator, audit.Entry{Action: "seed.loaded"}, audit.Entry{Action: "setup.done"})
		if r := checked(t, d, testkit.Key, audit.Head{}); r.Whole() || *r.Broken != (audit.Break{Seq: 7, Why: audit.HeadUnsigned}) {
			t.Errorf("%+v %+v", r, r.Broken)
		}
	})
}

// to keeps what is written in a buffer, as a file would.
func to(w io.Writer) func(func(io.Writer) error) error {
	return func(write func(io.Writer) error) error { return write(w) }
}

var (
	nextYear = start.AddDate(1, 0, 0)
	first    = audit.Cut{Before: "2026-11-24", Now: nextYear}
)

func TestAJournalThatIsCutBeginsAtItsSeal(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		week(t, d)
		before := everything(t, d)
		var file bytes.Buffer
		seal, err := service(d).Cut(t.Context(), operator, first, to(&file))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(file.Bytes())
		want := audit.Seal{Entry: 2, Hash: before[1].Hash, Entries: 2, At: start.Truncate(time.Microsecond), Actor: "operator", Export: hex.EncodeToString(sum[:])}
		if seal != want {
			t.Errorf("got %+v, want %+v", seal, want)
		}
		lines := json.NewDecoder(&file)
		for i := range 2 {
			var e audit.Entry
			if err := lines.Decode(&e); err != nil || e.Hash != before[i].Hash {
				t.Errorf("line %d: %+v, %v", i+1, e, err)
			}
		}
		rest := everything(t, d)
		last := rest[len(rest)-1]
		if len(rest) != 5 || rest[0].Seq != 3 || last.Action != "journal.cut" || last.Actor != "operator" || last.Details["export"] != want.Export || last.Details["last"] != "2" {
			t.Errorf("what is left: %v, the last %+v", seqs(rest), last)
		}
		r := checked(t, d, testkit.Key, audit.Head{})
		if !r.Whole() || r.Seal == nil || *r.Seal != want || r.Entries != 5 {
			t.Errorf("%+v %+v", r, r.Broken)
		}
		if r := checked(t, d, secret.New(), audit.Head{}); r.Whole() || r.Broken.Why != audit.SealUnsigned {
			t.Errorf("with another key: %+v %+v", r, r.Broken)
		}
		if r := checked(t, d, secret.Key{}, audit.Head{}); !r.Whole() {
			t.Errorf("without a key: %+v %+v", r, r.Broken)
		}
		// It can be cut again, and to its end.
		if seal, err := service(d).Cut(t.Context(), operator, audit.Cut{Before: "2026-11-26", Now: nextYear, Force: true}, to(io.Discard)); err != nil || seal.Entry != 7 || seal.Entries != 5 {
			t.Errorf("%+v, %v", seal, err)
		}
		if r := checked(t, d, testkit.Key, audit.Head{}); !r.Whole() || r.Entries != 1 || r.Head.Entry != 8 {
			t.Errorf("%+v %+v", r, r.Broken)
		}
	})
}

func TestVerifyFindsWhatWasDoneToACutJournal(t *testing.T) {
	for name, statements := range map[string][]string{
		"the seal removed":        {"DELETE FROM journal_seal"},
		"its entry changed":       {"UPDATE journal_seal SET entry = 3, hash = (SELECT hash FROM journal WHERE id = 3)", "DELETE FROM journal WHERE id = 3"},
		"what it says changed":    {"UPDATE journal_seal SET actor = 'anonymous'"},
		"the file it names":       {"UPDATE journal_seal SET export = ''"},
		"its signature removed":   {"UPDATE journal_seal SET mac = ''"},
		"one more entry removed":  {"DELETE FROM journal WHERE id = 3"},
		"the entry that tells it": {"DELETE FROM journal WHERE id = 7", "UPDATE journal_head SET entry = 6, hash = (SELECT hash FROM journal WHERE id = 6)"},
	} {
		t.Run(name, func(t *testing.T) {
			eachJournal(t, func(t *testing.T, d *db.DB) {
				week(t, d)
				if _, err := service(d).Cut(t.Context(), operator, first, to(io.Discard)); err != nil {
					t.Fatal(err)
				}
				tamper(t, d, statements...)
				if r := checked(t, d, testkit.Key, audit.Head{}); r.Whole() {
					t.Errorf("%+v", r)
				}
			})
		})
	}
}

func TestWhatIsNotCut(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		week(t, d)
		lost := errors.New("the disk is full")
		for name, c := range map[string]struct {
			who  actor.Actor
			cut  audit.Cut
			keep func(func(io.Writer) error) error
			kind fault.Kind // "" for lost
		}{
			"by an administrator":             {person("1", actor.Administrator), first, to(io.Discard), fault.Forbidden},
			"by an employee":                  {person("1"), first, to(io.Discard), fault.Forbidden},
			"no day":                          {operator, audit.Cut{Now: nextYear}, to(io.Discard), fault.Invalid},
			"what is no day":                  {operator, audit.Cut{Before: "monday", Now: nextYear}, to(io.Discard), fault.Invalid},
			"what is too young":               {operator, audit.Cut{Before: "2026-11-24", Now: start.AddDate(0, 11, 0)}, to(io.Discard), fault.Invalid},
			"where nothing is that old":       {operator, audit.Cut{Before: "2026-11-23", Now: nextYear}, to(io.Discard), fault.Invalid},
			"before what is written is safe":  {operator, first, func(func(io.Writer) error) error { return lost }, ""},
			"when the file cannot be written": {operator, first, to(full{lost}), ""},
			"when it is safe and then is not": {operator, first, func(write func(io.Writer) error) error { return errors.Join(write(io.Discard), lost) }, ""},
		} {
			t.Run(name, func(t *testing.T) {
				_, err := service(d).Cut(t.Context(), c.who, c.cut, c.keep)
				if c.kind == "" && !errors.Is(err, lost) || c.kind != "" && !fault.Is(err, c.kind) {
					t.Errorf("%v, want %q", err, c.kind)
				}
				whole(t, d, 6)
			})
		}
		if _, err := service(d).Cut(t.Context(), operator, audit.Cut{Before: "2026-11-24", Now: start, Force: true}, to(io.Discard)); err != nil {
			t.Errorf("by force: %v", err)
		}
	})
}

// full is a disk that is full.
type full struct{ err error }

func (f full) Write([]byte) (int, error) { return 0, f.err }

func TestABrokenJournalIsNotCut(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		week(t, d)
		tamper(t, d, "UPDATE journal SET actor = 'anonymous' WHERE id = 5")
		if _, err := service(d).Cut(t.Context(), operator, first, to(io.Discard)); !fault.Is(err, fault.Conflict) {
			t.Errorf("%v", err)
		}
		if n := len(everything(t, d)); n != 6 {
			t.Errorf("%d entries are left", n)
		}
	})
}

// TestOfTwoWhoCutOneDoes lets somebody else cut while the file is written.
func TestOfTwoWhoCutOneDoes(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		week(t, d)
		_, err := service(d).Cut(t.Context(), operator, first, func(write func(io.Writer) error) error {
			if err := write(io.Discard); err != nil {
				return err
			}
			_, err := service(d).Cut(t.Context(), operator, first, to(io.Discard))
			return err
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("%v", err)
		}
		if r := checked(t, d, testkit.Key, audit.Head{}); !r.Whole() || r.Entries != 5 {
			t.Errorf("%+v %+v", r, r.Broken)
		}
	})
}

// TestOfManyWhoCutAtTheSameMomentOneDoes lets them go on when the files of all are safe, while others append.
func TestOfManyWhoCutAtTheSameMomentOneDoes(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		week(t, d)
		var safe, done sync.WaitGroup
		errs := make([]error, 6)
		safe.Add(len(errs) + 1)
		for i := range errs {
			done.Go(func() {
				_, errs[i] = service(d).Cut(t.Context(), operator, first, func(write func(io.Writer) error) error {
					err := write(io.Discard)
					safe.Done()
					safe.Wait()
					return err
				})
			})
		}
		done.Go(func() {
			safe.Done()
			safe.Wait()
			for range 5 {
				appendTo(t, store(d, start), t.Context(), operator, audit.Entry{Action: "seed.loaded"})
			}
		})
		done.Wait()
		cut := 0
		for _, err := range errs {
			if err == nil {
				cut++
			} else if !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		}
		if cut != 1 {
			t.Errorf("%d cut the journal", cut)
		}
		if r := checked(t, d, testkit.Key, audit.Head{}); !r.Whole() || r.Entries != 10 {
			t.Errorf("%+v %+v", r, r.Broken)
		}
	})
}

func TestTheDatabaseRefusesToLoseWhatNoSealStandsFor(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		week(t, d)
		if _, err := service(d).Cut(t.Context(), operator, first, to(io.Discard)); err != nil {
			t.Fatal(err)
		}
		if _, err := d.ExecContext(t.Context(), "DELETE FROM journal WHERE id = 3"); err == nil {
			t.Error("an entry after the seal was removed")
		}
	})
}

// cutFile is where a run of this test that dies learns which file it cuts to.
const cutFile = "ECHELON_TEST_CUT_FILE"

// TestKilledBetweenTheFileAndTheCut kills a process once the file is written: the file is whole and so is the journal.
func TestKilledBetweenTheFileAndTheCut(t *testing.T) {
	testkit.Kill(t, testkit.Killing{
		Steps: []testkit.Step{"between the file and the cut"},
		Prepare: func(t *testing.T, d *db.DB) {
			t.Setenv(cutFile, filepath.Join(t.TempDir(), "cut.ndjson"))
			week(t, signed(t, d))
		},
		Act: func(_ *testing.T, d *db.DB, _ testkit.Step) error {
			_, err := service(d).Cut(context.Background(), operator, first, func(write func(io.Writer) error) error {
				f, err := os.Create(os.Getenv(cutFile))
				if err != nil {
					return err
				}
				err = errors.Join(write(f), f.Sync(), f.Close())
				testkit.DieIf(err == nil)
				return err
			})
			return err
		},
		Check: func(t *testing.T, d *db.DB, _ bool) {
			b, err := os.ReadFile(os.Getenv(cutFile))
			if err != nil || bytes.Count(b, []byte("\n")) != 2 {
				t.Errorf("%v: %s", err, b)
			}
			whole(t, d, 6)
			if seal, err := service(d).Cut(t.Context(), operator, first, to(io.Discard)); err != nil || seal.Entries != 2 {
				t.Errorf("the next time: %+v, %v", seal, err)
			}
		},
	})
}
