package oidc_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/oidc"
	"github.com/echelon-hr/echelon/app/oidc/oidctest"
)

func TestARefusal(t *testing.T) {
	tests := []struct {
		name string
		err  string
		kind fault.Kind
		code string
	}{
		{"by the person", "access_denied", fault.Forbidden, "oidc.denied"},
		{"by the provider", "interaction_required", fault.Forbidden, "oidc.denied"},
		{"in words of its own", oidctest.Marker, fault.Forbidden, "oidc.denied"},
		{"since it is broken", "server_error", fault.Unavailable, "oidc.unreachable"},
		{"since it is overloaded", "temporarily_unavailable", fault.Unavailable, "oidc.unreachable"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, nil)
			flow, q := b.begin(t, ada)
			q.Code, q.Error = "", tt.err
			who, back, err := b.us.Finish(t.Context(), flow, q)
			checkFault(t, who, err, tt.kind, tt.code)
			if back != "/profiles?q=a&b" {
				t.Errorf("goes back to %q", back)
			}
		})
	}
	t.Run("of somebody whom nobody approves", func(t *testing.T) {
		b := newBench(t, nil)
		authorizeURL, flow, err := b.us.Start(t.Context(), "/")
		if err != nil {
			t.Fatal(err)
		}
		who, _, err := b.us.Finish(t.Context(), flow, queryOf(b.provider.Approve(t, authorizeURL)))
		checkFault(t, who, err, fault.Forbidden, "oidc.denied")
	})
	t.Run("outweighs a code", func(t *testing.T) {
		b := newBench(t, nil)
		flow, q := b.begin(t, ada)
		q.Error = "access_denied"
		who, _, err := b.us.Finish(t.Context(), flow, q)
		checkFault(t, who, err, fault.Forbidden, "oidc.denied")
		if b.provider.Asked(oidctest.Token) != 0 {
			t.Error("the code was used")
		}
	})
}

func TestAnAnswerThatIsNotOfThisFlow(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(b *bench, flow *string, q *oidc.Query)
		code  string
	}{
		{"another state", func(_ *bench, _ *string, q *oidc.Query) { q.State = strings.Repeat("A", len(q.State)) }, "oidc.flow"},
		{"no state", func(_ *bench, _ *string, q *oidc.Query) { q.State = "" }, "oidc.flow"},
		{"half a state", func(_ *bench, _ *string, q *oidc.Query) { q.State = q.State[:5] }, "oidc.flow"},
		{"a refusal with another state", func(_ *bench, _ *string, q *oidc.Query) { q.State, q.Error = "x", "access_denied" }, "oidc.flow"},
		{"no flow", func(_ *bench, flow *string, _ *oidc.Query) { *flow = "" }, "oidc.flow"},
		{"half a flow", func(_ *bench, flow *string, _ *oidc.Query) { *flow = (*flow)[:len(*flow)/2] }, "oidc.flow"},
		{"sealed for something else", func(b *bench, flow *string, _ *oidc.Query) {
			*flow = b.key.Seal("session", b.provider.Issuer()+"\n"+oidctest.ClientID, "a\nb\nc\n0\n/")
		}, "oidc.flow"},
		{"sealed with too little", func(b *bench, flow *string, _ *oidc.Query) {
			*flow = b.key.Seal("oidc flow", b.provider.Issuer()+"\n"+oidctest.ClientID, "a\nb\nc")
		}, "oidc.flow"},
		{"sealed without a time", func(b *bench, flow *string, _ *oidc.Query) {
			*flow = b.key.Seal("oidc flow", b.provider.Issuer()+"\n"+oidctest.ClientID, "a\nb\nc\nd\n/")
		}, "oidc.flow"},
		{"too late", func(b *bench, _ *string, _ *oidc.Query) { b.watch.advance(oidc.FlowAge + time.Second) }, "oidc.flow"},
		{"from the future", func(b *bench, _ *string, _ *oidc.Query) { b.watch.advance(-2 * time.Minute) }, "oidc.flow"},
		{"another provider's", func(_ *bench, _ *string, q *oidc.Query) { q.Issuer = "https://evil.example.com" }, "oidc.answer"},
		{"another provider's refusal", func(_ *bench, _ *string, q *oidc.Query) {
			q.Issuer, q.Error = "https://evil.example.com", "access_denied"
		}, "oidc.answer"},
		{"a provider that should say its name and does not", func(_ *bench, _ *string, q *oidc.Query) { q.Issuer = "" }, "oidc.answer"},
		{"no code", func(_ *bench, _ *string, q *oidc.Query) { q.Code = "" }, "oidc.answer"},
		{"a code of a megabyte", func(_ *bench, _ *string, q *oidc.Query) { q.Code = strings.Repeat("x", 1<<20) }, "oidc.answer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, nil)
			flow, q := b.begin(t, ada)
			tt.spoil(b, &flow, &q)
			who, back, err := b.us.Finish(t.Context(), flow, q)
			checkFault(t, who, err, fault.Invalid, tt.code)
			if tt.code == "oidc.flow" && back != "" {
				t.Errorf("goes back to %q", back)
			}
			if b.provider.Asked(oidctest.Token) != 0 {
				t.Error("the code was used")
			}
		})
	}
}

func TestAFlowLastsTenMinutes(t *testing.T) {
	b := newBench(t, nil)
	flow, q := b.begin(t, ada)
	b.watch.advance(oidc.FlowAge)
	if _, _, err := b.us.Finish(t.Context(), flow, q); err != nil {
		t.Errorf("in the last second: %v", err)
	}
	flow, q = b.begin(t, ada)
	b.watch.advance(-30 * time.Second)
	if _, _, err := b.us.Finish(t.Context(), flow, q); err != nil {
		t.Errorf("on a server whose clock is behind: %v", err)
	}
}

func TestAProviderThatDoesNotSayItsName(t *testing.T) {
	b := newBench(t, nil)
	b.provider.Metadata(func(m map[string]any) { delete(m, "authorization_response_iss_parameter_supported") })
	flow, q := b.begin(t, ada)
	q.Issuer = ""
	if _, _, err := b.us.Finish(t.Context(), flow, q); err != nil {
		t.Errorf("older providers do not: %v", err)
	}
}

func TestACodeIsGoodForOneFlowOnce(t *testing.T) {
	b := newBench(t, nil)
	_, theirs := b.begin(t, ada)
	flow, q := b.begin(t, oidctest.User{Subject: "eve"})
	t.Run("another's code", func(t *testing.T) {
		q.Code = theirs.Code
		who, _, err := b.us.Finish(t.Context(), flow, q)
		checkFault(t, who, err, fault.Invalid, "oidc.flow")
	})
	flow, q = b.begin(t, ada)
	if _, _, err := b.us.Finish(t.Context(), flow, q); err != nil {
		t.Fatal(err)
	}
	t.Run("a second time", func(t *testing.T) {
		who, _, err := b.us.Finish(t.Context(), flow, q)
		checkFault(t, who, err, fault.Invalid, "oidc.flow")
	})
	if n := b.provider.Asked(oidctest.Token); n != 3 {
		t.Errorf("asked %d times: a refused code must not be tried again", n)
	}
}

func TestAnswersThatCannotBeBelieved(t *testing.T) {
	token := func(h http.HandlerFunc) func(*bench) {
		return func(b *bench) { b.provider.Answer(oidctest.Token, h) }
	}
	keys := func(h http.HandlerFunc) func(*bench) {
		return func(b *bench) { b.provider.Answer(oidctest.Keys, h) }
	}
	sign := func(s oidctest.Signing) func(*bench) { return func(b *bench) { b.provider.Sign(s) } }
	claim := func(key string, value any) func(*bench) {
		return func(b *bench) {
			b.provider.Claims(func(c map[string]any) {
				if c[key] = value; value == nil {
					delete(c, key)
				}
			})
		}
	}
	with := func(idToken any) func(*bench) {
		return token(oidctest.JSON(map[string]any{"access_token": oidctest.Marker, "token_type": "Bearer", "id_token": idToken}))
	}
	past := newWatch().now().Add(-time.Second).Unix()
	tests := []struct {
		name    string
		prepare func(*bench)
		kind    fault.Kind
		code    string
	}{
		{"a page for a token", token(oidctest.HTML), fault.Invalid, "oidc.answer"},
		{"a huge token", token(oidctest.Huge), fault.Unavailable, "oidc.unreachable"},
		{"no token", token(oidctest.JSON(map[string]any{})), fault.Invalid, "oidc.answer"},
		{"no identity", token(oidctest.JSON(map[string]any{"access_token": "x"})), fault.Invalid, "oidc.answer"},
		{"an identity that is no text", with(map[string]any{"sub": "a-1815"}), fault.Invalid, "oidc.answer"},
		{"an identity that is no token", with(oidctest.Marker), fault.Invalid, "oidc.answer"},
		{"an identity of dots", with("..."), fault.Invalid, "oidc.answer"},
		{"our secret refused", token(oidctest.Refuse("invalid_client")), fault.Invalid, "oidc.answer"},
		{"an error of its own", token(oidctest.Status(http.StatusBadRequest)), fault.Invalid, "oidc.answer"},
		{"a refusal at the last moment", token(oidctest.Refuse("access_denied")), fault.Forbidden, "oidc.denied"},
		{"tokens broken", token(oidctest.Status(http.StatusInternalServerError)), fault.Unavailable, "oidc.unreachable"},
		{"tokens overloaded", token(oidctest.Status(http.StatusTooManyRequests)), fault.Unavailable, "oidc.unreachable"},

		{"a page for the keys", keys(oidctest.HTML), fault.Invalid, "oidc.answer"},
		{"no keys", keys(oidctest.JSON(map[string]any{"keys": []any{}})), fault.Invalid, "oidc.answer"},
		{"keys not found", keys(oidctest.Status(http.StatusNotFound)), fault.Invalid, "oidc.answer"},
		{"keys broken", keys(oidctest.Status(http.StatusBadGateway)), fault.Unavailable, "oidc.unreachable"},
		{"huge keys", keys(oidctest.Huge), fault.Unavailable, "oidc.unreachable"},

		{"signed with another key", sign(oidctest.AnotherKey), fault.Invalid, "oidc.answer"},
		{"signed with our secret", sign(oidctest.HS256), fault.Invalid, "oidc.answer"},
		{"not signed", sign(oidctest.None), fault.Invalid, "oidc.answer"},

		{"another issuer", claim("iss", "https://evil.example.com"), fault.Invalid, "oidc.answer"},
		{"an issuer that is nearly right", func(b *bench) { claim("iss", b.provider.Issuer()+"/")(b) }, fault.Invalid, "oidc.answer"},
		{"no issuer", claim("iss", nil), fault.Invalid, "oidc.answer"},
		{"another audience", claim("aud", "another"), fault.Invalid, "oidc.answer"},
		{"no audience", claim("aud", nil), fault.Invalid, "oidc.answer"},
		{"an empty audience", claim("aud", []string{}), fault.Invalid, "oidc.answer"},
		{"several audiences", claim("aud", []string{oidctest.ClientID, "another"}), fault.Invalid, "oidc.answer"},
		{"made for another", claim("azp", "another"), fault.Invalid, "oidc.answer"},
		{"another nonce", claim("nonce", strings.Repeat("A", 26)), fault.Invalid, "oidc.answer"},
		{"no nonce", claim("nonce", nil), fault.Invalid, "oidc.answer"},
		{"an empty nonce", claim("nonce", ""), fault.Invalid, "oidc.answer"},
		{"expired", claim("exp", past), fault.Invalid, "oidc.clock"},
		{"without an end", claim("exp", nil), fault.Invalid, "oidc.answer"},
		{"not yet valid", claim("nbf", past+3600), fault.Invalid, "oidc.clock"},
		{"not yet valid, by a second more than clocks may differ", claim("nbf", past+302), fault.Invalid, "oidc.clock"},
		{"no subject", claim("sub", nil), fault.Invalid, "oidc.answer"},
		{"an empty subject", claim("sub", ""), fault.Invalid, "oidc.answer"},
		{"a subject that is a number", claim("sub", 1815), fault.Invalid, "oidc.answer"},
		{"a subject too long", claim("sub", strings.Repeat("a", 256)), fault.Invalid, "oidc.answer"},
		{"a subject with a zero byte", claim("sub", "a\x00b"), fault.Invalid, "oidc.answer"},
		{"a subject beyond ASCII", claim("sub", "é"), fault.Invalid, "oidc.answer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, nil)
			tt.prepare(b)
			who, err := b.signIn(t, ada)
			checkFault(t, who, err, tt.kind, tt.code)
			if n := b.provider.Asked(oidctest.Token); n != 1 {
				t.Errorf("asked for %d tokens", n)
			}
			b.provider.Answer(oidctest.Token, nil)
			b.provider.Answer(oidctest.Keys, nil)
			b.provider.Sign(oidctest.Ordinary)
			b.provider.Claims(nil)
			if _, err := b.signIn(t, ada); err != nil {
				t.Errorf("once it behaves: %v", err)
			}
		})
	}
}

func TestKeysMayChange(t *testing.T) {
	b := newBench(t, nil)
	for _, s := range []oidctest.Signing{oidctest.Ordinary, oidctest.RSA, oidctest.Ordinary} {
		b.provider.Sign(s)
		if _, err := b.signIn(t, ada); err != nil {
			t.Errorf("signed %q: %v", s, err)
		}
	}
}

// FuzzFinish throws flows and states at Finish: none is ever taken for ours, and the provider hears of none.
func FuzzFinish(f *testing.F) {
	b := newBench(f, nil)
	place := b.provider.Issuer() + "\n" + oidctest.ClientID
	f.Add("", "", "")
	f.Add("AAAA", "AAAA", "x")
	f.Add(b.key.Seal("another purpose", place, "a\nb\nc\n1795600800\n/"), "a", "x")
	f.Add(b.key.Seal("oidc flow", "another place", "a\nb\nc\n1795600800\n/"), "a", "x")
	f.Add(b.key.Seal("oidc flow", place, "a\nb\nc\n1\n/"), "a", "x")
	f.Fuzz(func(t *testing.T, flow, state, code string) {
		who, back, err := b.us.Finish(t.Context(), flow, oidc.Query{Code: code, State: state})
		checkFault(t, who, err, fault.Invalid, "oidc.flow")
		if back != "" || b.provider.Asked(oidctest.Discovery) != 0 {
			t.Errorf("goes back to %q and asks the provider", back)
		}
	})
}
