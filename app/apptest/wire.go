package apptest

import (
	"net/http"
	"net/url"
	"path"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Wire is what went over the wire for a page.
type Wire struct {
	Requests int
	Bytes    int      // answers with their headers, as they were sent
	Blocking []string // names of files that the first paint waited for
}

// note counts what the browser tells of its network.
func (w *Wire) note(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		w.Requests++
		u, err := url.Parse(e.Request.URL)
		if err == nil && e.RenderBlockingBehavior == network.RenderBlockingBehaviorBlocking {
			w.Blocking = append(w.Blocking, path.Base(u.Path))
		}
	case *network.EventLoadingFinished:
		w.Bytes += int(e.EncodedDataLength)
	}
}

// Weigh opens a page and returns what it took until it and its fonts were there.
func (b *Browser) Weigh(path string) Wire {
	b.t.Helper()
	b.mu.Lock()
	b.wire = Wire{}
	b.mu.Unlock()
	b.Open(path)
	Eval[bool](b, `document.fonts.ready.then(() => true)`)
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.wire
}

// Carry gives the browser, which keeps nothing else of the site yet, the cookies of a visitor.
func (b *Browser) Carry(cookies []*http.Cookie) {
	b.t.Helper()
	for _, c := range cookies {
		cookie := network.SetCookieParams{Name: c.Name, Value: c.Value, URL: b.base}
		if _, err := chromedp.Call(b.ctx, network.SetCookie, cookie); err != nil {
			b.t.Fatal(err)
		}
	}
}
