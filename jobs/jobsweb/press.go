package jobsweb

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"runtime"
	"sync"
	"time"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/templates/pdf"
)

// How many documents may be asked for at once beyond those being made, and how many of one person.
const (
	mostSingle, singleEach = 64, 8
	mostLarge, largeEach   = 16, 1
)

// retryOwn is when somebody who has documents in the making should come back.
const retryOwn = 5 * time.Second

// Press makes documents, a few at a time, since each takes a processor and megabytes. Those of many roles wait for each
// other and never in front of a single one.
type Press struct {
	id     string // of this press: what another one makes of the same may be other bytes
	render func(ctx context.Context, d pdf.Document) ([]byte, error)
	single *lane
	large  *lane
}

// NewPress makes a press that lays documents out with render, with as many lanes as there are processors; half of them
// at most print large documents.
func NewPress(render func(ctx context.Context, d pdf.Document) ([]byte, error)) *Press {
	processors := runtime.GOMAXPROCS(0)
	return &Press{
		id:     rand.Text(),
		render: render,
		single: newLane(processors, mostSingle, singleEach),
		large:  newLane(max(1, processors/2), mostLarge, largeEach),
	}
}

// tag names what the press makes of what it is given, before it is made.
func (p *Press) tag(of ...any) (string, error) {
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(append(of, p.id)); err != nil {
		return "", fault.Wrap(fault.Internal, "internal", err, "name a document")
	}
	return `"` + hex.EncodeToString(h.Sum(nil)[:16]) + `"`, nil
}

// part lays out one document of a large one, in a turn of its own.
func (p *Press) part(ctx context.Context, d pdf.Document) ([]byte, error) {
	end, err := p.large.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	return p.render(ctx, d)
}

// lane is where documents of a kind wait for their turn.
type lane struct {
	turns      chan struct{} // one for each that is being made
	most, each int           // that may be in the lane, and of one person

	mu     sync.Mutex
	within int
	own    map[actor.PersonID]int
}

func newLane(turns, queue, each int) *lane {
	return &lane{turns: make(chan struct{}, turns), most: turns + queue, each: each, own: map[actor.PersonID]int{}}
}

// enter waits for a turn, which ends when leave is called. It is a Limited fault for somebody who has as many in the
// lane as they may, and an Unavailable one where the lane is full or the request ends first.
func (l *lane) enter(ctx context.Context, who actor.PersonID) (leave func(), err error) {
	quit, err := l.reserve(who)
	if err != nil {
		return nil, err
	}
	end, err := l.turn(ctx)
	if err != nil {
		quit()
		return nil, err
	}
	return func() {
		end()
		quit()
	}, nil
}

// reserve takes a place in the lane until quit is called, and waits for nothing: what is made while it is sent waits for
// a turn for each of its parts, so that a slow reader holds up nobody.
func (l *lane) reserve(who actor.PersonID) (quit func(), err error) {
	if err := l.join(who); err != nil {
		return nil, err
	}
	return sync.OnceFunc(func() { l.quit(who) }), nil
}

// turn waits until something can be made, until end is called.
func (l *lane) turn(ctx context.Context) (end func(), err error) {
	select {
	case l.turns <- struct{}{}:
		return sync.OnceFunc(func() { <-l.turns }), nil
	case <-ctx.Done():
		return nil, fault.Wrap(fault.Unavailable, "documents.busy", ctx.Err(), "no turn to make a document before the request ended")
	}
}

func (l *lane) join(who actor.PersonID) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.own[who] >= l.each:
		f := fault.New(fault.Limited, "documents.own", "%d document(s) of this person are being made", l.own[who])
		f.RetryAfter = retryOwn
		return f
	case l.within >= l.most:
		return fault.New(fault.Unavailable, "documents.busy", "%d documents are being made or wait", l.within)
	}
	l.within++
	l.own[who]++
	return nil
}

func (l *lane) quit(who actor.PersonID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.within--
	if l.own[who]--; l.own[who] == 0 {
		delete(l.own, who)
	}
}
