package oidc

import (
	stdjson "encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/unicode/norm"

	"github.com/echelon-hr/echelon/app/mailbox"
)

// Bounds of what is taken over, in bytes but for the name, which is in characters.
const (
	subjectSize = 255 // OpenID Connect Core 1.0, section 2
	nameLength  = 200
)

// Identity is who somebody is to the provider. Issuer and Subject together are the key: an e-mail address changes
// hands, they do not.
type Identity struct {
	Issuer        string
	Subject       string // 1 to 255 printable ASCII characters
	Email         string // in its canonical form; empty when the provider gives none that is usable
	EmailVerified bool   // the provider says that the person holds the address
	Name          string // one line; may be empty
	Multi         bool   // the provider asked for a second factor
}

// twoFactors are the values of acr that promise a second factor: REFEDS, the OpenID policy they descend from, Okta,
// and the eIDAS levels substantial and high as FranceConnect and ProConnect write them (Implementing Regulation (EU)
// 2015/1502 asks for two factors from substantial on).
var twoFactors = []string{
	"https://refeds.org/profile/mfa",
	"http://schemas.openid.net/pape/policies/2007/06/multi-factor",
	"urn:okta:loa:2fa:any",
	"eidas2",
	"eidas3",
}

// claims is what we read of an identity token. Those that only inform are taken as they come and judged one by one, so
// that a sloppy one costs nobody the sign-in.
type claims struct {
	Issuer        string         `json:"iss"`
	Subject       string         `json:"sub"`
	Audience      jsontext.Value `json:"aud"`
	Party         string         `json:"azp"`
	Nonce         string         `json:"nonce"`
	Email         jsontext.Value `json:"email"`
	EmailVerified jsontext.Value `json:"email_verified"`
	Name          jsontext.Value `json:"name"`
	ACR           jsontext.Value `json:"acr"`
	AMR           jsontext.Value `json:"amr"`
}

// claimsOf reads the claims again, more strictly than the library does: names in their exact case, none twice, UTF-8.
func claimsOf(token *oidc.IDToken) (claims, error) {
	var raw stdjson.RawMessage
	if err := token.Claims(&raw); err != nil {
		return claims{}, unbelievable("the identity cannot be read")
	}
	return parseClaims(raw)
}

func parseClaims(raw []byte) (claims, error) {
	var c claims
	if err := json.Unmarshal(raw, &c); err != nil {
		return claims{}, unbelievable("the identity cannot be read")
	}
	return c, nil
}

// identity checks what the library leaves to us or is lenient about: the exact issuer, who else the token is for, the
// nonce and the subject.
func (c claims) identity(s Settings, nonce string) (Identity, error) {
	switch {
	case c.Issuer != s.Issuer:
		return Identity{}, unbelievable("the identity is another provider's")
	case !c.forUs(s.ClientID):
		return Identity{}, unbelievable("the identity is for another client")
	case !same(c.Nonce, nonce):
		return Identity{}, unbelievable("the identity answers another question")
	case !usableSubject(c.Subject):
		return Identity{}, unbelievable("the subject is not 1 to 255 ASCII characters")
	}
	email, _ := mailbox.Canonical(text(c.Email))
	return Identity{
		Issuer: c.Issuer, Subject: c.Subject,
		Email: email, EmailVerified: email != "" && yes(c.EmailVerified),
		Name:  normalName(text(c.Name)),
		Multi: slices.Contains(texts(c.AMR), "mfa") || slices.Contains(twoFactors, text(c.ACR)),
	}, nil
}

// forUs reports whether a token was made for this client. A token for several clients must name the one it was made
// for.
func (c claims) forUs(clientID string) bool {
	audience := texts(c.Audience)
	if c.Party != "" && c.Party != clientID || len(audience) > 1 && c.Party == "" {
		return false
	}
	return slices.Contains(audience, clientID)
}

// text reads a claim that should be a string; anything else is empty.
func text(v jsontext.Value) string {
	var s string
	if len(v) == 0 || json.Unmarshal(v, &s) != nil {
		return ""
	}
	return s
}

// texts reads a claim that should be a list of strings, or one; anything else is none.
func texts(v jsontext.Value) []string {
	var list []string
	if len(v) == 0 || json.Unmarshal(v, &list) == nil {
		return list
	}
	if s := text(v); s != "" {
		return []string{s}
	}
	return nil
}

// yes reads a claim that should be a boolean; some providers write it as a string.
func yes(v jsontext.Value) bool { return string(v) == "true" || text(v) == "true" }

func usableSubject(s string) bool {
	return s != "" && len(s) <= subjectSize && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

func unprintable(r rune) bool {
	return unicode.IsSpace(r) || !unicode.IsGraphic(r) || r == utf8.RuneError
}

// normalName makes one line of a name and cuts what no name is as long as.
func normalName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unprintable(r):
			return -1
		}
		return r
	}, s)
	s = norm.NFC.String(strings.Join(strings.Fields(s), " "))
	if r := []rune(s); len(r) > nameLength {
		s = strings.TrimSpace(string(r[:nameLength]))
	}
	return s
}
