package adminpages_test

import (
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/adminpages"
	"github.com/echelon-hr/echelon/templates/pages/pagetest"
)

func TestJournalPage(t *testing.T) {
	pagetest.Run(t, pagetest.Page[adminpages.JournalView]{Name: "journal", Make: adminpages.Journal, Set: func(v *adminpages.JournalView, l lang.Lang) {
		v.Shell.Lang = l
	}})
}

func journal(rows ...adminpages.JournalRow) adminpages.JournalView {
	return adminpages.JournalView{Shell: layout.Shell{Lang: lang.EN}, Rows: rows, CSV: "/admin/journal.csv?outcome=failed"}
}

func TestJournalSaysWhatItKnowsInWords(t *testing.T) {
	html := pagetest.Render(t, adminpages.Journal(journal(
		adminpages.JournalRow{
			Day: "25 Nov 2026", Time: "08:30:00", By: adminpages.JournalThing{Name: "person:1", Words: "Camille Roy", Href: "/admin/journal?actor=person%3A1"},
			Behalf: "Ada Low", Action: "Signed in", Name: "session.opened", Outcome: "Done", Address: "0123abcd",
		},
		adminpages.JournalRow{Name: "moon.landed", By: adminpages.JournalThing{Words: "Command line"}, On: adminpages.JournalThing{Name: "moon:1", Words: "moon: 1"}},
	)))
	for _, want := range []string{
		"Camille Roy", `href="/admin/journal?actor=person%3A1"`, "on behalf of: Ada Low", "Signed in", "<code>0123abcd</code>", "<code>moon.landed</code>", "moon: 1",
		"no object", "none", "echelon audit verify", `href="/admin/journal.csv?outcome=failed"`, "<caption>", `scope="col"`, `scope="row"`,
	} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, never := range []string{"session.opened", `rel="next"`, msg.T(lang.EN, msg.JournalPart), msg.T(lang.EN, msg.JournalFilterClear)} {
		if strings.Contains(html, never) {
			t.Errorf("%q is there", never)
		}
	}
}

func TestJournalKeepsTheFilter(t *testing.T) {
	v := journal()
	v.Filter = adminpages.JournalFilter{From: "2026-11-01", To: "2026-11-30", By: adminpages.JournalThing{Name: "person:1", Words: "Camille Roy"}}
	html := pagetest.Render(t, adminpages.Journal(v))
	for _, want := range []string{
		`name="actor" value="person:1"`, "<strong>Camille Roy</strong>", `value="2026-11-01"`, `value="2026-11-30"`,
		msg.T(lang.EN, msg.JournalEmptyFiltered), msg.T(lang.EN, msg.JournalFilterClear),
	} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, never := range []string{`name="object"`, "<table", "/admin/journal.csv"} {
		if strings.Contains(html, never) {
			t.Errorf("%q is there", never)
		}
	}
	v.Filter, v.Part = adminpages.JournalFilter{}, true
	html = pagetest.Render(t, adminpages.Journal(v))
	for _, want := range []string{msg.T(lang.EN, msg.JournalEmptyText), msg.T(lang.EN, msg.JournalPart)} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is missing", want)
		}
	}
}
