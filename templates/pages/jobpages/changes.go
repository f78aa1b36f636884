package jobpages

import (
	"maps"
	"slices"
	"strings"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/jobs"
)

// change returns what the variant did to the item at a path.
func (r Reading) change(path ...string) jobs.ChangeKind { return r.Edition.Change(path...) }

// changeCount is how many items a variant treated in one way.
func (r Reading) changeCount(k jobs.ChangeKind) int {
	n := 0
	for _, kind := range r.Edition.Changes {
		if kind == k {
			n++
		}
	}
	return n
}

// removed lists what the variant takes away, as the version without a variant says it.
func (r Reading) removed() []lang.Text {
	var out []lang.Text
	for _, path := range slices.Sorted(maps.Keys(r.Edition.Changes)) {
		if r.Edition.Changes[path] == jobs.Removed {
			out = append(out, r.wording(path))
		}
	}
	return out
}

// wording finds the text of the item at a path in the version without a variant.
func (r Reading) wording(path string) lang.Text {
	c, parts := r.Profile.Content, strings.Split(path, "/")
	last := parts[len(parts)-1]
	switch parts[0] {
	case "scope":
		return pointText(c.Scope, last)
	case "areas":
		return areaText(c.Areas, parts)
	case "kpis":
		return r.kpi(jobs.KPIUse{KPI: last}).Name
	case "requirements":
		return r.competencyName(last)
	case "certifications":
		return r.certificationText(last)
	case "tools":
		return toolText(c.Tools, parts)
	case "benefits":
		return find(c.Benefits, last, func(b jobs.Benefit) (string, lang.Text) { return b.Key, b.Title })
	case "challenges":
		return find(c.Challenges, last, func(x jobs.Challenge) (string, lang.Text) { return x.Key, x.Title })
	case "methods":
		return find(c.Methods, last, func(g jobs.Guided) (string, lang.Text) { return g.Key, g.Title })
	case "day":
		return find(c.Day, last, entryText)
	case "trends":
		return find(c.Trends, last, entryText)
	default:
		return lang.NewText(last, last)
	}
}

func entryText(e jobs.Entry) (string, lang.Text) { return e.Key, e.Title }

func pointText(ps []jobs.Point, key string) lang.Text {
	return find(ps, key, func(p jobs.Point) (string, lang.Text) { return p.Key, p.Text })
}

// areaText reads areas/KEY, areas/KEY/responsibilities/KEY and areas/KEY/activities/KEY.
func areaText(areas []jobs.Area, parts []string) lang.Text {
	i := slices.IndexFunc(areas, func(a jobs.Area) bool { return len(parts) > 1 && a.Key == parts[1] })
	switch {
	case i < 0 || len(parts) < 2:
		return lang.NewText(parts[len(parts)-1], parts[len(parts)-1])
	case len(parts) == 4 && parts[2] == "responsibilities":
		return pointText(areas[i].Responsibilities, parts[3])
	case len(parts) == 4:
		return pointText(areas[i].Activities, parts[3])
	default:
		return areas[i].Title
	}
}

// toolText reads tools/KEY and tools/KEY/tools/NAME.
func toolText(groups []jobs.ToolGroup, parts []string) lang.Text {
	last := parts[len(parts)-1]
	if len(parts) == 2 {
		return find(groups, last, func(g jobs.ToolGroup) (string, lang.Text) { return g.Key, g.Title })
	}
	return lang.NewText(last, last)
}

func (r Reading) certificationText(slug string) lang.Text {
	name := r.Certifications[slug].Name
	if name == "" {
		name = slug
	}
	return lang.NewText(name, name)
}

// find returns the text of the item with a key, or the key itself.
func find[T any](items []T, key string, of func(T) (string, lang.Text)) lang.Text {
	for _, item := range items {
		if k, t := of(item); k == key && !t.IsZero() {
			return t
		}
	}
	return lang.NewText(key, key)
}
