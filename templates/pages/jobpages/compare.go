package jobpages

import (
	"strings"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/layout"
)

// comparison is a table of two roles, in sections.
type comparison struct {
	ID    string
	Title string
	Rows  []compareRow
}

// compareRow is one line of it: what each role says, and the difference in words.
type compareRow struct {
	Label lang.Text
	Href  string
	A, B  compareCell
	Diff  string
	Same  bool
}

// compareCell is one side of a line; the zero cell means the role does not have it.
type compareCell struct {
	Text       lang.Text
	Meter      *components.Meter
	Importance jobs.Importance
}

func (c compareCell) empty() bool { return c.Text.IsZero() && c.Meter == nil }

// comparisons sets out the sections in which two roles can differ.
func (v CompareView) comparisons() []comparison {
	if v.A == nil || v.B == nil {
		return nil
	}
	return []comparison{
		{"compare-glance", v.T(msg.JobsGlance), v.compareFacts()},
		{
			"compare-purpose", v.T(msg.JobsPurpose),
			[]compareRow{v.row(here(v.Shell, v.T(msg.JobsPurpose)), v.A.Edition.Content.Purpose, v.B.Edition.Content.Purpose)},
		},
		{"compare-areas", v.T(msg.JobsResponsibilities), v.compareAreas()},
		{"compare-competencies", v.T(msg.JobsCompetencies), v.compareRequirements()},
		{"compare-kpis", v.T(msg.JobsKpis), v.compareKPIs()},
		{"compare-tools", v.T(msg.JobsTools), v.compareTools()},
	}
}

// row compares two texts.
func (v CompareView) row(label, a, b lang.Text) compareRow {
	r := compareRow{Label: label, A: compareCell{Text: a}, B: compareCell{Text: b}}
	r.Diff, r.Same = v.difference(r.A, r.B)
	return r
}

// difference says in words how two cells differ.
func (v CompareView) difference(a, b compareCell) (string, bool) {
	switch {
	case a.empty() && b.empty():
		return v.T(msg.JobsDiffNeither), true
	case a.empty():
		return v.T(msg.JobsDiffOnlyB), false
	case b.empty():
		return v.T(msg.JobsDiffOnlyA), false
	case a.Meter != nil && b.Meter != nil:
		return v.levelDifference(a, b)
	case a.Text.String(v.Lang) == b.Text.String(v.Lang):
		return v.T(msg.JobsDiffSame), true
	default:
		return v.T(msg.JobsDiffOther), false
	}
}

// levelDifference says by how many levels the second role asks more or less.
func (v CompareView) levelDifference(a, b compareCell) (string, bool) {
	n := b.Meter.Required - a.Meter.Required
	switch {
	case n > 0:
		return v.N(msg.JobsDiffMore, n) + v.tellWeight(a, b), false
	case n < 0:
		return v.N(msg.JobsDiffLess, -n) + v.tellWeight(a, b), false
	case a.Importance != b.Importance:
		return v.T(msg.JobsDiffImportance, msg.Args{"Weight": v.weight(a, b)}), false
	default:
		return v.T(msg.JobsDiffSameLevel), true
	}
}

// weight says how the importance changes: "essential → expected".
func (v CompareView) weight(a, b compareCell) string {
	word := func(c compareCell) string { return strings.ToLower(msg.Of(v.Lang, "importance", c.Importance)) }
	return word(a) + " → " + word(b)
}

// tellWeight says what changes in importance beside a difference of level, "" when nothing does.
func (v CompareView) tellWeight(a, b compareCell) string {
	if a.Importance == b.Importance {
		return ""
	}
	return " · " + v.weight(a, b)
}

// same reports whether a role is compared with itself.
func (v CompareView) same() bool {
	return v.A != nil && v.B != nil && v.A.Profile.Slug == v.B.Profile.Slug
}

func (v CompareView) compareFacts() []compareRow {
	fa, fb := compareFactsOf(v.Shell, *v.A), compareFactsOf(v.Shell, *v.B)
	out := make([]compareRow, 0, len(fa))
	for i := range fa {
		out = append(out, v.row(here(v.Shell, fa[i].Label), fa[i].Text, fb[i].Text))
	}
	return out
}

// compareFactsOf are the facts compared, the same list for every role.
func compareFactsOf(s layout.Shell, r Reading) []fact {
	c := r.Edition.Content
	return []fact{
		{Label: s.T(msg.JobsTrack), Text: r.track()},
		plain(s, msg.JobsStage, msg.Of(s.Lang, "stage", r.Profile.Stage)),
		plain(s, msg.JobsGrade, r.Profile.Grade),
		reportsTo(s, r),
		plain(s, msg.JobsLeads, leads(s, c.Leads)),
		{Label: s.T(msg.JobsEducation), Text: c.Education.Level},
		plain(s, msg.JobsExperience, minimum(s, c.Experience.MinimumMonths)),
		plain(s, msg.JobsTravel, travel(s, c.Conditions.TravelPercent)),
		plain(s, msg.JobsRemote, remote(s, c.Conditions.RemoteDays)),
	}
}

// union walks two keyed lists: the first one's keys in order, then what only the second one has.
func union[T any](a, b []T, key func(T) string, visit func(a, b *T)) {
	other := map[string]*T{}
	for i := range b {
		other[key(b[i])] = &b[i]
	}
	seen := map[string]bool{}
	for i := range a {
		k := key(a[i])
		seen[k] = true
		visit(&a[i], other[k])
	}
	for i := range b {
		if !seen[key(b[i])] {
			visit(nil, &b[i])
		}
	}
}

func (v CompareView) compareAreas() []compareRow {
	var out []compareRow
	share := func(a *jobs.Area) lang.Text {
		switch {
		case a == nil:
			return lang.Text{}
		case a.Share == 0:
			return here(v.Shell, v.T(msg.JobsDiffHas))
		}
		return here(v.Shell, v.T(msg.JobsShareOf)+" "+percent(v.Shell, &a.Share))
	}
	key := func(a jobs.Area) string { return a.Key }
	union(v.A.Edition.Content.Areas, v.B.Edition.Content.Areas, key, func(a, b *jobs.Area) {
		var label lang.Text
		if a != nil {
			label = nameOr(a.Title, a.Key)
		} else {
			label = nameOr(b.Title, b.Key)
		}
		out = append(out, v.row(label, share(a), share(b)))
	})
	return out
}

func (v CompareView) compareRequirements() []compareRow {
	var out []compareRow
	key := func(q jobs.Requirement) string { return q.Competency }
	union(v.A.Edition.Content.Requirements, v.B.Edition.Content.Requirements, key, func(a, b *jobs.Requirement) {
		r := compareRow{A: requirementCell(v.A, a), B: requirementCell(v.B, b)}
		if a != nil {
			r.Label, r.Href = v.A.competencyName(a.Competency), "/competencies/"+a.Competency
		} else {
			r.Label, r.Href = v.B.competencyName(b.Competency), "/competencies/"+b.Competency
		}
		r.Diff, r.Same = v.difference(r.A, r.B)
		out = append(out, r)
	})
	return out
}

func requirementCell(r *Reading, q *jobs.Requirement) compareCell {
	if q == nil {
		return compareCell{}
	}
	m := r.meter(*q)
	return compareCell{Meter: &m, Importance: q.Importance}
}

func (v CompareView) compareKPIs() []compareRow {
	var out []compareRow
	target := func(u *jobs.KPIUse) lang.Text {
		if u == nil {
			return lang.Text{}
		}
		return u.Target
	}
	key := func(u jobs.KPIUse) string { return u.KPI }
	union(v.A.Edition.Content.KPIs, v.B.Edition.Content.KPIs, key, func(a, b *jobs.KPIUse) {
		var label lang.Text
		if a != nil {
			label = v.A.kpi(*a).Name
		} else {
			label = v.B.kpi(*b).Name
		}
		out = append(out, v.row(label, target(a), target(b)))
	})
	return out
}

func (v CompareView) compareTools() []compareRow {
	var out []compareRow
	purpose := func(t *jobs.Tool) lang.Text {
		if t == nil {
			return lang.Text{}
		}
		return t.Purpose
	}
	key := func(t jobs.Tool) string { return t.Name }
	union(allTools(v.A.Edition.Content), allTools(v.B.Edition.Content), key, func(a, b *jobs.Tool) {
		name := ""
		if a != nil {
			name = a.Name
		} else {
			name = b.Name
		}
		out = append(out, v.row(here(v.Shell, name), purpose(a), purpose(b)))
	})
	return out
}

// allTools lists the tools of all groups, each name once.
func allTools(c jobs.Content) []jobs.Tool {
	var out []jobs.Tool
	seen := map[string]bool{}
	for _, g := range c.Tools {
		for _, t := range g.Tools {
			if !seen[t.Name] {
				seen[t.Name] = true
				out = append(out, t)
			}
		}
	}
	return out
}

// choices are the options of a picker.
func (v CompareView) choices() []components.Option {
	out := make([]components.Option, 0, len(v.Choices))
	for _, c := range v.Choices {
		out = append(out, components.Option{Value: c.Slug, Label: nameOr(c.Title, c.Slug)})
	}
	return out
}

func slugOf(r *Reading) string {
	if r == nil {
		return ""
	}
	return r.Profile.Slug
}

// differences counts the lines that differ.
func differences(list []comparison) int {
	n := 0
	for _, c := range list {
		for _, r := range c.Rows {
			if !r.Same {
				n++
			}
		}
	}
	return n
}
