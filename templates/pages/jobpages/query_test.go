package jobpages_test

import (
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/templates/pages/jobpages"
	"github.com/echelon-hr/echelon/templates/pages/pagetest"
)

func TestShortQuery(t *testing.T) {
	long := strings.Repeat("é", 300)
	for _, c := range []struct{ name, q, want string }{
		{"a word stays", "vente", "vente"},
		{"control letters and spaces fall together", " a \x00\n b ", "a b"},
		{"a long one is cut between letters", long, strings.Repeat("é", 60) + "…"},
		{"sixty letters are not long", long[:120], long[:120]},
		{"nothing but spaces", "  ", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := jobpages.ShortQuery(c.q); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestSearchWithoutResultRepeatsTheQuery(t *testing.T) {
	v := jobpages.ListView{Shell: shell(lang.EN), Filter: jobpages.Filter{Q: strings.Repeat("z", 80)}}
	contains(t, pagetest.Render(t, jobpages.List(v)), "No profile for “"+strings.Repeat("z", 60)+"…”", "a shorter word")
	v.Filter.Q = "!?"
	contains(t, pagetest.Render(t, jobpages.List(v)), "“!?” holds no word", "Type at least one word")
}
