package canon_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/lang"
)

// sheet has every shape that documents are made of.
type sheet struct {
	Zeta   string            `json:"zeta"`
	Alpha  int64             `json:"alpha"`
	Text   lang.Text         `json:"text,omitzero"`
	List   []item            `json:"list"`
	Words  []string          `json:"words,omitempty"`
	Inputs map[string]string `json:"inputs,omitempty"`
	More   *int              `json:"more,omitempty"`
	Hidden string            `json:"-"`
}

type item struct {
	Key string `json:"key"`
	On  bool   `json:"on"`
}

func marshal(t interface {
	Helper()
	Fatal(...any)
}, v any,
) canon.Document {
	t.Helper()
	doc, err := canon.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestMarshalWritesTheCanonicalForm(t *testing.T) {
	three := 3
	tests := []struct {
		name  string
		value any
		want  string
	}{
		{"keys sorted, no space, nil lists empty", sheet{Zeta: "z", Alpha: 1, Hidden: "h"}, `{"alpha":1,"list":[],"zeta":"z"}`},
		{
			"sorted all the way down",
			sheet{List: []item{{Key: "b", On: true}, {Key: "a"}}, Inputs: map[string]string{"y": "2", "x": "1"}, More: &three},
			`{"alpha":0,"inputs":{"x":"1","y":"2"},"list":[{"key":"b","on":true},{"key":"a","on":false}],"more":3,"zeta":""}`,
		},
		{"letters as they are, only what must be is escaped", sheet{Zeta: "l’été <&> \"q\" \\ \n\t\u0001 😀"}, `{"alpha":0,"list":[],"zeta":"l’été <&> \"q\" \\ \n\t\u0001 😀"}`},
		{"a text with its revisions", sheet{Text: lang.NewText("prix", "price")}, `{"alpha":0,"list":[],"text":{"en":{"from":1,"rev":1,"text":"price"},"fr":{"from":0,"rev":1,"text":"prix"}},"zeta":""}`},
		{"whole numbers to the last digit", []int64{math.MinInt64, -1, 0, 1<<53 + 1, math.MaxInt64}, "[-9223372036854775808,-1,0,9007199254740993,9223372036854775807]"},
		{"keys in the order of UTF-16, as RFC 8785 says", map[string]int{"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\u0080": 6, "ö": 7}, "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\ufb33\":3}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc := marshal(t, tt.value)
			if diff := cmp.Diff(tt.want, string(doc.Text)); diff != "" {
				t.Error(diff)
			}
			if doc.Hash != canon.Hash([]byte(tt.want)) {
				t.Errorf("the hash is %s", doc.Hash)
			}
		})
	}
}

func TestHashIsSHA256(t *testing.T) {
	const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	if got := canon.Hash(nil); got != empty {
		t.Errorf("the hash of nothing is %s", got)
	}
}

func TestMarshalRefusesWhatCannotBeWritten(t *testing.T) {
	for name, v := range map[string]any{"a function": func() {}, "broken UTF-8": sheet{Zeta: "\xff"}, "not a number": math.NaN()} {
		if doc, err := canon.Marshal(v); err == nil || doc.Hash != "" {
			t.Errorf("%s: got %q, %v", name, doc.Text, err)
		}
	}
}

func TestUnmarshalRefusesWhatTheSchemaDoesNotKnow(t *testing.T) {
	tests := []struct{ name, text string }{
		{"an unknown member", `{"zeta":"z","beta":1}`},
		{"an unknown member further down", `{"list":[{"key":"k","colour":"red"}]}`},
		{"a member twice", `{"zeta":"a","zeta":"b"}`},
		{"another type", `{"alpha":"1"}`},
		{"more than one document", `{} {}`},
		{"half a document", `{"zeta":`},
		{"nothing", ``},
		{"broken UTF-8", "{\"zeta\":\"\xff\"}"},
		{"a hidden member", `{"Hidden":"h"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got sheet
			err := canon.Unmarshal([]byte(tt.text), &got)
			if err == nil || !strings.HasPrefix(err.Error(), "read canonical document: ") {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func anySheet() *rapid.Generator[sheet] {
	side := rapid.String()
	return rapid.Custom(func(t *rapid.T) sheet {
		s := sheet{
			Zeta:   rapid.String().Draw(t, "zeta"),
			Alpha:  rapid.Int64().Draw(t, "alpha"),
			Text:   lang.NewText(side.Draw(t, "fr"), side.Draw(t, "en")),
			Words:  rapid.SliceOf(rapid.String()).Draw(t, "words"),
			Inputs: rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "inputs"),
			More:   rapid.Ptr(rapid.Int(), true).Draw(t, "more"),
		}
		for _, k := range rapid.SliceOfN(rapid.String(), 0, 4).Draw(t, "keys") {
			s.List = append(s.List, item{Key: k, On: len(k)%2 == 0})
		}
		return s
	})
}

// TestADocumentSaysTheSameForEver is what publishing rests on: what is read back is what was written, and
// writing it again gives the same bytes.
func TestADocumentSaysTheSameForEver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anySheet().Draw(t, "sheet")
		doc := marshal(t, want)
		if again := marshal(t, want); string(again.Text) != string(doc.Text) || again.Hash != doc.Hash {
			t.Fatalf("written twice:\n%s\n%s", doc.Text, again.Text)
		}
		var got sheet
		if err := canon.Unmarshal(doc.Text, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
		if again := marshal(t, got); again.Hash != doc.Hash {
			t.Fatalf("read and written again:\n%s\n%s", doc.Text, again.Text)
		}
	})
}

// TestTheOrderOfWritingDoesNotCount gives one value as a struct and as a map.
func TestTheOrderOfWritingDoesNotCount(t *testing.T) {
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	a := marshal(t, struct {
		B time.Time `json:"b"`
		A int       `json:"a"`
	}{at, 1})
	b := marshal(t, map[string]any{"a": 1, "b": at})
	if string(a.Text) != string(b.Text) || a.Hash != b.Hash {
		t.Errorf("%s and %s", a.Text, b.Text)
	}
}
