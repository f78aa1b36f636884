package jobs

import (
	"cmp"
	"slices"
	"strings"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
)

// ChangeKind says what a variant did to an item.
type ChangeKind string

// The kinds of change.
const (
	Added    ChangeKind = "added"
	Replaced ChangeKind = "replaced"
	Removed  ChangeKind = "removed"
)

// Edition is a version as it reads in one variant. Changes maps the path of every item that differs from
// the version itself, such as "areas/sales/activities/visits", to what happened to it.
type Edition struct {
	Variant *Variant // nil: the version itself
	Content Content
	Changes map[string]ChangeKind
}

// Change returns what the variant did to the item at a path, or "".
func (e Edition) Change(path ...string) ChangeKind { return e.Changes[strings.Join(path, "/")] }

// EditionOf applies the named variant of a version's content; the empty slug gives the content itself.
// It is pure: the same content and slug give the same edition. An unknown slug is a NotFound fault.
func EditionOf(c Content, slug string) (Edition, error) {
	if slug == "" {
		return Edition{Content: c}, nil
	}
	i := slices.IndexFunc(c.Variants, func(v Variant) bool { return v.Slug == slug })
	if i < 0 {
		return Edition{}, fault.New(fault.NotFound, "variant.unknown", "variant %q", slug)
	}
	v := c.Variants[i]
	m := merger{changes: map[string]ChangeKind{}, removed: v.Remove}
	return Edition{Variant: &v, Content: m.content(c, v.Overlay), Changes: m.changes}, nil
}

// merger applies one overlay and notes what it changed.
type merger struct {
	changes map[string]ChangeKind
	removed []string
}

func (m *merger) content(c Content, o Overlay) Content {
	c.Purpose = m.text("purpose", c.Purpose, o.Purpose)
	c.Scope = merge(m, "scope", c.Scope, o.Scope, func(p Point) string { return p.Key }, nil)
	c.Areas = merge(m, "areas", c.Areas, o.Areas, func(a Area) string { return a.Key }, m.area)
	c.KPIs = merge(m, "kpis", c.KPIs, o.KPIs, func(k KPIUse) string { return k.KPI }, nil)
	c.Requirements = merge(m, "requirements", c.Requirements, o.Requirements, func(r Requirement) string { return r.Competency }, nil)
	c.Certifications = merge(m, "certifications", c.Certifications, o.Certifications, func(u CertificationUse) string { return u.Certification }, nil)
	c.Experience.Text = m.text("experience/text", c.Experience.Text, o.Experience.Text)
	c.Experience.MinimumMonths = m.number("experience/minimum_months", c.Experience.MinimumMonths, o.Experience.MinimumMonths)
	c.Conditions = m.conditions(c.Conditions, o.Conditions)
	c.Tools = merge(m, "tools", c.Tools, o.Tools, func(g ToolGroup) string { return g.Key }, m.toolGroup)
	c.Benefits = merge(m, "benefits", c.Benefits, o.Benefits, func(b Benefit) string { return b.Key }, nil)
	c.Day = merge(m, "day", c.Day, o.Day, func(e Entry) string { return e.Key }, nil)
	c.Challenges = merge(m, "challenges", c.Challenges, o.Challenges, func(ch Challenge) string { return ch.Key }, nil)
	c.Methods = merge(m, "methods", c.Methods, o.Methods, func(g Guided) string { return g.Key }, nil)
	c.Trends = merge(m, "trends", c.Trends, o.Trends, func(e Entry) string { return e.Key }, nil)
	return c
}

func (m *merger) text(path string, base, over lang.Text) lang.Text {
	if over.IsZero() {
		return base
	}
	m.changes[path] = Replaced
	return over
}

func (m *merger) number(path string, base, over *int) *int {
	if over == nil || base != nil && *over == *base {
		return base
	}
	m.changes[path] = Replaced
	return over
}

func (m *merger) conditions(base Conditions, over ConditionsOverlay) Conditions {
	base.TravelPercent = m.number("conditions/travel_percent", base.TravelPercent, over.TravelPercent)
	base.RemoteDays = m.number("conditions/remote_days", base.RemoteDays, over.RemoteDays)
	base.Vehicle = m.text("conditions/vehicle", base.Vehicle, over.Vehicle)
	base.Hours = m.text("conditions/hours", base.Hours, over.Hours)
	base.Safety = m.text("conditions/safety", base.Safety, over.Safety)
	return base
}

// area merges inside an area: what the overlay leaves out stays.
func (m *merger) area(path string, base, over Area) Area {
	base.Title = m.text(path+"/title", base.Title, over.Title)
	if over.Share != 0 && over.Share != base.Share {
		base.Share, base.ShareOrigin = over.Share, cmp.Or(over.ShareOrigin, over.Origin, base.ShareOrigin)
		m.changes[path+"/share"] = Replaced
	}
	key := func(p Point) string { return p.Key }
	base.Responsibilities = merge(m, path+"/responsibilities", base.Responsibilities, over.Responsibilities, key, nil)
	base.Activities = merge(m, path+"/activities", base.Activities, over.Activities, key, nil)
	return base
}

func (m *merger) toolGroup(path string, base, over ToolGroup) ToolGroup {
	base.Title = m.text(path+"/title", base.Title, over.Title)
	base.Tools = merge(m, path+"/tools", base.Tools, over.Tools, func(t Tool) string { return t.Name }, nil)
	return base
}

// merge lays over on base by key: an existing key is replaced in its place (or merged by deep), a new one
// is added at the end, and the paths to remove fall out. The base slice is not touched.
func merge[T any](m *merger, path string, base, over []T, key func(T) string, deep func(string, T, T) T) []T {
	out := slices.Clone(base)
	for _, item := range over {
		p := path + "/" + key(item)
		i := slices.IndexFunc(out, func(x T) bool { return key(x) == key(item) })
		switch {
		case i < 0:
			out, m.changes[p] = append(out, item), Added
		case deep != nil:
			out[i] = deep(p, out[i], item)
		default:
			out[i], m.changes[p] = item, Replaced
		}
	}
	if deep != nil { // items the overlay does not name may still lose a part
		var none T
		for i, item := range out {
			if !slices.ContainsFunc(over, func(x T) bool { return key(x) == key(item) }) {
				out[i] = deep(path+"/"+key(item), item, none)
			}
		}
	}
	return slices.DeleteFunc(out, func(x T) bool {
		p := path + "/" + key(x)
		if !slices.Contains(m.removed, p) {
			return false
		}
		m.changes[p] = Removed
		return true
	})
}
