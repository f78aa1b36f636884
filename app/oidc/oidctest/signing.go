package oidctest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"sync"

	"github.com/go-jose/go-jose/v4"
)

// Signing is how tokens are signed.
type Signing string

// The ways of signing; the first two are those of an honest provider.
const (
	Ordinary   Signing = ""            // ES256 with the published key
	RSA        Signing = "rsa"         // RS256 with the published key
	AnotherKey Signing = "another key" // ES256 with a key that is not published, under the published one's name
	HS256      Signing = "hs256"       // with the client's secret
	None       Signing = "none"        // not at all
)

const (
	ecKeyID  = "ec"
	rsaKeyID = "rsa"
)

// The keys are made once a process: they cost more than the tests that use them.
var (
	ecKey = sync.OnceValue(newECKey)
	other = sync.OnceValue(newECKey)

	rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		return key
	})
)

func newECKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	set := jose.JSONWebKeySet{
		Keys: []jose.JSONWebKey{{Key: ecKey().Public(), KeyID: ecKeyID, Algorithm: "ES256", Use: "sig"}},
	}
	p.mu.Lock()
	withRSA := p.signing == RSA
	p.mu.Unlock()
	if withRSA {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: rsaKey().Public(), KeyID: rsaKeyID, Algorithm: "RS256", Use: "sig"})
	}
	writeJSON(w, http.StatusOK, set)
}

// sign makes a token of claims.
func sign(how Signing, claims map[string]any) string {
	payload, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	switch how {
	case None:
		return encode([]byte(`{"alg":"none"}`)) + "." + encode(payload) + "."
	case HS256:
		// Padded to the length that the algorithm asks for, as lenient libraries do.
		secret := make([]byte, 32)
		copy(secret, ClientSecret)
		return signToken(jose.HS256, secret, "", payload)
	case AnotherKey:
		return signToken(jose.ES256, other(), ecKeyID, payload)
	case RSA:
		return signToken(jose.RS256, rsaKey(), rsaKeyID, payload)
	default:
		return signToken(jose.ES256, ecKey(), ecKeyID, payload)
	}
}

// signToken signs a payload as a compact token.
func signToken(alg jose.SignatureAlgorithm, key any, id string, payload []byte) string {
	options := (&jose.SignerOptions{}).WithType("JWT")
	if id != "" {
		options = options.WithHeader("kid", id)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, options)
	if err != nil {
		panic(err)
	}
	token, err := signer.Sign(payload)
	if err != nil {
		panic(err)
	}
	compact, err := token.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return compact
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// challengeOf is the S256 challenge of a verifier (RFC 7636, section 4.2).
func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return encode(sum[:])
}
