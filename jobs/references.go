package jobs

import (
	"context"
	"slices"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/competencies"
)

// Catalogue is what jobs asks of competencies: what contents name by slug, as it is now. What does not exist, or is not
// in use, is left out.
type Catalogue interface {
	Named(ctx context.Context, a actor.Actor, slugs []string) ([]competencies.Competency, error)
	NamedCertifications(ctx context.Context, a actor.Actor, slugs []string) ([]competencies.Certification, error)
}

// references is what contents name, as it is in one transaction.
type references struct {
	competencies   map[string]competencies.Competency
	certifications map[string]competencies.Certification
	kpis           map[string]KPI
}

// referencesOf reads what contents name, those of their variants too, and nothing else.
func referencesOf(ctx context.Context, tx Store, a actor.Actor, contents ...Content) (references, error) {
	var names mentions
	for _, c := range contents {
		names.add(c.Requirements, c.Certifications, c.KPIs)
		for _, v := range c.Variants {
			names.add(v.Overlay.Requirements, v.Overlay.Certifications, v.Overlay.KPIs)
		}
	}
	var r references
	list, err := tx.Catalogue().Named(ctx, a, once(names.competencies))
	if err != nil {
		return r, err
	}
	certifications, err := tx.Catalogue().NamedCertifications(ctx, a, once(names.certifications))
	if err != nil {
		return r, err
	}
	kpis, err := tx.NamedKPIs(ctx, once(names.kpis))
	if err != nil {
		return r, err
	}
	r.competencies = bySlug(list, func(c competencies.Competency) string { return c.Slug })
	r.certifications = bySlug(certifications, func(c competencies.Certification) string { return c.Slug })
	r.kpis = bySlug(kpis, func(k KPI) string { return k.Slug })
	return r, nil
}

// mentions are the slugs that contents name, some more than once.
type mentions struct{ competencies, certifications, kpis []string }

func (m *mentions) add(requirements []Requirement, certifications []CertificationUse, kpis []KPIUse) {
	for _, q := range requirements {
		m.competencies = append(m.competencies, q.Competency)
	}
	for _, u := range certifications {
		m.certifications = append(m.certifications, u.Certification)
	}
	for _, u := range kpis {
		m.kpis = append(m.kpis, u.KPI)
	}
}

// once lists each slug once, in order.
func once(slugs []string) []string { return slices.Compact(slices.Sorted(slices.Values(slugs))) }

func bySlug[T any](list []T, slug func(T) string) map[string]T {
	out := make(map[string]T, len(list))
	for _, x := range list {
		out[slug(x)] = x
	}
	return out
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
