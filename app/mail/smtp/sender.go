// Package smtp hands letters to a mail server. It is ground floor; app wires it.
package smtp

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/app/mailbox"
)

// patience with the mail server's answer to one command.
const patience = 20 * time.Second

// sender makes one connection a letter: they are few, and an idle connection would have to be watched.
type sender struct {
	server server
	from   string
	tls    *tls.Config
}

// New makes a sender for the mail server that the address names, such as smtps://user:password@host:465 or
// smtp://host:25?starttls=required. On smtp, starttls is "required" or "none"; without it, TLS is required beyond
// loopback and used on loopback where the server offers it. "helo" is the name we give ourselves, by default the
// domain of from. What is wrong with the address is an Invalid fault that never repeats it.
func New(address, from string) (mail.Sender, error) {
	s, err := parse(address, from)
	if err != nil {
		return nil, err
	}
	cfg := &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}
	// Where no TLS at all would do, a certificate nobody vouches for is no worse: mail programs of one's own
	// machine often come with such a one.
	cfg.InsecureSkipVerify = s.policy == gomail.TLSOpportunistic
	if mailbox.NeedsUTF8(from) { // its host can be written in ASCII
		if address, ok := mailbox.Canonical(from); ok {
			from = address
		}
	}
	return &sender{server: s, from: from, tls: cfg}, nil
}

// Send hands over one message. The end of ctx breaks the connection off.
func (s *sender) Send(ctx context.Context, m mail.Message) error {
	to, ok := mailbox.Canonical(m.To)
	if !ok { // by whatever hand it was stored; nobody was asked
		return &mail.Refusal{Problem: mail.Problem{Cause: mail.NoAddress}, Permanent: true}
	}
	msg, err := s.message(m, to)
	if err != nil {
		return err
	}
	dial, hangUp := s.dialer(ctx)
	defer hangUp()
	client, err := gomail.NewClient(s.server.host, append(s.options(), gomail.WithDialContextFunc(dial))...)
	if err != nil {
		return &mail.Refusal{Problem: mail.Problem{Cause: mail.Unreachable}, Err: err}
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return whileConnecting(err)
	}
	if utf8, _ := session.Extension("SMTPUTF8"); !utf8 && mailbox.NeedsUTF8(to) {
		_ = session.Quit()
		return &mail.Refusal{Problem: mail.Problem{Cause: mail.LettersRefused}}
	}
	err = client.SendWithSMTPClient(session, msg)
	if err != nil && !msg.IsDelivered() { // once delivered, whatever follows is between the server and us
		return whileSending(err)
	}
	_ = session.Quit()
	return nil
}

func (s *sender) options() []gomail.Option {
	out := []gomail.Option{
		gomail.WithPort(s.server.port), gomail.WithHELO(s.server.helo),
		gomail.WithTimeout(patience), gomail.WithTLSConfig(s.tls),
		gomail.WithTLSPolicy(s.server.policy), gomail.WithoutNoop(),
	}
	if s.server.user == "" {
		return out
	}
	plain, login := gomail.SMTPAuthPlain, gomail.SMTPAuthLogin
	if s.server.clear() {
		plain = gomail.SMTPAuthPlainNoEnc
	}
	if s.server.implicit { // the TLS beneath is ours, so that the library does not see it
		plain, login = gomail.SMTPAuthPlainNoEnc, gomail.SMTPAuthLoginNoEnc
	}
	return append(out, gomail.WithUsername(s.server.user), gomail.WithPassword(s.server.password),
		gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, plain, login, gomail.SMTPAuthCramMD5))
}

// dialer makes the connection of one attempt. The library leaves it open when it fails half way, so hangUp closes it
// however the attempt ends; the end of ctx does so at once.
func (s *sender) dialer(ctx context.Context) (dial gomail.DialContextFunc, hangUp func()) {
	end := func() {}
	dial = func(dialing context.Context, network, _ string) (net.Conn, error) {
		dialer := &net.Dialer{Timeout: patience}
		connect := dialer.DialContext
		if s.server.implicit {
			connect = (&tls.Dialer{NetDialer: dialer, Config: s.tls}).DialContext
		}
		conn, err := connect(dialing, network, s.server.addr())
		if err != nil {
			return nil, err
		}
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		end = func() {
			stop()
			_ = conn.Close()
		}
		return &replies{Conn: conn}, nil
	}
	return dial, func() { end() }
}
