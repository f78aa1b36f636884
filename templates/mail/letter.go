// Package mail writes the letters of the outbox in words, as text and as HTML. It imports no domain and loads
// nothing from anywhere: a letter is whole in itself.
package mail

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	outbox "github.com/echelon-hr/echelon/app/mail"
)

// letter is a letter in words, before it takes a form.
type letter struct {
	lang       lang.Lang
	subject    string
	hello      string
	paragraphs []string
	action     string // what the link does; "" without a link
	link       string
	linkBelow  string
	otherwise  string // what to do if it was not the reader
	about      string // who wrote, and why to them
	baseURL    string
}

// Compose writes a letter in its language. company may be empty; links that begin with "/" are put behind baseURL. A
// kind it does not know, or a detail that the words need and the letter lacks, is an Internal fault.
func Compose(l outbox.Letter, company, baseURL string) (subject, text, html string, err error) {
	w, known := kinds[l.Kind]
	if !known {
		return "", "", "", fault.New(fault.Internal, "internal", "no words for a letter of kind %q", l.Kind)
	}
	if _, err := lang.Parse(string(l.Lang)); err != nil {
		return "", "", "", fault.Wrap(fault.Internal, "internal", err, "compose a letter")
	}
	for _, name := range w.needs {
		if l.Details[name] == "" {
			return "", "", "", fault.New(fault.Internal, "internal", "a letter of kind %s lacks its detail %q", l.Kind, name)
		}
	}
	t, err := w.write(l, oneLine(company), strings.TrimRight(baseURL, "/"))
	if err != nil {
		return "", "", "", err
	}
	var b strings.Builder
	if err := page(t).Render(context.Background(), &b); err != nil {
		return "", "", "", fmt.Errorf("compose a letter: %w", err)
	}
	return t.subject, t.text(), b.String(), nil
}

func (w words) write(l outbox.Letter, company, baseURL string) (letter, error) {
	args, err := arguments(l)
	if err != nil {
		return letter{}, err
	}
	t := letter{
		lang: l.Lang, subject: msg.T(l.Lang, w.subject, args), hello: msg.T(l.Lang, msg.MailHelloNobody),
		paragraphs: []string{msg.T(l.Lang, w.text, args)}, otherwise: msg.T(l.Lang, w.otherwise), baseURL: baseURL,
		about: msg.T(l.Lang, msg.MailAboutNobody), linkBelow: msg.T(l.Lang, msg.MailLinkBelow),
	}
	if name := oneLine(l.Name); name != "" {
		t.hello = msg.T(l.Lang, msg.MailHello, msg.Args{"Name": name})
	}
	if company != "" {
		t.about = msg.T(l.Lang, msg.MailAbout, msg.Args{"Company": company})
	}
	if w.note != "" {
		t.paragraphs = append(t.paragraphs, msg.T(l.Lang, w.note))
	}
	if w.counts != "" {
		n, err := strconv.Atoi(l.Details[w.counted])
		if err != nil || n < 0 {
			return letter{}, fault.New(fault.Internal, "internal", "a letter of kind %s has no number of %s", l.Kind, w.counted)
		}
		t.paragraphs = append(t.paragraphs, msg.N(l.Lang, w.counts, n))
	}
	return t, t.lead(w, l.Details["link"])
}

// lead puts the link in: the letter's own, else the page that the kind leads to.
func (t *letter) lead(w words, link string) error {
	if link == "" {
		link = w.leads
	}
	if link == "" || w.action == "" {
		return nil
	}
	if strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "//") {
		link = t.baseURL + link
	}
	if !strings.HasPrefix(link, "https://") && !strings.HasPrefix(link, "http://") ||
		strings.ContainsFunc(link, unicode.IsSpace) {
		return fault.New(fault.Internal, "internal", "the link of a letter is no web address") // which it is not to repeat
	}
	t.link, t.action = link, msg.T(t.lang, w.action)
	return nil
}

// arguments are the details as the words name them.
func arguments(l outbox.Letter) (msg.Args, error) {
	d := func(name string) string { return oneLine(l.Details[name]) }
	out := msg.Args{
		"Left": d("left"), "Agent": d("agent"), "When": when(l.Lang, d("when")), "Token": d("name"), "Issuer": d("issuer"),
		"From": d("from"), "To": d("to"), "Start": lang.Day(l.Lang, d("start")), "End": lang.Day(l.Lang, d("end")),
	}
	if out["Agent"] == "" { // a browser need not say what it is
		out["Agent"] = msg.T(l.Lang, msg.SiteNotStated)
	}
	if duty := d("duty"); duty != "" {
		key, known := duties[duty]
		if !known {
			return nil, fault.New(fault.Internal, "internal", "no words for the duty %q", duty)
		}
		out["Duty"] = msg.T(l.Lang, key)
	}
	return out, nil
}

// maxDetail bounds what somebody else chose, such as the name a browser gives itself.
const maxDetail = 200

// oneLine makes a detail safe to stand within a sentence or a header: one line, no control characters, not endless.
func oneLine(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if runes := []rune(s); len(runes) > maxDetail {
		s = string(runes[:maxDetail]) + "…"
	}
	return s
}

// when writes an instant in RFC 3339 for the reader, with its offset; anything else is shown as it is.
func when(l lang.Lang, s string) string {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return s
	}
	zone := "UTC"
	if _, offset := t.Zone(); offset != 0 {
		zone += t.Format("-07:00")
	}
	return Moment(l, t) + " (" + zone + ")"
}

// Moment writes an instant in its own time zone: 5 déc. 2026 à 9 h 05 or 5 Dec 2026 at 09:05.
func Moment(l lang.Lang, t time.Time) string {
	clock := t.Format("15:04")
	if l == lang.FR {
		clock = strconv.Itoa(t.Hour()) + "\u00a0h\u00a0" + t.Format("04")
	}
	return msg.T(l, msg.MailAt, msg.Args{"Day": lang.Date(l, t), "Clock": clock})
}

// text is the letter for programs that show plain text.
func (t letter) text() string {
	parts := append([]string{t.hello}, t.paragraphs...)
	if t.link != "" {
		colon := ":"
		if t.lang == lang.FR {
			colon = "\u00a0:"
		}
		parts = append(parts, t.action+colon+"\n"+t.link)
	}
	parts = append(parts, t.otherwise, "-- \n"+strings.TrimSpace(t.about+"\n"+t.baseURL))
	return strings.Join(parts, "\n\n") + "\n"
}
