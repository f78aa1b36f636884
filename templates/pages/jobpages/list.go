package jobpages

import (
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/components"
)

// group is a run of rows of one track.
type group struct {
	Family lang.Text
	Slug   string // of the family
	Track  lang.Text
	ID     string
	Rows   []Row
}

// groups puts together the rows that follow each other in one family and track.
func groups(families []jobs.Family, rows []Row) []group {
	var out []group
	for i, r := range rows {
		if i == 0 || rows[i-1].Family != r.Family || rows[i-1].Track != r.Track {
			out = append(out, newGroup(families, r))
		}
		last := &out[len(out)-1]
		last.Rows = append(last.Rows, r)
	}
	return out
}

func newGroup(families []jobs.Family, r Row) group {
	g := group{
		Slug: r.Family, ID: "track-" + r.Family + "-" + r.Track,
		Family: nameOr(lang.Text{}, r.Family), Track: nameOr(lang.Text{}, r.Track),
	}
	for _, f := range families {
		if f.Slug != r.Family {
			continue
		}
		g.Family = nameOr(f.Name, f.Slug)
		t, _ := f.Track(r.Track)
		g.Track = nameOr(t.Name, r.Track)
	}
	return g
}

// stages are the choices of the stage filter.
func stages(l lang.Lang) []components.Option {
	var out []components.Option
	for _, s := range jobs.Stages() {
		out = append(out, components.Option{Value: string(s), Label: components.Says(l, msg.Of(l, "stage", s))})
	}
	return out
}

// narrowed reports whether a filter beside the search box is set.
func (f Filter) narrowed() bool {
	f.Q = ""
	return f.Active()
}

// emptyTitle says what was not found: the query, when there was one.
func emptyTitle(v ListView) string {
	if q := ShortQuery(v.Filter.Q); q != "" {
		return v.T(msg.JobsEmptyFor, msg.Args{"Q": q})
	}
	return v.T(msg.JobsEmptyTitle)
}
