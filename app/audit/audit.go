// Package audit is the journal: who did what to which object when. It is append-only and hash-chained, and it
// holds ids, names of actions and hashes, never names of people or texts, so that erasing a person breaks nothing.
// It is ground floor: services append to it in the transaction of the act itself.
package audit

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
)

// Outcome says how an act ended.
type Outcome string

// The outcomes.
const (
	Done    Outcome = "done"
	Refused Outcome = "refused" // by the rules of access
	Failed  Outcome = "failed"  // a proof that was wrong, such as a password
)

// Outcomes lists them.
func Outcomes() []Outcome { return []Outcome{Done, Refused, Failed} }

// Entry is one line of the journal. Whoever appends fills Action, Object, Outcome and Details; the journal
// takes the actor, the behalf and the network address from the context and the rest from the chain.
type Entry struct {
	Seq      int64             `json:"seq"`
	At       time.Time         `json:"at"`
	Actor    string            `json:"actor"`            // actor.Actor.String(): "person:ID", "operator", "system:TASK", "anonymous"
	Behalf   string            `json:"behalf,omitempty"` // ids of those whose duties the actor holds by delegation, comma separated
	Action   string            `json:"action"`           // "session.opened", "accounts.disabled", "bands.read"
	Object   string            `json:"object"`           // "person:ID", "session:ID", "profile:SLUG"; may be empty
	Outcome  Outcome           `json:"outcome"`
	Address  string            `json:"address,omitempty"` // keyed hash of the network address; the key changes monthly
	Details  map[string]string `json:"details,omitempty"` // ids and names of closed sets
	Previous string            `json:"previous"`
	Hash     string            `json:"hash"`
}

// Journal takes entries. Append refuses at once what is no entry; the entry is written in the transaction that the
// journal was made over, when all else of it is, since from there on others wait for the journal. When either fails, so
// does the act. A journal over no transaction has written the entry when Append returns.
type Journal interface {
	Append(ctx context.Context, a actor.Actor, e Entry) error
}

// PersonObject names a person as the object of an entry.
func PersonObject(id actor.PersonID) string { return "person:" + string(id) }

type addressKey struct{}

// WithAddress keeps the network address of a request in its context, for the journal and for throttling.
func WithAddress(ctx context.Context, ip string) context.Context {
	return context.WithValue(ctx, addressKey{}, ip)
}

// AddressOf returns the network address of the request behind a context, "" outside of one.
func AddressOf(ctx context.Context) string {
	ip, _ := ctx.Value(addressKey{}).(string)
	return ip
}

type sharedKey struct{}

// WithSharedAddress says in a request's context that its network address is one that everybody seems to come from: that
// of a proxy which the settings do not name.
func WithSharedAddress(ctx context.Context) context.Context {
	return context.WithValue(ctx, sharedKey{}, true)
}

// SharedAddress tells whether the network address of the request behind a context tells nobody apart.
func SharedAddress(ctx context.Context) bool {
	shared, _ := ctx.Value(sharedKey{}).(bool)
	return shared
}

// Limits of what an entry may carry, in bytes.
const (
	maxName   = 200 // of an actor, an action, an object, a value of the details
	maxBehalf = 2000
	maxPairs  = 20 // of the details
)

// plain holds what ids, slugs and names of closed sets are made of. The names and addresses of people, and any text
// that somebody wrote, have a space, an accent or an @ sooner or later: they are refused, not stored for ever.
var plain = regexp.MustCompile(`^[A-Za-z0-9._:/,{}+=*~|-]*$`)

// action is an area and a verb, or an area alone in a filter.
var action = regexp.MustCompile(`^[a-z][a-z_]*(\.[a-z][a-z_]*)*$`)

// Check tells whether an entry is one that the journal takes. Anything else is a defect of whoever appends and an
// Internal fault.
func (e Entry) Check() error {
	ok := len(e.Action) <= maxName && action.MatchString(e.Action) && slices.Contains(Outcomes(), e.Outcome) &&
		isPlain(e.Actor, maxName) && isPlain(e.Behalf, maxBehalf) && isPlain(e.Object, maxName) && len(e.Details) <= maxPairs
	for name, value := range e.Details {
		ok = ok && name != "" && isPlain(name, maxName) && isPlain(value, maxName)
	}
	if !ok {
		return fault.New(fault.Internal, "internal", "the journal takes ids and names of closed sets only: %q by %q on %q, %q, %q", e.Action, e.Actor, e.Object, e.Outcome, e.Details)
	}
	return nil
}

func isPlain(s string, limit int) bool { return len(s) <= limit && plain.MatchString(s) }

// BehalfOf names those whose duties the actor holds by delegation, as an entry does.
func BehalfOf(a actor.Actor) string {
	ids := make([]string, 0, len(a.Behalf))
	for _, id := range a.Behalf {
		ids = append(ids, string(id))
	}
	return strings.Join(ids, ",")
}

// Clean makes what a stranger may have typed fit to be an entry's object: what the journal does not hold is marked.
func Clean(s string) string {
	const most = 120
	out := strings.Map(func(r rune) rune {
		if plain.MatchString(string(r)) {
			return r
		}
		return '*'
	}, strings.ToValidUTF8(s, "*"))
	return out[:min(len(out), most)]
}
