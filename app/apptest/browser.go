package apptest

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"

	"github.com/echelon-hr/echelon/app/testkit"
)

// stepLimit bounds one step in the browser.
const stepLimit = 30 * time.Second

// Browser is a real browser on the served product. Whatever the page's own log complains of, such as a
// breach of the content policy, fails the test at its end.
type Browser struct {
	t    testing.TB
	ctx  context.Context
	base string

	mu       sync.Mutex
	problems []string
	wire     Wire
}

// Browser opens a window of a size in pixels. Without Chromium, and in short runs, the test is skipped.
func (s *Server) Browser(t testing.TB, width, height int64) *Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("browser tests run in make test")
	}
	path := testkit.Tool(t, "chromium", "sudo apt-get install chromium")
	ctx, cancel := chromedp.NewContext(t.Context(), chromedp.WithAllocatorOptions(
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("no-first-run", true), chromedp.Flag("accept-lang", "fr"),
	))
	t.Cleanup(cancel)
	b := &Browser{t: t, ctx: ctx, base: s.URL}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.complain)
	b.do(chromedp.EmulateViewport(width, height))
	return b
}

func (b *Browser) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wire.note(event)
	e, ok := event.(*log.EventEntryAdded)
	if !ok || strings.Contains(e.Entry.Text, "responded with a status of 4") { // a refusal is a page here
		return
	}
	b.problems = append(b.problems, e.Entry.Text)
}

func (b *Browser) complain() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.problems {
		b.t.Errorf("the browser's log says: %s", p)
	}
}

// In runs a subtest with the browser: what goes wrong in it fails the subtest.
func (b *Browser) In(t *testing.T, test func()) {
	t.Helper()
	before := b.t
	b.t = t
	defer func() { b.t = before }()
	test()
}

func (b *Browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepLimit)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// Open goes to an address of the site.
func (b *Browser) Open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.base + path))
}

// Follow clicks something that leads to another page and waits for that page.
func (b *Browser) Follow(selector string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepLimit)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		b.t.Fatalf("follow %s: %v", selector, err)
	}
}

// Click clicks something that stays on the page.
func (b *Browser) Click(selector string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(selector)))
}

// Type puts text into a field, key by key.
func (b *Browser) Type(selector, text string) {
	b.t.Helper()
	b.do(chromedp.Focus(chromedp.CSS(selector)), chromedp.KeyEvent(text))
}

// Press types keys wherever the focus is and waits for nothing.
func (b *Browser) Press(keys string) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(keys))
}

// Submit types keys that lead to another page, such as Enter in a form, and waits for it.
func (b *Browser) Submit(keys string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepLimit)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.KeyEvent(keys)); err != nil {
		b.t.Fatalf("submit: %v", err)
	}
}

// Eval evaluates an expression in the page.
func Eval[T any](b *Browser, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepLimit)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// Text is the visible text of an element, "" when there is none.
func (b *Browser) Text(selector string) string {
	b.t.Helper()
	return Eval[string](b, `document.querySelector('`+selector+`')?.innerText ?? ''`)
}

// Path is the address of the page within the site.
func (b *Browser) Path() string {
	b.t.Helper()
	return Eval[string](b, `location.pathname + location.search`)
}

// Violation is a rule of accessibility that a page breaks.
type Violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML   string   `json:"html"`
		Target []string `json:"target"`
	} `json:"nodes"`
}

// axeSource reads the checker from the front-end packages, once.
var axeSource = sync.OnceValues(func() (string, error) {
	_, here, _, _ := runtime.Caller(0)
	b, err := os.ReadFile(filepath.Join(filepath.Dir(here), "..", "..", "node_modules", "axe-core", "axe.min.js"))
	return string(b), err
})

// Axe checks the page's accessibility and returns what it breaks.
func (b *Browser) Axe() []Violation {
	b.t.Helper()
	source, err := axeSource()
	if err != nil {
		testkit.Missing(b.t, "axe-core", "run make assets")
	}
	b.do(chromedp.Evaluate[chromedp.Void](source))
	return Eval[[]Violation](b, `axe.run({resultTypes: ['violations']}).then(r => r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.map(n => ({html: n.html, target: n.target.map(String)}))})))`)
}
