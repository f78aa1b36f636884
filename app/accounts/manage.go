package accounts

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/cursor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/app/valid"
)

func newPersonID() actor.PersonID { return actor.PersonID(uuid.Must(uuid.NewV7()).String()) }

// AccountQuery chooses accounts: those whose name or address holds each word.
type AccountQuery struct {
	Words []Word
	After Position // zero: from the start
	Limit int
}

// Listing is an account in a list, with where the list goes on after it.
type Listing struct {
	Account
	Position Position
}

// AccountFilter is what a reader asks of the list of accounts.
type AccountFilter struct {
	Text  string // parts of a name or an address
	Limit int    // 0 for DefaultLimit
	After string // cursor of the page before, "" from the start
}

// AccountPage is a part of the list of accounts, by name.
type AccountPage struct {
	Items []Account
	Total int    // of all pages
	Next  string // cursor of the next page, "" at the end
}

// List lists accounts, in use or not, by name. A cursor that is not one of this list is a Malformed fault, a limit
// outside 1…MaxLimit an Invalid one.
func (s *Service) List(ctx context.Context, a actor.Actor, f AccountFilter) (AccountPage, error) {
	if err := access.Decide(a, access.AccountsRead, access.None); err != nil {
		return AccountPage{}, err
	}
	words := strings.Fields(f.Text)
	limit, after, err := pageOf("accounts", words, f.Limit, f.After)
	if err != nil {
		return AccountPage{}, err
	}
	q := AccountQuery{Words: WordsOf(f.Text), After: after, Limit: limit + 1}
	list, err := s.store.AccountList(ctx, q)
	if err != nil {
		return AccountPage{}, err
	}
	page := AccountPage{}
	for i, x := range list[:min(len(list), limit)] {
		page.Items = append(page.Items, x.Account)
		if i+1 == limit && len(list) > limit {
			page.Next = cursor.Encode(question{"accounts", words}, x.Position)
		}
	}
	page.Total, err = s.store.CountAccounts(ctx, q)
	return page, err
}

// FindByPersona reads the account of a persona of the demo.
func (s *Service) FindByPersona(ctx context.Context, a actor.Actor, persona string) (Account, error) {
	if err := access.Decide(a, access.AccountsRead, access.None); err != nil {
		return Account{}, err
	}
	return s.store.ByPersona(ctx, persona)
}

// Get reads one account: one's own, or anybody's by who may.
func (s *Service) Get(ctx context.Context, a actor.Actor, id actor.PersonID) (Account, error) {
	if a.Kind != actor.Person || a.ID != id || a.Token {
		if err := access.DecideOn(a, access.AccountsRead, access.None, audit.PersonObject(id)); err != nil {
			return Account{}, err
		}
	}
	return s.store.Account(ctx, id)
}

// NewAccount is an account to make.
type NewAccount struct {
	Email string       `json:"email" validate:"required,email,max=254"`
	Name  string       `json:"name" validate:"required,max=120,line"`
	Lang  lang.Lang    `json:"lang" validate:"required,oneof=fr en"`
	Roles []actor.Role `json:"roles" validate:"max=4,unique,dive,oneof=recruiter hr compensation administrator"`
}

// Create makes an account and sends its owner the link to choose a password. The operator gets the link's path as
// well, for a company whose mail is not set up yet; nobody else does. A taken address is an Invalid fault.
func (s *Service) Create(ctx context.Context, a actor.Actor, in NewAccount) (actor.PersonID, string, error) {
	if err := access.Decide(a, access.AccountsWrite, access.None); err != nil {
		return "", "", err
	}
	in.Email, in.Name = Email(in.Email), lang.Normalize(lang.EN, in.Name)
	if err := valid.Struct("account", &in); err != nil {
		return "", "", err
	}
	account := Account{ID: newPersonID(), Email: in.Email, Name: in.Name, Lang: in.Lang, Roles: in.Roles, CreatedAt: s.now()}
	path := ""
	err := s.store.Tx(ctx, func(tx Store) error {
		if err := orderFirst(ctx, tx); err != nil {
			return err
		}
		if err := tx.AddAccount(ctx, account); err != nil {
			return taken(err)
		}
		details := map[string]string{"roles": rolesText(in.Roles)}
		if err := note(ctx, tx, a, "accounts.created", audit.PersonObject(account.ID), audit.Done, details); err != nil {
			return err
		}
		if a.Kind != actor.Operator {
			return s.send(ctx, tx, a, account, Invitation, mail.Invitation)
		}
		token, err := s.newLink(ctx, tx, Invitation, account.ID, invitationLimit)
		path = linkPath(Invitation, token)
		return err
	})
	return account.ID, path, err
}

// orderFirst makes whoever adds an account while there is none wait for whoever else does: a link for the first account
// makes no second one.
func orderFirst(ctx context.Context, tx Store) error {
	if some, err := tx.HasAccounts(ctx); err != nil || some {
		return err
	}
	return tx.Lock(ctx, firstAccount)
}

// taken says that an address belongs to somebody else.
func taken(err error) error {
	if !fault.Is(err, fault.Conflict) {
		return err
	}
	return fault.Wrap(fault.Invalid, "invalid", err, "the address is taken").At("email", "taken", "")
}

// change loads an account that the actor may change, lets fn change it, and journals. Nobody changes their own
// rights, and what the journal takes comes from fn.
func (s *Service) change(ctx context.Context, a actor.Actor, id actor.PersonID, action string, fn func(tx Store, x *Account) (map[string]string, error)) error {
	object := audit.PersonObject(id)
	if err := access.DecideOn(a, access.AccountsWrite, access.None, object); err != nil {
		return err
	}
	if a.Kind == actor.Person && a.ID == id {
		return fault.Wrap(fault.Forbidden, "forbidden", &access.Refusal{Action: access.AccountsWrite, Object: object}, "nobody changes their own rights")
	}
	return s.store.Tx(ctx, func(tx Store) error {
		account, err := tx.LockAccount(ctx, id)
		if err != nil {
			return err
		}
		administered := account.administers()
		details, err := fn(tx, &account)
		if err != nil {
			return err
		}
		if err := tx.PutAccount(ctx, account); err != nil {
			return taken(err)
		}
		if administered && !account.administers() {
			if err := keepAdministrator(ctx, tx); err != nil {
				return err
			}
		}
		return note(ctx, tx, a, action, audit.PersonObject(id), audit.Done, details)
	})
}

// administers tells whether the account is one of an administrator, in use.
func (a Account) administers() bool {
	return !a.Disabled() && slices.Contains(a.Roles, actor.Administrator)
}

// keepAdministrator refuses to have taken the last administrator away. Whoever takes one counts those that are left
// after everybody before them.
func keepAdministrator(ctx context.Context, tx Store) error {
	if err := tx.Lock(ctx, lastAdministrator); err != nil {
		return err
	}
	left, err := tx.Administrators(ctx)
	if err == nil && left == 0 {
		err = fault.New(fault.Conflict, "last_administrator", "no administrator would be left")
	}
	return err
}

// Details are what an administrator may correct.
type Details struct {
	Email   string    `json:"email" validate:"required,email,max=254"`
	Name    string    `json:"name" validate:"required,max=120,line"`
	Lang    lang.Lang `json:"lang" validate:"required,oneof=fr en"`
	Edition string    `json:"-"` // of the account that the form was filled in from, "" for whatever it is now
}

// Change corrects an account's name, address and language.
func (s *Service) Change(ctx context.Context, a actor.Actor, id actor.PersonID, in Details) error {
	in.Email, in.Name = Email(in.Email), lang.Normalize(lang.EN, in.Name)
	if err := valid.Struct("account", &in); err != nil {
		return err
	}
	return s.change(ctx, a, id, "accounts.changed", func(tx Store, x *Account) (map[string]string, error) {
		if err := x.is(in.Edition); err != nil {
			return nil, err
		}
		moved := x.Email != in.Email
		x.Email, x.Name, x.Lang = in.Email, in.Name, in.Lang
		if !moved {
			return nil, nil
		}
		return nil, s.move(ctx, tx, a, *x)
	})
}

// move ends the links that lie at an account's former address; who has not chosen a password yet is invited at the new.
func (s *Service) move(ctx context.Context, tx Store, a actor.Actor, x Account) error {
	if err := dropLinks(ctx, tx, x.ID); err != nil {
		return err
	}
	proofs, err := proofsOf(ctx, tx, x.ID)
	if err != nil || proofs.Password || proofs.Providers > 0 || x.Disabled() || x.Persona != "" {
		return err
	}
	return s.send(ctx, tx, a, x, Invitation, mail.Invitation)
}

// Rights are what an account may do beside being an employee.
type Rights struct {
	Roles   []actor.Role     `json:"roles" validate:"max=4,unique,dive,oneof=recruiter hr compensation administrator"`
	Whole   bool             `json:"whole"`
	Heads   []actor.PersonID `json:"heads" validate:"max=50,unique"`
	Edition string           `json:"-"` // as that of Details
}

// SetRights gives an account exactly these roles and this perimeter. They hold from its next request on.
func (s *Service) SetRights(ctx context.Context, a actor.Actor, id actor.PersonID, in Rights) error {
	if err := valid.Struct("rights", &in); err != nil {
		return err
	}
	if !slices.Contains(in.Roles, actor.HR) {
		in.Whole, in.Heads = false, nil
	}
	return s.change(ctx, a, id, "accounts.roles", func(tx Store, x *Account) (map[string]string, error) {
		if err := x.is(in.Edition); err != nil {
			return nil, err
		}
		for _, head := range in.Heads {
			if _, err := tx.Person(ctx, head); err != nil {
				return nil, err
			}
		}
		x.Roles, x.Perimeter = in.Roles, Perimeter{Whole: in.Whole, Heads: in.Heads}
		return in.details(), nil
	})
}

// is refuses an act on an account that is not the one somebody saw; "" sees none.
func (a Account) is(edition string) error {
	if edition == "" || edition == a.Edition() {
		return nil
	}
	return fault.New(fault.Conflict, "changed_meanwhile", "the account %s was changed meanwhile", a.ID)
}

// headsAtOnce is how many ids of people fit into one detail of a journal entry.
const headsAtOnce = 5

// details are the rights as the journal takes them: "perimeter", "perimeter_2", … name the heads.
func (in Rights) details() map[string]string {
	out := map[string]string{"roles": rolesText(in.Roles), "perimeter": "none"}
	if in.Whole {
		out["perimeter"] = "whole"
		return out
	}
	name, n := "perimeter", 1
	for some := range slices.Chunk(in.Heads, headsAtOnce) {
		ids := make([]string, 0, len(some))
		for _, id := range some {
			ids = append(ids, string(id))
		}
		out[name] = strings.Join(ids, ",")
		n++
		name = "perimeter_" + strconv.Itoa(n)
	}
	return out
}

// Disable takes an account out of use: its sessions and tokens end in the same moment. Its past stays.
func (s *Service) Disable(ctx context.Context, a actor.Actor, id actor.PersonID) error {
	return s.change(ctx, a, id, "accounts.disabled", func(tx Store, x *Account) (map[string]string, error) {
		if !x.Disabled() {
			x.DisabledAt = s.now()
		}
		if _, err := tx.EndSessions(ctx, id, ""); err != nil {
			return nil, err
		}
		if err := dropLinks(ctx, tx, id); err != nil {
			return nil, err
		}
		return nil, tx.RevokeTokens(ctx, id, s.now())
	})
}

// Enable puts an account in use again; tokens stay revoked.
func (s *Service) Enable(ctx context.Context, a actor.Actor, id actor.PersonID) error {
	return s.change(ctx, a, id, "accounts.enabled", func(_ Store, x *Account) (map[string]string, error) {
		x.DisabledAt = Account{}.DisabledAt
		return nil, nil
	})
}

// ResetInput says what of an account's proofs starts anew.
type ResetInput struct {
	Codes bool // its one-time codes too: for somebody who lost device and recovery codes
}

// EndSessionsOf signs somebody out everywhere; what they sign in with stays.
func (s *Service) EndSessionsOf(ctx context.Context, a actor.Actor, id actor.PersonID) error {
	return s.change(ctx, a, id, "accounts.sessions_ended", func(tx Store, _ *Account) (map[string]string, error) {
		n, err := tx.EndSessions(ctx, id, "")
		return map[string]string{"sessions": strconv.Itoa(n)}, err
	})
}

// ResetProofs makes an account start anew, as one that was lost or taken over has to: sessions, password, tokens, links
// that lie about and identities of providers end at once, and its owner is sent the link for a new password. The
// operator gets the link's path as well, for a company whose mail does not work; nobody else does.
func (s *Service) ResetProofs(ctx context.Context, a actor.Actor, id actor.PersonID, in ResetInput) (string, error) {
	path := ""
	err := s.change(ctx, a, id, "accounts.reset", func(tx Store, x *Account) (map[string]string, error) {
		if x.Disabled() {
			return nil, fault.New(fault.Conflict, "account_disabled", "the account is disabled")
		}
		if err := s.dropProofs(ctx, tx, id); err != nil {
			return nil, err
		}
		if in.Codes {
			if err := s.dropCodes(ctx, tx, a, *x, ""); err != nil {
				return nil, err
			}
		}
		if a.Kind != actor.Operator {
			return nil, s.send(ctx, tx, a, *x, Reset, mail.AccessReset)
		}
		token, err := s.newLink(ctx, tx, Reset, id, resetLimit)
		path = linkPath(Reset, token)
		return nil, err
	})
	return path, err
}

// dropProofs takes everything away that opens an account, but its one-time codes.
func (s *Service) dropProofs(ctx context.Context, tx Store, id actor.PersonID) error {
	if _, err := tx.EndSessions(ctx, id, ""); err != nil {
		return err
	}
	if err := tx.DropPassword(ctx, id); err != nil {
		return err
	}
	if err := dropLinks(ctx, tx, id); err != nil {
		return err
	}
	if err := tx.DropIdentity(ctx, id, ""); err != nil {
		return err
	}
	return tx.RevokeTokens(ctx, id, s.now())
}

// dropLinks ends the links to choose a password that lie about.
func dropLinks(ctx context.Context, tx Store, id actor.PersonID) error {
	for _, kind := range []LinkKind{Invitation, Reset} {
		if err := dropLinksOf(ctx, tx, kind, id); err != nil {
			return err
		}
	}
	return nil
}

// dropLinksOf ends those of one kind, and withdraws the letters that carry them.
func dropLinksOf(ctx context.Context, tx Store, kind LinkKind, id actor.PersonID) error {
	hashes, err := tx.DropLinks(ctx, kind, id)
	if err != nil {
		return err
	}
	return tx.Outbox().Withdraw(ctx, hashes...)
}

// Find reads anybody's account, by who may.
func (s *Service) Find(ctx context.Context, a actor.Actor, id actor.PersonID) (Account, error) {
	if err := access.DecideOn(a, access.AccountsRead, access.None, audit.PersonObject(id)); err != nil {
		return Account{}, err
	}
	return s.store.Account(ctx, id)
}

// FindByEmail reads an account by its address; the operator and administrators may.
func (s *Service) FindByEmail(ctx context.Context, a actor.Actor, email string) (Account, error) {
	if err := access.Decide(a, access.AccountsRead, access.None); err != nil {
		return Account{}, err
	}
	return s.store.ByEmail(ctx, Email(email))
}

// Preferences are what somebody chooses for their own account.
type Preferences struct {
	Lang        lang.Lang `json:"lang" validate:"required,oneof=fr en"`
	TellSignIns bool      `json:"tell_sign_ins"`
}

// Prefer stores the actor's own preferences.
func (s *Service) Prefer(ctx context.Context, a actor.Actor, in Preferences) error {
	if err := access.Decide(a, access.AccountOwn, access.Own); err != nil {
		return err
	}
	if err := valid.Struct("preferences", &in); err != nil {
		return err
	}
	return s.store.Tx(ctx, func(tx Store) error {
		x, err := tx.LockAccount(ctx, a.ID)
		if err != nil {
			return err
		}
		x.Lang, x.TellSignIns = in.Lang, in.TellSignIns
		return tx.PutAccount(ctx, x)
	})
}

// PutPersona stores an account of the demo company, replacing the one of its persona.
func (s *Service) PutPersona(ctx context.Context, a actor.Actor, account Account) error {
	if err := access.Decide(a, access.AccountsWrite, access.None); err != nil {
		return err
	}
	account.Email = Email(account.Email)
	if err := valid.Struct("account", &account); err != nil {
		return err
	}
	if account.Persona == "" || account.About.IsZero() {
		return fault.New(fault.Invalid, "invalid", "a persona has a name and a text").At("slug", "required", "")
	}
	account.CreatedAt = s.now()
	account.Perimeter.Whole = slices.Contains(account.Roles, actor.HR)
	if account.Lang == "" {
		account.Lang = lang.FR
	}
	return s.store.Tx(ctx, func(tx Store) error {
		known, err := tx.ByPersona(ctx, account.Persona)
		if fault.Is(err, fault.NotFound) {
			account.ID = newPersonID()
			return taken(tx.AddAccount(ctx, account))
		}
		if err == nil {
			known, err = tx.LockAccount(ctx, known.ID)
		}
		if err != nil {
			return err
		}
		account.ID, account.Lang, account.TellSignIns, account.DisabledAt = known.ID, known.Lang, known.TellSignIns, known.DisabledAt
		return taken(tx.PutAccount(ctx, account))
	})
}
