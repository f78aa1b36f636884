package careers

import (
	"context"
	"fmt"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/act"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/valid"
)

// SchemaNumber is how ladder documents are written today.
const SchemaNumber = 1

// Store keeps ladders. A slug it does not know is a NotFound fault.
type Store interface {
	// Tx runs fn in one transaction on a store bound to it, with the effects that are written in it.
	Tx(ctx context.Context, fn func(Store) error) error
	act.Effects

	Ladders(ctx context.Context) ([]Ladder, error) // current versions by slug
	Refs(ctx context.Context) ([]Ref, error)       // by slug, without reading the ladders
	Ladder(ctx context.Context, slug string) (Ladder, error)
	// LadderOf returns the first ladder of a family.
	LadderOf(ctx context.Context, family string) (Ladder, error)
	// AddVersion stores a version, makes it current and rebuilds the index of its moves. A rung or a move
	// that names an unknown profile is an Invalid fault.
	AddVersion(ctx context.Context, l Ladder, doc canon.Document, by string) error
}

// Service is the use cases of careers.
type Service struct {
	store Store
	now   clock.Clock
}

// NewService makes the service over a store.
func NewService(store Store, now clock.Clock) *Service { return &Service{store: store, now: now} }

// Ladders lists the ladders.
func (s *Service) Ladders(ctx context.Context, a actor.Actor) ([]Ladder, error) {
	if err := access.Decide(a, access.LaddersRead, access.None); err != nil {
		return nil, err
	}
	return s.store.Ladders(ctx)
}

// Ref names a ladder and the family it is of.
type Ref struct{ Slug, Family string }

// Refs names the ladders, by slug, for links to them.
func (s *Service) Refs(ctx context.Context, a actor.Actor) ([]Ref, error) {
	if err := access.Decide(a, access.LaddersRead, access.None); err != nil {
		return nil, err
	}
	return s.store.Refs(ctx)
}

// Ladder returns one ladder.
func (s *Service) Ladder(ctx context.Context, a actor.Actor, slug string) (Ladder, error) {
	if err := access.Decide(a, access.LaddersRead, access.None); err != nil {
		return Ladder{}, err
	}
	return s.store.Ladder(ctx, slug)
}

// LadderOf returns the ladder of a family; a family without one gives an empty ladder.
func (s *Service) LadderOf(ctx context.Context, a actor.Actor, family string) (Ladder, error) {
	if err := access.Decide(a, access.LaddersRead, access.None); err != nil {
		return Ladder{}, err
	}
	l, err := s.store.LadderOf(ctx, family)
	if fault.Is(err, fault.NotFound) {
		return Ladder{}, nil
	}
	return l, err
}

// PublishLadder puts a new version of a ladder in force.
func (s *Service) PublishLadder(ctx context.Context, a actor.Actor, slug string, content LadderContent) (Ladder, error) {
	if err := access.Decide(a, access.LaddersWrite, access.None); err != nil {
		return Ladder{}, err
	}
	if err := valid.Slug("ladder", slug); err != nil {
		return Ladder{}, err
	}
	if err := valid.Struct("ladder", &content); err != nil {
		return Ladder{}, err
	}
	if err := checkMoves(content); err != nil {
		return Ladder{}, err
	}
	doc, err := canon.Marshal(content)
	if err != nil {
		return Ladder{}, err
	}
	l := Ladder{Slug: slug, Number: 1, Hash: doc.Hash, PublishedAt: s.now(), LadderContent: content}
	err = s.store.Tx(ctx, func(tx Store) error {
		switch old, err := tx.Ladder(ctx, slug); {
		case err == nil:
			l.ID, l.Number = old.ID, old.Number+1
		case !fault.Is(err, fault.NotFound):
			return err
		}
		if err := tx.AddVersion(ctx, l, doc, a.String()); err != nil {
			return err
		}
		who := access.Acting(a, access.LaddersWrite, access.None)
		return act.Note(ctx, tx, who, "ladders.published", "ladder:"+slug, act.DetailsOf(l.Number, doc.Hash))
	})
	return l, err
}

// checkMoves holds moves to the ladder's own rungs, each pair once.
func checkMoves(c LadderContent) error {
	f := fault.New(fault.Invalid, "invalid", "ladder is not valid")
	rungs, pairs := map[string]bool{}, map[[2]string]bool{}
	for _, r := range c.Rungs {
		rungs[r.Profile] = true
	}
	for i, m := range c.Moves {
		broken := func(field, rule, param string) {
			f.Fields = append(f.Fields, fault.Field{Path: fmt.Sprintf("moves[%d].%s", i, field), Rule: rule, Param: param})
		}
		if !rungs[m.From] {
			broken("from", "unknown", m.From)
		}
		if !rungs[m.To] {
			broken("to", "unknown", m.To)
		}
		if pair := [2]string{m.From, m.To}; pairs[pair] {
			broken("to", "twice", m.From+" "+m.To)
		} else {
			pairs[pair] = true
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}
