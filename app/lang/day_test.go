package lang_test

import (
	"testing"

	"github.com/echelon-hr/echelon/app/lang"
)

func TestDay(t *testing.T) {
	for _, c := range []struct {
		l        lang.Lang
		in, want string
	}{
		{lang.FR, "2026-01-01", "1er\u00a0janv.\u00a02026"},
		{lang.EN, "2026-12-05", "5\u00a0Dec\u00a02026"},
		{lang.FR, "2026-13-01", "2026-13-01"},
		{lang.EN, "", ""},
	} {
		if got := lang.Day(c.l, c.in); got != c.want {
			t.Errorf("%s %q: got %q, want %q", c.l, c.in, got, c.want)
		}
	}
}
