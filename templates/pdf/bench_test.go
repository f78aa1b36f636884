package pdf

import (
	"context"
	"os"
	"testing"

	"github.com/echelon-hr/echelon/app/testkit"
)

// fullFont is a complete font as a program without this package's work would embed it: the one of the
// system, or the face ours are cut from.
func fullFont(tb testing.TB) []byte {
	for _, name := range []string{
		"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
		"../../node_modules/@expo-google-fonts/open-sans/400Regular/OpenSans_400Regular.ttf",
	} {
		if b, err := os.ReadFile(name); err == nil {
			return b
		}
	}
	testkit.Missing(tb, "a complete font", "run make assets")
	return nil
}

func BenchmarkJobProfile(b *testing.B) {
	d := seedDocument(b, "territory-manager")
	run := func(o Options) func(*testing.B) {
		return func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := RenderReport(context.Background(), d, o); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	b.Run("fast", run(Options{}))
	b.Run("full font", run(Options{FullFont: fullFont(b)}))
}

func TestFullFontSaysTheSame(t *testing.T) {
	d := fixture()
	b, _, err := RenderReport(context.Background(), d, Options{FullFont: fullFont(t)})
	if err != nil {
		t.Fatal(err)
	}
	sound(t, b)
	has(t, read(t, b), "Français purpose été")
}
