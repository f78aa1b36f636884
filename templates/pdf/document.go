package pdf

import (
	"fmt"
	"strings"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
)

// Paper is the sheet a document is made for.
type Paper string

// The papers.
const (
	A4     Paper = "a4"
	Letter Paper = "letter"
)

// Papers lists them, the usual one first.
func Papers() []Paper { return []Paper{A4, Letter} }

// ParsePaper reads a paper from outside, in any case.
func ParsePaper(s string) (Paper, error) {
	switch p := Paper(strings.ToLower(s)); p {
	case A4, Letter:
		return p, nil
	default:
		return "", fmt.Errorf("unknown paper %q: use a4 or letter", s)
	}
}

// Edition is how much of a role a document tells.
type Edition string

// The editions.
const (
	Profile Edition = "profile" // the job profile, 2 to 3 pages
	Guide   Edition = "guide"   // the role guide: all of it, of any length
)

// Editions lists them, the shorter one first.
func Editions() []Edition { return []Edition{Profile, Guide} }

// ParseEdition reads an edition from outside.
func ParseEdition(s string) (Edition, error) {
	switch e := Edition(s); e {
	case Profile, Guide:
		return e, nil
	default:
		return "", fmt.Errorf("unknown edition %q: use profile or guide", s)
	}
}

// JobDocument is a job profile or a role guide with everything it prints. The maps are keyed by slug; what
// they lack is left out of the document or named by its slug. Dates come from Profile.Version only.
type JobDocument struct {
	Company string
	Link    string      // absolute address of the equal page, printed and in the QR code; may be empty
	Langs   []lang.Lang // one, or both one after the other; none means French
	Paper   Paper       // empty means A4
	Edition Edition     // empty means Profile

	Profile        jobs.Profile
	Reading        jobs.Edition // the content that is printed; the zero value prints Profile.Content
	Family         jobs.Family
	ReportsTo      lang.Text // title of the role reported to
	Competencies   map[string]competencies.Competency
	Scales         map[string]competencies.Scale
	Certifications map[string]competencies.Certification
	Ladder         Ladder
	Pay            *Pay // nil: the document says nothing of pay

	Draft           bool // watermark on every page
	Acknowledgement bool // block for signatures at the end
}

// Ladder is where a role stands between its neighbours.
type Ladder struct {
	Previous, Next []lang.Text // titles of the rungs that lead up to here and of those that are up from here
	Moves          []MoveLine  // in order of interest; the first four are printed
}

// MoveLine is one way on from the role.
type MoveLine struct {
	Title  lang.Text
	Kind   careers.MoveKind
	Months int         // usual time, 0 for not stated
	Adds   []lang.Text // what the next role adds; the first two are printed
}

// Pay is the section that is printed only when the reader chose it and may see it.
type Pay struct {
	Lines     []PayLine
	Effective string // date from which the ranges hold, yyyy-mm-dd
	Note      lang.Text
}

// PayLine is the range of one zone: decimal amounts, gross, full time.
type PayLine struct {
	Zone             lang.Text
	Min, Target, Max string // decimals in currency units
	Currency         string // ISO 4217
	Period           string // HOUR, DAY, WEEK, MONTH or YEAR
	Variable         string // decimal amount at target, empty for none
	Mix              string // base and variable in percent, as in 70/30; empty for none
}

// FamilyDocument is the binder of a family: a cover, a table of contents and the profiles, in one file.
// Langs, Paper, Edition and Draft hold for all profiles.
type FamilyDocument struct {
	Company  string
	Link     string
	Langs    []lang.Lang
	Paper    Paper
	Edition  Edition
	Draft    bool
	Family   jobs.Family
	Profiles []JobDocument
}

// Document is what Render can print: a JobDocument or a FamilyDocument.
type Document interface {
	settings() (settings, error)
	compose(*composer) error
}

// settings are what holds for a whole file.
type settings struct {
	paper Paper
	langs []lang.Lang
	draft bool
	pay   bool // somewhere in it; every page warns
}

func unknownEdition(err error) error {
	return fault.Wrap(fault.Invalid, "pdf.edition", err, "document")
}

func newSettings(p Paper, langs []lang.Lang, draft bool) (settings, error) {
	if p == "" {
		p = A4
	}
	if len(langs) == 0 {
		langs = []lang.Lang{lang.FR}
	}
	if _, err := ParsePaper(string(p)); err != nil {
		return settings{}, fault.Wrap(fault.Invalid, "pdf.paper", err, "document")
	}
	for _, l := range langs {
		if _, err := lang.Parse(string(l)); err != nil {
			return settings{}, fault.Wrap(fault.Invalid, "pdf.language", err, "document")
		}
	}
	return settings{paper: p, langs: langs, draft: draft}, nil
}
