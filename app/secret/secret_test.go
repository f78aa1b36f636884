package secret_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/app/secret"
)

func TestAKeyIsReadAsItIsWritten(t *testing.T) {
	k := secret.New()
	got, err := secret.Parse(" " + k.Text() + "\n")
	if err != nil || got != k || k == secret.New() {
		t.Errorf("%v", err)
	}
	for name, text := range map[string]string{
		"nothing": "", "31 bytes": strings.Repeat("AAAA", 10) + "AA==", "33 bytes": strings.Repeat("AAAA", 11), "no base64": strings.Repeat("é", 22), "a password": "correct horse battery staple",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := secret.Parse(text); err == nil || text != "" && strings.Contains(err.Error(), text) {
				t.Errorf("taken, or told: %v", err)
			}
		})
	}
}

func TestWhatIsSealedOpensForOnePurposeAndPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k, text := secret.New(), rapid.String().Draw(t, "text")
		sealed := k.Seal("codes", "row 1", text)
		if got, err := k.Open("codes", "row 1", sealed); err != nil || got != text {
			t.Fatalf("%q, %v", got, err)
		}
		if len(text) > 3 && strings.Contains(sealed, text) {
			t.Fatal("in clear")
		}
		if sealed == k.Seal("codes", "row 1", text) {
			t.Fatal("sealed twice it is the same")
		}
		at := rapid.IntRange(0, len(sealed)-1).Draw(t, "at")
		other := byte('A')
		if sealed[at] == other {
			other = 'B'
		}
		for name, try := range map[string]func() (string, error){
			"another key":     func() (string, error) { return secret.New().Open("codes", "row 1", sealed) },
			"another purpose": func() (string, error) { return k.Open("throttle", "row 1", sealed) },
			"another place":   func() (string, error) { return k.Open("codes", "row 2", sealed) },
			"cut short":       func() (string, error) { return k.Open("codes", "row 1", sealed[:at]) },
			"nothing":         func() (string, error) { return k.Open("codes", "row 1", "") },
			"no base64":       func() (string, error) { return k.Open("codes", "row 1", "é"+sealed) },
			"changed":         func() (string, error) { return k.Open("codes", "row 1", sealed[:at]+string(other)+sealed[at+1:]) },
		} {
			got, err := try()
			if name == "changed" && at == len(sealed)-1 {
				continue // the last character holds bits that belong to no byte
			}
			if !errors.Is(err, secret.ErrSealed) || got != "" {
				t.Fatalf("%s: %q, %v", name, got, err)
			}
		}
	})
}

func TestWhatTellsKeysApart(t *testing.T) {
	a, b := secret.New(), secret.New()
	if a.Fingerprint() == b.Fingerprint() || len(a.Fingerprint()) != 16 || strings.Contains(a.Text(), a.Fingerprint()) {
		t.Errorf("%s and %s", a.Fingerprint(), b.Fingerprint())
	}
	for name, mac := range map[string][]byte{"another key": b.MAC("x", "y"), "another purpose": a.MAC("z", "y"), "another text": a.MAC("x", "z"), "cut elsewhere": a.MAC("xy", "")} {
		if string(mac) == string(a.MAC("x", "y")) || len(mac) != 32 {
			t.Errorf("%s gives the same", name)
		}
	}
}

func TestTheKeyOfAFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "secret.key")
	t.Run("is made once, by however many start together", func(t *testing.T) {
		keys := make([]secret.Key, 20)
		var wg sync.WaitGroup
		for i := range keys {
			wg.Go(func() {
				k, err := secret.FromFile(name)
				if err != nil {
					t.Error(err)
				}
				keys[i] = k
			})
		}
		wg.Wait()
		for _, k := range keys {
			if k != keys[0] || k == (secret.Key{}) {
				t.Fatal("not all have the same key")
			}
		}
	})
	t.Run("is its owner's alone, with nothing left beside it", func(t *testing.T) {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
		if all, err := os.ReadDir(filepath.Dir(name)); err != nil || len(all) != 1 {
			t.Errorf("%v, %v", all, err)
		}
	})
	t.Run("is never replaced when it is no key", func(t *testing.T) {
		if err := os.WriteFile(name, []byte("half a k"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := secret.FromFile(name); err == nil {
			t.Error("taken")
		}
		if b, err := os.ReadFile(name); err != nil || string(b) != "half a k" {
			t.Errorf("%q, %v", b, err)
		}
	})
	t.Run("is not made where nothing can be", func(t *testing.T) {
		if _, err := secret.FromFile(filepath.Join(name, "secret.key")); err == nil {
			t.Error("made in a file")
		}
		if _, err := secret.FromFile(filepath.Join(t.TempDir(), "none", "secret.key")); err == nil {
			t.Error("made in a folder that is not there")
		}
	})
}
