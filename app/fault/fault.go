// Package fault is the one error type that travels from the domains to the reader: what kind of thing went
// wrong, a stable code, the fields at fault, and the cause for the log. It is ground floor and knows no HTTP;
// app/web turns a kind into a status and a code into a sentence in the reader's language.
package fault

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind classifies a fault for the reader and for the transport.
type Kind string

// The kinds of fault.
const (
	Malformed       Kind = "malformed"       // the input cannot be read at all
	Invalid         Kind = "invalid"         // the input can be read and breaks a rule
	Unauthenticated Kind = "unauthenticated" // nobody is signed in
	Forbidden       Kind = "forbidden"       // somebody is, and may not
	NotFound        Kind = "not_found"
	Conflict        Kind = "conflict" // somebody else changed it meanwhile
	TooLarge        Kind = "too_large"
	Limited         Kind = "limited"     // too many tries; RetryAfter says when to come back
	Unavailable     Kind = "unavailable" // a part we depend on does not answer; try again
	Internal        Kind = "internal"
)

// Field is one thing wrong with an input. Path is the form's or document's path ("areas[0].share"), Rule the
// broken rule's name and Param its limit.
type Field struct {
	Path  string `json:"path"`
	Rule  string `json:"rule"`
	Param string `json:"param,omitempty"`
}

// Error is a fault. Its text is for logs and the command line; readers get the sentence of its Code.
type Error struct {
	Kind   Kind
	Code   string // stable; names the reader's sentence
	Detail string
	Fields []Field
	Cause  error
	// RetryAfter is how long to wait before trying again, of a Limited fault.
	RetryAfter time.Duration
}

// New makes a fault with a stable code and a detail for the log.
func New(kind Kind, code, format string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Detail: fmt.Sprintf(format, args...)}
}

// Wrap makes a fault of a cause, saying what was tried.
func Wrap(kind Kind, code string, cause error, format string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Detail: fmt.Sprintf(format, args...), Cause: cause}
}

// At says which field broke which rule, with the rule's parameter, "" for none, and returns the fault.
func (e *Error) At(path, rule, param string) *Error {
	e.Fields = append(e.Fields, Field{Path: path, Rule: rule, Param: param})
	return e
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Detail)
	for i, f := range e.Fields {
		sep := ", "
		if i == 0 {
			sep = ": "
		}
		b.WriteString(sep + f.Path + " " + f.Rule)
		if f.Param != "" {
			b.WriteString("=" + f.Param)
		}
	}
	if e.Cause != nil {
		b.WriteString(": " + e.Cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Cause }

// Of returns err as a fault; an error of any other type is Internal.
func Of(err error) *Error {
	if f := (*Error)(nil); errors.As(err, &f) {
		return f
	}
	return Wrap(Internal, "internal", err, "unexpected")
}

// Is reports whether err is a fault of that kind.
func Is(err error, kind Kind) bool {
	f := (*Error)(nil)
	return errors.As(err, &f) && f.Kind == kind
}
