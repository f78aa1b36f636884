package smtp

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/textproto"
	"regexp"
	"slices"
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

// distrusted reports whether the server does not speak TLS, or does not prove to be the one that we meant.
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
	code, status := answer.ErrorCode(), enhanced(answer)
	r.Problem.Status = strings.TrimSpace(strconv.Itoa(code) + " " + status)
	switch {
	case code == authenticationRequired:
		r.Problem.Cause = mail.SignInRefused
	case answer.Reason == gomail.ErrSMTPMailFrom:
		r.Problem.Cause = mail.SenderRefused
	case answer.Reason == gomail.ErrSMTPRcptTo:
		r.Problem.Cause, r.Permanent = verdict(code, status)
	case answer.Reason == gomail.ErrSMTPData, answer.Reason == gomail.ErrSMTPDataClose,
		answer.Reason == gomail.ErrWriteContent:
		r.Problem.Cause = mail.LetterRefused
	}
	return r
}

// enhanced is the enhanced status code of an answer, also of a server that does not announce that it sends them.
func enhanced(answer *gomail.SendError) string {
	if status := answer.EnhancedStatusCode(); status != "" {
		return status
	}
	after := regexp.MustCompile(`\b` + strconv.Itoa(answer.ErrorCode()) + `[ -]([245]\.\d{1,3}\.\d{1,3})\b`)
	if m := after.FindStringSubmatch(answer.Error()); m != nil {
		return m[1]
	}
	return ""
}

// verdict reads the answer to a recipient: by its enhanced status code, which says what is wrong (RFC 3463, and the
// registry of IANA after it), else by the three digits, which say how (RFC 5321 4.2.3). The first digit alone says
// nothing: 550 is answered for an unknown mailbox and for relaying that somebody forgot to allow.
func verdict(code int, status string) (cause mail.Cause, permanent bool) {
	class, detail, known := strings.Cut(status, ".")
	switch {
	case known && class != "5", code < 500:
		return mail.RecipientRefused, false
	case detail == "6.7":
		return mail.LettersRefused, false
	case slices.Contains([]string{"1.1", "1.2", "1.3", "1.6", "1.10"}, detail):
		// There is no such mailbox, host or form; it has moved; or it takes no mail at all.
		return mail.RecipientRefused, true
	case strings.HasPrefix(detail, "2."):
		return mail.MailboxRefused, false
	case strings.HasPrefix(detail, "7."):
		return mail.PassageRefused, false
	case !known && code == 552:
		return mail.MailboxRefused, false
	case !known && (code == 550 || code == 551 || code == 553):
		return mail.RecipientRefused, true
	}
	return mail.RecipientRefused, false
}
