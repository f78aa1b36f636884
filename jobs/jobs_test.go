package jobs_test

import (
	"testing"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/jobs"
)

func TestParseStage(t *testing.T) {
	for _, s := range jobs.Stages() {
		if got, err := jobs.ParseStage(string(s)); err != nil || got != s {
			t.Errorf("ParseStage(%q) = %q, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "lateral", "Mid", "mid "} {
		if got, err := jobs.ParseStage(s); err == nil || got != "" {
			t.Errorf("ParseStage(%q) = %q, %v", s, got, err)
		}
	}
}

func TestPlaceOrdersByStageThenGrade(t *testing.T) {
	rising := []jobs.Placement{
		{Stage: "", Grade: "S99"},
		{Stage: jobs.StageEntry},
		{Stage: jobs.StageEntry, Grade: "S2"},
		{Stage: jobs.StageEntry, Grade: "S10"},
		{Stage: jobs.StageEntry, Grade: "99999"},
		{Stage: jobs.StageMid, Grade: "none"},
		{Stage: jobs.StageMid, Grade: "3"},
		{Stage: jobs.StageSenior},
		{Stage: jobs.StageExecutive, Grade: "E1"},
	}
	for i, p := range rising[1:] {
		if before := rising[i]; before.Place() >= p.Place() {
			t.Errorf("%s %q has place %d, not under %d of %s %q", before.Stage, before.Grade, before.Place(), p.Place(), p.Stage, p.Grade)
		}
	}
}

func TestTrackOfAFamily(t *testing.T) {
	f := jobs.Family{Tracks: []jobs.Track{{Slug: "field", Name: said("field")}, {Slug: "specialist", Name: said("specialist")}}}
	if got, ok := f.Track("specialist"); !ok || got != f.Tracks[1] {
		t.Errorf("got %+v, %v", got, ok)
	}
	if got, ok := f.Track("lateral"); ok || got != (jobs.Track{}) {
		t.Errorf("an unknown track gives %+v, %v", got, ok)
	}
}

func TestOtherTitlesPerLanguage(t *testing.T) {
	o := jobs.OtherTitles{FR: []string{"chef de secteur"}, EN: []string{"area manager"}}
	if o.In(lang.FR)[0] != "chef de secteur" || o.In(lang.EN)[0] != "area manager" {
		t.Errorf("%v and %v", o.In(lang.FR), o.In(lang.EN))
	}
}
