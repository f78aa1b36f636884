// Package oidc signs people in with an OpenID Connect provider (OpenID Connect Core 1.0, authorization code flow
// with PKCE, RFC 9700). It says who somebody is to the provider; which account that is, it does not know. It is
// ground floor: the caller keeps the flow in a cookie and decides what an identity opens.
package oidc

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/oauth2"

	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/secret"
)

// Provider is the one provider that people sign in with. It is safe for concurrent use.
type Provider struct {
	settings    Settings
	redirectURL string
	key         secret.Key
	now         clock.Clock
	client      *http.Client

	mu    sync.Mutex
	known *endpoints // nil until the provider has answered
}

// endpoints is what the provider says of itself.
type endpoints struct {
	oauth2    oauth2.Config
	keys      *keySet
	namesSelf bool // it puts its issuer into every redirect (RFC 9207)
}

// New makes a provider without asking it anything, so that one that is down keeps nobody else from starting. The
// redirect URL is the address of ours that it sends people back to; key seals flows; client may be nil.
func New(s Settings, redirectURL string, key secret.Key, now clock.Clock, client *http.Client) *Provider {
	return &Provider{settings: s, redirectURL: redirectURL, key: key, now: now, client: guardClient(client)}
}

// findEndpoints returns the endpoints, which it asks for until the provider has answered once. A failure is
// Unavailable.
func (p *Provider) findEndpoints(ctx context.Context) (*endpoints, error) {
	p.mu.Lock()
	known := p.known
	p.mu.Unlock()
	if known != nil {
		return known, nil
	}
	known, err := p.discover(ctx) // without the lock: one slow answer must not hold up the others
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		p.known = known
	}
	return p.known, nil
}

// metadata is what we read of the discovery document (OpenID Connect Discovery 1.0). What is optional is taken as it
// comes, and what we do not need not at all, so that a sloppy provider costs nobody the sign-in.
type metadata struct {
	Issuer    string          `json:"issuer"`
	AuthURL   string          `json:"authorization_endpoint"`
	TokenURL  string          `json:"token_endpoint"`
	KeysURL   string          `json:"jwks_uri"`
	Methods   json.RawMessage `json:"token_endpoint_auth_methods_supported"`
	NamesSelf json.RawMessage `json:"authorization_response_iss_parameter_supported"`
}

func (p *Provider) discover(ctx context.Context) (*endpoints, error) {
	m, err := p.ask(ctx)
	if err != nil {
		return nil, err
	}
	for _, address := range []string{m.AuthURL, m.TokenURL, m.KeysURL} {
		if u, err := url.Parse(address); err != nil || !private(u) {
			return nil, p.unreachable("the discovery document lacks an address, or has one without https")
		}
	}
	at := oauth2.Endpoint{AuthURL: m.AuthURL, TokenURL: m.TokenURL, AuthStyle: authStyle(texts(jsontext.Value(m.Methods)))}
	return &endpoints{
		oauth2: oauth2.Config{
			ClientID: p.settings.ClientID, ClientSecret: p.settings.ClientSecret, Endpoint: at, RedirectURL: p.redirectURL,
			Scopes: []string{oidc.ScopeOpenID, oidc.ScopeEmail, oidc.ScopeProfile},
		},
		keys:      &keySet{url: m.KeysURL, client: p.client},
		namesSelf: yes(jsontext.Value(m.NamesSelf)),
	}, nil
}

// ask fetches the discovery document and believes it only when it is of the issuer that the settings name.
func (p *Provider) ask(ctx context.Context) (metadata, error) {
	r, err := http.NewRequestWithContext(
		ctx, http.MethodGet, strings.TrimSuffix(p.settings.Issuer, "/")+"/.well-known/openid-configuration", nil,
	)
	if err != nil {
		return metadata{}, p.silent(err)
	}
	resp, err := p.client.Do(r)
	if err != nil {
		return metadata{}, p.silent(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var m metadata
	switch err := json.NewDecoder(resp.Body).Decode(&m); {
	case err != nil || resp.StatusCode != http.StatusOK:
		return metadata{}, p.unreachable("what answers there is no discovery document")
	case m.Issuer == p.settings.Issuer:
		return m, nil
	case strings.TrimSuffix(m.Issuer, "/") == strings.TrimSuffix(p.settings.Issuer, "/"):
		return metadata{}, p.unreachable("the provider names itself so but for the slash at the end")
	default:
		return metadata{}, p.unreachable("the provider names itself differently")
	}
}

// authStyle chooses how we say who we are. Trying both, as the library would, spends the code on the first try.
func authStyle(methods []string) oauth2.AuthStyle {
	basic, post := len(methods) == 0, false // basic is what a provider means that says nothing
	for _, m := range methods {
		basic = basic || m == "client_secret_basic"
		post = post || m == "client_secret_post"
	}
	if post && !basic {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

// unreachable is the fault of a provider that does not work; the detail is ours, for the log.
func (p *Provider) unreachable(detail string) error {
	return fault.New(fault.Unavailable, "oidc.unreachable", "OpenID Connect provider %s: %s", p.settings.Issuer, detail)
}

// silent is the fault of a provider that cannot be talked to.
func (p *Provider) silent(cause error) error {
	return fault.Wrap(fault.Unavailable, "oidc.unreachable", cause, "OpenID Connect provider %s", p.settings.Issuer)
}
