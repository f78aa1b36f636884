package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

// algorithms may sign an identity: asymmetric ones only, whatever the provider says it supports. With HS256 anybody
// who knows the client secret could sign, with none anybody at all.
var algorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

// errUnsigned says that no key of the provider made a signature.
var errUnsigned = errors.New("not signed with a key of the provider")

// keySet is the provider's public keys, fetched again when a token is signed with one that is not among them. The
// library has one as well; its fetches outlive the question, and a question may get the answer to the one before.
type keySet struct {
	url    string
	client *http.Client

	mu   sync.Mutex
	keys []jose.JSONWebKey
}

// verify returns the payload of a token that one of the keys signed. When the keys cannot be had the error is a
// *url.Error.
func (k *keySet) verify(ctx context.Context, raw string) ([]byte, error) {
	token, err := jose.ParseSignedCompact(raw, algorithms)
	if err != nil {
		return nil, errUnsigned
	}
	k.mu.Lock()
	keys := k.keys
	k.mu.Unlock()
	if payload, err := verifyWith(token, keys); err == nil {
		return payload, nil
	}
	if keys, err = k.fetch(ctx); err != nil {
		return nil, err
	}
	k.mu.Lock()
	k.keys = keys
	k.mu.Unlock()
	return verifyWith(token, keys)
}

// verifyWith tries the keys that a token may be signed with and returns its payload.
func verifyWith(token *jose.JSONWebSignature, keys []jose.JSONWebKey) ([]byte, error) {
	header := token.Signatures[0].Header // a compact token has one
	for _, key := range keys {
		named := header.KeyID == "" || key.KeyID == header.KeyID
		if !named || key.Use == "enc" || key.Algorithm != "" && key.Algorithm != header.Algorithm {
			continue
		}
		if payload, err := token.Verify(key); err == nil {
			return payload, nil
		}
	}
	return nil, errUnsigned
}

func (k *keySet) fetch(ctx context.Context) ([]jose.JSONWebKey, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, k.url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := k.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the keys answer with status %d", resp.StatusCode)
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&set); err != nil {
		return nil, errors.New("the keys cannot be read")
	}
	return readable(ctx, set.Keys), nil
}

// readable reads the keys that we know; those of other kinds are for others, and are named by their place in the log.
func readable(ctx context.Context, raw []json.RawMessage) []jose.JSONWebKey {
	var keys []jose.JSONWebKey
	for i, r := range raw {
		var key jose.JSONWebKey
		if err := json.Unmarshal(bare(r), &key); err != nil || !key.IsPublic() {
			slog.WarnContext(ctx, "key of the identity provider not read", "place", i+1, "of", len(raw))
			continue
		}
		keys = append(keys, key)
	}
	return keys
}

// certificates are the parts of a key that say who vouches for it (RFC 7517, 4.6 to 4.9). The provider's own address
// vouches for it already: nobody looks at them, and one that cannot be read costs nobody the sign-in.
var certificates = []string{"x5u", "x5c", "x5t", "x5t#S256"}

// bare is a key without its certificates.
func bare(raw json.RawMessage) json.RawMessage {
	var parts map[string]json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		return raw // for the reader of keys to refuse
	}
	for _, name := range certificates {
		delete(parts, name)
	}
	out, err := json.Marshal(parts)
	if err != nil {
		return raw
	}
	return out
}

// verdict is the keys as the library asks for them, for one token. It remembers when they could not be had, which the
// library's verdict does not tell from a wrong signature.
type verdict struct {
	keys   *keySet
	silent *url.Error // nil when the keys are there
}

// VerifySignature implements oidc.KeySet.
func (v *verdict) VerifySignature(ctx context.Context, jwt string) ([]byte, error) {
	payload, err := v.keys.verify(ctx, jwt)
	_ = errors.As(err, &v.silent)
	return payload, err
}

var _ oidc.KeySet = (*verdict)(nil)
