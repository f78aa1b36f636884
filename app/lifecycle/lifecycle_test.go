package lifecycle_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lifecycle"
)

// The states and acts that one or another kind of thing has beside the common ones.
const (
	submitted lifecycle.State = "submitted"
	inReview  lifecycle.State = "in_review"

	submit   lifecycle.Act = "submit"
	refuse   lifecycle.Act = "refuse"
	approve  lifecycle.Act = "approve"
	edit     lifecycle.Act = "edit"
	publish  lifecycle.Act = "publish"
	withdraw lifecycle.Act = "withdraw"
)

var acts = []lifecycle.Act{submit, refuse, approve, edit, publish, withdraw}

// kinds are the lives that the product's things have: profiles are reviewed and then published on their day, competencies
// and ladders go from draft to publication, pay schemes are approved by somebody else and come in force by date.
var kinds = map[string]lifecycle.Kind{
	"profile": {OneOpen: true, Steps: []lifecycle.Step{
		{lifecycle.Draft, submit, inReview},
		{inReview, refuse, lifecycle.Draft},
		{inReview, edit, lifecycle.Draft},
		{inReview, approve, lifecycle.Approved},
		{lifecycle.Approved, edit, lifecycle.Draft},
		{lifecycle.Approved, publish, lifecycle.InForce},
	}},
	"ladder": {OneOpen: true, Steps: []lifecycle.Step{{lifecycle.Draft, publish, lifecycle.InForce}}},
	"pay scheme": {Steps: []lifecycle.Step{
		{lifecycle.Draft, submit, submitted},
		{submitted, refuse, lifecycle.Draft},
		{submitted, approve, lifecycle.Approved},
		{lifecycle.Draft, withdraw, lifecycle.Withdrawn},
		{submitted, withdraw, lifecycle.Withdrawn},
		{lifecycle.Approved, withdraw, lifecycle.Withdrawn},
	}},
}

// codes are the sentences of an act that a state refuses.
var codes = map[lifecycle.State]string{
	lifecycle.Draft: "lifecycle.draft", submitted: "lifecycle.waiting", inReview: "lifecycle.waiting",
	lifecycle.Approved: "lifecycle.approved", lifecycle.InForce: "lifecycle.in_force",
	lifecycle.Superseded: "lifecycle.superseded", lifecycle.Withdrawn: "lifecycle.withdrawn",
}

// TestEveryActInEveryState walks all pairs: a step of the table leads where it says, and anything else is refused with
// the code of the state.
func TestEveryActInEveryState(t *testing.T) {
	for name, kind := range kinds {
		for from, code := range codes {
			for _, act := range acts {
				t.Run(fmt.Sprintf("%s: %s what is %s", name, act, from), func(t *testing.T) {
					var want lifecycle.State
					for _, s := range kind.Steps {
						if s.From == from && s.Act == act {
							want = s.To
						}
					}
					got, err := kind.Next(from, act)
					if want != "" && (got != want || err != nil) {
						t.Errorf("leads to %q, %v, want %q", got, err, want)
					}
					if want == "" && (got != "" || !fault.Is(err, fault.Conflict) || fault.Of(err).Code != code) {
						t.Errorf("leads to %q, %v, want a Conflict with the code %s", got, err, code)
					}
				})
			}
		}
	}
}

func TestOneOpenVersionWhereOneIsAllowed(t *testing.T) {
	open := lifecycle.History[string]{{ID: "1", State: inReview}}
	waiting := lifecycle.History[string]{{ID: "1", State: lifecycle.Approved}} // approved, and nobody has published it
	closed := lifecycle.History[string]{version("1", "2026-01-01", 1), withdrawn("2", "2026-02-01", 2)}
	for _, c := range []struct {
		name    string
		kind    string
		history lifecycle.History[string]
		code    string
	}{
		{"a second draft beside one in review", "profile", open, "lifecycle.open"},
		{"a second draft beside what is not yet published", "profile", waiting, "lifecycle.open"},
		{"a draft beside what was settled or withdrawn", "profile", closed, ""},
		{"a first draft", "profile", nil, ""},
		{"several drafts of a pay scheme", "pay scheme", open, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := lifecycle.CheckOpen(kinds[c.kind], c.history)
			got := ""
			if err != nil {
				got = fault.Of(err).Code
			}
			if diff := cmp.Diff(c.code, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
