// Package layout is the frame around every page: head, header, navigation, footer. It may import app/lang,
// templates/static and templates/components; it knows no domain.
package layout

import (
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
)

// Shell is what every page needs beside its own content.
type Shell struct {
	Lang        lang.Lang
	Theme       string // "light", "dark", or "" to follow the system
	Title       string // of the document; the company and product are added
	Description string // one sentence for search engines and previews; may be empty
	Path        string // path and query of this page, to come back to after a switch of language or theme
	Section     Section
	Query       string // what the search box of the header shows
	User        *User  // nil: signed out
	Demo        bool   // demo data: said at the top of every page
	Can         Can
	Company     string
	Once        bool   // what the page shows is shown this once: nothing of the frame leads away and back
	CSRF        string // what a form must send back to be taken; see the component CSRF
}

// User is who reads the page, in words for people.
type User struct {
	Name     string
	Role     string
	Withheld bool // a role of theirs waits for one-time codes to be set up
}

// Can says which parts of the navigation the reader may open.
type Can struct {
	Jobs, Competencies, Ladders, Pay, People bool
	Accounts, Delegations, Settings, Journal bool
}

// Administers tells whether the reader has anything to administer.
func (c Can) Administers() bool { return c.Accounts || c.Delegations || c.Settings || c.Journal }

// Section is the part of the product a page belongs to; the navigation marks it.
type Section string

// The sections. Pages outside them leave it empty.
const (
	Jobs         Section = "jobs"
	Competencies Section = "competencies"
	Ladders      Section = "ladders"
	Pay          Section = "pay"
	People       Section = "people"
	Admin        Section = "admin"
)

// T returns a message in the reader's language.
func (s Shell) T(k msg.Key, args ...msg.Args) string { return msg.T(s.Lang, k, args...) }

// N returns a message that counts, in its plural form, with the number written for the reader as {{.N}}.
func (s Shell) N(k msg.Key, n int) string { return msg.N(s.Lang, k, n) }

// navItem is one link of the navigation.
type navItem struct {
	section Section
	href    string
	label   string
}

// nav lists the links the reader may follow.
func (s Shell) nav() []navItem {
	var items []navItem
	add := func(can bool, section Section, href string, label msg.Key) {
		if can {
			items = append(items, navItem{section, href, s.T(label)})
		}
	}
	add(s.Can.Jobs, Jobs, "/jobs", msg.SiteNavJobs)
	add(s.Can.Competencies, Competencies, "/competencies", msg.SiteNavCompetencies)
	add(s.Can.Ladders, Ladders, "/ladders", msg.SiteNavLadder)
	add(s.Can.Pay, Pay, "/pay/bands", msg.SiteNavPay)
	add(s.Can.People, People, "/people", msg.SiteNavPeople)
	if tabs := s.adminTabs(); len(tabs) > 0 {
		add(true, Admin, tabs[0].href, msg.SiteNavAdmin)
	}
	return items
}

// Tab is a page of the administration.
type Tab string

// The tabs.
const (
	TabAccounts    Tab = "accounts"
	TabDelegations Tab = "delegations"
	TabSettings    Tab = "settings"
	TabOutbox      Tab = "outbox"
	TabJournal     Tab = "journal"
)

type tabItem struct {
	tab         Tab
	href, label string
}

// adminTabs lists the pages of the administration that the reader may open.
func (s Shell) adminTabs() []tabItem {
	var items []tabItem
	add := func(can bool, tab Tab, label msg.Key) {
		if can {
			items = append(items, tabItem{tab, "/admin/" + string(tab), s.T(label)})
		}
	}
	add(s.Can.Accounts, TabAccounts, msg.SiteTabAccounts)
	add(s.Can.Delegations, TabDelegations, msg.SiteTabDelegations)
	add(s.Can.Settings, TabSettings, msg.SiteTabSettings)
	add(s.Can.Settings, TabOutbox, msg.SiteTabOutbox)
	add(s.Can.Journal, TabJournal, msg.SiteTabJournal)
	return items
}

// documentTitle is what the browser shows: page, company, product.
func (s Shell) documentTitle() string {
	t := "echelon"
	if s.Company != "" {
		t = s.Company + " · " + t
	}
	if s.Title != "" {
		t = s.Title + " · " + t
	}
	return t
}

// otherTheme is the theme that the switch leads to.
func (s Shell) otherTheme() string {
	if s.Theme == "dark" {
		return "light"
	}
	return "dark"
}

func (s Shell) back() string {
	if s.Path == "" {
		return "/"
	}
	return s.Path
}

func (s Shell) themeLabel() string {
	if s.otherTheme() == "dark" {
		return s.T(msg.SiteThemeDark)
	}
	return s.T(msg.SiteThemeLight)
}
