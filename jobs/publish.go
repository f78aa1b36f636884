package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/act"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/valid"
)

// Publish puts a new version of a profile in force: it pins the versions of the competencies and the
// definitions of the KPIs that the content names, stores the document for ever, supersedes the version
// before, and makes the profile when it is new. Content that breaks a rule is an Invalid fault naming the fields.
func (s *Service) Publish(ctx context.Context, a actor.Actor, slug string, place Placement, content Content) (Profile, error) {
	if err := access.Decide(a, access.JobsWrite, access.None); err != nil {
		return Profile{}, err
	}
	if err := valid.Slug("profile", slug); err != nil {
		return Profile{}, err
	}
	if err := valid.Struct("placement", &place); err != nil {
		return Profile{}, err
	}
	if err := valid.Struct("content", &content); err != nil {
		return Profile{}, err
	}
	p := Profile{Slug: slug, Placement: place}
	err := s.store.Tx(ctx, func(tx Store) error {
		refs, err := referencesOf(ctx, tx, a, content)
		if err != nil {
			return err
		}
		p.Content = refs.pin(content)
		if err := refs.check(p.Content); err != nil {
			return err
		}
		if err := checkPlacement(ctx, tx, slug, place); err != nil {
			return err
		}
		doc, err := canon.Marshal(p.Content)
		if err != nil {
			return err
		}
		p.Version = Version{
			Number: 1, State: Published, Schema: SchemaNumber, Hash: doc.Hash, Document: doc.Text, PublishedAt: s.now(),
		}
		switch old, err := tx.Published(ctx, slug); {
		case err == nil:
			p.ID, p.Version.Number = old.ID, old.Version.Number+1
		case !fault.Is(err, fault.NotFound):
			return err
		}
		if err := tx.AddPublished(ctx, p, doc, IndexOf(place, p.Content, refs.names()), a.String()); err != nil {
			return err
		}
		return note(ctx, tx, a, "jobs.published", "profile:"+slug, p.Version.Number, doc)
	})
	return p, err
}

// note writes into the journal of a transaction what was put in force; version is 0 for what has none.
func note(ctx context.Context, tx Store, a actor.Actor, action, object string, version int, doc canon.Document) error {
	who := access.Acting(a, access.JobsWrite, access.None)
	return act.Note(ctx, tx, who, action, object, act.DetailsOf(version, doc.Hash))
}

// check holds a content and each of its editions to the rules that tags cannot say.
func (r references) check(c Content) error {
	f := fault.New(fault.Invalid, "invalid", "content is not valid")
	r.checkReading(c, "", f)
	for _, v := range c.Variants {
		e, err := EditionOf(c, v.Slug)
		if err != nil {
			return err
		}
		path := "variants/" + v.Slug + "/"
		for _, p := range v.Remove {
			if e.Changes[p] != Removed {
				f.Fields = append(f.Fields, fault.Field{Path: path + "remove", Rule: "unknown", Param: p})
			}
		}
		r.checkReading(e.Content, path, f)
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func (r references) checkReading(c Content, path string, f *fault.Error) {
	broken := func(at, rule, param string) {
		f.Fields = append(f.Fields, fault.Field{Path: path + at, Rule: rule, Param: param})
	}
	total := 0
	for _, a := range c.Areas {
		total += a.Share
		if n := len(a.Activities); n < 2 || n > 4 {
			broken("areas/"+a.Key+"/activities", "between", "2 4")
		}
		if a.Title.IsZero() {
			broken("areas/"+a.Key+"/title", "required", "")
		}
	}
	if total != 100 {
		broken("areas", "sum", "100")
	}
	for _, q := range c.Requirements {
		k, known := r.competencies[q.Competency]
		switch {
		case !known:
			broken("requirements/"+q.Competency, "unknown", q.Competency)
		case q.Rank > len(k.Levels):
			broken("requirements/"+q.Competency+"/rank", "lte", fmt.Sprint(len(k.Levels)))
		}
	}
	for _, u := range c.Certifications {
		if _, known := r.certifications[u.Certification]; !known {
			broken("certifications/"+u.Certification, "unknown", u.Certification)
		}
	}
	for _, u := range c.KPIs {
		r.checkKPI(u, broken)
	}
}

func (r references) checkKPI(u KPIUse, broken func(at, rule, param string)) {
	k, known := r.kpis[u.KPI]
	if !known {
		broken("kpis/"+u.KPI, "unknown", u.KPI)
		return
	}
	if u.Example == nil {
		return
	}
	if _, err := k.Eval(u.Example.Inputs); err != nil {
		broken("kpis/"+u.KPI+"/example/inputs", "computable", k.Formula)
	}
}

// checkPlacement makes sure that the family has the track and that the profile above exists.
func checkPlacement(ctx context.Context, tx Store, slug string, p Placement) error {
	f := fault.New(fault.Invalid, "invalid", "placement is not valid")
	family, err := tx.Family(ctx, p.Family)
	switch {
	case fault.Is(err, fault.NotFound):
		f.Fields = append(f.Fields, fault.Field{Path: "family", Rule: "unknown", Param: p.Family})
	case err != nil:
		return err
	default:
		if _, ok := family.Track(p.Track); !ok {
			f.Fields = append(f.Fields, fault.Field{Path: "track", Rule: "unknown", Param: p.Track})
		}
	}
	if p.ReportsTo == slug && slug != "" {
		f.Fields = append(f.Fields, fault.Field{Path: "reports_to", Rule: "itself", Param: slug})
	} else if p.ReportsTo != "" {
		_, err := tx.Published(ctx, p.ReportsTo)
		switch {
		case fault.Is(err, fault.NotFound):
			f.Fields = append(f.Fields, fault.Field{Path: "reports_to", Rule: "unknown", Param: p.ReportsTo})
		case err != nil:
			return err
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// check holds a KPI to its tags and its formula to its inputs.
func (k KPI) check() error {
	if err := valid.Struct("kpi", &k); err != nil {
		return err
	}
	inputs := map[string]string{}
	for _, in := range k.Inputs {
		inputs[in.Name] = "1"
	}
	_, err := k.Eval(inputs)
	if err == nil || errors.Is(err, ErrNotAvailable) && k.namesOnlyInputs(inputs) {
		return nil
	}
	return fault.Wrap(fault.Invalid, "invalid", err, "kpi %s is not valid", k.Slug).At("formula", "computable", k.Formula)
}

// namesOnlyInputs tells a formula that divides by zero for equal inputs from one that names an unknown input.
func (k KPI) namesOnlyInputs(inputs map[string]string) bool {
	for i, in := range k.Inputs {
		inputs[in.Name] = fmt.Sprint(i*i + 2)
	}
	_, err := k.Eval(inputs)
	return err == nil
}

// Reindex rebuilds the index of every published profile from its document and returns how many there are: for repairs,
// and where terms are made in another way than they were. A family at a time is one transaction. What documents say stays
// as it is, so that the journal has nothing to tell.
func (s *Service) Reindex(ctx context.Context, a actor.Actor) (int, error) {
	if err := access.Decide(a, access.JobsWrite, access.None); err != nil {
		return 0, err
	}
	families, err := s.store.Families(ctx)
	if err != nil {
		return 0, err
	}
	total := 0
	for _, f := range families {
		n, err := s.reindex(ctx, a, f.Slug)
		if err != nil {
			return total, err
		}
		total += n
	}
	return total, nil
}

// reindex rebuilds the index of a family's published profiles and returns how many there are.
func (s *Service) reindex(ctx context.Context, a actor.Actor, family string) (n int, err error) {
	err = s.store.Tx(ctx, func(tx Store) error {
		list, err := readFamily(ctx, tx, family, lang.FR)
		if err != nil {
			return err
		}
		contents := make([]Content, 0, len(list))
		for _, p := range list {
			contents = append(contents, p.Content)
		}
		refs, err := referencesOf(ctx, tx, a, contents...)
		if err != nil {
			return err
		}
		for _, p := range list {
			if err := tx.Reindex(ctx, p, IndexOf(p.Placement, p.Content, refs.names())); err != nil {
				return err
			}
		}
		n = len(list)
		return nil
	})
	return n, err
}
