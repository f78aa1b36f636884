package web

import (
	"testing"

	"github.com/echelon-hr/echelon/app/lang"
)

func TestPreferredLanguage(t *testing.T) {
	for header, want := range map[string]lang.Lang{
		"": "fr", "*": "fr", "en": "en", "fr": "fr", "EN": "en", "de, ja": "fr", ";;;q=x": "fr", ",,": "fr",
		"en-GB,en;q=0.9,fr;q=0.5": "en", "fr;q=0.9,en;q=0.5": "fr", "fr;q=0.5,en;q=0.9": "en", "fr-CA;q=0.9,en;q=0.8": "fr", "fr_CA": "fr", "de,en;q=0.5": "en",
		"en;q=0.5,fr;q=0.5": "en", "fr;q=0.5,en;q=0.5": "fr", "zh-Hant-TW, en-US;q=0.1": "en",
		// One that cannot be read counts for nothing.
		"en-US,en-US@posix;q=0.8": "en", "en,en-US.UTF-8;q=0.5": "en", "en-GB,c;q=0.5": "en", "en-US,en;q=0,9": "en", "@,en": "en", "fr;q=x,en": "en",
		"en;q=2,fr": "fr", "en;q=-1,fr;q=0.1": "fr", "en;q=NaN,fr;q=0.1": "fr", "en;q=,fr;q=0.1": "fr", "und,en": "en",
		// Parameters but the weight mean nothing.
		"en;q=0.8;x=1": "en", "en;x=1;q=0.8,fr;q=0.1": "en", "en ; Q=0.8 , fr ; q=0.9": "fr",
		// Weight 0 is no.
		"fr;q=0": "en", "fr;q=0,de": "en", "fr;q=0,en;q=0": "fr", "en;q=0": "fr", "en;q=0,*": "fr", "fr;q=0.0,en;q=0.001": "en",
		// The star is any other.
		"fr;q=0,*;q=1": "en", "*,fr;q=0.5": "en", "*;q=0.5,fr": "fr", "*,en;q=0.5": "fr", "de,*;q=0.1": "fr", "en;q=0.2,*;q=0.1": "en", "*;q=0,en;q=0.1": "en", "fr;q=0.1,en;q=0.2,*": "en",
	} {
		if got := preferredLang(header); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

func FuzzPreferredLanguage(f *testing.F) {
	for _, header := range []string{"en-US,en-US@posix;q=0.8", "fr;q=0,*;q=1", "en;q=0,9", ";;;q=x", "*"} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		got := preferredLang(header)
		if got != lang.FR && got != lang.EN {
			t.Fatalf("%q: %q", header, got)
		}
		if len(readRanges(header)) < maxRanges && preferredLang(header+",@broken@;q=0.5") != got {
			t.Fatalf("%q: a range that cannot be read changes %s", header, got)
		}
	})
}
