package audit

import (
	"context"
	"errors"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
)

// Why says what is wrong with the chain.
type Why string

// What can be wrong.
const (
	Changed      Why = "changed"       // the entry does not have the hash it was sealed with
	Missing      Why = "missing"       // there is no entry of that number, and there was
	Reordered    Why = "reordered"     // the entry does not follow the one before it
	HeadDiffers  Why = "head_differs"  // the chain does not end where its head says
	NotedMissing Why = "noted_missing" // the noted entry is not there
	NotedDiffers Why = "noted_differs" // the noted entry has another hash: the chain was written anew
	NotedCut     Why = "noted_cut"     // the noted entry was cut off the journal
	HeadUnsigned Why = "head_unsigned" // the head is not what the program signed
	SealUnsigned Why = "seal_unsigned" // the seal that the chain begins at is not what the program signed
)

// String says it in English, for the command line.
func (w Why) String() string {
	switch w {
	case Changed:
		return "the entry was changed"
	case Missing:
		return "the entry is missing"
	case Reordered:
		return "the entry does not follow the one before it"
	case HeadDiffers:
		return "the chain does not end where its head says"
	case NotedMissing:
		return "the noted entry is missing"
	case NotedDiffers:
		return "the noted entry has another hash"
	case NotedCut:
		return "the noted entry was cut off the journal: look for it in the file it was exported to"
	case HeadUnsigned:
		return "its head was not signed with the secret key: entries were cut off its end, or it was written anew"
	case SealUnsigned:
		return "the seal it begins at was not signed with the secret key: entries were cut off its beginning"
	default:
		return string(w)
	}
}

// Break is the first place where the chain is not what it was.
type Break struct {
	Seq int64 `json:"seq"`
	Why Why   `json:"why"`
}

// Report is what a verification found.
type Report struct {
	Entries   int64     `json:"entries"`   // that were read
	Head      Head      `json:"head"`      // as stored
	Signature Signature `json:"signature"` // of the head
	Seal      *Seal     `json:"seal"`      // that the chain begins at, nil when it begins at the first entry
	Broken    *Break    `json:"broken"`    // nil when the chain is whole
}

// Whole tells whether nothing is wrong.
func (r Report) Whole() bool { return r.Broken == nil }

// Verify recomputes the whole chain, from its beginning or from the seal it was cut at, to a head that is signed with
// the secret key. A head that was noted down before, unless zero, must still be in it: only that shows a journal which
// somebody wrote anew who has the key too. Whoever may read only a part is refused.
func (s *Service) Verify(ctx context.Context, a actor.Actor, noted Head) (Report, error) {
	if err := access.Decide(a, access.JournalRead, access.None); err != nil {
		return Report{}, err
	}
	all, _, err := s.visible(ctx, a)
	if err != nil {
		return Report{}, err
	}
	if !all {
		return Report{}, fault.New(fault.Forbidden, "forbidden", "%s may read a part of the journal only", a)
	}
	for {
		seal, signature, err := s.store.Seal(ctx)
		if err != nil {
			return Report{}, err
		}
		report, err := s.verifyFrom(ctx, seal, signature, noted)
		if err != nil || report.Whole() {
			return report, err
		}
		if now, _, err := s.store.Seal(ctx); err != nil || now == seal { // else it was cut meanwhile
			return report, err
		}
	}
}

// verifyFrom verifies the chain that goes on from a seal.
func (s *Service) verifyFrom(ctx context.Context, seal Seal, signature Signature, noted Head) (Report, error) {
	v := &verifier{noted: noted, last: Head{Entry: seal.Entry, Hash: seal.Hash}}
	if !seal.IsZero() {
		v.report.Seal = &seal
	}
	at, why := noted.Entry, Why("")
	switch {
	case signature == Unsigned:
		at, why = seal.Entry, SealUnsigned
	case noted.IsZero() || noted.Entry > seal.Entry:
	case noted.Entry < seal.Entry:
		why = NotedCut
	case noted.Hash != seal.Hash:
		why = NotedDiffers
	}
	if why == "" {
		return s.verify(ctx, v)
	}
	_ = v.broken(at, why)
	var err error
	v.report.Head, v.report.Signature, err = s.store.Head(ctx)
	return v.report, err
}

// errBroken ends a walk over a chain that is broken.
var errBroken = errors.New("broken")

// verify walks until where the head says the chain ends, over and over while others append.
func (s *Service) verify(ctx context.Context, v *verifier) (Report, error) {
	for {
		known := v.report.Head
		err := s.walk(ctx, Query{All: true, Oldest: true, After: v.last.Entry, Limit: batch}, v.next)
		if err != nil && !errors.Is(err, errBroken) {
			return Report{}, err
		}
		if err == nil && v.last.Entry < known.Entry { // what was there when the head was read must be found now
			v.end(known)
			return v.report, nil
		}
		if v.report.Head, v.report.Signature, err = s.store.Head(ctx); err != nil {
			return Report{}, err
		}
		if v.report.Broken != nil {
			return v.report, nil
		}
		if v.report.Head.Entry <= v.last.Entry {
			v.end(v.report.Head)
			return v.report, nil
		}
	}
}

// verifier follows the chain entry by entry.
type verifier struct {
	noted  Head
	last   Head
	report Report
}

// next checks the entry that follows the last one.
func (v *verifier) next(e Entry) error {
	v.report.Entries++
	hash, err := Hash(e)
	switch {
	case e.Seq != v.last.Entry+1:
		return v.broken(v.last.Entry+1, Missing)
	case err != nil || hash != e.Hash: // what has no canonical text was never sealed
		return v.broken(e.Seq, Changed)
	case e.Previous != v.last.Hash:
		return v.broken(e.Seq, Reordered)
	case e.Seq == v.noted.Entry && e.Hash != v.noted.Hash:
		return v.broken(e.Seq, NotedDiffers)
	}
	v.last = Head{Entry: e.Seq, Hash: e.Hash}
	return nil
}

// end compares where the chain ended with its head and with what was noted.
func (v *verifier) end(head Head) {
	switch {
	case head.Entry > v.last.Entry:
		_ = v.broken(v.last.Entry+1, Missing)
	case head != v.last:
		_ = v.broken(head.Entry, HeadDiffers)
	case v.noted.Entry > v.last.Entry:
		_ = v.broken(v.noted.Entry, NotedMissing)
	case v.report.Signature == Unsigned:
		_ = v.broken(head.Entry, HeadUnsigned)
	}
}

func (v *verifier) broken(seq int64, why Why) error {
	v.report.Broken = &Break{Seq: seq, Why: why}
	return errBroken
}
