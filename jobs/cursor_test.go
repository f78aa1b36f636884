package jobs

import (
	"testing"

	"github.com/echelon-hr/echelon/app/cursor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
)

// A place belongs to its search, its filters and its language; how many rows a page has is no matter.
func TestAPlaceBelongsToItsList(t *testing.T) {
	plain := Filter{Lang: lang.FR}
	want := Position{Score: 8, Place: 2003, Sort: "responsable de territoire", ID: "0190"}
	s := cursor.Encode(plain.question(), want)
	for _, f := range []Filter{{Lang: lang.FR, After: s}, {Lang: lang.FR, After: s, Limit: 7}} {
		if got, err := f.place(); err != nil || got != want {
			t.Errorf("%+v: %+v, %v", f, got, err)
		}
	}
	for _, f := range []Filter{
		{Lang: lang.EN},
		{Lang: lang.FR, Text: "vente"},
		{Lang: lang.FR, Family: "sales"},
		{Lang: lang.FR, Track: "field"},
		{Lang: lang.FR, Stage: StageEntry},
		{Lang: lang.FR, Industry: "retail"},
		{Lang: lang.FR, Competency: "negotiation"},
	} {
		f.After = s
		if got, err := f.place(); !fault.Is(err, fault.Malformed) || got != (Position{}) {
			t.Errorf("%+v goes on: %+v, %v", f, got, err)
		}
	}
	for _, bad := range []Position{{}, {Sort: "a"}, {ID: "1\x00"}, {ID: "1", Sort: "\x00"}} {
		f := plain
		f.After = cursor.Encode(plain.question(), bad)
		if got, err := f.place(); !fault.Is(err, fault.Malformed) || got != (Position{}) {
			t.Errorf("%+v is a place: %+v, %v", bad, got, err)
		}
	}
}
