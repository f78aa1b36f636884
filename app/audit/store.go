package audit

import (
	"context"
	"time"

	"github.com/echelon-hr/echelon/app/actor"
)

// Store keeps the journal. Its methods return Unavailable when the database does not answer.
type Store interface {
	Journal
	// Entries lists entries by number, the newest first unless the query says otherwise. What was spoilt from outside
	// is read as well as it can be.
	Entries(ctx context.Context, q Query) ([]Entry, error)
	// Count tells how many entries a query chooses, and stops counting at most.
	Count(ctx context.Context, q Query, most int) (int, error)
	// Head reads where the chain ends, and whether that is signed.
	Head(ctx context.Context) (Head, Signature, error)
	// Seal reads where the chain begins, the zero Seal at the first entry, and whether that is signed.
	Seal(ctx context.Context) (Seal, Signature, error)
	// Cut removes the entries that a seal stands for, puts it in the place of the former one, and says so in the
	// journal, all at once. It returns the seal with when and by whom. When the journal is not what was sealed any
	// more, it is a Conflict and nothing happens.
	Cut(ctx context.Context, a actor.Actor, former, seal Seal) (Seal, error)
}

// Query chooses entries. Empty fields do not restrict, but for All and People: entries about nobody who may be seen
// are left out.
type Query struct {
	Action   string // an area, or an area with its verb
	Actor    string
	Object   string
	Outcome  Outcome
	From, To time.Time        // At is in [From, To)
	All      bool             // entries about anybody
	People   []actor.PersonID // else those whose actor or object is one of these
	After    int64            // Seq is greater
	Before   int64            // Seq is less; 0 for no bound
	Oldest   bool             // the oldest first
	Limit    int
}
