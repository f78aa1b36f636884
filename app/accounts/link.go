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
// caller cannot tell which. Too many asks are Limited: each counts, so that nobody is flooded with letters.
func (s *Service) Forgot(ctx context.Context, a actor.Actor, email string) error {
	email = Email(email)
	account, err := s.store.ByEmail(ctx, email)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	t, err := s.begin(ctx, s.letterGuards(ctx, email, account.ID))
	if err != nil {
		return err
	}
	err = s.store.Tx(ctx, func(tx Store) error {
		if err := noteBlocked(ctx, tx, a, t); err != nil {
			return err
		}
		account, err := lockByEmail(ctx, tx, email)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err != nil || s.usable(account) != nil {
			return note(ctx, tx, a, "link.sent", "", audit.Failed, map[string]string{"kind": string(Reset)})
		}
		return s.send(ctx, tx, a, account, Reset, mail.Reset)
	})
	if err != nil {
		return s.abandon(ctx, t, err)
	}
	return nil
}

// lockByEmail reads the account of an address and holds it. One that has moved to another address since is NotFound.
func lockByEmail(ctx context.Context, tx Store, email string) (Account, error) {
	account, err := tx.ByEmail(ctx, email)
	if err == nil {
		account, err = tx.LockAccount(ctx, account.ID)
	}
	if err == nil && account.Email != email {
		err = fault.New(fault.NotFound, "not_found", "account of an address")
	}
	return account, err
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
	_, account, err := s.checkLink(ctx, s.store, s.store.Account, token)
	return account, err
}

// reader reads an account, and may hold it.
type reader func(ctx context.Context, id actor.PersonID) (Account, error)

// checkLink reads a link that can still be used, and its account by a reader.
func (s *Service) checkLink(ctx context.Context, st Store, read reader, token string) (Link, Account, error) {
	l, err := s.linkOf(ctx, st, []LinkKind{Invitation, Reset}, token)
	if err != nil {
		return Link{}, Account{}, err
	}
	account, err := read(ctx, l.Account)
	if err != nil || s.usable(account) != nil {
		return Link{}, Account{}, errLink()
	}
	return l, account, nil
}

// Used is a link that set a password: its kind, and what the browser is known by at the sign-in that follows, so that
// nobody who tries the account's password meanwhile keeps its owner out.
type Used struct {
	Kind   LinkKind
	Device string
}

// UseLink sets the password of a link's account, once. Whoever asks for a link may have lost their account to somebody
// else, so all that opened it before ends, as when an administrator resets it. Nobody is signed in: the way leads to the
// sign-in, where one-time codes are asked for as ever.
func (s *Service) UseLink(ctx context.Context, _ actor.Actor, token, password string) (Used, error) {
	_, account, err := s.checkLink(ctx, s.store, s.store.Account, token)
	if err != nil {
		return Used{}, err
	}
	if err := checkPassword(password, account); err != nil {
		return Used{}, err
	}
	phc, t, err := s.hashFor(ctx, token, password)
	if err != nil {
		return Used{}, err
	}
	var link Link
	who := actor.Actor{Kind: actor.Person, ID: account.ID}
	err = s.store.Tx(ctx, func(tx Store) error {
		if link, account, err = s.checkLink(ctx, tx, tx.LockAccount, token); err != nil { // again: used, or ended, meanwhile
			return err
		}
		if err := useUp(ctx, tx, token, s.now()); err != nil {
			return err
		}
		if err := s.settle(ctx, tx, t); err != nil {
			return err
		}
		if err := note(ctx, tx, who, "link.used", audit.PersonObject(account.ID), audit.Done, nil); err != nil {
			return err
		}
		if err := s.dropProofs(ctx, tx, account.ID); err != nil {
			return err
		}
		return s.putPassword(ctx, tx, who, account, phc, mail.PasswordRenewed)
	})
	if err != nil {
		return Used{}, s.abandon(ctx, t, err)
	}
	return Used{Kind: link.Kind, Device: s.newDevice(account.ID, false)}, nil
}

// hashFor hashes the password that a link is to set. That is counted first: a link that is good once is worth no more
// than a few hashes, however often it is sent at once.
func (s *Service) hashFor(ctx context.Context, token, password string) (string, try, error) {
	place, err := s.hasher.reserve()
	if err != nil {
		return "", try{}, err
	}
	defer place.leave()
	t, err := s.begin(ctx, s.ownGuard(triesLink, token))
	if err != nil {
		return "", try{}, err
	}
	phc, err := place.hash(ctx, password)
	if err != nil {
		return "", try{}, s.abandon(ctx, t, err)
	}
	return phc, t, nil
}

// useUp notes a link as used in a transaction, so that no letter carries it any more; one that was used before is over.
func useUp(ctx context.Context, tx Store, token string, at time.Time) error {
	used, err := tx.UseLink(ctx, hash(token), at)
	if err != nil {
		return err
	}
	if !used {
		return errLink()
	}
	return tx.Outbox().Withdraw(ctx, hash(token))
}

// changePassword stores a new password of the actor's own in a transaction. It was shown in a session with the former
// one, so that session goes on; the other sessions and the tokens, which the former password gave, end. The identities
// of providers stay: each is a proof of its own, which the owner linked by a proof and was told of, and the page that
// the password is changed on lists them (OWASP ASVS 5.0, 7.4.3, asks for the sessions).
func (s *Service) changePassword(ctx context.Context, tx Store, a actor.Actor, account Account, phc string) error {
	if _, err := tx.EndSessions(ctx, account.ID, a.Session); err != nil {
		return err
	}
	if err := tx.RevokeTokens(ctx, account.ID, s.now()); err != nil {
		return err
	}
	if err := dropLinks(ctx, tx, account.ID); err != nil { // they set no password after this one
		return err
	}
	return s.putPassword(ctx, tx, a, account, phc, mail.PasswordSet)
}

// putPassword stores a password in a transaction and tells its owner by a letter, which says what ended with it.
func (s *Service) putPassword(ctx context.Context, tx Store, a actor.Actor, account Account, phc string, letter mail.Kind) error {
	if err := tx.PutPassword(ctx, account.ID, phc, s.now()); err != nil {
		return err
	}
	if err := tx.Outbox().Put(ctx, account.letter(letter, nil)); err != nil {
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
		if err := tx.Lock(ctx, firstAccount); err != nil {
			return err
		}
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
	Name     string    `json:"name" validate:"required,max=120,line"`
	Email    string    `json:"email" validate:"required,email,max=254"`
	Password string    `json:"password" validate:"required,text"`
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
	phc, t, err := s.hashFor(ctx, token, in.Password)
	if err != nil {
		return Opened{}, err
	}
	var out Opened
	err = s.store.Tx(ctx, func(tx Store) error {
		if err := tx.Lock(ctx, firstAccount); err != nil {
			return err
		}
		if err := s.checkSetUp(ctx, tx, token); err != nil { // again: the one before may have done it
			return err
		}
		if err := useUp(ctx, tx, token, s.now()); err != nil {
			return err
		}
		if err := s.settle(ctx, tx, t); err != nil {
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
	if err != nil {
		return Opened{}, s.abandon(ctx, t, err)
	}
	return out, nil
}
