package competencies_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/competencies"
)

func said(s string) lang.Text { return lang.NewText(s+" (fr)", s+" (en)") }

// scale has n levels named by their rank.
func scale(slug string, n int) competencies.Scale {
	s := competencies.Scale{Slug: slug, Version: 1, Name: said(slug)}
	for rank := 1; rank <= n; rank++ {
		s.Levels = append(s.Levels, competencies.ScaleLevel{Rank: rank, Name: said(slug + string(rune('0'+rank)))})
	}
	return s
}

func TestValuePlacesRanksBetween0And100(t *testing.T) {
	tests := []struct {
		name  string
		scale competencies.Scale
		want  []float64 // by rank, from 0
	}{
		{"mastery, five levels", scale("mastery", 5), []float64{0, 20, 40, 60, 80, 100}},
		{"language, A1 to C2", scale("language", 6), []float64{0, 100.0 / 6, 200.0 / 6, 50, 400.0 / 6, 500.0 / 6, 100}},
		{"held or not", scale("held", 1), []float64{0, 100}},
		{"no levels", scale("none", 0), []float64{0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.scale.Top(); got != len(tt.want)-1 {
				t.Errorf("the top is %d", got)
			}
			for rank, want := range tt.want {
				if got := tt.scale.Value(rank); math.Abs(got-want) > 1e-9 {
					t.Errorf("rank %d is worth %v, want %v", rank, got, want)
				}
			}
		})
	}
	if got := scale("none", 0).Value(3); got != 0 {
		t.Errorf("a rank on a scale without levels is worth %v", got)
	}
}

// TestValueRises holds for any length of scale: nothing may assume five levels.
func TestValueRises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := scale("s", rapid.IntRange(1, 12).Draw(t, "levels"))
		for rank := 1; rank <= s.Top(); rank++ {
			if s.Value(rank) <= s.Value(rank-1) {
				t.Fatalf("rank %d of %d is worth %v, the one below %v", rank, s.Top(), s.Value(rank), s.Value(rank-1))
			}
		}
		if s.Value(0) != 0 || s.Value(s.Top()) != 100 {
			t.Fatalf("from %v to %v", s.Value(0), s.Value(s.Top()))
		}
	})
}

func TestLevelsByRank(t *testing.T) {
	s := scale("mastery", 5)
	if got := s.LevelName(3); got != said("mastery3") {
		t.Errorf("rank 3 is called %+v", got)
	}
	c := competencies.Competency{Content: content("mastery", 5)}
	if got, ok := c.Level(5); !ok || got.Rank != 5 {
		t.Errorf("rank 5 looks like %+v, %v", got, ok)
	}
	for _, rank := range []int{-1, 0, 6} {
		if got := s.LevelName(rank); !got.IsZero() {
			t.Errorf("rank %d is called %+v", rank, got)
		}
		if got, ok := c.Level(rank); ok {
			t.Errorf("rank %d looks like %+v", rank, got)
		}
	}
}

func TestParseCategory(t *testing.T) {
	for _, c := range competencies.Categories() {
		if got, err := competencies.ParseCategory(string(c)); err != nil || got != c {
			t.Errorf("ParseCategory(%q) = %q, %v", c, got, err)
		}
	}
	for _, s := range []string{"", "Technical", "soft"} {
		if got, err := competencies.ParseCategory(s); err == nil || got != "" {
			t.Errorf("ParseCategory(%q) = %q, %v", s, got, err)
		}
	}
}
