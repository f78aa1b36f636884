package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/fault"
)

// Signature says whether a head or a seal is signed with the secret key.
type Signature string

// The signatures.
const (
	Signed    Signature = "signed"
	Unsigned  Signature = "unsigned"  // or signed with another key, or for something else
	Unchecked Signature = "unchecked" // the key is not at hand
)

// Seal stands for the entries that were cut off the beginning of the journal: the chain goes on from it. The zero Seal
// is that of a journal which begins at its first entry.
type Seal struct {
	Entry   int64     `json:"entry"`   // the last that was cut
	Hash    string    `json:"hash"`    // its hash
	Entries int64     `json:"entries"` // how many were cut this time
	At      time.Time `json:"at"`
	Actor   string    `json:"actor"`
	Export  string    `json:"export"` // SHA-256 of the file that holds them, hexadecimal
}

// IsZero tells whether nothing was cut.
func (s Seal) IsZero() bool { return s.Entry == 0 }

// Text is what is signed of a seal.
func (s Seal) Text() (string, error) {
	doc, err := canon.Marshal(struct {
		Entry   int64  `json:"entry"`
		Hash    string `json:"hash"`
		Entries int64  `json:"entries"`
		At      string `json:"at"`
		Actor   string `json:"actor"`
		Export  string `json:"export"`
	}{s.Entry, s.Hash, s.Entries, s.At.UTC().Format(timeForm), s.Actor, s.Export})
	return string(doc.Text), err
}

// KeepMonths is how long entries stay in the journal unless whoever cuts it insists: a year, so that what happens once
// a year can be compared with the time before.
const KeepMonths = 12

// Cut says where the journal is to be cut.
type Cut struct {
	Before string    // a day, yyyy-mm-dd in UTC: entries of days before it go
	Now    time.Time // by which their age is told
	Force  bool      // younger ones than KeepMonths too
}

// errUncut ends a walk at the first entry that stays.
var errUncut = errors.New("the entry stays")

// Cut takes the oldest entries out of the journal and leaves a seal for them. Only the command line may. keep is given
// what writes them, one JSON object a line, and returns once they are safe: nothing is removed before, and all at once
// after it. A day that cannot be meant, or is too recent, and a journal with nothing to cut are Invalid faults; one that
// is broken, or that somebody else cut meanwhile, is a Conflict.
func (s *Service) Cut(ctx context.Context, a actor.Actor, c Cut, keep func(write func(io.Writer) error) error) (Seal, error) {
	if err := access.Decide(a, access.JournalRead, access.None); err != nil {
		return Seal{}, err
	}
	if a.Kind != actor.Operator {
		return Seal{}, fault.New(fault.Forbidden, "forbidden", "%s may not cut the journal: the command line does", a)
	}
	before, err := c.day()
	if err != nil {
		return Seal{}, err
	}
	report, err := s.Verify(ctx, a, Head{})
	if err != nil {
		return Seal{}, err
	}
	if !report.Whole() {
		return Seal{}, fault.New(fault.Conflict, "journal_broken", "the journal is broken at entry %d and is not cut: %s", report.Broken.Seq, report.Broken.Why)
	}
	former := Seal{}
	if report.Seal != nil {
		former = *report.Seal
	}
	seal := Seal{}
	err = keep(func(w io.Writer) (err error) {
		seal, err = s.extract(ctx, former, before, w)
		return err
	})
	if err != nil {
		return Seal{}, err
	}
	return s.store.Cut(ctx, a, former, seal)
}

// day reads the day before which entries go.
func (c Cut) day() (time.Time, error) {
	before, err := day("before", c.Before)
	if err == nil && before.IsZero() {
		err = refused("before", "required", "")
	}
	if err != nil {
		return before, err
	}
	if latest := c.Now.UTC().AddDate(0, -KeepMonths, 0); !c.Force && before.After(latest) {
		return before, fault.New(fault.Invalid, "journal_young", "entries stay for %d months: the latest day is %s", KeepMonths, latest.Format(time.DateOnly)).
			At("before", "max", latest.Format(time.DateOnly))
	}
	return before, nil
}

// extract writes the entries that follow a seal up to the first that is not of a day before, and returns the seal that
// will stand for them. It checks the chain of what it writes.
func (s *Service) extract(ctx context.Context, former Seal, before time.Time, w io.Writer) (Seal, error) {
	sum := sha256.New()
	lines := json.NewEncoder(io.MultiWriter(w, sum))
	v := verifier{last: Head{Entry: former.Entry, Hash: former.Hash}}
	err := s.walk(ctx, Query{All: true, Oldest: true, After: former.Entry, Limit: batch}, func(e Entry) error {
		if !e.At.Before(before) {
			return errUncut
		}
		if err := v.next(e); err != nil {
			return fault.New(fault.Conflict, "journal_broken", "the journal is broken at entry %d", e.Seq)
		}
		return lines.Encode(e)
	})
	if err != nil && !errors.Is(err, errUncut) {
		return Seal{}, err
	}
	if v.report.Entries == 0 {
		return Seal{}, fault.New(fault.Invalid, "journal_nothing", "no entry is that old").At("before", "min", "")
	}
	return Seal{Entry: v.last.Entry, Hash: v.last.Hash, Entries: v.report.Entries, Export: hex.EncodeToString(sum.Sum(nil))}, nil
}

// CutEntry says in the journal what was cut off it.
func (s Seal) CutEntry() Entry {
	return Entry{Action: "journal.cut", Outcome: Done, Details: map[string]string{
		"last": strconv.FormatInt(s.Entry, 10), "entries": strconv.FormatInt(s.Entries, 10), "export": s.Export,
	}}
}
