package jobs

import (
	"encoding/base64"
	"testing"

	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
)

func TestACursorLeadsBackToItsPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.SampledFrom(lang.All()).Draw(t, "lang")
		want := Position{
			Score: rapid.Int().Draw(t, "score"), Place: rapid.Int().Draw(t, "place"),
			Sort: lang.SortKey(rapid.String().Draw(t, "title")), ID: rapid.StringMatching(`[0-9a-f-]{1,36}`).Draw(t, "id"),
		}
		got, err := decodeCursor(l, encodeCursor(l, want))
		if err != nil || got != want {
			t.Fatalf("got %+v, %v; want %+v", got, err, want)
		}
		if _, err := decodeCursor(l.Other(), encodeCursor(l, want)); !fault.Is(err, fault.Malformed) {
			t.Fatalf("a list in another language went on: %v", err)
		}
	})
}

func TestNoCursorStartsTheList(t *testing.T) {
	if got, err := decodeCursor(lang.FR, ""); err != nil || got != (Position{}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestMalformedCursors(t *testing.T) {
	b64 := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	tests := []struct{ name, cursor string }{
		{"not base64", "%%%"},
		{"padded base64", base64.URLEncoding.EncodeToString([]byte(`{"l":"fr","i":"1"}`)) + "="},
		{"not JSON", b64("hello")},
		{"half of one", b64(`{"l":"fr","s":1`)},
		{"another type", b64(`{"l":"fr","s":"1","i":"1"}`)},
		{"a list", b64(`[]`)},
		{"null", b64(`null`)},
		{"no language", b64(`{"i":"1"}`)},
		{"another language", b64(`{"l":"en","i":"1"}`)},
		{"no row", b64(`{"l":"fr"}`)},
		{"a character no database keeps", b64(`{"l":"fr","i":"1","k":"\u0000"}`)},
		{"a number beyond all", b64(`{"l":"fr","i":"1","g":1e99}`)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decodeCursor(lang.FR, tt.cursor)
			if f := fault.Of(err); f.Kind != fault.Malformed || f.Code != "cursor" || got != (Position{}) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

// FuzzDecodeCursor takes whatever comes in an address: either a place in the list, or one Malformed fault.
func FuzzDecodeCursor(f *testing.F) {
	f.Add("")
	f.Add("%%%")
	f.Add(encodeCursor(lang.FR, Position{Score: 8, Place: 2003, Sort: "responsable de territoire", ID: "0190"}))
	f.Add(encodeCursor(lang.EN, Position{Sort: "\u0000'; drop table", ID: "\\"}))
	f.Add(base64.RawURLEncoding.EncodeToString([]byte(`{"l":"fr","i":"1","i":"2","x":{}}`)))
	f.Fuzz(func(t *testing.T, s string) {
		p, err := decodeCursor(lang.FR, s)
		switch {
		case err != nil && (!fault.Is(err, fault.Malformed) || p != (Position{})):
			t.Errorf("%q gives %+v, %v", s, p, err)
		case err == nil && s != "":
			if again, err := decodeCursor(lang.FR, encodeCursor(lang.FR, p)); err != nil || again != p {
				t.Errorf("%q gives %+v, and that %+v, %v", s, p, again, err)
			}
		}
	})
}
