package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/web"
)

// visit is what a browser loads for one page: requests that reached the network, and the bytes they brought, headers
// included.
type visit struct {
	page     string
	requests int
	bytes    float64
}

// settle is how long after a page has loaded what it still asks for is counted.
const settle = 500 * time.Millisecond

// visits measures the weight of first visits and of pages after them, each first one with an empty cache.
func (b *bench) visits() ([]visit, error) {
	site, err := b.site("sqlite")
	if err != nil {
		return nil, err
	}
	base, err := b.serve(site)
	if err != nil {
		return nil, err
	}
	opened, err := site.Services.Accounts.SignInPersona(b.ctx, actor.Nobody(), visitor, "", "")
	if err != nil {
		return nil, err
	}
	nobody, err := b.walk(base, "", step{"home, first visit, not signed in", "/"}, step{"sign-in after it", "/sign-in"})
	if err != nil {
		return nil, err
	}
	somebody, err := b.walk(base, opened.Token,
		step{"home, first visit, signed in", "/"}, step{"list after it", "/jobs"},
		step{"profile page after that", "/jobs/" + flagship},
		step{"grid after that", "/matrices/sales"})
	if err != nil {
		return nil, err
	}
	straight, err := b.walk(base, opened.Token, step{"profile page, first visit", "/jobs/" + flagship})
	return append(append(nobody, somebody...), straight...), err
}

// step is a page of a walk, with what it is called in the table.
type step struct{ name, path string }

// walk opens pages one after the other in a browser that has seen none of them.
func (b *bench) walk(base, token string, steps ...step) ([]visit, error) {
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithAllocatorOptions(chromedp.NoSandbox))
	defer cancel()
	meter := &meter{cached: map[network.RequestID]bool{}}
	if err := chromedp.Listen(ctx, meter.hear); err != nil {
		return nil, err
	}
	begin := func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
		if err == nil && token != "" {
			_, err = chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{
				Name: web.SessionCookie(false), Value: token, URL: base,
			})
		}
		return chromedp.Void{}, err
	}
	if _, err := chromedp.Run(ctx, begin); err != nil {
		return nil, fmt.Errorf("start Chromium: %w", err)
	}
	var out []visit
	for _, s := range steps {
		meter.reset()
		answer, err := chromedp.RunResponse(ctx, chromedp.Navigate(base+s.path))
		if err != nil {
			return nil, fmt.Errorf("open %s in Chromium: %w", s.path, err)
		}
		if answer.Status != 200 {
			return nil, errors.New(s.path + " could not be opened in Chromium")
		}
		time.Sleep(settle)
		requests, bytes := meter.read()
		out = append(out, visit{s.name, requests, bytes})
	}
	return out, nil
}

// meter counts what comes over the network.
type meter struct {
	mu       sync.Mutex
	cached   map[network.RequestID]bool
	requests int
	bytes    float64
}

func (m *meter) hear(event any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestServedFromCache:
		m.cached[e.RequestID] = true
	case *network.EventLoadingFinished:
		if !m.cached[e.RequestID] && e.EncodedDataLength > 0 {
			m.requests++
			m.bytes += e.EncodedDataLength
		}
	}
}

func (m *meter) reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests, m.bytes = 0, 0
}

func (m *meter) read() (int, float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.requests, m.bytes
}
