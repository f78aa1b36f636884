package pdf

import (
	"context"
	"os"
	"testing"
)

// fullFont is the complete face the fast fonts are cut from, when the packages are installed.
func fullFont(tb testing.TB) []byte {
	b, err := os.ReadFile("../../node_modules/@expo-google-fonts/open-sans/400Regular/OpenSans_400Regular.ttf")
	if err != nil {
		tb.Skip("npm packages are not installed")
	}
	return b
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
