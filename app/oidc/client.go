package oidc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// What a provider may take and send.
const (
	deadline   = 10 * time.Second // for one question and its whole answer
	answerSize = 1 << 20          // bytes
)

// errTooLarge says that an answer is longer than any provider's.
var errTooLarge = errors.New("the answer is too large")

// guardClient makes the client that asks the provider: within the deadline, without following redirects, which would
// take the client secret and the code elsewhere, and through wholeAnswers.
func guardClient(c *http.Client) *http.Client {
	if c == nil {
		c = &http.Client{}
	}
	next, limit := c.Transport, c.Timeout
	if next == nil {
		next = http.DefaultTransport
	}
	if limit <= 0 || limit > deadline {
		limit = deadline
	}
	return &http.Client{
		Transport: wholeAnswers{next}, Timeout: limit,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// wholeAnswers reads each answer to its end, within bounds, before anybody looks at it. So whatever keeps an answer
// from arriving — no connection, a stall halfway, too much of it, an overloaded server — is a failed round trip, and
// what does arrive can be judged for what it says.
type wholeAnswers struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (w wholeAnswers) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := w.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if s := resp.StatusCode; s >= 500 || s == http.StatusTooManyRequests || s == http.StatusRequestTimeout {
		return nil, fmt.Errorf("it answers with status %d", s)
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, answerSize+1))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	if len(b) > answerSize {
		return nil, errTooLarge
	}
	resp.Body = io.NopCloser(bytes.NewReader(b))
	return resp, nil
}
