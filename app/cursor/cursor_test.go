package cursor_test

import (
	"encoding/base64"
	"testing"

	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/app/cursor"
	"github.com/echelon-hr/echelon/app/fault"
)

type question struct{ Text, Lang string }

type place struct {
	Score int    `json:"s"`
	ID    string `json:"i"`
}

func TestACursorLeadsBackInItsOwnListAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := question{rapid.String().Draw(t, "text"), rapid.SampledFrom([]string{"fr", "en"}).Draw(t, "lang")}
		want := place{rapid.Int().Draw(t, "score"), rapid.StringMatching(`[0-9a-f-]{0,36}`).Draw(t, "id")}
		s := cursor.Encode(q, want)
		if got, err := cursor.Decode[place](q, s); err != nil || got != want {
			t.Fatalf("got %+v, %v; want %+v", got, err, want)
		}
		other := q
		other.Text += "x"
		if got, err := cursor.Decode[place](other, s); !fault.Is(err, fault.Malformed) || got != (place{}) {
			t.Fatalf("the list of another question went on: %+v, %v", got, err)
		}
	})
	if got, err := cursor.Decode[place](question{}, ""); err != nil || got != (place{}) {
		t.Errorf("no cursor: %+v, %v", got, err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{"", "%%%", "e30", "bnVsbA", cursor.Encode(question{}, place{8, "0190"}), cursor.Encode(question{}, place{8, "0190"}) + "x", cursor.Encode(question{}, 7)} {
		f.Add(s)
	}
	f.Add(base64.RawURLEncoding.EncodeToString([]byte(`{"q":"","p":{"s":1e99}}`)))
	f.Fuzz(func(t *testing.T, s string) {
		p, err := cursor.Decode[place](question{}, s)
		switch {
		case err != nil && (!fault.Is(err, fault.Malformed) || fault.Of(err).Code != "cursor" || p != (place{})):
			t.Errorf("%q gives %+v, %v", s, p, err)
		case err == nil && s != "":
			if again, err := cursor.Decode[place](question{}, cursor.Encode(question{}, p)); err != nil || again != p {
				t.Errorf("%q gives %+v, and that %+v, %v", s, p, again, err)
			}
		}
	})
}
