package smtp

import (
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/echelon-hr/echelon/app/mail"
)

// message writes the message as the wire wants it. An address that cannot be written is refused for good.
func (s *sender) message(m mail.Message) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	from := s.from
	if m.From != "" {
		from = m.From
	}
	if err := msg.From(from); err != nil {
		return nil, &mail.Refusal{Problem: mail.Problem{Cause: mail.SenderRefused}, Err: err}
	}
	if err := msg.AddToFormat(m.Name, m.To); err != nil {
		return nil, &mail.Refusal{Problem: mail.Problem{Cause: mail.RecipientRefused}, Permanent: true, Err: err}
	}
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
