package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/valid"
	"github.com/echelon-hr/echelon/competencies"
)

// references is what a content may name, read once for a publication.
type references struct {
	competencies   map[string]competencies.Competency
	certifications map[string]competencies.Certification
	kpis           map[string]KPI
}

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
	refs, err := s.references(ctx, a)
	if err != nil {
		return Profile{}, err
	}
	content = refs.pin(content)
	if err := refs.check(content); err != nil {
		return Profile{}, err
	}
	doc, err := canon.Marshal(content)
	if err != nil {
		return Profile{}, err
	}
	p := Profile{Slug: slug, Placement: place, Content: content}
	p.Version = Version{Number: 1, State: Published, Schema: SchemaNumber, Hash: doc.Hash, Document: doc.Text, PublishedAt: s.now()}
	err = s.store.Tx(ctx, func(tx Store) error {
		if err := checkPlacement(ctx, tx, slug, place); err != nil {
			return err
		}
		switch old, err := tx.Published(ctx, slug); {
		case err == nil:
			p.ID, p.Version.Number = old.ID, old.Version.Number+1
		case !fault.Is(err, fault.NotFound):
			return err
		}
		return tx.AddPublished(ctx, p, doc, IndexOf(place, content, refs.names()), a.String())
	})
	return p, err
}

func (s *Service) references(ctx context.Context, a actor.Actor) (references, error) {
	r := references{competencies: map[string]competencies.Competency{}, certifications: map[string]competencies.Certification{}, kpis: map[string]KPI{}}
	list, err := s.catalogue.List(ctx, a, lang.FR)
	if err != nil {
		return r, err
	}
	for _, c := range list {
		r.competencies[c.Slug] = c
	}
	certs, err := s.catalogue.Certifications(ctx, a)
	if err != nil {
		return r, err
	}
	for _, c := range certs {
		r.certifications[c.Slug] = c
	}
	kpis, err := s.store.KPIs(ctx)
	if err != nil {
		return r, err
	}
	for _, k := range kpis {
		r.kpis[k.Slug] = k
	}
	return r, nil
}

func (r references) names() Names {
	return Names{Competencies: r.competencies, Certifications: r.certifications}
}

// pin copies in what the document must keep: competency versions and KPI definitions, in variants too.
func (r references) pin(c Content) Content {
	c.Requirements, c.KPIs = r.pinRequirements(c.Requirements), r.pinKPIs(c.KPIs)
	variants := make([]Variant, len(c.Variants))
	for i, v := range c.Variants {
		v.Overlay.Requirements, v.Overlay.KPIs = r.pinRequirements(v.Overlay.Requirements), r.pinKPIs(v.Overlay.KPIs)
		variants[i] = v
	}
	c.Variants = variants
	return c
}

func (r references) pinRequirements(in []Requirement) []Requirement {
	out := make([]Requirement, len(in))
	for i, q := range in {
		q.Version = r.competencies[q.Competency].Number
		out[i] = q
	}
	return out
}

func (r references) pinKPIs(in []KPIUse) []KPIUse {
	out := make([]KPIUse, len(in))
	for i, u := range in {
		if k, ok := r.kpis[u.KPI]; ok {
			u.Definition = &k
		}
		out[i] = u
	}
	return out
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
// and where terms are made in another way than they were. A family at a time is one transaction.
func (s *Service) Reindex(ctx context.Context, a actor.Actor) (int, error) {
	if err := access.Decide(a, access.JobsWrite, access.None); err != nil {
		return 0, err
	}
	families, err := s.store.Families(ctx)
	if err != nil || len(families) == 0 {
		return 0, err
	}
	refs, err := s.references(ctx, a)
	if err != nil {
		return 0, err
	}
	total := 0
	for _, f := range families {
		list, err := s.InFamily(ctx, a, f.Slug, lang.FR)
		if err != nil {
			return total, err
		}
		if err := s.reindex(ctx, list, refs.names()); err != nil {
			return total, err
		}
		total += len(list)
	}
	return total, nil
}

func (s *Service) reindex(ctx context.Context, list []Profile, names Names) error {
	return s.store.Tx(ctx, func(tx Store) error {
		for _, p := range list {
			if err := tx.Reindex(ctx, p, IndexOf(p.Placement, p.Content, names)); err != nil {
				return err
			}
		}
		return nil
	})
}
