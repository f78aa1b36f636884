package accounts

import (
	"context"
	"strconv"
	"time"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/app/valid"
)

// LinkKind says what an address that works once is for.
type LinkKind string

// The kinds of link.
const (
	SetUp      LinkKind = "setup"      // the first administrator makes their account
	Invitation LinkKind = "invitation" // a new account chooses its password
	Reset      LinkKind = "reset"      // a forgotten password is replaced
)

// How long links are good for.
const (
	setUpLimit      = 24 * time.Hour
	invitationLimit = 7 * 24 * time.Hour
	resetLimit      = 30 * time.Minute
)

// Link is an address that works once. Its token is stored nowhere, only the token's hash.
type Link struct {
	TokenHash string
	Kind      LinkKind
	Account   actor.PersonID // "" for setting up
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    time.Time // zero: not yet
}

// errLink is the answer to a link that is unknown, used or too old.
func errLink() error { return fault.New(fault.NotFound, "link_ended", "the link is not good any more") }

// linkOf reads a link that can still be used.
func (s *Service) linkOf(ctx context.Context, st Store, kinds []LinkKind, token string) (Link, error) {
	l, err := st.Link(ctx, hash(token))
	if fault.Is(err, fault.NotFound) {
		return Link{}, errLink()
	}
	if err != nil {
		return Link{}, err
	}
	for _, k := range kinds {
		if l.Kind == k && l.UsedAt.IsZero() && s.now().Before(l.ExpiresAt) {
			return l, nil
		}
	}
	return Link{}, errLink()
}

// linksKept is how long links are kept that were used or are over: they answer nothing that an unknown one does not.
const linksKept = 24 * time.Hour

// newLink stores a link in a transaction, in place of unused ones of its kind, and returns its token.
func (s *Service) newLink(ctx context.Context, tx Store, kind LinkKind, id actor.PersonID, good time.Duration) (string, error) {
	if err := dropLinksOf(ctx, tx, kind, id); err != nil {
		return "", err
	}
	if err := tx.DropOldLinks(ctx, s.now().Add(-linksKept)); err != nil {
		return "", err
	}
	token := newToken()
	return token, tx.AddLink(ctx, Link{TokenHash: hash(token), Kind: kind, Account: id, CreatedAt: s.now(), ExpiresAt: s.now().Add(good)})
}

// linkPath is where a token leads, on the site.
func linkPath(kind LinkKind, token string) string {
	if kind == SetUp {
		return "/setup/" + token
	}
	return "/sign-in/password/" + token
}

// Forgot sends the link for a new password to an address that has an account in use, and nothing to any other; the
// caller cannot tell which. Too many asks are Limited.
func (s *Service) Forgot(ctx context.Context, a actor.Actor, email string) error {
	email = Email(email)
	guards := s.guardsOf(ctx, "forgot", email)
	if err := s.admit(ctx, guards); err != nil {
		return err
	}
	account, err := s.store.ByEmail(ctx, email)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	known := err == nil && s.usable(account) == nil
	return s.store.Tx(ctx, func(tx Store) error {
		if err := s.count(ctx, tx, a, guards); err != nil { // each letter counts, so that nobody is flooded with them
			return err
		}
		if !known {
			return note(ctx, tx, a, "link.sent", "", audit.Failed, map[string]string{"kind": string(Reset)})
		}
		return s.send(ctx, tx, a, account, Reset, mail.Reset)
	})
}

// send makes a link for an account and puts the letter that carries it in the outbox.
func (s *Service) send(ctx context.Context, tx Store, a actor.Actor, account Account, kind LinkKind, letter mail.Kind) error {
	good, details := resetLimit, map[string]string{"minutes": strconv.Itoa(int(resetLimit.Minutes()))}
	if kind == Invitation {
		good, details = invitationLimit, map[string]string{"days": strconv.Itoa(int(invitationLimit.Hours() / 24))}
	}
	token, err := s.newLink(ctx, tx, kind, account.ID, good)
	if err != nil {
		return err
	}
	details["link"] = linkPath(kind, token)
	l := account.letter(letter, details)
	l.Link = mail.Link{ID: hash(token), Until: s.now().Add(good)}
	if err := tx.Outbox().Put(ctx, l); err != nil {
		return err
	}
	return note(ctx, tx, a, "link.sent", audit.PersonObject(account.ID), audit.Done, map[string]string{"kind": string(kind)})
}

// CheckLink returns whose password a link sets; a link that is not good any more is NotFound.
func (s *Service) CheckLink(ctx context.Context, _ actor.Actor, token string) (Account, error) {
	l, err := s.linkOf(ctx, s.store, []LinkKind{Invitation, Reset}, token)
	if err != nil {
		return Account{}, err
	}
	account, err := s.store.Account(ctx, l.Account)
	if err != nil || s.usable(account) != nil {
		return Account{}, errLink()
	}
	return account, nil
}

// UseLink sets the password of a link's account, once, and ends its sessions. Nobody is signed in by it: the way
// leads to the sign-in, where one-time codes are asked for as ever.
func (s *Service) UseLink(ctx context.Context, _ actor.Actor, token, password string) error {
	account, err := s.CheckLink(ctx, actor.Nobody(), token)
	if err != nil {
		return err
	}
	if err := checkPassword(password, account); err != nil {
		return err
	}
	phc, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	who := actor.Actor{Kind: actor.Person, ID: account.ID}
	return s.store.Tx(ctx, func(tx Store) error {
		if used, err := tx.UseLink(ctx, hash(token), s.now()); err != nil || !used {
			if err == nil {
				err = errLink()
			}
			return err
		}
		if err := tx.Outbox().Withdraw(ctx, hash(token)); err != nil {
			return err
		}
		if err := tx.DropThrottle(ctx, s.guardsOf(ctx, "account", account.Email)[0].id); err != nil {
			return err
		}
		if err := note(ctx, tx, who, "link.used", audit.PersonObject(account.ID), audit.Done, nil); err != nil {
			return err
		}
		return s.putPassword(ctx, tx, who, account, phc, "")
	})
}

// putPassword stores a password in a transaction, ends the other sessions and tells its owner.
func (s *Service) putPassword(ctx context.Context, tx Store, a actor.Actor, account Account, phc, keep string) error {
	if err := tx.PutPassword(ctx, account.ID, phc, s.now()); err != nil {
		return err
	}
	if _, err := tx.EndSessions(ctx, account.ID, keep); err != nil {
		return err
	}
	if err := dropLinks(ctx, tx, account.ID); err != nil { // they set no password after this one
		return err
	}
	if err := tx.Outbox().Put(ctx, account.letter(mail.PasswordSet, nil)); err != nil {
		return err
	}
	return note(ctx, tx, a, "password.set", audit.PersonObject(account.ID), audit.Done, nil)
}

// FirstRun returns the path of a new set-up link while there is no account, "" once there is one. A link made
// before stops working. Only the operator, who starts the service, may ask.
func (s *Service) FirstRun(ctx context.Context, a actor.Actor) (string, error) {
	if err := access.Decide(a, access.AccountsWrite, access.None); err != nil {
		return "", err
	}
	path := ""
	err := s.store.Tx(ctx, func(tx Store) error {
		some, err := tx.HasAccounts(ctx)
		if err != nil || some {
			return err
		}
		token, err := s.newLink(ctx, tx, SetUp, "", setUpLimit)
		path = linkPath(SetUp, token)
		return err
	})
	return path, err
}

// CheckSetUp tells whether a set-up link is good: none is once there is an account, however it was made.
func (s *Service) CheckSetUp(ctx context.Context, _ actor.Actor, token string) error {
	return s.checkSetUp(ctx, s.store, token)
}

func (s *Service) checkSetUp(ctx context.Context, st Store, token string) error {
	if _, err := s.linkOf(ctx, st, []LinkKind{SetUp}, token); err != nil {
		return err
	}
	some, err := st.HasAccounts(ctx)
	if err == nil && some {
		err = errLink()
	}
	return err
}

// SetUpInput is the first administrator.
type SetUpInput struct {
	Name     string    `json:"name" validate:"required,max=120"`
	Email    string    `json:"email" validate:"required,email,max=200"`
	Password string    `json:"password" validate:"required"`
	Lang     lang.Lang `json:"-"`
	Agent    string    `json:"-"`
}

// SetUp makes the first account, an administrator, by the link of the first run, and signs it in: its role waits
// for one-time codes to be set up.
func (s *Service) SetUp(ctx context.Context, _ actor.Actor, token string, in SetUpInput) (Opened, error) {
	if err := s.CheckSetUp(ctx, actor.Nobody(), token); err != nil {
		return Opened{}, err
	}
	in.Name, in.Email = lang.Normalize(lang.EN, in.Name), Email(in.Email)
	if err := valid.Struct("account", &in); err != nil {
		return Opened{}, err
	}
	account := Account{ID: newPersonID(), Email: in.Email, Name: in.Name, Lang: in.Lang, Roles: []actor.Role{actor.Administrator}, CreatedAt: s.now()}
	if err := checkPassword(in.Password, account); err != nil {
		return Opened{}, err
	}
	phc, err := s.hasher.hash(ctx, in.Password)
	if err != nil {
		return Opened{}, err
	}
	var out Opened
	err = s.store.Tx(ctx, func(tx Store) error {
		if err := s.checkSetUp(ctx, tx, token); err != nil { // again: the one before may have done it
			return err
		}
		if used, err := tx.UseLink(ctx, hash(token), s.now()); err != nil || !used {
			if err == nil {
				err = errLink()
			}
			return err
		}
		if err := tx.AddAccount(ctx, account); err != nil {
			return taken(err)
		}
		if err := tx.PutPassword(ctx, account.ID, phc, s.now()); err != nil {
			return err
		}
		who := actor.Actor{Kind: actor.Person, ID: account.ID}
		if err := note(ctx, tx, who, "setup.done", audit.PersonObject(account.ID), audit.Done, nil); err != nil {
			return err
		}
		out, err = s.open(ctx, tx, account, Session{Stage: Full, Proof: ByLink, Agent: in.Agent}, "")
		return err
	})
	return out, err
}
