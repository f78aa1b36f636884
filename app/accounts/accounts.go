// Package accounts knows who can sign in, who has, what duties they hold and who reports to whom. It keeps no
// password, code or token that can be read back, but for the seed of one-time codes, which is sealed with a key
// that lives outside the database.
package accounts

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/echelon-hr/echelon/app/act"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/app/mailbox"
	"github.com/echelon-hr/echelon/app/secret"
)

// Account is somebody who can sign in. Its id is that of the person.
type Account struct {
	ID          actor.PersonID `json:"-"`
	Email       string         `json:"email" validate:"required,email,max=254"`
	Name        string         `json:"name" validate:"required,max=120,line"`
	Persona     string         `json:"slug,omitempty" validate:"omitempty,slug"`         // the demo persona it is, "" for none
	About       lang.Text      `json:"text,omitzero" validate:"omitempty,bilingual=400"` // what this persona comes to do
	Lang        lang.Lang      `json:"-"`
	TellSignIns bool           `json:"-"` // a letter at each sign-in
	Roles       []actor.Role   `json:"roles" validate:"max=4,unique,dive,oneof=recruiter hr compensation administrator"`
	Perimeter   Perimeter      `json:"-"`
	DisabledAt  time.Time      `json:"-"` // zero: in use
	CreatedAt   time.Time      `json:"-"`
}

// Edition names the state of what administrators change of an account: a form that was filled in from another one
// says so by it.
func (a Account) Edition() string {
	roles, heads := slices.Clone(a.Roles), slices.Clone(a.Perimeter.Heads)
	slices.Sort(roles)
	slices.Sort(heads)
	return hash(fmt.Sprintf("%q %q %q %q %t %q", a.Email, a.Name, a.Lang, roles, a.Perimeter.Whole, heads))[:16]
}

// Perimeter is whom an HR partner serves: the whole company, or the people at the head of lines and everybody
// below them.
type Perimeter struct {
	Whole bool
	Heads []actor.PersonID
}

// Disabled tells whether the account may not be used.
func (a Account) Disabled() bool { return !a.DisabledAt.IsZero() }

// coded are the roles that may be used only by who has shown a one-time code.
var coded = []actor.Role{actor.HR, actor.Compensation, actor.Administrator}

// NeedsCodes tells whether the account holds a role that needs one-time codes.
func (a Account) NeedsCodes() bool {
	return slices.ContainsFunc(a.Roles, func(r actor.Role) bool { return slices.Contains(coded, r) })
}

// Store keeps everything of accounts. What it does not know is a NotFound fault.
type Store interface {
	// Tx runs fn over one transaction; what the journal and the outbox take in it is written with it. fn may be run
	// again from its beginning, where the database had to give the transaction up.
	Tx(ctx context.Context, fn func(Store) error) error
	// Lock makes the transactions that ask for one order come one after the other, until each ends.
	Lock(ctx context.Context, o Order) error
	act.Effects

	accountStore
	lineStore
	proofStore
	sessionStore
	tokenStore
}

// Order is what is decided over all accounts or people, so that transactions that decide it come one after the other.
// What is decided over one account alone needs none of it: its transaction holds the account, by LockAccount, before it
// reads what it decides by. A transaction locks accounts by their ids first, then at most one order, then throttles;
// the journal comes last by itself. Two that keep to this never wait for each other.
type Order string

// The orders.
const (
	lastAdministrator Order = "the last administrator"
	firstAccount      Order = "the first account"
	lineOfManagement  Order = "the line of management"
)

type accountStore interface {
	Account(ctx context.Context, id actor.PersonID) (Account, error)
	// LockAccount reads an account and holds it until the transaction ends: nobody else who locks it reads or changes
	// anything of it meanwhile.
	LockAccount(ctx context.Context, id actor.PersonID) (Account, error)
	ByEmail(ctx context.Context, email string) (Account, error)
	ByPersona(ctx context.Context, persona string) (Account, error)
	// AccountList lists accounts by name: whose name or address holds each of the words.
	AccountList(ctx context.Context, q AccountQuery) ([]Listing, error)
	CountAccounts(ctx context.Context, q AccountQuery) (int, error)          // whatever part of them is asked for
	AccountsOf(ctx context.Context, ids []actor.PersonID) ([]Account, error) // by creation
	Personas(ctx context.Context) ([]Account, error)                         // in use, by creation
	AddAccount(ctx context.Context, a Account) error                         // with roles; an e-mail address that is taken is a Conflict
	PutAccount(ctx context.Context, a Account) error                         // everything but persona and creation
	Administrators(ctx context.Context) (int, error)                         // of accounts in use
	HasAccounts(ctx context.Context) (bool, error)                           // beside personas
}

// Parts are what the service is made of.
type Parts struct {
	Store Store
	Now   clock.Clock
	Key   secret.Key
	// Today is the date in the company's time zone, yyyy-mm-dd.
	Today func(ctx context.Context) string
	// Demo lets personas be signed in without a proof.
	Demo bool
}

// Service is the use cases of accounts.
type Service struct {
	store  Store
	now    clock.Clock
	key    secret.Key
	today  func(ctx context.Context) string
	demo   bool
	hasher *hasher
	codeAt func(seed string, step int64) (string, error)
}

// NewService makes the service.
func NewService(p Parts) *Service {
	s := &Service{store: p.Store, now: p.Now, key: p.Key, today: p.Today, demo: p.Demo, hasher: sharedHasher, codeAt: codeAt}
	if s.today == nil {
		s.today = func(context.Context) string { return s.now().UTC().Format(time.DateOnly) }
	}
	return s
}

// Email writes an address as it is stored and compared: see mailbox.Canonical. What is no address stays as it is, for the
// rule of addresses to refuse and for nobody to have.
func Email(s string) string {
	if address, ok := mailbox.Canonical(s); ok {
		return address
	}
	return s
}

// person is how letters reach an account.
func (a Account) letter(kind mail.Kind, details map[string]string) mail.Letter {
	return mail.Letter{Kind: kind, To: a.Email, Name: a.Name, Lang: a.Lang, Details: details}
}

// usable is a NotFound fault for a persona outside the demo: it exists in the demo only.
func (s *Service) usable(a Account) error {
	if a.Disabled() || a.Persona != "" && !s.demo {
		return fault.New(fault.NotFound, "not_found", "account %s is not in use", a.ID)
	}
	return nil
}

// note appends what somebody did in their own right to the journal of a transaction.
func note(ctx context.Context, tx Store, a actor.Actor, action, object string, outcome audit.Outcome, details map[string]string) error {
	return tx.Journal().Append(ctx, a.Alone(), audit.Entry{Action: action, Object: object, Outcome: outcome, Details: details})
}

func rolesText(roles []actor.Role) string {
	words := make([]string, 0, len(roles))
	for _, r := range roles {
		words = append(words, string(r))
	}
	slices.Sort(words)
	return strings.Join(words, ",")
}
