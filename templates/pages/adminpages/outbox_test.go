package adminpages_test

import (
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/adminpages"
	"github.com/echelon-hr/echelon/templates/pages/pagetest"
)

func TestMailAndSettingsPages(t *testing.T) {
	pagetest.Run(t, pagetest.Page[adminpages.OutboxView]{Name: "outbox", Make: adminpages.Outbox, Set: func(v *adminpages.OutboxView, l lang.Lang) {
		v.Shell.Lang = l
		for i := range v.Rows {
			v.Rows[i].ID = "0193"
		}
	}})
	pagetest.Run(t, pagetest.Page[adminpages.LetterView]{Name: "letter", Make: adminpages.OneLetter, Set: func(v *adminpages.LetterView, l lang.Lang) { v.Shell.Lang = l }})
	pagetest.Run(t, pagetest.Page[adminpages.DemoMailView]{Name: "demo mail", Make: adminpages.DemoMail, Set: func(v *adminpages.DemoMailView, l lang.Lang) {
		v.Shell.Lang = l
		for i := range v.Letters {
			v.Letters[i].ID = string(rune('a' + i))
		}
	}})
	pagetest.Run(t, pagetest.Page[adminpages.SettingsView]{Name: "settings", Make: adminpages.Settings, Set: func(v *adminpages.SettingsView, l lang.Lang) { v.Shell.Lang = l }})
}

func has(t *testing.T, html, want string, shall bool) {
	t.Helper()
	if strings.Contains(html, want) != shall {
		t.Errorf("%q: shown is %v", want, !shall)
	}
}

func TestOutboxOffersWhatCanBeDone(t *testing.T) {
	rows := []adminpages.MailRow{{ID: "1", To: "awa@example.org", Failed: true}, {ID: "2", To: "ben@example.org"}}
	for _, tt := range []struct {
		name                string
		writes, demo, sends bool
		retry, read         bool
		note                string
	}{
		{"to a writer", true, false, true, true, false, "confidential"},
		{"to a reader", false, false, true, false, false, "confidential"},
		{"in the demo", true, true, false, true, true, "nothing leaves this machine"},
		{"without a mail server", true, false, false, true, false, "No mail server"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := adminpages.OutboxView{Shell: layout.Shell{Lang: lang.EN, Demo: tt.demo, CSRF: "t0ken"}, Rows: rows, Writes: tt.writes, Sends: tt.sends}
			html := pagetest.Render(t, adminpages.Outbox(v))
			has(t, html, `action="/admin/outbox/1/retry" method="post"`, tt.retry)
			has(t, html, `name="csrf" value="t0ken"`, true)
			has(t, html, `action="/admin/outbox/2/retry"`, false)
			has(t, html, `href="/admin/outbox/2"`, tt.read)
			has(t, html, tt.note, true)
		})
	}
}

func TestLetterIsShownAsTextWithItsLink(t *testing.T) {
	l := adminpages.Letter{ID: "1", Subject: "Reset", Text: "Hello,\n\n<b>bold</b>\n\nBye", Link: "/links/x", Action: "Open"}
	html := pagetest.Render(t, adminpages.DemoMail(adminpages.DemoMailView{Shell: layout.Shell{Lang: lang.EN, Demo: true}, Letters: []adminpages.Letter{l}}))
	has(t, html, "<p>Hello,</p><p>&lt;b&gt;bold&lt;/b&gt;</p><p>Bye</p>", true)
	has(t, html, `href="/links/x"`, true)
	l.Text, l.Link = "", ""
	html = pagetest.Render(t, adminpages.OneLetter(adminpages.LetterView{Shell: layout.Shell{Lang: lang.EN, Demo: true}, Letter: l}))
	has(t, html, "no longer kept", true)
}
