package mail

import (
	"context"
	"errors"
)

// Message is a letter in words, ready to be sent.
type Message struct {
	ID      ID     // the same for every attempt, so that mail programs recognise a second copy
	From    string // "" for the sender's own address
	To      string // e-mail address
	Name    string // of the recipient; may be empty
	Subject string
	Text    string // always there
	HTML    string // the same, for programs that show it; may be empty
}

// Sender hands a message to a mail server. It returns nil when the server has taken it, a *Refusal otherwise.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Refusal is why a message was not taken.
type Refusal struct {
	Problem   Problem
	Permanent bool  // trying again would change nothing
	Err       error // may quote the server; for nobody's eyes but a debugger's
}

// Error implements error. It holds nothing that the letter or the mail server said.
func (r *Refusal) Error() string { return "mail not delivered: " + r.Problem.String() }

// Unwrap gives the cause.
func (r *Refusal) Unwrap() error { return r.Err }

// refusalOf returns err as a refusal; an error of any other type is an interruption.
func refusalOf(err error) *Refusal {
	if r := (*Refusal)(nil); errors.As(err, &r) {
		return r
	}
	return &Refusal{Problem: Problem{Cause: Interrupted}, Err: err}
}
