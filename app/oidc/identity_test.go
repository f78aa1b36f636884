package oidc_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/oidc"
	"github.com/echelon-hr/echelon/app/oidc/oidctest"
)

func TestWhatIsTakenOver(t *testing.T) {
	b := newBench(t, nil)
	tests := []struct {
		name   string
		change func(claims map[string]any)
		want   func(who *oidc.Identity)
	}{
		{"as it comes", func(map[string]any) {}, func(*oidc.Identity) {}},
		{"a subject of 255 characters", func(c map[string]any) { c["sub"] = strings.Repeat("~", 255) }, func(w *oidc.Identity) { w.Subject = strings.Repeat("~", 255) }},
		{"a subject in its own case", func(c map[string]any) { c["sub"] = "AbC def|1" }, func(w *oidc.Identity) { w.Subject = "AbC def|1" }},
		{"an address in capitals and spaces", func(c map[string]any) { c["email"] = "  ADA@Example.COM\t" }, func(*oidc.Identity) {}},
		{"an address in pieces", func(c map[string]any) { c["email"] = "RENE\u0301@example.com" }, func(w *oidc.Identity) { w.Email = "ren\u00e9@example.com" }},
		{"no address", func(c map[string]any) { delete(c, "email") }, noEmail},
		{"an address that is none", func(c map[string]any) { c["email"] = "ada" }, noEmail},
		{"an address without a host", func(c map[string]any) { c["email"] = "ada@" }, noEmail},
		{"an address without a name", func(c map[string]any) { c["email"] = "@example.com" }, noEmail},
		{"two addresses", func(c map[string]any) { c["email"] = "ada@example.com,eve@example.com" }, noEmail},
		{"an address with a space within", func(c map[string]any) { c["email"] = "ada @example.com" }, noEmail},
		{"an address with a line end", func(c map[string]any) { c["email"] = "ada@example.com\r\nBcc: x" }, noEmail},
		{"an address with an invisible character", func(c map[string]any) { c["email"] = "ada\u200b@example.com" }, noEmail},
		{"an address too long", func(c map[string]any) { c["email"] = strings.Repeat("a", 243) + "@example.com" }, noEmail},
		{"an address that is a list", func(c map[string]any) { c["email"] = []string{"ada@example.com"} }, noEmail},
		{"an address unverified", func(c map[string]any) { c["email_verified"] = false }, unverified},
		{"an address of which nothing is said", func(c map[string]any) { delete(c, "email_verified") }, unverified},
		{"verified in words", func(c map[string]any) { c["email_verified"] = "true" }, func(*oidc.Identity) {}},
		{"unverified in words", func(c map[string]any) { c["email_verified"] = "false" }, unverified},
		{"verified as a number", func(c map[string]any) { c["email_verified"] = 1 }, unverified},
		{"claims in another case", func(c map[string]any) { c["EMAIL"], c["Sub"], c["Amr"] = "eve@example.com", "eve", []string{"mfa"} }, func(*oidc.Identity) {}},
		{"no name", func(c map[string]any) { delete(c, "name") }, func(w *oidc.Identity) { w.Name = "" }},
		{"a name of several lines", func(c map[string]any) { c["name"] = " Ada\r\n\tde\u00a0\u0301 \x00Lovelace\u202e " }, func(w *oidc.Identity) { w.Name = "Ada de \u0301 Lovelace" }},
		{"a name too long", func(c map[string]any) { c["name"] = strings.Repeat("é", 300) }, func(w *oidc.Identity) { w.Name = strings.Repeat("é", 200) }},
		{"a name that is an object", func(c map[string]any) { c["name"] = map[string]any{"given": "Ada"} }, func(w *oidc.Identity) { w.Name = "" }},
		{"several audiences, made for us", func(c map[string]any) { c["aud"], c["azp"] = []string{"another", oidctest.ClientID}, oidctest.ClientID }, func(*oidc.Identity) {}},
		{"one audience in a list", func(c map[string]any) { c["aud"] = []string{oidctest.ClientID} }, func(*oidc.Identity) {}},
		{"two factors", func(c map[string]any) { c["amr"] = []string{"pwd", "otp", "mfa"} }, multi},
		{"two factors as one text", func(c map[string]any) { c["amr"] = "mfa" }, multi},
		{"a password alone", func(c map[string]any) { c["amr"] = []string{"pwd"} }, func(*oidc.Identity) {}},
		{"nearly two factors", func(c map[string]any) { c["amr"] = []string{"MFA", "mfa-skipped"} }, func(*oidc.Identity) {}},
		{"methods that are numbers", func(c map[string]any) { c["amr"] = []any{1, "mfa"} }, func(*oidc.Identity) {}},
		{"the REFEDS profile", func(c map[string]any) { c["acr"] = "https://refeds.org/profile/mfa" }, multi},
		{"the OpenID policy", func(c map[string]any) { c["acr"] = "http://schemas.openid.net/pape/policies/2007/06/multi-factor" }, multi},
		{"Okta's level", func(c map[string]any) { c["acr"] = "urn:okta:loa:2fa:any" }, multi},
		{"eIDAS substantial", func(c map[string]any) { c["acr"] = "eidas2" }, multi},
		{"eIDAS high", func(c map[string]any) { c["acr"] = "eidas3" }, multi},
		{"eIDAS low", func(c map[string]any) { c["acr"] = "eidas1" }, func(*oidc.Identity) {}},
		{"a level of its own", func(c map[string]any) { c["acr"] = "1" }, func(*oidc.Identity) {}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b.provider.Claims(tt.change)
			want := oidc.Identity{Issuer: b.provider.Issuer(), Subject: ada.Subject, Email: ada.Email, EmailVerified: true, Name: ada.Name}
			tt.want(&want)
			got, err := b.signIn(t, ada)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func noEmail(w *oidc.Identity)    { w.Email, w.EmailVerified = "", false }
func unverified(w *oidc.Identity) { w.EmailVerified = false }
func multi(w *oidc.Identity)      { w.Multi = true }

// Some of these the library would let pass: it knows a provider that leaves the scheme off its issuer.
func TestClaimsThatCanBeReadTwoWays(t *testing.T) {
	s := oidc.Settings{Issuer: "https://a.example", ClientID: "us"}
	for name, payload := range map[string]string{
		"a subject twice":        `{"iss":"https://a.example","aud":"us","nonce":"n","sub":"ada","sub":"eve"}`,
		"bytes that are no text": `{"iss":"https://a.example","aud":"us","nonce":"n","sub":"ada` + "\xff" + `"}`,
		"something after it":     `{"iss":"https://a.example","aud":"us","nonce":"n","sub":"ada"} {}`,
		"an issuer by its host":  `{"iss":"a.example","aud":"us","nonce":"n","sub":"ada"}`,
		"a list":                 `[]`,
		"nothing":                ``,
	} {
		t.Run(name, func(t *testing.T) {
			who, err := oidc.IdentityOf(s, "n", []byte(payload))
			checkFault(t, who, err, fault.Invalid, "oidc.answer")
		})
	}
}

// FuzzIdentity reads any payload: what comes out keeps the promises of Identity.
func FuzzIdentity(f *testing.F) {
	s := oidc.Settings{Issuer: "https://a.example", ClientID: "us"}
	for _, more := range []string{``, `,"email":"ADA@EXAMPLE.COM","email_verified":true`, `,"name":"A\nB","amr":["mfa"]`, `,"azp":"us","acr":"eidas2"`, `,"email":"\u0130@x"`} {
		f.Add([]byte(`{"iss":"https://a.example","aud":"us","nonce":"n","sub":"ada"` + more + `}`))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		who, err := oidc.IdentityOf(s, "n", payload)
		if err != nil {
			checkFault(t, who, err, fault.Invalid, "oidc.answer")
			return
		}
		if who.Issuer != s.Issuer || who.Subject == "" || len(who.Subject) > 255 {
			t.Errorf("%+v", who)
		}
		if who.Email != strings.ToLower(who.Email) || !norm.NFC.IsNormalString(who.Email) || who.EmailVerified && who.Email == "" || len(who.Email) > 254 {
			t.Errorf("the address is %q", who.Email)
		}
		if strings.ContainsAny(who.Email+who.Name, "\r\n\x00") || !utf8.ValidString(who.Name) || !norm.NFC.IsNormalString(who.Name) {
			t.Errorf("the name is %q", who.Name)
		}
		var again map[string]json.RawMessage
		if json.Unmarshal(payload, &again) != nil {
			t.Errorf("%q is no object", payload)
		}
	})
}
