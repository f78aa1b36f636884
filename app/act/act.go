// Package act is what an act of consequence leaves behind, written in the transaction of the act itself: the entry in
// the journal, and the letters to whoever must be told. When either cannot be written, the act does not happen. It is
// ground floor: it knows no noun of the business.
package act

import (
	"context"
	"strconv"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/mail"
)

// Effects are where an act writes what it leaves behind. The Store of every domain embeds them: on the store that its Tx
// hands over, they write in that transaction.
type Effects interface {
	Journal() audit.Journal
	Outbox() mail.Outbox
}

// Note writes into the journal that somebody did something to an object, such as "jobs.published" to "profile:SLUG".
// The details are ids and names of closed sets, never texts. It comes last in a transaction, since everybody else who
// does something waits from here to its end.
func Note(ctx context.Context, e Effects, a actor.Actor, action, object string, details map[string]string) error {
	return e.Journal().Append(ctx, a, audit.Entry{Action: action, Object: object, Outcome: audit.Done, Details: details})
}

// DetailsOf tells what was put in force: the number of the version, 0 for what has none, and the hash of what it says.
func DetailsOf(version int, hash string) map[string]string {
	out := map[string]string{"hash": hash}
	if version > 0 {
		out["version"] = strconv.Itoa(version)
	}
	return out
}
