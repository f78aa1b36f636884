package seeds

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"time"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lifecycle"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/jobs/pay"
	"github.com/echelon-hr/echelon/seeds/seedsdb"
)

// Into is what seeds are loaded into: the services that store them and the ledger that remembers them, all bound to one
// transaction, and when they are recorded.
type Into struct {
	Competencies *competencies.Service
	Jobs         *jobs.Service
	Careers      *careers.Service
	Pay          *pay.Service
	Accounts     *accounts.Service
	Journal      audit.Journal
	Ledger       *seedsdb.Ledger
	Now          func() time.Time
}

// Report says what loading did, each record as "kind slug".
type Report struct {
	Created   []string
	Updated   []string
	Unchanged []string
	Kept      []string // left alone: changed by people since they were loaded, or in force and immutable
	NotRead   []string // files of the tree that were passed over, such as those of a folder within a folder
}

// Changed reports whether anything was written.
func (r Report) Changed() bool { return len(r.Created)+len(r.Updated) > 0 }

// Load reads the tree and stores it in the one transaction that inTx opens, the demo company too when asked.
// A bad file or a rule that a record breaks is one or more Problems, and nothing is stored.
func Load(ctx context.Context, tree fs.FS, demo bool, inTx func(context.Context, func(Into) error) error) (Report, error) {
	content, err := read(tree, demo)
	if err != nil {
		return Report{}, err
	}
	var report Report
	err = inTx(ctx, func(into Into) error {
		l := &loader{Into: into, as: actor.SystemTask("seed")}
		if l.loaded, err = into.Ledger.All(ctx); err != nil {
			return err
		}
		if err := l.all(ctx, content); err != nil {
			return err
		}
		report = l.report
		report.NotRead = content.unread
		if !report.Changed() {
			return nil
		}
		return into.Journal.Append(ctx, l.as, audit.Entry{Action: "seed.loaded", Outcome: audit.Done, Details: map[string]string{
			"created": strconv.Itoa(len(report.Created)), "updated": strconv.Itoa(len(report.Updated)),
		}})
	})
	if err != nil {
		return Report{}, err
	}
	return report, nil
}

type loader struct {
	Into
	as     actor.Actor
	loaded map[[2]string]seedsdb.Record
	report Report
}

// seed is one record to load: its own form, the record's hash now ("" when absent), and how to store it.
type seed struct {
	kind, slug string
	form       any
	current    func() (string, error)
	store      func() (string, error)
	frozen     bool // once stored it never changes
}

func (l *loader) all(ctx context.Context, c *set) error {
	scales := map[string]int{}
	for _, s := range c.scales {
		scales[s.item.Slug] = max(scales[s.item.Slug], s.item.Version)
	}
	for _, step := range []func() error{
		func() error {
			return loadEach(c.scales, func(s sourced[competencies.Scale]) error { return l.scale(ctx, s) })
		},
		func() error {
			return loadEach(c.competencies, func(s sourced[competencyFile]) error { return l.competency(ctx, s, scales) })
		},
		func() error {
			return loadEach(c.certifications, func(s sourced[competencies.Certification]) error { return l.certification(ctx, s) })
		},
		func() error {
			return loadEach(c.families, func(s sourced[jobs.Family]) error { return l.family(ctx, s) })
		},
		func() error { return loadEach(c.kpis, func(s sourced[jobs.KPI]) error { return l.kpi(ctx, s) }) },
		func() error {
			return loadEach(c.profiles, func(s sourced[profileFile]) error { return l.profile(ctx, s) })
		},
		func() error {
			return loadEach(c.ladders, func(s sourced[ladderFile]) error { return l.ladder(ctx, s) })
		},
		func() error { return loadEach(c.zones, func(s sourced[pay.Zone]) error { return l.zone(ctx, s) }) },
		func() error {
			return loadEach(c.schemes, func(s sourced[schemeFile]) error { return l.scheme(ctx, s, c.zones) })
		},
		func() error {
			return loadEach(c.personas, func(s sourced[personaFile]) error { return l.persona(ctx, s) })
		},
	} {
		if err := step(); err != nil {
			return err // what comes next refers to it and would only repeat it
		}
	}
	return nil
}

// loadEach goes on after a rule that a record breaks, so that one run names every problem of a kind of
// record; any other error ends it, since a transaction that failed once answers nothing more.
func loadEach[T any](items []sourced[T], load func(sourced[T]) error) error {
	var problems []error
	for _, item := range items {
		if err := load(item); err != nil {
			problems = append(problems, err)
			if !fault.Is(err, fault.Invalid) {
				break
			}
		}
	}
	return errors.Join(problems...)
}

// put loads one record unless it is there already or people changed it.
func (l *loader) put(ctx context.Context, s seed) error {
	form, err := canon.Marshal(s.form)
	if err != nil {
		return err
	}
	now, err := s.current()
	if fault.Is(err, fault.NotFound) {
		now, err = "", nil
	}
	if err != nil {
		return err
	}
	name := s.kind + " " + s.slug
	before, known := l.loaded[[2]string{s.kind, s.slug}]
	switch {
	case now != "" && (!known || before.RecordHash != now || s.frozen && before.SeedHash != form.Hash):
		l.report.Kept = append(l.report.Kept, name)
		return nil
	case now != "" && before.SeedHash == form.Hash:
		l.report.Unchanged = append(l.report.Unchanged, name)
		return nil
	case now != "":
		l.report.Updated = append(l.report.Updated, name)
	default:
		l.report.Created = append(l.report.Created, name)
	}
	stored, err := s.store()
	if err != nil {
		return err
	}
	return l.Ledger.Put(ctx, seedsdb.Record{Kind: s.kind, Slug: s.slug, SeedHash: form.Hash, RecordHash: stored, LoadedAt: l.Now()})
}

// hashOf finds the record of a slug in a list and names it by its hash.
func hashOf[T any](list []T, err error, is func(T) bool) (string, error) {
	if err != nil {
		return "", err
	}
	for _, x := range list {
		if is(x) {
			d, err := canon.Marshal(x)
			return d.Hash, err
		}
	}
	return "", nil
}

func (l *loader) scale(ctx context.Context, s sourced[competencies.Scale]) error {
	return s.wrap("", l.put(ctx, seed{
		kind: "scale", slug: s.item.Slug, form: s.item,
		current: func() (string, error) {
			list, err := l.Competencies.Scales(ctx, l.as)
			return hashOf(list, err, func(x competencies.Scale) bool { return x.Slug == s.item.Slug })
		},
		store: func() (string, error) {
			d, err := l.Competencies.PublishScale(ctx, l.as, s.item)
			return d.Hash, err
		},
	}))
}

func (l *loader) certification(ctx context.Context, s sourced[competencies.Certification]) error {
	return s.wrap("", l.put(ctx, seed{
		kind: "certification", slug: s.item.Slug, form: s.item,
		current: func() (string, error) {
			list, err := l.Competencies.Certifications(ctx, l.as)
			return hashOf(list, err, func(x competencies.Certification) bool { return x.Slug == s.item.Slug })
		},
		store: func() (string, error) {
			d, err := l.Competencies.PutCertification(ctx, l.as, s.item)
			return d.Hash, err
		},
	}))
}

func (l *loader) competency(ctx context.Context, s sourced[competencyFile], scales map[string]int) error {
	f := s.item
	if scales[f.Scale] == 0 {
		return s.problem("scale", fmt.Sprintf("breaks the rule unknown %s", f.Scale), nil)
	}
	content := competencies.Content{
		Category: f.Category, Trend: f.Trend, Scale: competencies.ScaleRef{Slug: f.Scale, Version: scales[f.Scale]}, Name: f.Name,
		Definition: f.Definition, Levels: f.Levels, Questions: f.Questions, Codes: f.Codes, Origin: f.Origin,
	}
	return s.wrap("", l.put(ctx, seed{
		kind: "competency", slug: f.Slug, form: content,
		current: func() (string, error) {
			c, err := l.Competencies.Get(ctx, l.as, f.Slug)
			return c.Hash, err
		},
		store: func() (string, error) {
			c, err := l.Competencies.Publish(ctx, l.as, f.Slug, content)
			return c.Hash, err
		},
	}))
}

func (l *loader) family(ctx context.Context, s sourced[jobs.Family]) error {
	return s.wrap("", l.put(ctx, seed{
		kind: "family", slug: s.item.Slug, form: s.item,
		current: func() (string, error) {
			list, err := l.Jobs.Families(ctx, l.as)
			return hashOf(list, err, func(x jobs.Family) bool { return x.Slug == s.item.Slug })
		},
		store: func() (string, error) {
			d, err := l.Jobs.PutFamily(ctx, l.as, s.item)
			return d.Hash, err
		},
	}))
}

func (l *loader) kpi(ctx context.Context, s sourced[jobs.KPI]) error {
	return s.wrap("", l.put(ctx, seed{
		kind: "kpi", slug: s.item.Slug, form: s.item,
		current: func() (string, error) {
			list, err := l.Jobs.KPIs(ctx, l.as)
			return hashOf(list, err, func(x jobs.KPI) bool { return x.Slug == s.item.Slug })
		},
		store: func() (string, error) {
			d, err := l.Jobs.PutKPI(ctx, l.as, s.item)
			return d.Hash, err
		},
	}))
}

func (l *loader) profile(ctx context.Context, s sourced[profileFile]) error {
	f := s.item
	f.Content.Origin = f.Origin
	// What people can change is the placement and the content: the record's hash covers both.
	record := func(p jobs.Profile) (string, error) {
		d, err := canon.Marshal(struct {
			Placement jobs.Placement `json:"placement"`
			Hash      string         `json:"hash"`
		}{p.Placement, p.Version.Hash})
		return d.Hash, err
	}
	return s.wrap("content", l.put(ctx, seed{
		kind: "profile", slug: f.Slug,
		form: struct {
			Placement jobs.Placement `json:"placement"`
			Content   jobs.Content   `json:"content"`
		}{f.Placement, f.Content},
		current: func() (string, error) {
			p, err := l.Jobs.Raw(ctx, l.as, f.Slug)
			if err != nil {
				return "", err
			}
			return record(p)
		},
		store: func() (string, error) {
			p, err := l.Jobs.Publish(ctx, l.as, f.Slug, f.Placement, f.Content)
			if err != nil {
				return "", err
			}
			return record(p)
		},
	}))
}

func (l *loader) ladder(ctx context.Context, s sourced[ladderFile]) error {
	f := s.item
	return s.wrap("", l.put(ctx, seed{
		kind: "ladder", slug: f.Slug, form: f.LadderContent,
		current: func() (string, error) {
			x, err := l.Careers.Ladder(ctx, l.as, f.Slug)
			return x.Hash, err
		},
		store: func() (string, error) {
			x, err := l.Careers.PublishLadder(ctx, l.as, f.Slug, f.LadderContent)
			return x.Hash, err
		},
	}))
}

func (l *loader) zone(ctx context.Context, s sourced[pay.Zone]) error {
	return s.wrap("", l.put(ctx, seed{
		kind: "zone", slug: s.item.Slug, form: s.item,
		current: func() (string, error) {
			list, err := l.Pay.Zones(ctx, l.as)
			return hashOf(list, err, func(x pay.Zone) bool { return x.Slug == s.item.Slug })
		},
		store: func() (string, error) {
			d, err := l.Pay.PutZone(ctx, l.as, s.item)
			return d.Hash, err
		},
	}))
}

func (l *loader) scheme(ctx context.Context, s sourced[schemeFile], zones []sourced[pay.Zone]) error {
	bands, err := readBands(s, zones)
	if err != nil {
		return err
	}
	return s.wrap("", l.put(ctx, seed{
		kind: "pay scheme", slug: s.item.Slug, form: s.item, frozen: true,
		current: func() (string, error) {
			list, err := l.Pay.Schemes(ctx, l.as)
			return standingScheme(list, s.item.Slug), err
		},
		store: func() (string, error) {
			d, err := l.Pay.Activate(ctx, l.as, s.item.Scheme, bands)
			return d.Hash, err
		},
	}))
}

// standingScheme finds the scheme of a slug and names it by its hash; without one, the scheme that is in force or comes
// in force: where people have put their own in force, the shipped one does not take its place.
func standingScheme(list []pay.SchemeRecord, slug string) string {
	standing := ""
	for _, r := range list {
		if r.Slug == slug {
			return r.Hash
		}
		if standing == "" && (r.State == lifecycle.InForce || r.State == lifecycle.Approved) {
			standing = r.Hash
		}
	}
	return standing
}

// readBands reads the amounts of a scheme's file in the currencies of their zones.
func readBands(s sourced[schemeFile], zones []sourced[pay.Zone]) ([]pay.Band, error) {
	currency := map[string]string{}
	for _, z := range zones {
		currency[z.item.Slug] = z.item.Currency
	}
	var out []pay.Band
	var problems []error
	for i, line := range s.item.Bands {
		b := pay.Band{Profile: line.Profile, Zone: line.Zone}
		for _, a := range []struct {
			field, text string
			into        *pay.Money
		}{{"min", line.Min, &b.Base.Min}, {"target", line.Target, &b.Base.Target}, {"max", line.Max, &b.Base.Max}, {"variable", line.Variable, &b.Variable}} {
			m, err := pay.ParseMoney(a.text, currency[line.Zone], pay.Year)
			if err != nil {
				problems = append(problems, s.problem(fmt.Sprintf("bands[%d].%s", i, a.field), err.Error(), err))
			}
			*a.into = m
		}
		out = append(out, b)
	}
	return out, errors.Join(problems...)
}

// personaFile is an account of the demo company with where its person stands: a profile, and a manager by persona.
type personaFile struct {
	accounts.Account `yaml:",inline"`
	Profile          string `json:"profile,omitempty"`
	Manager          string `json:"manager,omitempty"`
}

func (l *loader) persona(ctx context.Context, s sourced[personaFile]) error {
	current := func() (string, error) {
		x, err := l.Accounts.FindByPersona(ctx, l.as, s.item.Persona)
		if fault.Is(err, fault.NotFound) {
			return "", nil
		}
		return hashOf([]accounts.Account{x}, err, func(accounts.Account) bool { return true })
	}
	return s.wrap("", l.put(ctx, seed{
		kind: "persona", slug: s.item.Persona, form: s.item, current: current,
		store: func() (string, error) {
			if err := l.Accounts.PutPersona(ctx, l.as, s.item.Account); err != nil {
				return "", err
			}
			if err := l.place(ctx, s.item); err != nil {
				return "", err
			}
			return current()
		},
	}))
}

// placedFrom is the day from which the demo's people stand where they stand.
const placedFrom = "2026-01-01"

// place gives a person of the demo their profile and manager; who is managed stands after the manager in the file.
func (l *loader) place(ctx context.Context, p personaFile) error {
	if p.Profile == "" && p.Manager == "" {
		return nil
	}
	self, err := l.Accounts.FindByPersona(ctx, l.as, p.Persona)
	if err != nil {
		return err
	}
	var manager accounts.Account
	if p.Manager != "" {
		if manager, err = l.Accounts.FindByPersona(ctx, l.as, p.Manager); fault.Is(err, fault.NotFound) {
			return fault.New(fault.Invalid, "invalid", "unknown manager").At("manager", "unknown", p.Manager)
		}
		if err != nil {
			return err
		}
	}
	return l.Accounts.Assign(ctx, l.as, accounts.AssignInput{Person: self.ID, Manager: manager.ID, Profile: p.Profile, StartsOn: placedFrom})
}

// wrap says where a service's complaint lies in the item's file.
func (s sourced[T]) wrap(under string, err error) error {
	if err == nil || !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
		return err
	}
	return s.problems(err, under)
}
