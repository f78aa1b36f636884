package audit

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/cursor"
	"github.com/echelon-hr/echelon/app/fault"
)

// Visible tells about whom an actor may read entries: about everybody and everything, or about some people.
type Visible func(ctx context.Context, a actor.Actor) (all bool, people []actor.PersonID, err error)

// Service is the use cases of reading the journal.
type Service struct {
	store   Store
	visible Visible
}

// NewService makes the service over a store; visible is asked before anything is read.
func NewService(store Store, visible Visible) *Service {
	return &Service{store: store, visible: visible}
}

// Limits of a page of the list.
const (
	DefaultLimit = 50
	MaxLimit     = 200
)

// batch is how many entries are read at once where all are.
const batch = 1000

// Filter is what a reader asks of the journal. Empty fields do not restrict.
type Filter struct {
	Action  string // an area such as "session", or a whole action
	Actor   string // as entries name them: "person:ID", "operator"
	Object  string
	Outcome Outcome
	From    string // first and last day, yyyy-mm-dd in UTC
	To      string
	Limit   int    // of a page, 0 for DefaultLimit; of an export, 0 for none
	After   string // cursor of the page before, "" from the newest entry
}

// Page is a part of the journal, the newest entry first.
type Page struct {
	Items []Entry
	Next  string // cursor of the next page, "" at the end
	Part  bool   // the reader may read entries about some people only
}

// List reads the journal. A filter that no entry could meet is an Invalid fault, as is a limit outside 1…MaxLimit; a
// cursor that is not one of this list is a Malformed one.
func (s *Service) List(ctx context.Context, a actor.Actor, f Filter) (Page, error) {
	q, err := s.query(ctx, a, f)
	if err != nil {
		return Page{}, err
	}
	limit, err := f.limit()
	if err != nil {
		return Page{}, err
	}
	if q.Before, err = cursor.Decode[int64](f.question(), f.After); err == nil && f.After != "" && q.Before < 1 {
		err = cursor.Foreign()
	}
	if err != nil {
		return Page{}, err
	}
	q.Limit = limit + 1
	items, err := s.store.Entries(ctx, q)
	if err != nil {
		return Page{}, err
	}
	page := Page{Items: items, Part: !q.All}
	if len(items) > limit {
		page.Items = items[:limit]
		page.Next = cursor.Encode(f.question(), page.Items[limit-1].Seq)
	}
	return page, nil
}

// Export gives each entry that the filter chooses to a function, the oldest first and a bounded number in memory.
// That somebody did is an entry of its own, written before the first is given out; it is not among them. More entries
// than a limit of the filter are a TooLarge fault, and nothing is given out.
func (s *Service) Export(ctx context.Context, a actor.Actor, f Filter, each func(Entry) error) error {
	q, err := s.query(ctx, a, f)
	if err != nil {
		return err
	}
	head, _, err := s.store.Head(ctx)
	if err != nil {
		return err
	}
	q.Before, q.Oldest, q.Limit = head.Entry+1, true, batch
	if f.Limit > 0 {
		n, err := s.store.Count(ctx, q, f.Limit+1)
		if err != nil {
			return err
		}
		if n > f.Limit {
			return fault.New(fault.TooLarge, "journal_too_long", "more than %d entries", f.Limit)
		}
	}
	if err := s.store.Append(ctx, access.Acting(a, access.JournalRead, access.None), Entry{Action: "journal.exported", Outcome: Done, Details: f.details()}); err != nil {
		return err
	}
	return s.walk(ctx, q, each)
}

// walk gives each entry of an ascending query to a function, batch by batch.
func (s *Service) walk(ctx context.Context, q Query, each func(Entry) error) error {
	for {
		items, err := s.store.Entries(ctx, q)
		if err != nil {
			return err
		}
		for _, e := range items {
			if err := each(e); err != nil {
				return err
			}
			q.After = e.Seq
		}
		if len(items) < q.Limit {
			return nil
		}
	}
}

// query decides whether and about whom the actor may read, and turns a filter into a query.
func (s *Service) query(ctx context.Context, a actor.Actor, f Filter) (Query, error) {
	if err := access.Decide(a, access.JournalRead, access.None); err != nil {
		return Query{}, err
	}
	q := Query{Action: f.Action, Actor: f.Actor, Object: f.Object, Outcome: f.Outcome}
	switch {
	case f.Action != "" && (len(f.Action) > maxName || !action.MatchString(f.Action)):
		return q, refused("action", "unknown", "")
	case !isPlain(f.Actor, maxName):
		return q, refused("actor", "unknown", "")
	case !isPlain(f.Object, maxName):
		return q, refused("object", "unknown", "")
	case f.Outcome != "" && !slices.Contains(Outcomes(), f.Outcome):
		return q, refused("outcome", "oneof", "done refused failed")
	}
	var err error
	if q.From, err = day("from", f.From); err != nil {
		return q, err
	}
	if q.To, err = day("to", f.To); err != nil {
		return q, err
	}
	if !q.To.IsZero() {
		q.To = q.To.AddDate(0, 0, 1)
	}
	q.All, q.People, err = s.visible(ctx, a)
	return q, err
}

// day reads a day of a filter, the zero time for none.
func day(field, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return t, refused(field, "datetime", "2006-01-02")
	}
	return t, nil
}

func refused(field, rule, param string) error {
	return fault.New(fault.Invalid, "filter", "the filter of the journal cannot be met").At(field, rule, param)
}

// question is what chooses the entries of a list: everything but which part of it is read. Entries are never inserted or
// removed, so that a number is place enough.
func (f Filter) question() Filter {
	f.After, f.Limit = "", 0
	return f
}

func (f Filter) limit() (int, error) {
	if f.Limit == 0 {
		return DefaultLimit, nil
	}
	if f.Limit < 1 || f.Limit > MaxLimit {
		return 0, fault.New(fault.Invalid, "limit", "limit must be 1 to %d", MaxLimit).At("limit", "between", fmt.Sprintf("1 %d", MaxLimit))
	}
	return f.Limit, nil
}

// details says in the journal what was exported.
func (f Filter) details() map[string]string {
	out := map[string]string{}
	for name, value := range map[string]string{
		"action": f.Action, "actor": f.Actor, "object": f.Object, "outcome": string(f.Outcome), "from": f.From, "to": f.To,
	} {
		if strings.TrimSpace(value) != "" {
			out[name] = value
		}
	}
	return out
}
