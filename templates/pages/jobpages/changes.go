package jobpages

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/layout"
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
	for _, path := range r.changed(jobs.Removed) {
		out = append(out, r.wording(r.Profile.Content, path))
	}
	return out
}

// changeOrder is the order in which the parts of a role are read.
var changeOrder = []string{
	"purpose", "scope", "areas", "kpis", "requirements", "experience", "certifications", "tools", "conditions", "benefits",
	"day", "challenges", "methods", "trends",
}

// changed lists the paths a variant treated in one way, in reading order.
func (r Reading) changed(k jobs.ChangeKind) []string {
	var out []string
	for _, path := range slices.Sorted(maps.Keys(r.Edition.Changes)) {
		if r.Edition.Changes[path] == k {
			out = append(out, path)
		}
	}
	part := func(path string) int {
		first, _, _ := strings.Cut(path, "/")
		return slices.Index(changeOrder, first)
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(part(a), part(b)) })
	return out
}

// changeLink leads to an item that a variant added or replaced.
type changeLink struct {
	Text lang.Text
	Href string
}

// changeLinks lists them; suffix is the page they are shown on, since the guide's items stand on another one.
func (r Reading) changeLinks(s layout.Shell, k jobs.ChangeKind, suffix string) []changeLink {
	var out []changeLink
	for _, path := range r.changed(k) {
		href := "#" + changeID(path)
		first, _, _ := strings.Cut(path, "/")
		if page := guideParts[first]; page != suffix {
			href = r.address(page) + href
		}
		out = append(out, changeLink{shortText(r.label(s, path)), href})
	}
	return out
}

// guideParts are the parts of a role that its guide shows.
var guideParts = map[string]string{"day": "/guide", "challenges": "/guide", "methods": "/guide", "trends": "/guide"}

// changeID names the place where a change is marked.
func changeID(path string) string {
	return "change-" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, path)
}

// linkLength is how much of a changed sentence a link to it repeats.
const linkLength = 72

// shortText cuts both sides of a text to the length of a link.
func shortText(t lang.Text) lang.Text {
	cut := func(s lang.Side) lang.Side {
		if r := []rune(s.Text); len(r) > linkLength {
			s.Text = strings.TrimSpace(string(r[:linkLength])) + "…"
		}
		return s
	}
	t.FR, t.EN = cut(t.FR), cut(t.EN)
	return t
}

// label is what a changed item is called in a list of changes.
func (r Reading) label(s layout.Shell, path string) lang.Text {
	words := func(k msg.Key) lang.Text { return here(s, s.T(k)) }
	switch path {
	case "purpose":
		return words(msg.JobsPurpose)
	case "experience/text":
		return words(msg.JobsExperience)
	case "experience/minimum_months":
		return words(msg.JobsMinimum)
	case "conditions/travel_percent":
		return words(msg.JobsTravel)
	case "conditions/remote_days":
		return words(msg.JobsRemote)
	case "conditions/vehicle":
		return words(msg.JobsVehicle)
	case "conditions/hours":
		return words(msg.JobsHours)
	case "conditions/safety":
		return words(msg.JobsSafety)
	}
	t := r.wording(r.Edition.Content, path)
	if strings.HasSuffix(path, "/share") {
		return here(s, s.T(msg.JobsChangeShare, msg.Args{"Area": t.String(s.Lang)}))
	}
	return t
}

// before is what the version without a variant says of an item that the variant replaced; zero when the words
// a reader would compare are the same.
func (r Reading) before(s layout.Shell, path string) lang.Text {
	if r.Edition.Changes[path] != jobs.Replaced {
		return lang.Text{}
	}
	was, now := r.says(s, r.Profile.Content, path), r.says(s, r.Edition.Content, path)
	for i := range was {
		if i < len(now) && was[i].String(s.Lang) != now[i].String(s.Lang) {
			if was[i].IsZero() {
				return here(s, s.T(msg.SiteNotStated))
			}
			return was[i]
		}
	}
	return lang.Text{}
}

// says is what a content says at a path, the most telling part first.
func (r Reading) says(s layout.Shell, c jobs.Content, path string) []lang.Text {
	parts := strings.Split(path, "/")
	last := parts[len(parts)-1]
	switch parts[0] {
	case "purpose":
		return []lang.Text{c.Purpose}
	case "requirements":
		return saysOf(c.Requirements, competencyOf, last, func(q jobs.Requirement) []lang.Text {
			importance := strings.ToLower(msg.Of(s.Lang, "importance", q.Importance))
			return []lang.Text{here(s, r.meter(q).Short(s.Lang)+", "+importance), q.Note}
		})
	case "kpis":
		return saysOf(c.KPIs, func(u jobs.KPIUse) string { return u.KPI }, last, func(u jobs.KPIUse) []lang.Text {
			return []lang.Text{u.Target}
		})
	case "certifications":
		return saysOf(c.Certifications, certificationOf, last, func(u jobs.CertificationUse) []lang.Text {
			return []lang.Text{here(s, strings.ToLower(msg.Of(s.Lang, "certification", u.Importance))), u.Note}
		})
	case "experience":
		return saysOfExperience(s, c.Experience, last)
	case "conditions":
		return saysOfConditions(s, c.Conditions, last)
	case "areas":
		if last == "share" && len(parts) == 3 {
			return saysOf(c.Areas, func(a jobs.Area) string { return a.Key }, parts[1], func(a jobs.Area) []lang.Text {
				return []lang.Text{here(s, percent(s, &a.Share))}
			})
		}
	case "tools":
		if len(parts) == 4 {
			tools := toolsOf(c.Tools, parts[1])
			return saysOf(tools, func(t jobs.Tool) string { return t.Name }, last, func(t jobs.Tool) []lang.Text {
				return []lang.Text{t.Purpose}
			})
		}
	case "benefits":
		return saysOf(c.Benefits, func(b jobs.Benefit) string { return b.Key }, last, func(b jobs.Benefit) []lang.Text {
			return []lang.Text{b.Title, b.Text, b.Equivalent}
		})
	case "challenges":
		return saysOf(c.Challenges, func(x jobs.Challenge) string { return x.Key }, last, func(x jobs.Challenge) []lang.Text {
			return []lang.Text{x.Title, x.Text, x.Example}
		})
	case "methods":
		return saysOf(c.Methods, func(g jobs.Guided) string { return g.Key }, last, func(g jobs.Guided) []lang.Text {
			return []lang.Text{g.Title, g.Text}
		})
	case "day":
		return saysOf(c.Day, func(e jobs.Entry) string { return e.Key }, last, saysOfEntry)
	case "trends":
		return saysOf(c.Trends, func(e jobs.Entry) string { return e.Key }, last, saysOfEntry)
	}
	return []lang.Text{r.wording(c, path)}
}

func competencyOf(q jobs.Requirement) string { return q.Competency }

func certificationOf(u jobs.CertificationUse) string { return u.Certification }

func saysOfEntry(e jobs.Entry) []lang.Text { return []lang.Text{e.Title, e.Text} }

// saysOf is what the item with a key says, nothing when there is none.
func saysOf[T any](items []T, key func(T) string, want string, say func(T) []lang.Text) []lang.Text {
	for _, item := range items {
		if key(item) == want {
			return say(item)
		}
	}
	return nil
}

func saysOfExperience(s layout.Shell, e jobs.Experience, field string) []lang.Text {
	if field == "text" {
		return []lang.Text{e.Text}
	}
	return []lang.Text{here(s, minimum(s, e.MinimumMonths))}
}

func saysOfConditions(s layout.Shell, c jobs.Conditions, field string) []lang.Text {
	switch field {
	case "travel_percent":
		return []lang.Text{here(s, travel(s, c.TravelPercent))}
	case "remote_days":
		return []lang.Text{here(s, remote(s, c.RemoteDays))}
	case "vehicle":
		return []lang.Text{c.Vehicle}
	case "hours":
		return []lang.Text{c.Hours}
	default:
		return []lang.Text{c.Safety}
	}
}

func toolsOf(groups []jobs.ToolGroup, key string) []jobs.Tool {
	for _, g := range groups {
		if g.Key == key {
			return g.Tools
		}
	}
	return nil
}

// wording finds the text of the item at a path in a content.
func (r Reading) wording(c jobs.Content, path string) lang.Text {
	parts := strings.Split(path, "/")
	last := parts[len(parts)-1]
	switch parts[0] {
	case "scope":
		return pointText(c.Scope, last)
	case "areas":
		return areaText(c.Areas, parts)
	case "kpis":
		return r.kpiName(c, last)
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

// kpiName is the name of a KPI of a content, whose definition a published version carries.
func (r Reading) kpiName(c jobs.Content, slug string) lang.Text {
	for _, u := range c.KPIs {
		if u.KPI == slug {
			return r.kpi(u).Name
		}
	}
	return r.kpi(jobs.KPIUse{KPI: slug}).Name
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
	if len(parts) < 2 {
		return lang.NewText(last, last)
	}
	if len(parts) < 4 { // the group, or its title
		last = parts[1]
		return find(groups, last, func(g jobs.ToolGroup) (string, lang.Text) { return g.Key, g.Title })
	}
	return lang.NewText(last, last)
}

// certificationText is the official name of a certification, in its own language only: it is never translated.
func (r Reading) certificationText(slug string) lang.Text {
	c := r.Certifications[slug]
	switch {
	case c.Name == "":
		return lang.NewText(slug, slug)
	case c.NameLang == "":
		return lang.NewText(c.Name, c.Name)
	default:
		return components.Says(c.NameLang, c.Name)
	}
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
