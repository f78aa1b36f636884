package jobpages

import (
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/layout"
)

// ListView is the list of profiles. Rows come in reading order: by family, track and stage without a
// search, by relevance with one; the page groups what follows each other.
type ListView struct {
	layout.Shell
	Filter       Filter
	Families     []jobs.Family
	Rows         []Row
	Total        int    // of all pages
	Next         string // address of the next page, or ""
	Industries   []components.Option
	Competencies []components.Option
	Tracks       []components.Option
}

// Filter is what the reader asked the list for; empty fields ask for nothing.
type Filter struct {
	Q, Stage, Industry, Competency, Track string
}

// Active reports whether anything narrows the list.
func (f Filter) Active() bool { return f != Filter{} }

// Row is one profile of a list.
type Row struct {
	Slug         string
	Title        lang.Text
	Marker       lang.Text // such as F/H, may be zero
	OtherTitles  []string  // in the reader's language
	Family       string    // slug
	Track        string    // slug
	Stage        jobs.Stage
	Grade        string
	Requirements int
	Purpose      lang.Text // may be zero: not shown then
}

// ProfileView is the page of one profile.
type ProfileView struct {
	layout.Shell
	Ladder string // slug of its family's ladder, "" for none
	Reading
	Next, Previous []Move
	Pay            []PayLine // empty: no pay box
	PayFrom        string    // the date the figures hold from, written for the reader
}

// PayLine is a pay band, its amounts as decimal numerals.
type PayLine struct {
	Zone             lang.Text
	Currency, Period string
	Min, Target, Max string
	Variable         string // at target, a numeral; "" when there is none
}

// GuideView is the role guide: a day, challenges, methods, stories, trends and the way into the role.
type GuideView struct {
	layout.Shell
	Reading
}

// CompareView sets two profiles side by side. A or B is nil until it is chosen.
type CompareView struct {
	layout.Shell
	Choices []RoleLink // every profile, in reading order
	A, B    *Reading
}

// VersionsView lists the versions of a profile, newest first.
type VersionsView struct {
	layout.Shell
	Profile  jobs.Profile
	Versions []jobs.Version
}

// FamilyView is the start page of a job family.
type FamilyView struct {
	layout.Shell
	Family jobs.Family
	Rows   []Row
	Total  int    // how many roles the family has, of which the rows may be a part
	Next   string // address of the next part, "" at the end
	Ladder string // slug, or "" when the family has none
}

// MatrixView is the grid of a family: roles × competencies with the level each requires.
type MatrixView struct {
	layout.Shell
	Family jobs.Family
	Roles  []MatrixRole // columns, in ladder order
	Rows   []MatrixRow  // in category order
	Total  int          // how many roles the family has, of which the columns may be a part
	Next   string       // address of the next part, "" at the end
}

// MatrixRole is a column of the grid.
type MatrixRole struct {
	RoleLink
	Stage jobs.Stage
}

// MatrixRow is a competency with one cell for each role, in the roles' order.
type MatrixRow struct {
	Slug     string
	Name     lang.Text
	Category competencies.Category
	Scale    competencies.Scale
	Cells    []MatrixCell
}

// MatrixCell is the level a role requires; Rank 0 means not required.
type MatrixCell struct {
	Rank       int
	Importance jobs.Importance
}
