package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/oidc"
	"github.com/echelon-hr/echelon/app/oidc/oidctest"
	"github.com/echelon-hr/echelon/app/secret"
)

const redirectURL = "https://echelon.example.com/sign-in/oidc/callback"

// watch is a clock that tests set.
type watch struct{ unix atomic.Int64 }

func newWatch() *watch {
	w := &watch{}
	w.unix.Store(time.Date(2026, time.November, 25, 10, 0, 0, 0, time.UTC).Unix())
	return w
}

func (w *watch) now() time.Time          { return time.Unix(w.unix.Load(), 0).UTC() }
func (w *watch) advance(d time.Duration) { w.unix.Add(int64(d / time.Second)) }

// bench is a provider and us.
type bench struct {
	provider *oidctest.Provider
	us       *oidc.Provider
	watch    *watch
	key      secret.Key
}

func newBench(tb testing.TB, client *http.Client) *bench {
	tb.Helper()
	b := &bench{watch: newWatch(), key: secret.New()}
	b.provider = oidctest.New(tb, b.watch.now)
	b.us = oidc.New(b.settings(), redirectURL, b.key, b.watch.now, client)
	return b
}

func (b *bench) settings() oidc.Settings {
	return oidc.Settings{Issuer: b.provider.Issuer(), ClientID: oidctest.ClientID, ClientSecret: oidctest.ClientSecret}
}

// ada is somebody whom the provider knows.
var ada = oidctest.User{Subject: "a-1815", Email: "ada@example.com", EmailVerified: true, Name: "Ada Lovelace"}

// begin goes to the provider as somebody and comes back.
func (b *bench) begin(t *testing.T, u oidctest.User) (flow string, q oidc.Query) {
	t.Helper()
	authorizeURL, flow, err := b.us.Start(t.Context(), "/profiles?q=a&b")
	if err != nil {
		t.Fatal(err)
	}
	b.provider.Queue(u)
	return flow, queryOf(b.provider.Approve(t, authorizeURL))
}

func queryOf(u *url.URL) oidc.Query {
	v := u.Query()
	return oidc.Query{Code: v.Get("code"), State: v.Get("state"), Error: v.Get("error"), Issuer: v.Get("iss")}
}

// signIn does both halves.
func (b *bench) signIn(t *testing.T, u oidctest.User) (oidc.Identity, error) {
	t.Helper()
	flow, q := b.begin(t, u)
	who, _, err := b.us.Finish(t.Context(), flow, q)
	return who, err
}

// checkFault holds a failure to its kind and code, to nobody having come, and to none of the provider's words.
func checkFault(t *testing.T, who oidc.Identity, err error, kind fault.Kind, code string) {
	t.Helper()
	if err == nil {
		t.Fatalf("signed in as %+v", who)
	}
	if f := fault.Of(err); f.Kind != kind || f.Code != code {
		t.Errorf("got %s %s (%v), want %s %s", f.Kind, f.Code, err, kind, code)
	}
	if diff := cmp.Diff(oidc.Identity{}, who); diff != "" {
		t.Errorf("a failure comes with an identity: %s", diff)
	}
	if text := err.Error(); strings.Contains(text, oidctest.Marker) || strings.Contains(text, oidctest.ClientSecret) {
		t.Errorf("the fault says %q", text)
	}
}
