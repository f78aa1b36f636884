// Package oidctest is an OpenID Connect provider for tests: it serves discovery, authorization, tokens and keys on
// loopback, approves whoever is next in its queue, is strict about what a relying party must do, and can be told to
// misbehave. Only tests import it.
package oidctest

import (
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/echelon-hr/echelon/app/clock"
)

// The one client that the provider knows. Both have letters that Basic authentication must escape.
const (
	ClientID     = "echelon:test"
	ClientSecret = "s3cret+/%= é"
)

// User is somebody whom the provider knows.
type User struct {
	Subject       string
	Email         string
	EmailVerified bool
	Name          string
	AMR           []string // what was asked of them, such as pwd, otp, mfa
	ACR           string
}

// Endpoint is one address of the provider.
type Endpoint string

// The endpoints.
const (
	Discovery Endpoint = "/.well-known/openid-configuration"
	Authorize Endpoint = "/authorize"
	Token     Endpoint = "/token"
	Keys      Endpoint = "/keys"
)

// Provider is a provider that runs until its test ends. It is safe for concurrent use.
type Provider struct {
	server *httptest.Server
	now    clock.Clock
	ended  chan struct{} // closed with the test

	mu       sync.Mutex
	queue    []User
	grants   map[string]grant
	answers  map[Endpoint]http.HandlerFunc
	asked    map[Endpoint]int
	signing  Signing
	claims   func(map[string]any)
	metadata func(map[string]any)
}

// grant is a code that was given and may be taken once.
type grant struct {
	user                          User
	redirectURI, challenge, nonce string
}

// New starts a provider whose tokens are dated by now; nil is the machine's clock.
func New(tb testing.TB, now clock.Clock) *Provider {
	tb.Helper()
	if now == nil {
		now = clock.Real
	}
	p := &Provider{
		now: now, ended: make(chan struct{}),
		grants: map[string]grant{}, answers: map[Endpoint]http.HandlerFunc{}, asked: map[Endpoint]int{},
	}
	mux := http.NewServeMux()
	for at, answer := range map[Endpoint]http.HandlerFunc{
		Discovery: p.discovery, Authorize: p.authorize, Token: p.token, Keys: p.keys,
	} {
		mux.HandleFunc(string(at), func(w http.ResponseWriter, r *http.Request) {
			p.choose(at, answer)(w, r)
		})
	}
	p.server = httptest.NewServer(mux)
	tb.Cleanup(func() {
		close(p.ended)
		p.server.Close()
	})
	return p
}

// choose counts a question and finds who answers it.
func (p *Provider) choose(at Endpoint, otherwise http.HandlerFunc) http.HandlerFunc {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked[at]++
	if h := p.answers[at]; h != nil {
		return h
	}
	return otherwise
}

// Issuer is the provider's name and address.
func (p *Provider) Issuer() string { return p.server.URL }

// Queue adds people whom the next authorizations approve, in their order. With nobody waiting the answer is
// access_denied.
func (p *Provider) Queue(users ...User) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = append(p.queue, users...)
}

// Answer lets another handler answer an endpoint; nil puts the ordinary one back.
func (p *Provider) Answer(at Endpoint, h http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answers[at] = h
}

// Sign chooses how tokens are signed from now on.
func (p *Provider) Sign(s Signing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.signing = s
}

// Claims lets change alter the claims of each token before it is signed; nil changes nothing.
func (p *Provider) Claims(change func(map[string]any)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.claims = change
}

// Metadata lets change alter the discovery document; nil changes nothing.
func (p *Provider) Metadata(change func(map[string]any)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.metadata = change
}

// Asked counts the questions to an endpoint.
func (p *Provider) Asked(at Endpoint) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[at]
}

// Approve goes to the authorization address as a browser would and returns where the provider sends it back to.
func (p *Provider) Approve(tb testing.TB, authorizeURL string) *url.URL {
	tb.Helper()
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, authorizeURL, nil)
	if err != nil {
		tb.Fatal(err)
	}
	resp, err := p.server.Client().Transport.RoundTrip(req) // a client would follow
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	to, err := resp.Location()
	if err != nil {
		tb.Fatalf("the provider sends nobody back: status %d, %v", resp.StatusCode, err)
	}
	return to
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	m := map[string]any{
		"issuer":                                p.Issuer(),
		"authorization_endpoint":                p.Issuer() + string(Authorize),
		"token_endpoint":                        p.Issuer() + string(Token),
		"jwks_uri":                              p.Issuer() + string(Keys),
		"response_types_supported":              []string{"code"},
		"subject_types_supported":               []string{"public"},
		"code_challenge_methods_supported":      []string{"S256"},
		"id_token_signing_alg_values_supported": []string{"ES256", "RS256", "HS256", "none"}, // all it can be told to use

		"authorization_response_iss_parameter_supported": true,
	}
	p.mu.Lock()
	change := p.metadata
	p.mu.Unlock()
	if change != nil {
		change(m)
	}
	writeJSON(w, http.StatusOK, m)
}

// authorize approves the next of the queue, provided that the question is one a careful relying party asks.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	scopes := strings.Fields(q.Get("scope"))
	switch {
	case q.Get("client_id") != ClientID || q.Get("redirect_uri") == "":
		http.Error(w, "no such client", http.StatusBadRequest)
		return
	case q.Get("response_type") != "code" || !slices.Contains(scopes, "openid"),
		len(q.Get("state")) < 22, len(q.Get("nonce")) < 22,
		q.Get("code_challenge_method") != "S256", len(q.Get("code_challenge")) != 43:
		http.Error(w, "not a question of a careful client", http.StatusBadRequest)
		return
	}
	back := url.Values{"state": {q.Get("state")}, "iss": {p.Issuer()}}
	if code, ok := p.approve(q); ok {
		back.Set("code", code)
	} else {
		back.Set("error", "access_denied")
	}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

func (p *Provider) approve(q url.Values) (code string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == 0 {
		return "", false
	}
	code = rand.Text()
	p.grants[code] = grant{p.queue[0], q.Get("redirect_uri"), q.Get("code_challenge"), q.Get("nonce")}
	p.queue = p.queue[1:]
	return code, true
}

// token gives the identity for a code, once, to the client that began with it.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	if !known(r) {
		writeJSON(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client"})
		return
	}
	g, ok := p.take(r.PostFormValue("code"))
	if !ok || r.PostFormValue("grant_type") != "authorization_code" || r.PostFormValue("redirect_uri") != g.redirectURI ||
		challengeOf(r.PostFormValue("code_verifier")) != g.challenge {
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant", "error_description": Marker})
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 300, "id_token": p.identity(g),
	})
}

func (p *Provider) take(code string) (grant, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, ok := p.grants[code]
	delete(p.grants, code)
	return g, ok
}

// known reports whether the client says who it is, in the header or in the form.
func known(r *http.Request) bool {
	id, secret, ok := r.BasicAuth()
	if !ok {
		return r.PostFormValue("client_id") == ClientID && r.PostFormValue("client_secret") == ClientSecret
	}
	id, errID := url.QueryUnescape(id)
	secret, errSecret := url.QueryUnescape(secret)
	return errID == nil && errSecret == nil && id == ClientID && secret == ClientSecret
}

// identity makes the token of somebody.
func (p *Provider) identity(g grant) string {
	p.mu.Lock()
	signing, change := p.signing, p.claims
	p.mu.Unlock()
	now := p.now()
	claims := map[string]any{
		"iss": p.Issuer(), "sub": g.user.Subject, "aud": ClientID, "nonce": g.nonce,
		"iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
		"email": g.user.Email, "email_verified": g.user.EmailVerified, "name": g.user.Name,
		"amr": g.user.AMR, "acr": g.user.ACR,
	}
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == "" })
	if change != nil {
		change(claims)
	}
	return sign(signing, claims)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
