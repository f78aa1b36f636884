package smtp

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/textproto"
	"strconv"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/echelon-hr/echelon/app/mail"
)

// whileConnecting says why there is no session with the mail server.
func whileConnecting(err error) error {
	r := &mail.Refusal{Problem: mail.Problem{Cause: mail.Unreachable}, Err: err}
	text := err.Error()
	answer := (*textproto.Error)(nil)
	if errors.As(err, &answer) {
		r.Problem.Status = strconv.Itoa(answer.Code)
	}
	switch {
	case distrusted(err), strings.Contains(text, "STARTTLS"): // which the library tells in words only
		r.Problem.Cause = mail.Unprotected
	case strings.Contains(text, "AUTH"), errors.Is(err, gomail.ErrNoSupportedAuthDiscovered):
		r.Problem.Cause = mail.SignInRefused
	}
	return r
}

// distrusted recognises a server that does not speak TLS, or not as the one we meant.
func distrusted(err error) bool {
	var (
		record    tls.RecordHeaderError
		alert     tls.AlertError
		verify    *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	return errors.As(err, &record) || errors.As(err, &alert) || errors.As(err, &verify) || errors.As(err, &authority) ||
		errors.As(err, &host) || errors.As(err, &invalid) || strings.Contains(err.Error(), "tls: ")
}

// authenticationRequired is answered to any command by a server that wants a user and a password first (RFC 4954).
const authenticationRequired = 530

// whileSending says which part of a message the mail server refused. Only a recipient it will never know is
// permanent: anything else may be put right on its side or ours.
func whileSending(err error) error {
	r := &mail.Refusal{Problem: mail.Problem{Cause: mail.Interrupted}, Err: err}
	answer := (*gomail.SendError)(nil)
	if !errors.As(err, &answer) || answer.ErrorCode() == 0 {
		return r
	}
	code := answer.ErrorCode()
	r.Problem.Status = strings.TrimSpace(strconv.Itoa(code) + " " + answer.EnhancedStatusCode())
	switch {
	case code == authenticationRequired:
		r.Problem.Cause = mail.SignInRefused
	case answer.Reason == gomail.ErrSMTPMailFrom:
		r.Problem.Cause = mail.SenderRefused
	case answer.Reason == gomail.ErrSMTPRcptTo:
		r.Problem.Cause, r.Permanent = mail.RecipientRefused, code >= 500
	case answer.Reason == gomail.ErrSMTPData, answer.Reason == gomail.ErrSMTPDataClose, answer.Reason == gomail.ErrWriteContent:
		r.Problem.Cause = mail.LetterRefused
	}
	return r
}
