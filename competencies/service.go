package competencies

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/act"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/valid"
)

// SchemaNumber is how competency documents are written today.
const SchemaNumber = 1

// Store keeps competencies. Every method returns a NotFound fault for a slug it does not know, a Conflict
// when a constraint breaks, Unavailable when the database does not answer.
type Store interface {
	// Tx runs fn in one transaction on a store bound to it, with the effects that are written in it.
	Tx(ctx context.Context, fn func(Store) error) error
	act.Effects

	Scales(ctx context.Context) ([]Scale, error) // newest version of each, by slug
	Scale(ctx context.Context, ref ScaleRef) (Scale, error)
	// AddScale stores a version and tells whether it is new: the same again changes nothing, and the same version with
	// other levels is a Conflict.
	AddScale(ctx context.Context, s Scale, doc canon.Document, at time.Time) (added bool, err error)

	// Competencies lists the current versions by name in one language.
	Competencies(ctx context.Context, by lang.Lang) ([]Competency, error)
	Competency(ctx context.Context, slug string) (Competency, error)
	// NamedCompetencies returns the current versions of those of the slugs that are in use, by slug.
	NamedCompetencies(ctx context.Context, slugs []string) ([]Competency, error)
	CompetencyVersion(ctx context.Context, slug string, number int) (Competency, error)
	// CompetencyVersions returns the named versions in one read.
	CompetencyVersions(ctx context.Context, refs []VersionRef) ([]Competency, error)
	// AddCompetencyVersion stores a version and makes it the current one.
	AddCompetencyVersion(ctx context.Context, c Competency, doc canon.Document, by string) error

	Certifications(ctx context.Context) ([]Certification, error) // by name
	// NamedCertifications returns those of the slugs that exist, by slug.
	NamedCertifications(ctx context.Context, slugs []string) ([]Certification, error)
	// PutCertification stores a certification under its slug and tells whether that changed anything.
	PutCertification(ctx context.Context, c Certification, doc canon.Document, at time.Time) (changed bool, err error)
}

// VersionRef names a version of a competency.
type VersionRef struct {
	Slug   string
	Number int
}

// Service is the use cases of competencies.
type Service struct {
	store Store
	now   clock.Clock
}

// NewService makes the service over a store.
func NewService(store Store, now clock.Clock) *Service { return &Service{store: store, now: now} }

// Scales lists the newest version of every scale.
func (s *Service) Scales(ctx context.Context, a actor.Actor) ([]Scale, error) {
	if err := access.Decide(a, access.CompetenciesRead, access.None); err != nil {
		return nil, err
	}
	return s.store.Scales(ctx)
}

// List returns the current version of every competency in use, ordered by name in the reader's language.
func (s *Service) List(ctx context.Context, a actor.Actor, by lang.Lang) ([]Competency, error) {
	if err := access.Decide(a, access.CompetenciesRead, access.None); err != nil {
		return nil, err
	}
	return s.store.Competencies(ctx, by)
}

// Get returns the current version of a competency.
func (s *Service) Get(ctx context.Context, a actor.Actor, slug string) (Competency, error) {
	if err := access.Decide(a, access.CompetenciesRead, access.None); err != nil {
		return Competency{}, err
	}
	return s.store.Competency(ctx, slug)
}

// GetVersion returns a competency as it was in one of its versions.
func (s *Service) GetVersion(ctx context.Context, a actor.Actor, slug string, number int) (Competency, error) {
	if err := access.Decide(a, access.CompetenciesRead, access.None); err != nil {
		return Competency{}, err
	}
	return s.store.CompetencyVersion(ctx, slug, number)
}

// Pinned returns the competency versions that documents pin, those that exist.
func (s *Service) Pinned(ctx context.Context, a actor.Actor, refs []VersionRef) (map[VersionRef]Competency, error) {
	if err := access.Decide(a, access.CompetenciesRead, access.None); err != nil {
		return nil, err
	}
	if len(refs) == 0 {
		return map[VersionRef]Competency{}, nil
	}
	list, err := s.store.CompetencyVersions(ctx, refs)
	if err != nil {
		return nil, err
	}
	out := make(map[VersionRef]Competency, len(list))
	for _, c := range list {
		out[VersionRef{Slug: c.Slug, Number: c.Number}] = c
	}
	return out, nil
}

// Named returns the current versions of the competencies in use that have one of the slugs.
func (s *Service) Named(ctx context.Context, a actor.Actor, slugs []string) ([]Competency, error) {
	if err := access.Decide(a, access.CompetenciesRead, access.None); err != nil {
		return nil, err
	}
	return s.store.NamedCompetencies(ctx, slugs)
}

// NamedCertifications returns the certifications that have one of the slugs.
func (s *Service) NamedCertifications(ctx context.Context, a actor.Actor, slugs []string) ([]Certification, error) {
	if err := access.Decide(a, access.CompetenciesRead, access.None); err != nil {
		return nil, err
	}
	return s.store.NamedCertifications(ctx, slugs)
}

// Certifications lists the certifications and licences by name.
func (s *Service) Certifications(ctx context.Context, a actor.Actor) ([]Certification, error) {
	if err := access.Decide(a, access.CompetenciesRead, access.None); err != nil {
		return nil, err
	}
	return s.store.Certifications(ctx)
}

// PublishScale stores a version of a scale. The same version again with other levels is a Conflict: a
// scale version never changes.
func (s *Service) PublishScale(ctx context.Context, a actor.Actor, scale Scale) (canon.Document, error) {
	if err := access.Decide(a, access.CompetenciesWrite, access.None); err != nil {
		return canon.Document{}, err
	}
	if err := valid.Struct("scale", &scale); err != nil {
		return canon.Document{}, err
	}
	for i, l := range scale.Levels {
		if l.Rank != i+1 {
			return canon.Document{}, broken("scale", fmt.Sprintf("levels[%d].rank", i), "eq", strconv.Itoa(i+1))
		}
	}
	doc, err := canon.Marshal(scale)
	if err != nil {
		return canon.Document{}, err
	}
	return doc, s.store.Tx(ctx, func(tx Store) error {
		added, err := tx.AddScale(ctx, scale, doc, s.now())
		if err != nil || !added {
			return err
		}
		return note(ctx, tx, a, "competencies.scale_published", "scale:"+scale.Slug, scale.Version, doc)
	})
}

// note writes into the journal of a transaction what was put in force; version is 0 for what has none.
func note(ctx context.Context, tx Store, a actor.Actor, action, object string, version int, doc canon.Document) error {
	who := access.Acting(a, access.CompetenciesWrite, access.None)
	return act.Note(ctx, tx, who, action, object, act.DetailsOf(version, doc.Hash))
}

// Publish stores a new version of a competency, or the first one, and makes it current. Whoever pinned an
// earlier version keeps it.
func (s *Service) Publish(ctx context.Context, a actor.Actor, slug string, content Content) (Competency, error) {
	if err := access.Decide(a, access.CompetenciesWrite, access.None); err != nil {
		return Competency{}, err
	}
	if err := valid.Slug("competency", slug); err != nil {
		return Competency{}, err
	}
	if err := valid.Struct("competency", &content); err != nil {
		return Competency{}, err
	}
	doc, err := canon.Marshal(content)
	if err != nil {
		return Competency{}, err
	}
	c := Competency{Slug: slug, Number: 1, Hash: doc.Hash, PublishedAt: s.now(), Content: content}
	err = s.store.Tx(ctx, func(tx Store) error {
		scale, err := tx.Scale(ctx, content.Scale)
		if fault.Is(err, fault.NotFound) {
			return broken("competency", "scale.slug", "unknown", content.Scale.Slug)
		}
		if err != nil {
			return err
		}
		if err := describesEveryLevel(content, scale); err != nil {
			return err
		}
		switch old, err := tx.Competency(ctx, slug); {
		case err == nil:
			c.ID, c.Number = old.ID, old.Number+1
		case !fault.Is(err, fault.NotFound):
			return err
		}
		if err := tx.AddCompetencyVersion(ctx, c, doc, a.String()); err != nil {
			return err
		}
		return note(ctx, tx, a, "competencies.published", "competency:"+slug, c.Number, doc)
	})
	return c, err
}

// describesEveryLevel holds a competency to its scale: one text for each rank, in order.
func describesEveryLevel(c Content, s Scale) error {
	ok := len(c.Levels) == s.Top()
	for i, l := range c.Levels {
		ok = ok && l.Rank == i+1
	}
	if ok {
		return nil
	}
	return fault.New(fault.Invalid, "invalid", "a competency on the scale %s describes its %d levels in order", s.Slug, s.Top()).At("levels", "every_level", "")
}

func broken(what, path, rule, param string) error {
	return fault.New(fault.Invalid, "invalid", "%s is not valid", what).At(path, rule, param)
}

// PutCertification stores a certification, replacing an earlier description of the same slug. Evidence of a
// competency that does not exist is an Invalid fault.
func (s *Service) PutCertification(ctx context.Context, a actor.Actor, c Certification) (canon.Document, error) {
	if err := access.Decide(a, access.CompetenciesWrite, access.None); err != nil {
		return canon.Document{}, err
	}
	if err := valid.Struct("certification", &c); err != nil {
		return canon.Document{}, err
	}
	doc, err := canon.Marshal(c)
	if err != nil {
		return canon.Document{}, err
	}
	return doc, s.store.Tx(ctx, func(tx Store) error {
		if err := checkEvidences(ctx, tx, c); err != nil {
			return err
		}
		changed, err := tx.PutCertification(ctx, c, doc, s.now())
		if err != nil || !changed {
			return err
		}
		return note(ctx, tx, a, "competencies.certification_changed", "certification:"+c.Slug, 0, doc)
	})
}

// checkEvidences holds a certification to competencies that exist.
func checkEvidences(ctx context.Context, tx Store, c Certification) error {
	for i, slug := range c.Evidences {
		_, err := tx.Competency(ctx, slug)
		if fault.Is(err, fault.NotFound) {
			return broken("certification", fmt.Sprintf("evidences[%d]", i), "unknown", slug)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
