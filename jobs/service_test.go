package jobs_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/jobs"
)

func TestWhoMayReadAndWriteProfiles(t *testing.T) {
	reads := map[string]func(context.Context, *jobs.Service, actor.Actor) error{
		"Get": func(ctx context.Context, s *jobs.Service, a actor.Actor) error {
			_, err := s.Get(ctx, a, "tm")
			return err
		},
		"Raw": func(ctx context.Context, s *jobs.Service, a actor.Actor) error {
			_, err := s.Raw(ctx, a, "tm")
			return err
		},
		"Edition": func(ctx context.Context, s *jobs.Service, a actor.Actor) error {
			_, err := s.Edition(ctx, a, "tm", "")
			return err
		},
		"List": func(ctx context.Context, s *jobs.Service, a actor.Actor) error {
			_, err := s.List(ctx, a, jobs.Filter{Lang: lang.FR})
			return err
		},
		"InFamily": func(ctx context.Context, s *jobs.Service, a actor.Actor) error {
			_, err := s.InFamily(ctx, a, "sales", lang.FR)
			return err
		},
		"Headings": func(ctx context.Context, s *jobs.Service, a actor.Actor) error {
			_, err := s.Headings(ctx, a, lang.FR)
			return err
		},
		"Titles": func(ctx context.Context, s *jobs.Service, a actor.Actor) error {
			_, err := s.Titles(ctx, a, []string{"tm"})
			return err
		},
		"Uses":  func(ctx context.Context, s *jobs.Service, a actor.Actor) error { _, err := s.Uses(ctx, a); return err },
		"Sizes": func(ctx context.Context, s *jobs.Service, a actor.Actor) error { _, err := s.Sizes(ctx, a); return err },
		"RequiredBy": func(ctx context.Context, s *jobs.Service, a actor.Actor) error {
			_, err := s.RequiredBy(ctx, a, []string{"tm"})
			return err
		},
		"KPIs": func(ctx context.Context, s *jobs.Service, a actor.Actor) error { _, err := s.KPIs(ctx, a); return err },
	}
	writes := map[string]func(context.Context, *jobs.Service, actor.Actor) error{
		"Publish": func(ctx context.Context, s *jobs.Service, a actor.Actor) error {
			_, err := s.Publish(ctx, a, "tm", place(), plainRole())
			return err
		},
		"PutKPI": func(ctx context.Context, s *jobs.Service, a actor.Actor) error {
			_, err := s.PutKPI(ctx, a, quota("actual / quota"))
			return err
		},
		"PutFamily": func(ctx context.Context, s *jobs.Service, a actor.Actor) error {
			_, err := s.PutFamily(ctx, a, jobs.Family{Slug: "x", Name: said("x"), Text: said("x"), Tracks: []jobs.Track{{Slug: "y", Name: said("y")}}})
			return err
		},
		"Reindex": func(ctx context.Context, s *jobs.Service, a actor.Actor) error {
			_, err := s.Reindex(ctx, a)
			return err
		},
	}
	tests := []struct {
		name        string
		actor       actor.Actor
		read, write fault.Kind
	}{
		{"nobody", actor.Nobody(), fault.Unauthenticated, fault.Unauthenticated},
		{"an actor of no kind", actor.Actor{Roles: actor.Roles()}, fault.Forbidden, fault.Forbidden},
		{"an employee", who(), "", fault.Forbidden},
		{"compensation", who(actor.Compensation), "", fault.Forbidden},
		{"an administrator", who(actor.Administrator), "", fault.Forbidden},
		{"a recruiter", who(actor.Recruiter), "", ""},
		{"an HR partner", who(actor.HR), "", ""},
		{"the command line", actor.CommandLine(), "", ""},
		{"the seeds", actor.SystemTask("seed"), "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, _, _ := house()
			publish(t, s, "tm", plainRole())
			for name, call := range reads {
				if got := kind(call(t.Context(), s, tt.actor)); got != tt.read {
					t.Errorf("%s: %q, want %q", name, got, tt.read)
				}
			}
			for name, call := range writes {
				if got := kind(call(t.Context(), s, tt.actor)); got != tt.write {
					t.Errorf("%s: %q, want %q", name, got, tt.write)
				}
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

func rows(n int) []jobs.Summary {
	var out []jobs.Summary
	for i := range n {
		out = append(out, jobs.Summary{Slug: fmt.Sprint(i), Position: jobs.Position{Place: i, Sort: "s", ID: fmt.Sprint(i)}})
	}
	return out
}

func TestListGoesOnWhereItStopped(t *testing.T) {
	s, store, _ := house()
	store.rows = rows(3)
	page, err := s.List(t.Context(), who(), jobs.Filter{Lang: lang.FR, Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Items) != 2 || page.Total != 3 || page.Next == "" {
		t.Fatalf("got %d of %d, next %q", len(page.Items), page.Total, page.Next)
	}
	if _, err := s.List(t.Context(), who(), jobs.Filter{Lang: lang.FR, Limit: 2, After: page.Next}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(page.Items[1].Position, store.asked.After); diff != "" {
		t.Error(diff)
	}
	store.rows = rows(2)
	if page, err := s.List(t.Context(), who(), jobs.Filter{Lang: lang.FR, Limit: 2}); err != nil || page.Next != "" {
		t.Errorf("the last page leads to %q, %v", page.Next, err)
	}
}

func TestListAsksTheStoreForWhatTheReaderAsked(t *testing.T) {
	s, store, _ := house()
	_, err := s.List(t.Context(), who(), jobs.Filter{
		Lang: lang.FR, Text: "Négociations", Family: "sales", Track: "field", Stage: jobs.StageMid, Industry: "pharma", Competency: "negotiation",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := jobs.Query{
		Lang: lang.FR, Search: [][]string{{"negoci"}}, Phrase: "=negoci", Family: "sales", Track: "field", Stage: jobs.StageMid, Industry: "pharma",
		Competency: "negotiation", Limit: jobs.DefaultLimit,
	}
	if diff := cmp.Diff(want, store.asked); diff != "" {
		t.Error(diff)
	}
}

func TestListRefusesWhatItCannotServe(t *testing.T) {
	s, _, _ := house()
	for _, limit := range []int{-1, jobs.MaxLimit + 1, 1 << 40} {
		_, err := s.List(t.Context(), who(), jobs.Filter{Lang: lang.FR, Limit: limit})
		checkFields(t, err, []fault.Field{{Path: "limit", Rule: "between", Param: "1 200"}})
	}
	if _, err := s.List(t.Context(), who(), jobs.Filter{Lang: lang.FR, After: "%%%"}); !fault.Is(err, fault.Malformed) {
		t.Errorf("a cursor that is not ours gives %v", err)
	}
}

func TestEditionIsACanonicalDocument(t *testing.T) {
	s, _, _ := house()
	publish(t, s, "tm", with(plainRole(), jobs.Variant{Remove: []string{"day/morning"}}))
	p, err := s.Raw(t.Context(), who(), "tm")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(jobs.Content{}, p.Content); diff != "" {
		t.Errorf("Raw reads the document: %s", diff)
	}
	whole, err := s.Edition(t.Context(), who(), "tm", "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(p.Version.Document), string(whole.Text)); diff != "" {
		t.Errorf("the version itself reads otherwise:\n%s", diff)
	}
	pharma, err := s.Edition(t.Context(), who(), "tm", "pharma")
	if err != nil {
		t.Fatal(err)
	}
	var c jobs.Content
	if err := canon.Unmarshal(pharma.Text, &c); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(entries("evening"), c.Day); diff != "" {
		t.Error(diff)
	}
	for _, call := range []struct{ slug, variant string }{{"tm", "fmcg"}, {"nobody", ""}} {
		if _, err := s.Edition(t.Context(), who(), call.slug, call.variant); !fault.Is(err, fault.NotFound) {
			t.Errorf("%v gives %v", call, err)
		}
	}
}

func TestADocumentOfAnotherSchemaIsNotGuessedAt(t *testing.T) {
	s, store, _ := house()
	publish(t, s, "tm", plainRole())
	p := store.profiles["tm"]
	p.Version.Schema = jobs.SchemaNumber + 1
	store.profiles["tm"] = p
	if _, err := s.Get(t.Context(), who(), "tm"); !fault.Is(err, fault.Internal) {
		t.Errorf("got %v", err)
	}
	if _, err := s.InFamily(t.Context(), who(), "sales", lang.FR); !fault.Is(err, fault.Internal) {
		t.Errorf("got %v", err)
	}
}
