// Package mail is the outbox: what is to be sent is stored in the transaction of the act that causes it, and a
// worker delivers it until the mail server takes it. It is ground floor: it knows recipients and kinds of
// letters, not why they are written.
package mail

import (
	"context"
	"time"

	"github.com/echelon-hr/echelon/app/lang"
)

// Kind is a letter that the product writes; templates/mail has its words in both languages.
type Kind string

// The letters.
const (
	Invitation      Kind = "invitation"       // you have an account: choose a password (link, days)
	Reset           Kind = "reset"            // you asked: choose a new password (link, minutes)
	AccessReset     Kind = "access_reset"     // an administrator took what opens your account away: choose a new password (link, minutes)
	PasswordSet     Kind = "password_set"     // your password was changed
	PasswordRenewed Kind = "password_renewed" // your password was set by a link; all that opened your account before ended
	CodesOn         Kind = "codes_on"         // one-time codes were set up
	CodesOff        Kind = "codes_off"        // one-time codes were removed
	RecoveryUsed    Kind = "recovery_used"    // a recovery code was used (left)
	SignedIn        Kind = "signed_in"        // your account was signed in to (agent, when)
	TokenMade       Kind = "token_made"       // an API token was made (name)
	IdentityLinked  Kind = "identity_linked"  // a sign-in provider was linked (issuer)
	Delegated       Kind = "delegated"        // somebody delegated a duty to you (from, duty, start, end)
	DelegatedFor    Kind = "delegated_for"    // an administrator delegated a duty of yours (to, duty, start, end)
	Trial           Kind = "trial"            // the test letter of the settings page
)

// Kinds lists them.
func Kinds() []Kind {
	return []Kind{Invitation, Reset, AccessReset, PasswordSet, PasswordRenewed, CodesOn, CodesOff, RecoveryUsed, SignedIn, TokenMade, IdentityLinked, Delegated, DelegatedFor, Trial}
}

// Letter is what is to be said to whom.
type Letter struct {
	Kind    Kind
	To      string // e-mail address
	Name    string // of the recipient
	Lang    lang.Lang
	Details map[string]string // what the letter's words need: "link", "days", "agent", …
	Link    Link              // that the letter carries, zero for none that ends
}

// Link names a link that is a secret and ends. With it ends the letter that carries it.
type Link struct {
	ID    string // tells it from others and does not give it away
	Until time.Time
}

// Outbox takes letters in the transaction it was made over. What they say is sealed with the secret key.
type Outbox interface {
	Put(ctx context.Context, l Letter) error
	// Withdraw gives up what is not sent yet of letters that carry one of these links: they are over.
	Withdraw(ctx context.Context, links ...string) error
}
