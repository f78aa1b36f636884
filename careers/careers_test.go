package careers_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/jobs"
)

// shelf keeps the versions of ladders in memory, the current ones last.
type shelf struct {
	acttest.Recorder
	versions []careers.Ladder
}

func (s *shelf) Tx(_ context.Context, fn func(careers.Store) error) error { return fn(s) }

func (s *shelf) Ladders(context.Context) ([]careers.Ladder, error) { return s.versions, nil }

func (s *shelf) Refs(context.Context) (out []careers.Ref, _ error) {
	for _, l := range s.versions {
		out = append(out, careers.Ref{Slug: l.Slug, Family: l.Family})
	}
	return out, nil
}

func (s *shelf) find(what string, is func(careers.Ladder) bool) (careers.Ladder, error) {
	for i := len(s.versions) - 1; i >= 0; i-- {
		if is(s.versions[i]) {
			return s.versions[i], nil
		}
	}
	return careers.Ladder{}, fault.New(fault.NotFound, "not_found", "ladder %s", what)
}

func (s *shelf) Ladder(_ context.Context, slug string) (careers.Ladder, error) {
	return s.find(slug, func(l careers.Ladder) bool { return l.Slug == slug })
}

func (s *shelf) LadderOf(_ context.Context, family string) (careers.Ladder, error) {
	return s.find(family, func(l careers.Ladder) bool { return l.Family == family })
}

func (s *shelf) AddVersion(_ context.Context, l careers.Ladder, doc canon.Document, _ string) error {
	l.ID, l.Hash = careers.LadderID("id-"+l.Slug), doc.Hash
	s.versions = append(s.versions, l)
	return nil
}

var now clock.Clock = func() time.Time { return time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC) }

func who(roles ...actor.Role) actor.Actor {
	return actor.Actor{Kind: actor.Person, ID: "1", Roles: roles}
}

func move(from, to string) careers.Move {
	return careers.Move{From: from, To: to, Kind: careers.Up, TypicalMonths: 24}
}

// ladder has the rungs rep, tm and trainer, and the moves given.
func ladder(moves ...careers.Move) careers.LadderContent {
	return careers.LadderContent{
		Family: "sales", Name: lang.NewText("Filière", "Ladder"), Text: lang.NewText("Texte", "Text"),
		Rungs: []careers.Rung{{Profile: "rep", Stage: jobs.StageEntry}, {Profile: "tm", Stage: jobs.StageMid}, {Profile: "trainer", Stage: jobs.StageMid}},
		Moves: moves,
	}
}

func TestMovesThatBreakARule(t *testing.T) {
	tests := []struct {
		name   string
		ladder careers.LadderContent
		want   []fault.Field
	}{
		{"from a rung nobody knows", ladder(move("rep", "tm"), move("king", "tm")), []fault.Field{{Path: "moves[1].from", Rule: "unknown", Param: "king"}}},
		{"to a rung nobody knows", ladder(move("rep", "king")), []fault.Field{{Path: "moves[0].to", Rule: "unknown", Param: "king"}}},
		{"both unknown", ladder(move("queen", "king")), []fault.Field{{Path: "moves[0].from", Rule: "unknown", Param: "queen"}, {Path: "moves[0].to", Rule: "unknown", Param: "king"}}},
		{"one pair twice", ladder(move("rep", "tm"), move("rep", "trainer"), move("rep", "tm")), []fault.Field{{Path: "moves[2].to", Rule: "twice", Param: "rep tm"}}},
		{"onto itself", ladder(move("tm", "tm")), []fault.Field{{Path: "moves[0].to", Rule: "nefield", Param: "From"}}},
		{"in no time", ladder(careers.Move{From: "rep", To: "tm", Kind: careers.Up}), []fault.Field{{Path: "moves[0].typical_months", Rule: "gte", Param: "1"}}},
		{"in no known direction", ladder(careers.Move{From: "rep", To: "tm", Kind: "sideways", TypicalMonths: 1}), []fault.Field{{Path: "moves[0].kind", Rule: "oneof", Param: "up lateral diagonal"}}},
	}
	twice := ladder()
	twice.Rungs = append(twice.Rungs, careers.Rung{Profile: "tm", Stage: jobs.StageSenior})
	tests = append(tests, struct {
		name   string
		ladder careers.LadderContent
		want   []fault.Field
	}{"one rung twice", twice, []fault.Field{{Path: "rungs", Rule: "unique", Param: "Profile"}}})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store := &shelf{}
			_, err := careers.NewService(store, now).PublishLadder(t.Context(), who(actor.HR), "sales", tt.ladder)
			checkFields(t, err, tt.want)
			if len(store.versions) != 0 {
				t.Error("it was published all the same")
			}
		})
	}
	_, err := careers.NewService(&shelf{}, now).PublishLadder(t.Context(), who(actor.HR), "Sales Ladder", ladder())
	checkFields(t, err, []fault.Field{{Path: "slug", Rule: "slug"}})
}

func TestThereAndBackAreTwoMoves(t *testing.T) {
	s := careers.NewService(&shelf{}, now)
	first, err := s.PublishLadder(t.Context(), who(actor.HR), "sales", ladder(move("tm", "trainer"), move("trainer", "tm")))
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.PublishLadder(t.Context(), who(actor.HR), "sales", ladder(move("rep", "tm")))
	if err != nil {
		t.Fatal(err)
	}
	if first.Number != 1 || second.Number != 2 || second.ID != "id-sales" || second.Hash == first.Hash || !second.PublishedAt.Equal(now()) {
		t.Errorf("first %d, second %d of %q", first.Number, second.Number, second.ID)
	}
	if got, err := s.Ladder(t.Context(), who(), "sales"); err != nil || got.Number != 2 {
		t.Errorf("in force is %d, %v", got.Number, err)
	}
}

func TestAFamilyWithoutALadderHasAnEmptyOne(t *testing.T) {
	s := careers.NewService(&shelf{}, now)
	got, err := s.LadderOf(t.Context(), who(), "finance")
	if diff := cmp.Diff(careers.Ladder{}, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if _, err := s.Ladder(t.Context(), who(), "finance"); !fault.Is(err, fault.NotFound) {
		t.Errorf("asked by its own name: %v", err)
	}
}

func TestMovesFromAndToAProfile(t *testing.T) {
	l := careers.Ladder{LadderContent: ladder(move("rep", "tm"), move("tm", "trainer"), move("trainer", "tm"), move("rep", "trainer"))}
	tests := []struct {
		profile  string
		from, to []careers.Move
	}{
		{"rep", []careers.Move{l.Moves[0], l.Moves[3]}, nil},
		{"tm", []careers.Move{l.Moves[1]}, []careers.Move{l.Moves[0], l.Moves[2]}},
		{"king", nil, nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.from, l.From(tt.profile)); diff != "" {
			t.Errorf("from %s: %s", tt.profile, diff)
		}
		if diff := cmp.Diff(tt.to, l.To(tt.profile)); diff != "" {
			t.Errorf("to %s: %s", tt.profile, diff)
		}
	}
}

// TestALadderIsPublishedWhenItsMovesAreItsOwn draws moves over known and unknown rungs and judges them by hand.
func TestALadderIsPublishedWhenItsMovesAreItsOwn(t *testing.T) {
	name := rapid.SampledFrom([]string{"rep", "tm", "trainer", "king"})
	rapid.Check(t, func(t *rapid.T) {
		var moves []careers.Move
		pairs, good := map[careers.Move]bool{}, true
		for range rapid.IntRange(0, 4).Draw(t, "moves") {
			m := move(name.Draw(t, "from"), name.Draw(t, "to"))
			good = good && !pairs[m] && m.From != m.To && m.From != "king" && m.To != "king"
			pairs[m] = true
			moves = append(moves, m)
		}
		_, err := careers.NewService(&shelf{}, now).PublishLadder(context.Background(), who(actor.HR), "sales", ladder(moves...))
		if (err == nil) != good {
			t.Fatalf("%+v gives %v", moves, err)
		}
	})
}

func TestWhoMayReadAndWriteLadders(t *testing.T) {
	tests := []struct {
		name        string
		actor       actor.Actor
		read, write fault.Kind
	}{
		{"nobody", actor.Nobody(), fault.Unauthenticated, fault.Unauthenticated},
		{"an employee", who(), "", fault.Forbidden},
		{"a recruiter", who(actor.Recruiter), "", fault.Forbidden},
		{"an HR partner", who(actor.HR), "", ""},
		{"the command line", actor.CommandLine(), "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx := t.Context()
			s := careers.NewService(&shelf{versions: []careers.Ladder{{Slug: "sales", Number: 1, LadderContent: ladder()}}}, now)
			_, list := s.Ladders(ctx, tt.actor)
			_, one := s.Ladder(ctx, tt.actor, "sales")
			_, of := s.LadderOf(ctx, tt.actor, "sales")
			_, publish := s.PublishLadder(ctx, tt.actor, "sales", ladder())
			if diff := cmp.Diff([]fault.Kind{tt.read, tt.read, tt.read, tt.write}, []fault.Kind{kind(list), kind(one), kind(of), kind(publish)}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func kind(err error) fault.Kind {
	if err == nil {
		return ""
	}
	return fault.Of(err).Kind
}

// checkFields wants one Invalid fault with exactly these fields.
func checkFields(t testing.TB, err error, want []fault.Field) {
	t.Helper()
	if !fault.Is(err, fault.Invalid) {
		t.Fatalf("got %v, want an Invalid fault", err)
	}
	if diff := cmp.Diff(want, fault.Of(err).Fields); diff != "" {
		t.Error(diff)
	}
}
