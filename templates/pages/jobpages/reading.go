// Package jobpages shows what roles are: the list, the profile, its guide, comparison, versions, the family
// and its grid. Its views hold domain values; the handlers fill them.
package jobpages

import (
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/layout"
)

// Reading is a profile as it reads in one edition, with what its references lead to. Edition holds what is
// shown; Profile.Content is the version without a variant and tells what the variant removed. The maps are
// lookups by slug: an entry that is missing shows its slug.
type Reading struct {
	Profile        jobs.Profile
	Edition        jobs.Edition
	Family         jobs.Family
	ReportsTo      *RoleLink // nil: reports to nobody the catalogue knows
	Competencies   map[string]competencies.Competency
	Scales         map[string]competencies.Scale
	Certifications map[string]competencies.Certification
	KPIs           map[string]jobs.KPI // definitions for drafts; a published version carries its own
	Results        map[string]string   // of worked examples, by KPI slug, written for the reader: "110 %"
}

// RoleLink names another role.
type RoleLink struct {
	Slug  string
	Title lang.Text
}

// Move is a step to or from another role.
type Move struct {
	Role       RoleLink
	Stage      jobs.Stage
	Kind       careers.MoveKind
	Months     int // usual, 0 when not known
	Conditions lang.Text
	Origin     competencies.Origin
	Adds       []Step // what the target asks beyond this role; only for moves that leave it
}

// Step is what a move asks beyond the role it leaves: From 0 means newly required.
type Step struct {
	Competency RoleLink // slug and name of the competency
	Scale      competencies.Scale
	From, To   int
}

// variant is the slug of the edition's variant, or "".
func (r Reading) variant() string {
	if r.Edition.Variant == nil {
		return ""
	}
	return r.Edition.Variant.Slug
}

// address is a page of this role in the same edition.
func (r Reading) address(suffix string) string {
	a := "/jobs/" + r.Profile.Slug + suffix
	if v := r.variant(); v != "" {
		a += "?variant=" + v
	}
	return a
}

// ours returns the origin to mark: FromEchelon only for an item that is ours within a document drawn from
// the guide. A document that is ours as a whole says so once, at its head.
func (r Reading) ours(o competencies.Origin) competencies.Origin {
	if o == competencies.FromEchelon && !r.allOurs() {
		return competencies.FromEchelon
	}
	return competencies.FromSource
}

func (r Reading) allOurs() bool { return r.Profile.Content.Origin == competencies.FromEchelon }

// meter is the required level of a requirement on its competency's scale.
func (r Reading) meter(q jobs.Requirement) components.Meter {
	return components.Meter{Scale: r.scale(q.Competency), Required: q.Rank}
}

func (r Reading) scale(competency string) competencies.Scale {
	return r.Scales[r.Competencies[competency].Scale.Slug]
}

// competencyName is the competency's name, or its slug when the catalogue does not have it.
func (r Reading) competencyName(slug string) lang.Text {
	return nameOr(r.Competencies[slug].Name, slug)
}

// nameOr is a name, or the slug in both languages where there is no name.
func nameOr(t lang.Text, slug string) lang.Text {
	if t.IsZero() {
		return lang.NewText(slug, slug)
	}
	return t
}

// kpi is the definition of a KPI: the one the version carries, else the catalogue's.
func (r Reading) kpi(u jobs.KPIUse) jobs.KPI {
	if u.Definition != nil {
		return *u.Definition
	}
	k := r.KPIs[u.KPI]
	k.Name = nameOr(k.Name, u.KPI)
	return k
}

// track is the name of the role's track.
func (r Reading) track() lang.Text {
	t, _ := r.Family.Track(r.Profile.Track)
	return nameOr(t.Name, r.Profile.Track)
}

// requirements lists those of one importance, in the profile's order.
func (r Reading) requirements(i jobs.Importance) []jobs.Requirement {
	var out []jobs.Requirement
	for _, q := range r.Edition.Content.Requirements {
		if q.Importance == i {
			out = append(out, q)
		}
	}
	return out
}

func importances() []jobs.Importance {
	return []jobs.Importance{jobs.Essential, jobs.Expected, jobs.Preferred}
}

// section is one entry of a page's table of contents.
type section struct {
	ID    string
	Label string
}

// sections keeps those that have something to show.
type sections []section

func (s *sections) add(l layout.Shell, present bool, id string, k msg.Key) {
	if present {
		*s = append(*s, section{id, l.T(k)})
	}
}
