package actor_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/actor"
)

func TestStringNamesTheActorForRecords(t *testing.T) {
	tests := []struct {
		actor actor.Actor
		want  string
	}{
		{actor.Nobody(), "anonymous"},
		{actor.CommandLine(), "operator"},
		{actor.SystemTask("seed"), "system:seed"},
		{actor.Actor{Kind: actor.Person, ID: "0190", Name: "Camille Roy", Roles: actor.Roles()}, "person:0190"},
		{actor.Actor{}, "unknown"},
		{actor.Actor{Kind: "visitor", ID: "0190"}, "unknown"},
	}
	for _, tt := range tests {
		if got := tt.actor.String(); got != tt.want {
			t.Errorf("%+v is recorded as %q, want %q", tt.actor, got, tt.want)
		}
	}
}

func TestTheContextKeepsTheActor(t *testing.T) {
	ctx := context.Background()
	if got := actor.From(ctx); got.Kind != actor.Anonymous {
		t.Errorf("a context nobody signed gives %v", got)
	}
	person := actor.Actor{Kind: actor.Person, ID: "0190", Roles: []actor.Role{actor.HR}}
	inner := actor.With(ctx, person)
	if diff := cmp.Diff(person, actor.From(inner)); diff != "" {
		t.Error(diff)
	}
	if got := actor.From(actor.With(inner, actor.Nobody())); got.Kind != actor.Anonymous {
		t.Errorf("the last one counts, got %v", got)
	}
	if got := actor.From(ctx); got.Kind != actor.Anonymous {
		t.Errorf("the outer context changed to %v", got)
	}
}

func TestRolesAreDifferent(t *testing.T) {
	seen := map[actor.Role]bool{}
	for _, r := range actor.Roles() {
		if r == "" || seen[r] {
			t.Errorf("role %q is empty or there twice", r)
		}
		seen[r] = true
	}
}
