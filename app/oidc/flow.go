package oidc

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"strconv"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/echelon-hr/echelon/app/fault"
)

// FlowAge is how long somebody may take at the provider, and so how long the caller keeps the flow.
const FlowAge = 10 * time.Minute

const (
	purpose = "oidc flow"
	// backSize is in bytes. A sealed flow with a way back of that size still fits into a cookie.
	backSize = 2000
	// skew is by how much the clocks of several servers may differ.
	skew = time.Minute
)

// flow is what we must remember while somebody is at the provider.
type flow struct {
	state    string // ties the answer to the browser
	nonce    string // ties the identity to the question
	verifier string // ties the code to us (PKCE)
	at       time.Time
	back     string
}

// Start begins a sign-in: it returns the address at the provider to send the browser to, and the sealed flow that the
// same browser must bring to Finish within FlowAge, in a cookie. back comes out of Finish as it went in, or empty when
// it is longer than 2000 bytes. A provider that does not answer is Unavailable.
func (p *Provider) Start(ctx context.Context, back string) (authorizeURL, sealed string, err error) {
	at, err := p.findEndpoints(ctx)
	if err != nil {
		return "", "", err
	}
	if len(back) > backSize {
		back = ""
	}
	f := flow{state: rand.Text(), nonce: rand.Text(), verifier: oauth2.GenerateVerifier(), at: p.now(), back: back}
	authorizeURL = at.oauth2.AuthCodeURL(f.state, oidc.Nonce(f.nonce), oauth2.S256ChallengeOption(f.verifier))
	return authorizeURL, p.key.Seal(purpose, p.place(), f.text()), nil
}

// place binds a flow to the settings it began with.
func (p *Provider) place() string { return p.settings.Issuer + "\n" + p.settings.ClientID }

func (f flow) text() string {
	return strings.Join([]string{f.state, f.nonce, f.verifier, strconv.FormatInt(f.at.Unix(), 10), f.back}, "\n")
}

// open reads a sealed flow and checks its age and that the answer's state is its own. Anything wrong is one fault, of
// which the reader learns only that this sign-in is over.
func (p *Provider) open(sealed, state string) (flow, error) {
	text, err := p.key.Open(purpose, p.place(), sealed)
	if err != nil {
		return flow{}, over("the flow is not ours")
	}
	part := strings.SplitN(text, "\n", 5)
	if len(part) != 5 {
		return flow{}, over("the flow is of another version")
	}
	unix, err := strconv.ParseInt(part[3], 10, 64)
	if err != nil {
		return flow{}, over("the flow is of another version")
	}
	f := flow{state: part[0], nonce: part[1], verifier: part[2], at: time.Unix(unix, 0), back: part[4]}
	if age := p.now().Sub(f.at); age > FlowAge || age < -skew {
		return flow{}, over("the flow is too old")
	}
	if !same(f.state, state) {
		return flow{}, over("the state is of another flow")
	}
	return f, nil
}

// same compares secrets in a time that tells nothing of them.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// over is the fault of a sign-in that cannot go on and can begin again.
func over(detail string) error {
	return fault.New(fault.Invalid, "oidc.flow", "OpenID Connect: %s", detail)
}
