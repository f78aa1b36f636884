package oidc

import (
	"context"
	"encoding/base64"
	stdjson "encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/echelon-hr/echelon/app/fault"
)

// codeSize bounds an authorization code in bytes; the longest in use are some two thousand.
const codeSize = 8 << 10

// Query is what the provider sends back with the browser: the parameters code, state, error and iss.
type Query struct{ Code, State, Error, Issuer string }

// Finish ends a sign-in: sealed is the flow that Start gave, q what the provider sent back. It returns who came and the
// back of Start. When there is an error there is no identity, and back only when the flow was in order.
//
// Errors: Invalid "oidc.flow" when the flow is not of this browser, too old or already used; Forbidden "oidc.denied"
// when the person or the provider refused; Invalid "oidc.answer" when the provider's answer cannot be believed;
// Invalid "oidc.clock" when its clock and ours are apart; Unavailable "oidc.unreachable" when it does not answer. Their
// details are our own words and hold no secrets: log "oidc.answer", which is an attack or a wrong setting. The caller
// forgets the flow whatever comes out.
func (p *Provider) Finish(ctx context.Context, sealed string, q Query) (who Identity, back string, err error) {
	f, err := p.open(sealed, q.State)
	if err != nil {
		return Identity{}, "", err
	}
	if err := p.checkQuery(q); err != nil {
		return Identity{}, f.back, err
	}
	at, err := p.findEndpoints(ctx)
	if err != nil {
		return Identity{}, f.back, err
	}
	if at.namesSelf && q.Issuer == "" {
		return Identity{}, f.back, unbelievable("the answer does not say who it is from")
	}
	raw, err := p.exchange(oidc.ClientContext(ctx, p.client), at, f, q.Code)
	if err != nil {
		return Identity{}, f.back, err
	}
	who, err = p.verify(ctx, at, f, raw)
	return who, f.back, err
}

// checkQuery judges what came with the browser before anybody is asked. Another provider's answer (RFC 9207) comes
// first: neither its code nor its error is ours.
func (p *Provider) checkQuery(q Query) error {
	switch {
	case q.Issuer != "" && q.Issuer != p.settings.Issuer:
		return unbelievable("the answer is another provider's")
	case q.Error == "server_error" || q.Error == "temporarily_unavailable":
		return p.unreachable("it says that it does not work")
	case q.Error != "":
		return denied(q.Error)
	case q.Code == "" || len(q.Code) > codeSize:
		return unbelievable("the answer has no code")
	default:
		return nil
	}
}

// exchange trades the code for the token that says who somebody is, and does not read it yet.
func (p *Provider) exchange(ctx context.Context, at *endpoints, f flow, code string) (string, error) {
	token, err := at.oauth2.Exchange(ctx, code, oauth2.VerifierOption(f.verifier))
	if err != nil {
		return "", p.explainRefusal(err)
	}
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return "", unbelievable("the answer has no identity")
	}
	return raw, nil
}

// explainRefusal says why a code was not taken. The library's own words quote the answer and are dropped.
func (p *Provider) explainRefusal(err error) error {
	var refused *oauth2.RetrieveError
	var sending *url.Error
	switch {
	case errors.As(err, &sending):
		return p.silent(sending)
	case !errors.As(err, &refused):
		return unbelievable("what answers there takes no codes")
	case refused.ErrorCode == "invalid_grant":
		return over("the code is used, too old or not of this flow")
	case refused.ErrorCode == "access_denied":
		return denied(refused.ErrorCode)
	default:
		return unbelievable("the code is refused: " + nameRefusal(refused.ErrorCode))
	}
}

// verify believes an identity only when the provider signed it, for us, now, and for this flow.
func (p *Provider) verify(ctx context.Context, at *endpoints, f flow, raw string) (Identity, error) {
	v := &verdict{keys: at.keys}
	token, err := oidc.NewVerifier(p.settings.Issuer, v, p.rules()).Verify(ctx, raw)
	if v.silent != nil {
		return Identity{}, p.silent(v.silent)
	}
	var expired *oidc.TokenExpiredError
	switch {
	case errors.As(err, &expired) && expired.Expiry.Unix() > 0:
		return Identity{}, apart("the identity has expired")
	case err != nil && p.notYet(raw):
		return Identity{}, apart("the identity is not valid yet")
	case err != nil:
		return Identity{}, unbelievable("the identity is not signed by this provider for this client")
	}
	c, err := claimsOf(token)
	if err != nil {
		return Identity{}, err
	}
	return c.identity(p.settings, f.nonce)
}

// tolerance is how far ahead of ours the library lets the provider's clock be.
const tolerance = 5 * time.Minute

// notYet tells whether a token that was not believed says itself that its time is still to come. It only chooses the
// words: what it is read from is not verified.
func (p *Provider) notYet(raw string) bool {
	part := strings.Split(raw, ".")
	if len(part) != 3 {
		return false
	}
	b, err := base64.RawURLEncoding.DecodeString(part[1])
	if err != nil {
		return false
	}
	var c struct {
		NotBefore float64 `json:"nbf"`
	}
	return stdjson.Unmarshal(b, &c) == nil && c.NotBefore > float64(p.now().Add(tolerance).Unix())
}

// apart is the fault of an identity that is refused for its time.
func apart(detail string) error {
	return fault.New(fault.Invalid, "oidc.clock", "OpenID Connect: %s: compare the clocks", detail)
}

// rules are the checks that the library makes.
func (p *Provider) rules() *oidc.Config {
	c := &oidc.Config{ClientID: p.settings.ClientID, Now: p.now}
	for _, a := range algorithms {
		c.SupportedSigningAlgs = append(c.SupportedSigningAlgs, string(a))
	}
	return c
}

// refusals are the errors that the specifications name (RFC 6749, OpenID Connect Core); no other word of the provider
// reaches the log.
var refusals = []string{
	"access_denied", "account_selection_required", "consent_required", "interaction_required", "login_required",
	"invalid_client", "invalid_request", "invalid_scope", "unauthorized_client",
	"unsupported_grant_type", "unsupported_response_type",
}

// nameRefusal is an error that the specifications name, and nothing else of the provider's words.
func nameRefusal(code string) string {
	if slices.Contains(refusals, code) {
		return code
	}
	return "for another reason"
}

// denied is the fault of a sign-in that the person or the provider refused.
func denied(code string) error {
	return fault.New(fault.Forbidden, "oidc.denied", "OpenID Connect: sign-in refused: %s", nameRefusal(code))
}

// unbelievable is the fault of an answer that is not what a provider answers.
func unbelievable(detail string) error {
	return fault.New(fault.Invalid, "oidc.answer", "OpenID Connect: %s", detail)
}
