package adminpages

import (
	"strings"

	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/layout"
)

// OutboxView is the outgoing mail, everything in words for the reader.
type OutboxView struct {
	layout.Shell
	Rows    []MailRow
	States  []StateLink
	Next    string // address of the following part, "" at the end
	Sends   bool   // a mail server is set up
	Retried bool   // a letter was just put back
	Writes  bool   // the reader may retry
}

// MailRow is a letter of the outbox.
type MailRow struct {
	ID       string
	State    string
	Failed   bool
	Over     bool // what it said is forgotten, so that it cannot be tried again
	Kind     string
	To       string
	Put      string
	Attempts int
	Next     string // "" when there is none
	Problem  string // "" for none
}

// StateLink leads to the letters of one state.
type StateLink struct {
	Label   string
	Href    string
	Current bool
}

// LetterView is a letter as its reader would see it. Only the demo shows one.
type LetterView struct {
	layout.Shell
	Letter Letter
}

// DemoMailView is the latest mail of the demo, for anybody who tries it.
type DemoMailView struct {
	layout.Shell
	Letters []Letter
}

// Letter is a letter in words. The text is shown, never the HTML of it.
type Letter struct {
	ID      string
	Subject string
	To      string
	Put     string
	Text    string // "" once it was sent
	Link    string // the link within, "" for none
	Action  string // what the link does
}

// paragraphs are the parts of the text between empty lines.
func (l Letter) paragraphs() []string {
	var out []string
	for p := range strings.SplitSeq(l.Text, "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// note says what the reader has to know about this outbox.
func (v OutboxView) note() string {
	switch {
	case v.Demo:
		return v.T(msg.MailOutboxDemo)
	case !v.Sends:
		return v.T(msg.MailOutboxIdle)
	default:
		return v.T(msg.MailOutboxSecret)
	}
}

// acts tells whether any row has something to do.
func (v OutboxView) acts() bool {
	for _, r := range v.Rows {
		if v.Demo || v.Writes && r.Failed {
			return true
		}
	}
	return false
}

func (v OutboxView) columns() []components.Column {
	out := []components.Column{
		components.Col(v.T(msg.MailOutboxRecipient)), components.Col(v.T(msg.MailOutboxKind)),
		components.Col(v.T(msg.MailOutboxState)), components.Col(v.T(msg.MailOutboxPut)),
		components.Num(v.T(msg.MailOutboxAttempts)),
		components.Col(v.T(msg.MailOutboxNext)), components.Col(v.T(msg.MailOutboxProblem)),
	}
	if v.acts() {
		out = append(out, components.Col(v.T(msg.MailOutboxAction)))
	}
	return out
}
