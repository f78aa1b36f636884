package smtp

import (
	netmail "net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/echelon-hr/echelon/app/mail"
)

// message writes the message to an address as the wire wants it.
func (s *sender) message(m mail.Message, to string) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	from := s.from
	if m.From != "" {
		from = m.From
	}
	if err := msg.From(from); err != nil {
		return nil, &mail.Refusal{Problem: mail.Problem{Cause: mail.SenderRefused}, Err: err}
	}
	msg.AddToMailAddress(&netmail.Address{Name: m.Name, Address: to}) // which escapes the name
	msg.Subject(m.Subject)
	msg.SetDate()
	if m.ID != "" {
		_, domain, _ := strings.Cut(from, "@")
		msg.SetMessageIDWithValue(string(m.ID) + "@" + domain)
	}
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no answer from those on holiday
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return msg, nil
}
