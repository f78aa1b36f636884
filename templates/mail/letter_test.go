package mail_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	outbox "github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/templates/mail"
)

// details are what every kind may need, each recognisable.
func details() map[string]string {
	return map[string]string{
		"link": "/links/tok3n?a=1&b=2", "days": "7", "minutes": "30", "left": "6", "agent": "Firefox 140", "when": "2026-12-01T09:05:00+01:00",
		"name": "paie-export", "issuer": "https://id.example.org", "from": "Camille Morel", "to": "Noé Petit", "duty": "hr", "start": "2026-12-01", "end": "2026-12-24",
	}
}

func letter(k outbox.Kind, l lang.Lang) outbox.Letter {
	return outbox.Letter{Kind: k, To: "awa@example.org", Name: "Awa Diop", Lang: l, Details: details()}
}

// form is a composed letter.
type form struct{ subject, text, html string }

func compose(t *testing.T, l outbox.Letter) form {
	t.Helper()
	subject, text, html, err := mail.Compose(l, "Altiva", "https://echelon.altiva.example/")
	if err != nil {
		t.Fatal(err)
	}
	return form{subject, text, html}
}

var (
	bareKey  = regexp.MustCompile(`\b(mail|site)\.[a-z_]+`)
	external = regexp.MustCompile(`(?i)\b(src|background|srcset)=|<(img|link|script|style|iframe|form)|\sstyle=|url\(`)
)

func TestEveryKindIsWholeInBothLanguages(t *testing.T) {
	for _, kind := range outbox.Kinds() {
		forms := map[lang.Lang]form{}
		for _, l := range lang.All() {
			t.Run(string(kind)+" "+string(l), func(t *testing.T) {
				f := compose(t, letter(kind, l))
				forms[l] = f
				for part, s := range map[string]string{"subject": f.subject, "text": f.text, "HTML": f.html} {
					if strings.TrimSpace(s) == "" || strings.Contains(s, "<no value>") || strings.Contains(s, "{{") || bareKey.MatchString(s) {
						t.Errorf("%s: %s", part, s)
					}
				}
				if strings.ContainsAny(f.subject, "\r\n") || len([]rune(f.subject)) > 78 {
					t.Errorf("subject %q", f.subject)
				}
				for _, want := range []string{"Awa Diop", "Altiva", "https://echelon.altiva.example"} {
					if !strings.Contains(f.text, want) {
						t.Errorf("the text lacks %q:\n%s", want, f.text)
					}
				}
				if !strings.Contains(f.html, `<html lang="`+string(l)+`"`) || !strings.Contains(f.html, f.subject) || external.MatchString(f.html) {
					t.Errorf("HTML:\n%s", f.html)
				}
			})
		}
		fr, en := forms[lang.FR], forms[lang.EN]
		if fr.subject == en.subject || fr.text == en.text || fr.html == en.html {
			t.Errorf("%s says the same in both languages", kind)
		}
	}
}

func TestDetailsReachTheLetter(t *testing.T) {
	for kind, want := range map[outbox.Kind][2][]string{
		outbox.Invitation:     {{"https://echelon.altiva.example/links/tok3n?a=1&b=2", "7 jours"}, {"7 days"}},
		outbox.Reset:          {{"https://echelon.altiva.example/links/tok3n?a=1&b=2", "30 minutes"}, {"30 minutes"}},
		outbox.RecoveryUsed:   {{"restants : 6."}, {"left: 6."}},
		outbox.SignedIn:       {{"Firefox 140", "1er déc. 2026 à 9 h 05 (UTC+01:00)"}, {"Firefox 140", "1 Dec 2026 at 09:05 (UTC+01:00)"}},
		outbox.TokenMade:      {{"paie-export"}, {"paie-export"}},
		outbox.IdentityLinked: {{"https://id.example.org"}, {"https://id.example.org"}},
		outbox.Delegated:      {{"Camille Morel", "partenaire RH", "1er déc. 2026", "24 déc. 2026"}, {"Camille Morel", "HR partner", "1 Dec 2026", "24 Dec 2026"}},
	} {
		for i, l := range lang.All() {
			text := strings.ReplaceAll(compose(t, letter(kind, l)).text, "\u00a0", " ")
			for _, w := range want[i] {
				if !strings.Contains(text, w) {
					t.Errorf("%s in %s lacks %q:\n%s", kind, l, w, text)
				}
			}
		}
	}
}

func TestOneDayIsSingular(t *testing.T) {
	for l, want := range map[lang.Lang]string{lang.FR: "1\u00a0jour.", lang.EN: "1 day."} {
		in := letter(outbox.Invitation, l)
		in.Details["days"] = "1"
		if text := compose(t, in).text; !strings.Contains(text, want) && !strings.Contains(text, strings.ReplaceAll(want, "\u00a0", " ")) {
			t.Errorf("%s: %s", l, text)
		}
	}
}

// Whatever somebody else chose stays text: no markup, no line of its own, no header.
func TestForeignWordsStayWords(t *testing.T) {
	const poison = "<script>alert(1)</script>\r\nBcc: eve@example.org\n\nhello\x00"
	for _, kind := range outbox.Kinds() {
		in := letter(kind, lang.FR)
		for _, name := range []string{"agent", "when", "name", "issuer", "from", "start", "end", "left"} {
			in.Details[name] = poison
		}
		in.Name = poison
		subject, text, html, err := mail.Compose(in, poison, "https://echelon.altiva.example")
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(html, "<script") || !strings.Contains(html, "&lt;script&gt;") {
			t.Errorf("%s: HTML %s", kind, html)
		}
		if strings.ContainsAny(subject, "\r\n\x00") || strings.Contains(text, "\nBcc") || strings.ContainsAny(text, "\r\x00") {
			t.Errorf("%s: %q\n%q", kind, subject, text)
		}
	}
	in := letter(outbox.SignedIn, lang.EN)
	in.Details["agent"] = strings.Repeat("é", 5000)
	if text := compose(t, in).text; len([]rune(text)) > 1500 {
		t.Errorf("an endless name makes a letter of %d characters", len([]rune(text)))
	}
}

func TestLetterThatLacksSomethingIsNotWritten(t *testing.T) {
	for kind, needed := range map[outbox.Kind]string{
		outbox.Invitation: "link", outbox.Reset: "minutes", outbox.RecoveryUsed: "left", outbox.SignedIn: "when", outbox.TokenMade: "name",
		outbox.IdentityLinked: "issuer", outbox.Delegated: "duty",
	} {
		in := letter(kind, lang.FR)
		delete(in.Details, needed)
		if _, _, _, err := mail.Compose(in, "", ""); !fault.Is(err, fault.Internal) {
			t.Errorf("%s without %s: %v", kind, needed, err)
		}
	}
	for name, spoil := range map[string]func(*outbox.Letter){
		"an unknown kind":        func(l *outbox.Letter) { l.Kind = "chain" },
		"an unknown language":    func(l *outbox.Letter) { l.Lang = "de" },
		"days that are none":     func(l *outbox.Letter) { l.Details["days"] = "seven" },
		"an unknown duty":        func(l *outbox.Letter) { l.Details["duty"] = "king" },
		"a link that is script":  func(l *outbox.Letter) { l.Details["link"] = "javascript:alert(1)" },
		"a link to another host": func(l *outbox.Letter) { l.Details["link"] = "//evil.example/x" },
		"a link of two lines":    func(l *outbox.Letter) { l.Details["link"] = "/a\nb" },
	} {
		in := letter(outbox.Invitation, lang.FR)
		spoil(&in)
		if _, _, _, err := mail.Compose(in, "Altiva", "https://echelon.altiva.example"); !fault.Is(err, fault.Internal) || strings.Contains(err.Error(), "alert") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLetterWithoutNamesIsPolite(t *testing.T) {
	in := letter(outbox.SignedIn, lang.EN)
	in.Name = ""
	delete(in.Details, "agent")
	_, text, _, err := mail.Compose(in, "", "https://echelon.altiva.example")
	if err != nil || !strings.HasPrefix(text, "Hello,\n") || !strings.Contains(text, "your company") || !strings.Contains(text, "not stated") {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestMomentsAreWrittenForTheReader(t *testing.T) {
	at := time.Date(2026, 12, 5, 9, 5, 0, 0, time.UTC)
	for l, want := range map[lang.Lang]string{lang.FR: "5 déc. 2026 à 9 h 05", lang.EN: "5 Dec 2026 at 09:05"} {
		if got := strings.ReplaceAll(mail.Moment(l, at), "\u00a0", " "); got != want {
			t.Errorf("%s: %q", l, got)
		}
	}
}
