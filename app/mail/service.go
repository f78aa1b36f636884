package mail

import (
	"context"
	"regexp"
	"slices"
	"time"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/cursor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
)

// Filter narrows the list of the outbox, newest first.
type Filter struct {
	State State  // "" for all
	After string // cursor of the page before, "" from the newest
	Limit int    // 0 for PageSize
}

// question is what chooses the letters of a list: everything but which part of it is read.
func (f Filter) question() Filter {
	f.After, f.Limit = "", 0
	return f
}

// Query is what a store is asked for: at most so many letters older than one, "" for the newest.
type Query struct {
	State  State
	Before ID
	Limit  int
}

// The sizes of lists.
const (
	PageSize   = 50
	latestSize = 20
)

// Page is a part of the outbox.
type Page struct {
	Items []Item
	Next  string // cursor of the next page, "" at the end
}

// Store keeps the outbox for the people who look after it. An unknown letter is a NotFound fault.
type Store interface {
	Outbox
	Tx(ctx context.Context, fn func(Store) error) error
	Journal() audit.Journal // in the transaction of the store
	// List reads the newest letters first, without names and details.
	List(ctx context.Context, q Query) ([]Item, error)
	// Latest reads the newest letters with what they say.
	Latest(ctx context.Context, n int) ([]Item, error)
	// Get reads a letter with what it says; one that is over says nothing any more.
	Get(ctx context.Context, id ID) (Item, error)
	// Retry makes a failed letter due at once, with all its attempts ahead; one in another state is a Conflict, and so
	// is one whose link is forgotten.
	Retry(ctx context.Context, id ID, at time.Time) error
}

// Service is what administrators do with the outbox. Only the demo, where nothing leaves the machine, shows what
// letters say.
type Service struct {
	store Store
	now   clock.Clock
	demo  bool
}

// NewService makes the service over a store that has a journal.
func NewService(store Store, now clock.Clock, demo bool) *Service {
	return &Service{store: store, now: now, demo: demo}
}

var knownID = regexp.MustCompile(`^[0-9a-f-]{0,36}$`)

// List shows the outbox without what the letters say. A filter that nothing can match is an Invalid fault, a cursor that
// is not one of this list a Malformed one.
func (s *Service) List(ctx context.Context, a actor.Actor, f Filter) (Page, error) {
	if err := access.Decide(a, access.SettingsRead, access.None); err != nil {
		return Page{}, err
	}
	if f.State != "" && !slices.Contains(States(), f.State) {
		return Page{}, fault.New(fault.Invalid, "filter", "unknown state %q", f.State)
	}
	before, err := cursor.Decode[ID](f.question(), f.After)
	if err == nil && !knownID.MatchString(string(before)) {
		err = cursor.Foreign()
	}
	if err != nil {
		return Page{}, err
	}
	if f.Limit <= 0 || f.Limit > PageSize {
		f.Limit = PageSize
	}
	items, err := s.store.List(ctx, Query{State: f.State, Before: before, Limit: f.Limit + 1})
	page := Page{Items: items}
	if len(items) > f.Limit {
		page.Items = items[:f.Limit]
		page.Next = cursor.Encode(f.question(), page.Items[f.Limit-1].ID)
	}
	return page, err
}

// Retry makes a letter that was given up due again, and says so in the journal. One that is under way, sent, or without
// the link it carried is a Conflict.
func (s *Service) Retry(ctx context.Context, a actor.Actor, id ID) error {
	if err := access.Decide(a, access.SettingsWrite, access.None); err != nil {
		return err
	}
	return s.store.Tx(ctx, func(st Store) error {
		if err := st.Retry(ctx, id, s.now()); err != nil {
			return err
		}
		return st.Journal().Append(ctx, a, audit.Entry{Action: "mail.retried", Object: "mail:" + string(id), Outcome: audit.Done})
	})
}

// Try puts a letter to the administrator's own address, to see whether mail arrives.
func (s *Service) Try(ctx context.Context, a actor.Actor, to, name string, l lang.Lang) error {
	if err := access.Decide(a, access.SettingsWrite, access.None); err != nil {
		return err
	}
	return s.store.Put(ctx, Letter{Kind: Trial, To: to, Name: name, Lang: l})
}

// Read returns a letter with what it says; outside the demo there is nothing to find.
func (s *Service) Read(ctx context.Context, a actor.Actor, id ID) (Item, error) {
	if err := access.Decide(a, access.SettingsRead, access.None); err != nil {
		return Item{}, err
	}
	if !s.demo {
		return Item{}, outsideDemo()
	}
	return s.store.Get(ctx, id)
}

// Latest returns the newest letters with what they say, to anybody who tries the demo; outside of it there is
// nothing to find.
func (s *Service) Latest(ctx context.Context, _ actor.Actor) ([]Item, error) {
	if !s.demo {
		return nil, outsideDemo()
	}
	return s.store.Latest(ctx, latestSize)
}

func outsideDemo() error {
	return fault.New(fault.NotFound, "not_found", "letters can be read in the demo only")
}
