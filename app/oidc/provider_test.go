package oidc_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/oidc"
	"github.com/echelon-hr/echelon/app/oidc/oidctest"
	"github.com/echelon-hr/echelon/app/secret"
)

func TestSomebodySignsIn(t *testing.T) {
	b := newBench(t, nil)
	flow, q := b.begin(t, ada)
	who, back, err := b.us.Finish(t.Context(), flow, q)
	if err != nil {
		t.Fatal(err)
	}
	want := oidc.Identity{Issuer: b.provider.Issuer(), Subject: "a-1815", Email: "ada@example.com", EmailVerified: true, Name: "Ada Lovelace"}
	if diff := cmp.Diff(want, who); diff != "" {
		t.Error(diff)
	}
	if back != "/profiles?q=a&b" {
		t.Errorf("goes back to %q", back)
	}
	if _, err := b.signIn(t, ada); err != nil {
		t.Errorf("the second time: %v", err)
	}
	if n := b.provider.Asked(oidctest.Discovery); n != 1 {
		t.Errorf("discovered %d times", n)
	}
	if n := b.provider.Asked(oidctest.Keys); n != 1 {
		t.Errorf("fetched the keys %d times", n)
	}
	if n := b.provider.Asked(oidctest.Token); n != 2 {
		t.Errorf("asked for %d tokens", n)
	}
}

func TestTheQuestionIsACarefulOne(t *testing.T) {
	b := newBench(t, nil)
	first, flow, err := b.us.Start(t.Context(), "/")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(first)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for name, want := range map[string]string{
		"response_type": "code", "client_id": oidctest.ClientID, "redirect_uri": redirectURL,
		"scope": "openid email profile", "code_challenge_method": "S256",
	} {
		if got := q.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	second, _, err := b.us.Start(t.Context(), "/")
	if err != nil {
		t.Fatal(err)
	}
	other, err := url.Parse(second)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		got := q.Get(name)
		if len(got) < 22 || got == other.Query().Get(name) {
			t.Errorf("%s is %q, then %q", name, got, other.Query().Get(name))
		}
		if strings.Contains(flow, got) {
			t.Errorf("the flow shows the %s", name)
		}
	}
}

func TestAFlowFitsIntoACookie(t *testing.T) {
	b := newBench(t, nil)
	for name, tt := range map[string]struct{ back, want string }{
		"as long as may be": {"/" + strings.Repeat("é", 999) + "a", "/" + strings.Repeat("é", 999) + "a"},
		"too long":          {"/" + strings.Repeat("é", 1000), ""},
		"lines and bytes":   {"/a\nb\x00\xff", "/a\nb\x00\xff"},
		"none":              {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			authorizeURL, flow, err := b.us.Start(t.Context(), tt.back)
			if err != nil {
				t.Fatal(err)
			}
			if len(flow) > 3800 {
				t.Errorf("%d bytes", len(flow))
			}
			b.provider.Queue(ada)
			_, back, err := b.us.Finish(t.Context(), flow, queryOf(b.provider.Approve(t, authorizeURL)))
			if err != nil || back != tt.want {
				t.Errorf("goes back to %q, %v", back, err)
			}
		})
	}
}

func TestAProviderThatIsDownAtFirst(t *testing.T) {
	var up atomic.Bool
	b := newBench(t, &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if !up.Load() {
			return nil, errors.New("connection refused")
		}
		return http.DefaultTransport.RoundTrip(r)
	})})
	for range 2 {
		authorizeURL, flow, err := b.us.Start(t.Context(), "/")
		checkFault(t, oidc.Identity{}, err, fault.Unavailable, "oidc.unreachable")
		if authorizeURL != "" || flow != "" {
			t.Errorf("a failed start gives %q and %q", authorizeURL, flow)
		}
	}
	up.Store(true)
	if _, err := b.signIn(t, ada); err != nil {
		t.Errorf("once it is up: %v", err)
	}
}

func TestAProviderThatCannotBeDiscovered(t *testing.T) {
	set := func(key string, value any) func(*bench) {
		return func(b *bench) { b.provider.Metadata(func(m map[string]any) { m[key] = value }) }
	}
	answer := func(h http.HandlerFunc) func(*bench) {
		return func(b *bench) { b.provider.Answer(oidctest.Discovery, h) }
	}
	tests := []struct {
		name    string
		prepare func(*bench)
		says    string
	}{
		{"a page", answer(oidctest.HTML), "no discovery document"},
		{"not found", answer(oidctest.Status(http.StatusNotFound)), "no discovery document"},
		{"broken", answer(oidctest.Status(http.StatusInternalServerError)), "status 500"},
		{"overloaded", answer(oidctest.Status(http.StatusTooManyRequests)), "status 429"},
		{"huge", answer(oidctest.Huge), "too large"},
		{"a list", answer(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`[]`)) }), "no discovery document"},
		{"nothing", answer(func(http.ResponseWriter, *http.Request) {}), "no discovery document"},
		{"another issuer", set("issuer", "https://"+oidctest.Marker+".example.com"), "names itself differently"},
		{"a slash too many", func(b *bench) { set("issuer", b.provider.Issuer()+"/")(b) }, "slash at the end"},
		{"no authorization endpoint", set("authorization_endpoint", ""), "lacks an address"},
		{"no token endpoint", set("token_endpoint", ""), "lacks an address"},
		{"no keys", set("jwks_uri", ""), "lacks an address"},
		{"authorization by script", set("authorization_endpoint", "javascript:alert(1)"), "lacks an address"},
		{"tokens over plain http", set("token_endpoint", "http://login.example.com/token"), "without https"},
		{"keys over plain http", set("jwks_uri", "http://login.example.com/keys"), "without https"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, nil)
			tt.prepare(b)
			_, flow, err := b.us.Start(t.Context(), "/")
			checkFault(t, oidc.Identity{}, err, fault.Unavailable, "oidc.unreachable")
			if flow != "" {
				t.Error("there is a flow")
			}
			if !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), b.provider.Issuer()) {
				t.Errorf("the log reads %q, want %q", err, tt.says)
			}
			b.provider.Answer(oidctest.Discovery, nil)
			b.provider.Metadata(nil)
			if _, err := b.signIn(t, ada); err != nil {
				t.Errorf("once it is mended: %v", err)
			}
		})
	}
}

func TestThereIsAWayToSayWhoWeAre(t *testing.T) {
	for name, tt := range map[string]struct {
		methods []string
		basic   bool
	}{
		"unsaid":         {nil, true},
		"basic":          {[]string{"private_key_jwt", "client_secret_basic"}, true},
		"form":           {[]string{"client_secret_post", "private_key_jwt"}, false},
		"either":         {[]string{"client_secret_post", "client_secret_basic"}, true},
		"nothing of use": {[]string{"private_key_jwt"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			var basic atomic.Bool
			b := newBench(t, &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				if r.Method == http.MethodPost {
					basic.Store(r.Header.Get("Authorization") != "")
				}
				return http.DefaultTransport.RoundTrip(r)
			})})
			if tt.methods != nil {
				b.provider.Metadata(func(m map[string]any) { m["token_endpoint_auth_methods_supported"] = tt.methods })
			}
			if _, err := b.signIn(t, ada); err != nil {
				t.Fatal(err)
			}
			if basic.Load() != tt.basic {
				t.Errorf("in the header: %t", basic.Load())
			}
		})
	}
}

func TestNoRedirectIsFollowed(t *testing.T) {
	tests := []struct {
		at   oidctest.Endpoint
		kind fault.Kind
		code string
	}{
		{oidctest.Discovery, fault.Unavailable, "oidc.unreachable"},
		{oidctest.Token, fault.Invalid, "oidc.answer"},
		{oidctest.Keys, fault.Invalid, "oidc.answer"},
	}
	for _, tt := range tests {
		t.Run(string(tt.at), func(t *testing.T) {
			var followed atomic.Int32
			elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Add(1) }))
			t.Cleanup(elsewhere.Close)
			b := newBench(t, nil)
			b.provider.Answer(tt.at, oidctest.Redirect(elsewhere.URL))
			if tt.at == oidctest.Discovery {
				_, _, err := b.us.Start(t.Context(), "/")
				checkFault(t, oidc.Identity{}, err, tt.kind, tt.code)
			} else {
				who, err := b.signIn(t, ada)
				checkFault(t, who, err, tt.kind, tt.code)
			}
			if followed.Load() != 0 {
				t.Error("the redirect was followed")
			}
		})
	}
}

func TestNobodyWaitsForever(t *testing.T) {
	t.Run("each question has a deadline", func(t *testing.T) {
		for _, client := range []*http.Client{{}, {Timeout: time.Hour}} {
			var questions, late atomic.Int32
			client.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
				questions.Add(1)
				if until, ok := r.Context().Deadline(); !ok || time.Until(until) > 10*time.Second {
					late.Add(1)
				}
				return http.DefaultTransport.RoundTrip(r)
			})
			b := newBench(t, client)
			if _, err := b.signIn(t, ada); err != nil {
				t.Fatal(err)
			}
			if questions.Load() != 3 || late.Load() != 0 {
				t.Errorf("%d of %d questions may take longer", late.Load(), questions.Load())
			}
		}
	})
	t.Run("an answer that stalls halfway", func(t *testing.T) {
		b := newBench(t, &http.Client{Timeout: 20 * time.Millisecond})
		b.provider.Answer(oidctest.Discovery, b.provider.Slow)
		_, _, err := b.us.Start(t.Context(), "/")
		checkFault(t, oidc.Identity{}, err, fault.Unavailable, "oidc.unreachable")
	})
	for _, at := range []oidctest.Endpoint{oidctest.Token, oidctest.Keys} {
		t.Run("whoever asks gives up at "+string(at), func(t *testing.T) {
			b := newBench(t, nil)
			flow, q := b.begin(t, ada)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			b.provider.Answer(at, func(w http.ResponseWriter, r *http.Request) {
				cancel()
				b.provider.Slow(w, r)
			})
			who, _, err := b.us.Finish(ctx, flow, q)
			checkFault(t, who, err, fault.Unavailable, "oidc.unreachable")
		})
	}
}

func TestManySignInAtOnce(t *testing.T) {
	b := newBench(t, nil)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			b.provider.Queue(ada)
			authorizeURL, flow, err := b.us.Start(t.Context(), "/")
			if err != nil {
				t.Error(err)
				return
			}
			resp, err := http.DefaultTransport.RoundTrip(httptest.NewRequestWithContext(t.Context(), http.MethodGet, authorizeURL, nil))
			if err != nil {
				t.Error(err)
				return
			}
			_ = resp.Body.Close()
			to, err := resp.Location()
			if err != nil {
				t.Error(err)
				return
			}
			if who, _, err := b.us.Finish(t.Context(), flow, queryOf(to)); err != nil || who.Subject != ada.Subject {
				t.Errorf("%+v, %v", who, err)
			}
		})
	}
	all.Wait()
}

func TestSettingsThatChangeEndTheFlowsUnderWay(t *testing.T) {
	b := newBench(t, nil)
	flow, q := b.begin(t, ada)
	changes := map[string]*oidc.Provider{
		"another key": oidc.New(b.settings(), redirectURL, secret.New(), b.watch.now, nil),
	}
	s := b.settings()
	s.ClientID = "another"
	changes["another client"] = oidc.New(s, redirectURL, b.key, b.watch.now, nil)
	s = b.settings()
	s.Issuer += "/"
	changes["another issuer"] = oidc.New(s, redirectURL, b.key, b.watch.now, nil)
	for name, us := range changes {
		t.Run(name, func(t *testing.T) {
			who, back, err := us.Finish(t.Context(), flow, q)
			checkFault(t, who, err, fault.Invalid, "oidc.flow")
			if back != "" {
				t.Errorf("goes back to %q", back)
			}
		})
	}
	t.Run("another process with the same settings", func(t *testing.T) {
		us := oidc.New(b.settings(), redirectURL, b.key, b.watch.now, nil)
		if who, _, err := us.Finish(t.Context(), flow, q); err != nil || who.Subject != ada.Subject {
			t.Errorf("%+v, %v", who, err)
		}
	})
}

// roundTrip is a transport of one function.
type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestWhatAProviderMaySayOrNot: what is optional costs nobody the sign-in, whatever a provider writes there.
func TestWhatAProviderMaySayOrNot(t *testing.T) {
	for name, odd := range map[string]any{
		"token_endpoint_auth_methods_supported": "client_secret_basic", "authorization_response_iss_parameter_supported": 7,
		"device_authorization_endpoint": 7, "userinfo_endpoint": []any{}, "id_token_signing_alg_values_supported": "RS256",
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			b.provider.Metadata(func(m map[string]any) { m[name] = odd })
			if who, err := b.signIn(t, ada); err != nil || who.Subject != ada.Subject {
				t.Errorf("%+v, %v", who, err)
			}
		})
	}
}

// TestAProviderThatNamesItselfByAText: "true" is meant as true, and then every answer says who it is from.
func TestAProviderThatNamesItselfByAText(t *testing.T) {
	b := newBench(t, nil)
	b.provider.Metadata(func(m map[string]any) { m["authorization_response_iss_parameter_supported"] = "true" })
	flow, q := b.begin(t, ada)
	q.Issuer = ""
	who, _, err := b.us.Finish(t.Context(), flow, q)
	checkFault(t, who, err, fault.Invalid, "oidc.answer")
	flow, q = b.begin(t, ada)
	q.Issuer = b.provider.Issuer()
	if who, _, err = b.us.Finish(t.Context(), flow, q); err != nil || who.Subject != ada.Subject {
		t.Errorf("%+v, %v", who, err)
	}
}
