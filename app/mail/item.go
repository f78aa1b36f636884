package mail

import (
	"strings"
	"time"
)

// ID identifies a letter of the outbox. A later letter has a greater one.
type ID string

// State says what became of a letter.
type State string

// The states.
const (
	Queued State = "queued" // to be delivered, now or at the next try
	Sent   State = "sent"   // the mail server took it
	Failed State = "failed" // given up; it can be retried by hand
)

// States lists them.
func States() []State { return []State{Queued, Sent, Failed} }

// Item is a letter in the outbox. Lists leave out what it says: links in it are secrets.
type Item struct {
	ID       ID
	Letter   Letter
	State    State
	Attempts int       // since it was put, or last retried by hand; the one under way counts
	NextAt   time.Time // of a queued one: not before
	Problem  Problem   // of the last attempt, none when it went well
	PutAt    time.Time
	SentAt   time.Time // zero unless sent
	Over     bool      // what it said is forgotten: it was sent, or its link is over
}

// KeepFor is how long letters stay in the outbox: long enough to answer whether one went out, short enough that the
// outbox becomes no record of who was written to. The journal keeps the acts themselves.
const KeepFor = 30 * 24 * time.Hour

// Cause is what kept a letter from being delivered.
type Cause string

// The causes.
const (
	Unreachable      Cause = "unreachable"       // the mail server does not answer
	Unprotected      Cause = "unprotected"       // no TLS, or a certificate that is not to be trusted
	SignInRefused    Cause = "sign_in_refused"   // the mail server does not accept our user and password
	SenderRefused    Cause = "sender_refused"    // it does not accept our own address
	RecipientRefused Cause = "recipient_refused" // it does not accept the recipient's
	MailboxRefused   Cause = "mailbox_refused"   // the recipient's mailbox takes nothing now: full, or closed
	PassageRefused   Cause = "passage_refused"   // a rule of it forbids to pass the letter on: relaying, a blocklist
	LettersRefused   Cause = "letters_refused"   // it takes ASCII only, and the recipient's address has other letters
	LetterRefused    Cause = "letter_refused"    // it does not accept what the letter says
	Interrupted      Cause = "interrupted"       // the connection broke on the way
	NotWritten       Cause = "not_written"       // the letter could not be composed
	LinkOver         Cause = "link_over"         // the link in it was used, replaced, or too old
	NoAddress        Cause = "no_address"        // what is stored as the address is none; no mail server was asked
)

// Causes lists them.
func Causes() []Cause {
	return []Cause{
		Unreachable, Unprotected, SignInRefused, SenderRefused, RecipientRefused, MailboxRefused, PassageRefused, LettersRefused, LetterRefused,
		Interrupted, NotWritten, LinkOver, NoAddress,
	}
}

// concernsServer tells whether every other letter would meet the same problem now.
func (c Cause) concernsServer() bool {
	return c == Unreachable || c == Unprotected || c == SignInRefused
}

// Problem is what is remembered of a failed attempt, for administrators: a closed cause and the numbers that the
// mail server answered with. Its words are not kept, since they may quote the letter, and with it a link.
type Problem struct {
	Cause  Cause
	Status string // "550 5.1.1"; may be empty
}

// String writes a problem for storage: "recipient_refused 550 5.1.1".
func (p Problem) String() string { return strings.TrimSpace(string(p.Cause) + " " + p.Status) }

// ParseProblem reads what String wrote.
func ParseProblem(s string) Problem {
	cause, status, _ := strings.Cut(s, " ")
	return Problem{Cause: Cause(cause), Status: status}
}
