package jobs

import (
	"context"
	"fmt"
	"strings"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/cursor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/textsearch"
	"github.com/echelon-hr/echelon/app/valid"
)

// Service is the use cases of jobs.
type Service struct {
	store Store
	now   clock.Clock
}

// NewService makes the service over a store.
func NewService(store Store, now clock.Clock) *Service { return &Service{store: store, now: now} }

// Limits of a page of a list.
const (
	DefaultLimit = 50
	MaxLimit     = 200
)

// Filter is what a reader asks of the list of profiles.
type Filter struct {
	Lang       lang.Lang
	Text       string
	Family     string
	Track      string
	Stage      Stage
	Industry   string
	Competency string
	Limit      int    // 0 for DefaultLimit
	After      string // cursor of the page before, "" from the start
}

// Page is a part of the list of profiles.
type Page struct {
	Items []Summary
	Total int    // of all pages
	Next  string // cursor of the next page, "" at the end
}

// List finds published profiles: by relevance when there is a text, else by stage and title. A cursor that
// is not one of this list is a Malformed fault, a limit outside 1…MaxLimit an Invalid one.
func (s *Service) List(ctx context.Context, a actor.Actor, f Filter) (Page, error) {
	if err := access.Decide(a, access.JobsRead, access.None); err != nil {
		return Page{}, err
	}
	q, err := f.query()
	if err != nil {
		return Page{}, err
	}
	if len(q.Search) == 0 && strings.TrimSpace(f.Text) != "" { // text without a word finds nothing, not everything
		return Page{Items: []Summary{}}, nil
	}
	items, total, err := s.store.Summaries(ctx, q)
	if err != nil {
		return Page{}, err
	}
	page := Page{Items: items, Total: total}
	if len(items) > q.Limit {
		page.Items = items[:q.Limit]
		page.Next = cursor.Encode(f.question(), page.Items[q.Limit-1].Position)
	}
	return page, nil
}

// Headings names every published profile, in the order of lists: for pages that offer all of them to choose from.
func (s *Service) Headings(ctx context.Context, a actor.Actor, by lang.Lang) ([]Heading, error) {
	if err := access.Decide(a, access.JobsRead, access.None); err != nil {
		return nil, err
	}
	return s.store.Headings(ctx, by)
}

// Titles names profiles by their slugs, for pages that hold these. An archived profile keeps its name; what was never
// published is not in it.
func (s *Service) Titles(ctx context.Context, a actor.Actor, slugs []string) (map[string]Heading, error) {
	if err := access.Decide(a, access.JobsRead, access.None); err != nil {
		return nil, err
	}
	out := map[string]Heading{}
	if len(slugs) == 0 {
		return out, nil
	}
	list, err := s.store.Titles(ctx, slugs)
	for _, h := range list {
		out[h.Slug] = h
	}
	return out, err
}

// Sizes counts the published profiles of each family that has any, by the family's slug.
func (s *Service) Sizes(ctx context.Context, a actor.Actor) (map[string]int, error) {
	if err := access.Decide(a, access.JobsRead, access.None); err != nil {
		return nil, err
	}
	return s.store.Sizes(ctx)
}

func (f Filter) query() (Query, error) {
	q := Query{
		Lang: f.Lang, Search: textsearch.Query(f.Lang, f.Text), Phrase: textsearch.Phrase(f.Lang, f.Text), Family: f.Family, Track: f.Track, Stage: f.Stage,
		Industry: f.Industry, Competency: f.Competency, Limit: f.Limit,
	}
	if q.Limit == 0 {
		q.Limit = DefaultLimit
	}
	if q.Limit < 1 || q.Limit > MaxLimit {
		return q, fault.New(fault.Invalid, "limit", "limit must be 1 to %d", MaxLimit).At("limit", "between", fmt.Sprintf("1 %d", MaxLimit))
	}
	var err error
	q.After, err = f.place()
	return q, err
}

// Get returns a profile with its published version.
func (s *Service) Get(ctx context.Context, a actor.Actor, slug string) (Profile, error) {
	if err := access.Decide(a, access.JobsRead, access.None); err != nil {
		return Profile{}, err
	}
	return decoded(s.store.Published(ctx, slug))
}

// Raw returns a profile with its published version as the stored document, Content left empty: for those
// who pass the document on as it is.
func (s *Service) Raw(ctx context.Context, a actor.Actor, slug string) (Profile, error) {
	if err := access.Decide(a, access.JobsRead, access.None); err != nil {
		return Profile{}, err
	}
	return s.store.Published(ctx, slug)
}

// Edition returns the document of a profile's published version as it reads in a variant.
func (s *Service) Edition(ctx context.Context, a actor.Actor, slug, variant string) (canon.Document, error) {
	p, err := s.Get(ctx, a, slug)
	if err != nil {
		return canon.Document{}, err
	}
	e, err := EditionOf(p.Content, variant)
	if err != nil {
		return canon.Document{}, err
	}
	return canon.Marshal(e.Content)
}

// GetVersion returns a profile as one of its published versions said.
func (s *Service) GetVersion(ctx context.Context, a actor.Actor, slug string, number int) (Profile, error) {
	if err := access.Decide(a, access.JobsRead, access.None); err != nil {
		return Profile{}, err
	}
	return decoded(s.store.Numbered(ctx, slug, number))
}

// Versions lists what was ever published of a profile, newest first.
func (s *Service) Versions(ctx context.Context, a actor.Actor, slug string) ([]Version, error) {
	if err := access.Decide(a, access.JobsRead, access.None); err != nil {
		return nil, err
	}
	return s.store.Versions(ctx, slug)
}

// InFamily returns all published profiles of a family in the order of lists.
func (s *Service) InFamily(ctx context.Context, a actor.Actor, family string, by lang.Lang) ([]Profile, error) {
	if err := access.Decide(a, access.JobsRead, access.None); err != nil {
		return nil, err
	}
	return readFamily(ctx, s.store, family, by)
}

// readFamily reads all published profiles of a family with their contents.
func readFamily(ctx context.Context, store Store, family string, by lang.Lang) ([]Profile, error) {
	list, err := store.PublishedIn(ctx, family, by)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i], err = decoded(list[i], nil); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// decoded reads the document of a profile that a store returned.
func decoded(p Profile, err error) (Profile, error) {
	if err != nil {
		return Profile{}, err
	}
	if p.Version.Schema != SchemaNumber {
		return Profile{}, fault.New(fault.Internal, "internal", "profile %s has document schema %d", p.Slug, p.Version.Schema)
	}
	if err := canon.Unmarshal(p.Version.Document, &p.Content); err != nil {
		return Profile{}, err
	}
	return p, nil
}

// Requiring lists the published profiles that require a competency.
func (s *Service) Requiring(ctx context.Context, a actor.Actor, competency string) ([]RequirementUse, error) {
	if err := access.Decide(a, access.JobsRead, access.None); err != nil {
		return nil, err
	}
	return s.store.Requirements(ctx, RequirementQuery{Competency: competency})
}

// Grid lists every requirement of a family's published profiles: the cells of roles × competencies.
func (s *Service) Grid(ctx context.Context, a actor.Actor, family string) ([]RequirementUse, error) {
	if err := access.Decide(a, access.JobsRead, access.None); err != nil {
		return nil, err
	}
	return s.store.Requirements(ctx, RequirementQuery{Family: family})
}

// Uses counts the published profiles that require each competency, by the competency's slug.
func (s *Service) Uses(ctx context.Context, a actor.Actor) (map[string]int, error) {
	if err := access.Decide(a, access.JobsRead, access.None); err != nil {
		return nil, err
	}
	return s.store.Uses(ctx)
}

// RequiredBy lists every requirement of some published profiles, in the order of lists.
func (s *Service) RequiredBy(ctx context.Context, a actor.Actor, slugs []string) ([]RequirementUse, error) {
	if err := access.Decide(a, access.JobsRead, access.None); err != nil {
		return nil, err
	}
	if len(slugs) == 0 {
		return nil, nil
	}
	return s.store.Requirements(ctx, RequirementQuery{Profiles: slugs})
}

// Industries lists the industries that published profiles have a variant for.
func (s *Service) Industries(ctx context.Context, a actor.Actor) ([]VariantName, error) {
	if err := access.Decide(a, access.JobsRead, access.None); err != nil {
		return nil, err
	}
	return s.store.Industries(ctx)
}

// Families lists the job families.
func (s *Service) Families(ctx context.Context, a actor.Actor) ([]Family, error) {
	if err := access.Decide(a, access.JobsRead, access.None); err != nil {
		return nil, err
	}
	return s.store.Families(ctx)
}

// Family returns one family.
func (s *Service) Family(ctx context.Context, a actor.Actor, slug string) (Family, error) {
	if err := access.Decide(a, access.JobsRead, access.None); err != nil {
		return Family{}, err
	}
	return s.store.Family(ctx, slug)
}

// KPIs lists the measures.
func (s *Service) KPIs(ctx context.Context, a actor.Actor) ([]KPI, error) {
	if err := access.Decide(a, access.JobsRead, access.None); err != nil {
		return nil, err
	}
	return s.store.KPIs(ctx)
}

// PutFamily stores a family, replacing an earlier description of the same slug.
func (s *Service) PutFamily(ctx context.Context, a actor.Actor, f Family) (canon.Document, error) {
	if err := access.Decide(a, access.JobsWrite, access.None); err != nil {
		return canon.Document{}, err
	}
	if err := valid.Struct("family", &f); err != nil {
		return canon.Document{}, err
	}
	doc, err := canon.Marshal(f)
	if err != nil {
		return canon.Document{}, err
	}
	return doc, s.store.Tx(ctx, func(tx Store) error {
		changed, err := tx.PutFamily(ctx, f, doc, s.now())
		if err != nil || !changed {
			return err
		}
		return note(ctx, tx, a, "jobs.family_changed", "family:"+f.Slug, 0, doc)
	})
}

// PutKPI stores a measure. Published versions keep the definition they were published with.
func (s *Service) PutKPI(ctx context.Context, a actor.Actor, k KPI) (canon.Document, error) {
	if err := access.Decide(a, access.JobsWrite, access.None); err != nil {
		return canon.Document{}, err
	}
	if err := k.check(); err != nil {
		return canon.Document{}, err
	}
	doc, err := canon.Marshal(k)
	if err != nil {
		return canon.Document{}, err
	}
	return doc, s.store.Tx(ctx, func(tx Store) error {
		changed, err := tx.PutKPI(ctx, k, doc, s.now())
		if err != nil || !changed {
			return err
		}
		return note(ctx, tx, a, "jobs.kpi_changed", "kpi:"+k.Slug, 0, doc)
	})
}
