package msg

import (
	"testing"

	"github.com/echelon-hr/echelon/app/lang"
)

func TestCountsChooseThePluralForm(t *testing.T) {
	tests := []struct {
		name   string
		l      lang.Lang
		n      int
		number string
		want   string
	}{
		{"French counts nothing in the singular", lang.FR, 0, "0", "0 fiche de poste"},
		{"French one", lang.FR, 1, "1", "1 fiche de poste"},
		{"French two", lang.FR, 2, "2", "2 fiches de poste"},
		{"French minus one", lang.FR, -1, "-1", "-1 fiche de poste"},
		{"English counts nothing in the plural", lang.EN, 0, "0", "0 job profiles"},
		{"English one", lang.EN, 1, "1", "1 job profile"},
		{"English a million", lang.EN, 1_000_000, "1,000,000", "1,000,000 job profiles"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := T(tt.l, JobsListCount, Args{"Count": tt.n, "N": tt.number}); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFrenchMillionsHaveAFormOfTheirOwn(t *testing.T) {
	if got, want := N(lang.FR, JobsListCount, 1_000_000), "1\u00a0000\u00a0000 de fiches de poste"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCountsAreTheSameWhenSaidAgain(t *testing.T) {
	for _, n := range []int{0, 1, 2, 12, maxCounted} {
		for _, l := range lang.All() {
			want := T(l, JobsListCount, Args{"Count": n, "N": lang.Number(l, n)})
			for range 2 {
				if got := N(l, JobsListCount, n); got != want {
					t.Errorf("%s %d: got %q, want %q", l, n, got, want)
				}
			}
		}
	}
}

func TestAnUnknownKeyShowsItself(t *testing.T) {
	if got := T(lang.FR, "no.such.key"); got != "no.such.key" {
		t.Errorf("got %q", got)
	}
}
