// Package jobsweb is how jobs are reached over HTTP: pages, documents and the API. It builds views from
// jobs, competencies, careers and pay, and decides nothing.
package jobsweb

import (
	"cmp"
	"context"
	"slices"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/jobs/pay"
)

// Library reads roles with everything that a page or a document about them shows.
type Library struct {
	Jobs         *jobs.Service
	Competencies *competencies.Service
	Careers      *careers.Service
	Pay          *pay.Service
}

// dossier is a role in one edition with what its references lead to.
type dossier struct {
	profile        jobs.Profile
	edition        jobs.Edition
	family         jobs.Family
	ladder         string    // slug of the family's ladder, "" for none
	superior       lang.Text // title of the role it reports to, zero for none
	competencies   map[string]competencies.Competency
	scales         map[string]competencies.Scale
	certifications map[string]competencies.Certification
	next, previous []step
}

// step is a move to or from another role, with what the target asks beyond the role it leaves.
type step struct {
	careers.Move
	title lang.Text
	stage jobs.Stage
	adds  []gain
}

// gain is a level that a move adds: From 0 means newly required.
type gain struct {
	competency competencies.Competency
	from, to   int
}

// shelf is what all roles of a family share, read once for one role or for all of them.
type shelf struct {
	family         jobs.Family
	ladder         careers.Ladder
	scales         map[string]competencies.Scale
	certifications map[string]competencies.Certification
	names          map[competencies.VersionRef]competencies.Competency // what the family's roles require
	titles         map[string]lang.Text
	stages         map[string]jobs.Stage
	required       map[string][]jobs.Requirement
}

// shelf reads what a role of a family shares with the others. For one role, the roles around it are enough: those that
// its moves lead to or come from, and the one it reports to; for nil, all of the family are read.
func (lib *Library) shelf(ctx context.Context, a actor.Actor, family string, one *jobs.Profile) (shelf, error) {
	s := shelf{
		certifications: map[string]competencies.Certification{},
		titles:         map[string]lang.Text{}, stages: map[string]jobs.Stage{}, required: map[string][]jobs.Requirement{},
	}
	var err error
	if s.family, err = lib.Jobs.Family(ctx, a, family); err != nil {
		return s, err
	}
	if s.ladder, err = lib.Careers.LadderOf(ctx, a, family); err != nil {
		return s, err
	}
	if s.scales, err = lib.scales(ctx, a); err != nil {
		return s, err
	}
	certs, err := lib.Competencies.Certifications(ctx, a)
	if err != nil {
		return s, err
	}
	for _, c := range certs {
		s.certifications[c.Slug] = c
	}
	grid, err := lib.around(ctx, a, s, one)
	if err != nil {
		return s, err
	}
	for _, u := range grid {
		s.titles[u.Profile], s.stages[u.Profile] = u.Title, u.Stage
		s.required[u.Profile] = append(s.required[u.Profile], u.Requirement)
	}
	s.names, err = lib.required(ctx, a, grid)
	return s, err
}

// around lists what the roles around one require, or all of the family.
func (lib *Library) around(ctx context.Context, a actor.Actor, s shelf, one *jobs.Profile) ([]jobs.RequirementUse, error) {
	if one == nil {
		return lib.Jobs.Grid(ctx, a, s.family.Slug)
	}
	slugs := []string{one.Slug, one.ReportsTo}
	for _, m := range s.ladder.From(one.Slug) {
		slugs = append(slugs, m.To)
	}
	for _, m := range s.ladder.To(one.Slug) {
		slugs = append(slugs, m.From)
	}
	return lib.Jobs.RequiredBy(ctx, a, slugs)
}

// required reads the competency versions that requirements pin, each once.
func (lib *Library) required(ctx context.Context, a actor.Actor, uses []jobs.RequirementUse) (map[competencies.VersionRef]competencies.Competency, error) {
	reqs := make([]jobs.Requirement, 0, len(uses))
	for _, u := range uses {
		reqs = append(reqs, u.Requirement)
	}
	return lib.Competencies.Pinned(ctx, a, refs(reqs))
}

// refs names the competency versions that requirements pin, each once.
func refs(reqs []jobs.Requirement) []competencies.VersionRef {
	var out []competencies.VersionRef
	for _, r := range reqs {
		if ref := r.Ref(); !slices.Contains(out, ref) {
			out = append(out, ref)
		}
	}
	return out
}

func (lib *Library) scales(ctx context.Context, a actor.Actor) (map[string]competencies.Scale, error) {
	list, err := lib.Competencies.Scales(ctx, a)
	if err != nil {
		return nil, err
	}
	out := map[string]competencies.Scale{}
	for _, s := range list {
		out[s.Slug] = s
	}
	return out, nil
}

// dossier reads a role in the edition of a variant; number 0 means the version in force.
func (lib *Library) dossier(ctx context.Context, a actor.Actor, slug, variant string, number int) (dossier, error) {
	read := lib.Jobs.Get
	if number > 0 {
		read = func(ctx context.Context, a actor.Actor, slug string) (jobs.Profile, error) {
			return lib.Jobs.GetVersion(ctx, a, slug, number)
		}
	}
	p, err := read(ctx, a, slug)
	if err != nil {
		return dossier{}, err
	}
	s, err := lib.shelf(ctx, a, p.Family, &p)
	if err != nil {
		return dossier{}, err
	}
	return lib.onShelf(ctx, a, p, variant, s)
}

// onShelf completes a role with what its family's shelf holds; competencies come in the versions it pinned.
func (lib *Library) onShelf(ctx context.Context, a actor.Actor, p jobs.Profile, variant string, s shelf) (dossier, error) {
	edition, err := jobs.EditionOf(p.Content, variant)
	if err != nil {
		return dossier{}, err
	}
	d := dossier{profile: p, edition: edition, family: s.family, ladder: s.ladder.Slug, scales: s.scales, certifications: s.certifications}
	if d.competencies, err = lib.pinned(ctx, a, edition.Content.Requirements, s); err != nil {
		return dossier{}, err
	}
	if p.ReportsTo != "" {
		superior, err := lib.title(ctx, a, p.ReportsTo, s)
		if err != nil {
			return dossier{}, err
		}
		d.superior = superior
	}
	for _, m := range s.ladder.From(p.Slug) {
		d.next = append(d.next, s.step(m, m.To, edition.Content.Requirements))
	}
	for _, m := range s.ladder.To(p.Slug) {
		d.previous = append(d.previous, s.step(m, m.From, nil))
	}
	return d, nil
}

// pinned gives the competencies that requirements pin, by slug: those on the shelf, and what a variant or an
// earlier version asks beside.
func (lib *Library) pinned(ctx context.Context, a actor.Actor, reqs []jobs.Requirement, s shelf) (map[string]competencies.Competency, error) {
	out := map[string]competencies.Competency{}
	var beside []competencies.VersionRef
	for _, ref := range refs(reqs) {
		if c, ok := s.names[ref]; ok {
			out[ref.Slug] = c
		} else {
			beside = append(beside, ref)
		}
	}
	versions, err := lib.Competencies.Pinned(ctx, a, beside)
	if err != nil {
		return nil, err
	}
	for ref, c := range versions {
		out[ref.Slug] = c
	}
	return out, nil
}

// title is the title of another role; a role of another family is read for it.
func (lib *Library) title(ctx context.Context, a actor.Actor, slug string, s shelf) (lang.Text, error) {
	if t, ok := s.titles[slug]; ok {
		return t, nil
	}
	p, err := lib.Jobs.Get(ctx, a, slug)
	if fault.Is(err, fault.NotFound) {
		return lang.Text{}, nil
	}
	return p.Content.Title, err
}

func (s shelf) step(m careers.Move, other string, from []jobs.Requirement) step {
	st := step{Move: m, title: s.titles[other], stage: s.stages[other]}
	if m.To != other {
		return st
	}
	have := map[string]int{}
	for _, r := range from {
		have[r.Competency] = r.Rank
	}
	for _, r := range s.required[other] {
		if r.Importance != jobs.Preferred && r.Rank > have[r.Competency] {
			st.adds = append(st.adds, gain{competency: s.names[r.Ref()], from: have[r.Competency], to: r.Rank})
		}
	}
	// What is wholly new tells more of a role than one level more of the known.
	slices.SortStableFunc(st.adds, func(a, b gain) int { return cmp.Compare(min(a.from, 1), min(b.from, 1)) })
	return st
}

// bands are the pay bands of a role for a reader who may see them; nobody else gets any.
func (lib *Library) bands(ctx context.Context, a actor.Actor, slug string) ([]pay.Band, pay.ActiveScheme, map[string]pay.Zone, error) {
	bands, scheme, err := lib.Pay.BandsOf(ctx, a, slug)
	if err != nil || len(bands) == 0 {
		return nil, scheme, nil, err
	}
	zones, err := lib.Pay.Zones(ctx, a)
	byName := map[string]pay.Zone{}
	for _, z := range zones {
		byName[z.Slug] = z
	}
	return bands, scheme, byName, err
}
