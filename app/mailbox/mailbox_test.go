package mailbox_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/app/mailbox"
)

func TestOneMailboxHasOneForm(t *testing.T) {
	l64, l65 := strings.Repeat("a", 64), strings.Repeat("a", 65)
	long := strings.Repeat(strings.Repeat("b", 60)+".", 3) + strings.Repeat("c", 56) + "."
	for in, want := range map[string]string{
		"Awa.Diop@Example.ORG":              "awa.diop@example.org",
		" awa@example.org\u200b\ufeff":      "awa@example.org",
		"idn@exämple.test":                  "idn@xn--exmple-cua.test",
		"idn@EXA\u0308MPLE.test":            "idn@xn--exmple-cua.test",
		"idn@xn--exmple-cua.test":           "idn@xn--exmple-cua.test",
		"idn@XN--EXMPLE-CUA.test":           "idn@xn--exmple-cua.test",
		"idn@exämple。test":                  "idn@xn--exmple-cua.test",
		"a@straße.test":                     "a@xn--strae-oqa.test",
		"Élise@example.test":                "élise@example.test",
		"E\u0301LISE@example.test":          "élise@example.test",
		"o'neil+hr@example.test":            "o'neil+hr@example.test",
		l64 + "@example.test":               l64 + "@example.test",
		l65 + "@example.test":               "",
		strings.Repeat("é", 33) + "@e.test": "",
		"a@" + long + "example.test":        "a@" + long + "example.test",
		"aaaaaa@" + long + "example.test":   "",
		"İSTANBUL@example.test":             "",
		"zw\u200b@example.test":             "",
		"a@ex\u202eample.test":              "",
		"a\u0000@example.test":              "",
		"a\xe9@example.test":                "",
		"a b@example.test":                  "",
		"a\u00a0b@example.test":             "",
		"a@b@example.test":                  "",
		".a@example.test":                   "",
		"a..b@example.test":                 "",
		"a.@example.test":                   "",
		`"a b"@example.test`:                "",
		"a@example":                         "",
		"a@.test":                           "",
		"a@example.test.":                   "",
		"a@-example.test":                   "",
		"a@exa_mple.test":                   "",
		"a@[127.0.0.1]":                     "",
		"a@example.test\r\nBcc: b@c.d":      "",
		"Awa <a@example.test>":              "",
		"a":                                 "",
		"@example.test":                     "",
		"":                                  "",
	} {
		got, ok := mailbox.Canonical(in)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q is %q (%t), want %q", in, got, ok, want)
		}
		if ok && !mailbox.Is(got) {
			t.Errorf("%q is not its own form", got)
		}
	}
}

// Whatever is typed: what is an address stays the same when it is read again, and as it is shown.
func TestTheFormIsOneAndTheShownOneLeadsBack(t *testing.T) {
	part := rapid.StringOf(rapid.OneOf(rapid.RuneFrom([]rune("abcXYZéÉİıſKßẞäΣσς.-'+@\u200b\u00ad ")), rapid.Rune()))
	rapid.Check(t, func(t *rapid.T) {
		in := part.Draw(t, "local") + "@" + part.Draw(t, "host") + ".test"
		address, ok := mailbox.Canonical(in)
		if !ok {
			return
		}
		if again, ok := mailbox.Canonical(address); !ok || again != address {
			t.Fatalf("%q gives %q, then %q", in, address, again)
		}
		if back, ok := mailbox.Canonical(mailbox.Shown(address)); !ok || back != address {
			t.Fatalf("%q is shown as %q, which is %q", address, mailbox.Shown(address), back)
		}
		if len(address) > 254 {
			t.Fatalf("%q has %d octets", address, len(address))
		}
	})
}

func TestAnAddressIsShownInTheLettersOfItsHost(t *testing.T) {
	for in, want := range map[string]string{"idn@xn--exmple-cua.test": "idn@exämple.test", "a@example.test": "a@example.test", "a": "a", "": ""} {
		if got := mailbox.Shown(in); got != want {
			t.Errorf("%q is shown as %q", in, got)
		}
	}
}
