package audit

import (
	"testing"

	"github.com/echelon-hr/echelon/app/fault"
)

func TestCursorsReadBack(t *testing.T) {
	for _, seq := range []int64{1, 50, 1 << 60} {
		if got, err := decodeCursor(encodeCursor(seq)); err != nil || got != seq {
			t.Errorf("%d became %d, %v", seq, got, err)
		}
	}
	if got, err := decodeCursor(""); err != nil || got != 0 {
		t.Errorf("the beginning: %d, %v", got, err)
	}
	for _, s := range []string{"x", "e30", "bnVsbA", encodeCursor(0), encodeCursor(-1), encodeCursor(5) + "x", "!"} {
		if _, err := decodeCursor(s); !fault.Is(err, fault.Malformed) {
			t.Errorf("%q: %v, want a Malformed fault", s, err)
		}
	}
}

func FuzzDecodeCursor(f *testing.F) {
	f.Add(encodeCursor(1))
	f.Fuzz(func(t *testing.T, s string) {
		if n, err := decodeCursor(s); err == nil && s != "" && n < 1 {
			t.Errorf("%q goes on before %d", s, n)
		}
	})
}
