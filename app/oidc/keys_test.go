package oidc_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/oidc/oidctest"
)

// published reads the provider's key as it is published.
func published(t *testing.T, b *bench) map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.provider.Issuer()+string(oidctest.Keys), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var set struct{ Keys []map[string]any }
	if err := json.NewDecoder(resp.Body).Decode(&set); err != nil || len(set.Keys) != 1 {
		t.Fatalf("%d keys, %v", len(set.Keys), err)
	}
	return set.Keys[0]
}

func TestKeysOfOtherKindsAreForOthers(t *testing.T) {
	b := newBench(t, nil)
	key := published(t, b)
	keys := []any{
		map[string]any{"kty": "OKP", "crv": "X448", "x": "AAAA"},
		map[string]any{"kty": "oct", "kid": key["kid"], "k": "AAAA"},
		map[string]any{"kty": "new"},
		42,
		key,
	}
	b.provider.Answer(oidctest.Keys, oidctest.JSON(map[string]any{"keys": keys}))
	if _, err := b.signIn(t, ada); err != nil {
		t.Error(err)
	}
}

func TestACertificateThatCannotBeReadCostsNobodyTheSignIn(t *testing.T) {
	for name, odd := range map[string]any{
		"x5c": []any{"garbage"}, "x5t": "not a thumbprint", "x5t#S256": 42, "x5u": "::",
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			key := published(t, b)
			key[name] = odd
			b.provider.Answer(oidctest.Keys, oidctest.JSON(map[string]any{"keys": []any{key}}))
			if _, err := b.signIn(t, ada); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAKeySignsOnlyWhatItIsFor(t *testing.T) {
	for name, change := range map[string]func(map[string]any){
		"a key for encryption":    func(k map[string]any) { k["use"] = "enc" },
		"a key of another method": func(k map[string]any) { k["alg"] = "ES512" },
		"a key of another name":   func(k map[string]any) { k["kid"] = "another" },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			key := published(t, b)
			change(key)
			b.provider.Answer(oidctest.Keys, oidctest.JSON(map[string]any{"keys": []any{key}}))
			who, err := b.signIn(t, ada)
			checkFault(t, who, err, fault.Invalid, "oidc.answer")
		})
	}
	t.Run("a secret that the provider publishes", func(t *testing.T) {
		b := newBench(t, nil)
		secret := append([]byte(oidctest.ClientSecret), make([]byte, 32-len(oidctest.ClientSecret))...)
		key := map[string]any{"kty": "oct", "k": base64.RawURLEncoding.EncodeToString(secret)}
		b.provider.Answer(oidctest.Keys, oidctest.JSON(map[string]any{"keys": []any{key}}))
		b.provider.Sign(oidctest.HS256)
		who, err := b.signIn(t, ada)
		checkFault(t, who, err, fault.Invalid, "oidc.answer")
	})
	t.Run("a key that is no longer there", func(t *testing.T) {
		b := newBench(t, nil)
		key := published(t, b)
		b.provider.Answer(oidctest.Keys, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusGone)
			_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{key}})
		})
		who, err := b.signIn(t, ada)
		checkFault(t, who, err, fault.Invalid, "oidc.answer")
	})
	t.Run("a key that says only what it is", func(t *testing.T) {
		b := newBench(t, nil)
		key := published(t, b)
		delete(key, "use")
		delete(key, "alg")
		b.provider.Answer(oidctest.Keys, oidctest.JSON(map[string]any{"keys": []any{key}}))
		if _, err := b.signIn(t, ada); err != nil {
			t.Error(err)
		}
	})
}
