package jobsweb

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/templates/pdf"
)

func person(n int) actor.PersonID { return actor.PersonID(fmt.Sprint("person-", n)) }

// refusedBy checks the kind and the code of a refusal.
func refusedBy(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if f := fault.Of(err); err == nil || f.Kind != kind || f.Code != code {
		t.Errorf("got %v, want %s %s", err, kind, code)
	}
}

// TestALaneMakesAFewAtATime lets many people in at once: never more than there are turns make a document, everybody
// within the bound gets one, everybody beyond is told to come back.
func TestALaneMakesAFewAtATime(t *testing.T) {
	const turns, queue, people = 2, 10, 40
	l := newLane(turns, queue, 1)
	var making, most, made, busy atomic.Int64
	hold := make(chan struct{})
	var waiting sync.WaitGroup
	for n := range people {
		waiting.Go(func() {
			leave, err := l.enter(t.Context(), person(n))
			if err != nil {
				refusedBy(t, err, fault.Unavailable, "documents.busy")
				if busy.Add(1) == people-turns-queue {
					close(hold)
				}
				return
			}
			defer leave()
			now := making.Add(1)
			for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
			}
			<-hold
			made.Add(1)
			making.Add(-1)
		})
	}
	waiting.Wait()
	if most.Load() != turns || made.Load() != turns+queue {
		t.Errorf("%d at once, %d made; want %d and %d", most.Load(), made.Load(), turns, turns+queue)
	}
	if l.within != 0 || len(l.own) != 0 || len(l.turns) != 0 {
		t.Errorf("left behind: %d within, %v, %d turns", l.within, l.own, len(l.turns))
	}
}

// TestOneLargeDocumentEach: a second one of the same person is refused at once, with when to come back; another
// person waits, and a single document of either waits for nobody.
func TestOneLargeDocumentEach(t *testing.T) {
	p := NewPress(nil)
	leave, err := p.large.enter(t.Context(), person(1))
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.large.enter(t.Context(), person(1))
	refusedBy(t, err, fault.Limited, "documents.own")
	if fault.Of(err).RetryAfter <= 0 {
		t.Error("nothing says when to come back")
	}
	for range cap(p.large.turns) - 1 { // every turn of large ones is somebody's
		p.large.turns <- struct{}{}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	_, err = p.large.enter(ended, person(2))
	refusedBy(t, err, fault.Unavailable, "documents.busy")
	for n := range 2 {
		single, err := p.single.enter(t.Context(), person(n))
		if err != nil {
			t.Fatalf("a single document waits behind large ones: %v", err)
		}
		single()
	}
	leave()
	leave() // as often as anybody likes
	again, err := p.large.enter(t.Context(), person(1))
	if err != nil {
		t.Fatal(err)
	}
	again()
}

// readerOf notes how many turns are taken whenever something is sent.
type readerOf struct {
	lane  *lane
	taken []int
}

func (r *readerOf) Write(b []byte) (int, error) {
	r.taken = append(r.taken, len(r.lane.turns))
	return len(b), nil
}

// TestASlowReaderHoldsUpNobody: a document of an archive is made in a turn, and sent outside of it.
func TestASlowReaderHoldsUpNobody(t *testing.T) {
	var p *Press
	made := 0
	p = NewPress(func(context.Context, pdf.Document) ([]byte, error) {
		made++
		if len(p.large.turns) != 1 {
			t.Errorf("a document is made in %d turns", len(p.large.turns))
		}
		return []byte("%PDF"), nil
	})
	reader := &readerOf{lane: p.large}
	docs := make([]pdf.JobDocument, 3)
	for i := range docs {
		docs[i].Profile.Slug = fmt.Sprint("role-", i)
	}
	z := &Archive{docs: docs, render: p.part, order: parsed{langs: []lang.Lang{lang.FR}}}
	if err := z.Write(t.Context(), reader); err != nil || made != len(docs) {
		t.Fatalf("%d made, %v", made, err)
	}
	if len(reader.taken) == 0 || slices.Max(reader.taken) != 0 {
		t.Errorf("turns that are taken while something is sent: %v", reader.taken)
	}
}
