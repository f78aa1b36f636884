package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/jobs/jobsweb"
	"github.com/echelon-hr/echelon/templates/pdf"
)

// flagship is the profile that is printed and read.
const flagship = "territory-manager"

// Complete fonts, as a program would embed one that knows nothing of subsets: the one Linux systems have, and the
// face ours are cut from, which is small for a complete font.
const (
	systemFontFile = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
	ownFontFile    = "node_modules/@expo-google-fonts/open-sans/400Regular/OpenSans_400Regular.ttf"
)

// beyond is a name whose characters Windows-1252 lacks.
const beyond = "Łódź · Πωλήσεις · Київ"

// documents measures the three rows about PDFs.
func (b *bench) documents() ([]row, error) {
	system, err := os.ReadFile(systemFontFile)
	if err != nil {
		return nil, fmt.Errorf("the full font: %w: install fonts-dejavu-core", err)
	}
	own, err := os.ReadFile(ownFontFile)
	if err != nil {
		return nil, fmt.Errorf("the full font: %w: run `make assets` in the repository", err)
	}
	site, err := b.site("sqlite")
	if err != nil {
		return nil, err
	}
	doc, err := site.Printer.Document(b.ctx, b.reader, flagship, lang.FR, jobsweb.Order{})
	if err != nil {
		return nil, err
	}
	reprint, err := b.chromium(site)
	if err != nil {
		return nil, err
	}
	other := doc
	other.Company = beyond
	m, err := interleave(b.reps,
		b.render(doc, pdf.Options{}, false), b.render(doc, pdf.Options{FullFont: system}, false), each(reprint),
		b.render(other, pdf.Options{}, true), b.render(other, pdf.Options{FullFont: own}, false),
		b.render(doc, pdf.Options{FullFont: own}, false))
	if err != nil {
		return nil, err
	}
	return []row{{
		measured: "job-profile PDF, embedded fonts",
		against:  "the same document with a full font through AddUTF8FontFromBytes",
		ours:     m[0], theirs: m[1], unit: milliseconds, limit: atMostOneIn(6), seen: "1/7.9; 1/12 with a pooled compressor",
		how: "one French A4 profile of the territory manager is rendered from values in memory to bytes, with the subset " +
			"fonts and with the complete DejaVu Sans (760 kB) in every style.",
	}, {
		measured: "the same, beside a small full font", against: "the same document with the Open Sans ours are cut from",
		ours: m[0], theirs: m[5], unit: milliseconds, limit: atMostOneIn(6), seen: "",
		how: "as the first row, with the complete Open Sans Regular (131 kB) in every style.",
		note: "the layout and the compression of the pages, which both sides share, are most of our time, and this font " +
			"has few glyphs to read.",
	}, {
		measured: "the same PDF", against: "headless Chromium, already warm, printing the same page",
		ours: m[0], theirs: m[2], unit: milliseconds, limit: atMostOneIn(40), seen: "1/56",
		how: "Chromium has the French page of the territory manager open and prints it by Page.printToPDF; loading the " +
			"page is not counted, nor is reading the profile for ours.",
	}, {
		measured: "PDF with characters outside Windows-1252",
		against:  "the same document with a full font, the Open Sans ours are cut from",
		ours:     m[3], theirs: m[4], unit: milliseconds, limit: atMost(0.7), seen: "0.61",
		how: "as the first row, with a company name in Polish, Greek and Ukrainian letters, which makes ours load its " +
			"Unicode subset.",
	}}, nil
}

// render is a probe of one rendering. It refuses a document that does not take the path it is to measure.
func (b *bench) render(d pdf.JobDocument, o pdf.Options, fallback bool) probe {
	return each(func() error {
		_, r, err := pdf.RenderReport(b.ctx, d, o)
		if err == nil && o.FullFont == nil && r.Fallback != fallback {
			err = fmt.Errorf("the document took the wrong path: fallback %t", r.Fallback)
		}
		return err
	})
}

// chromium opens the page of the flagship in a browser that stays, and returns what prints it once more.
func (b *bench) chromium(site *app.App) (func() error, error) {
	address, err := b.serve(site)
	if err != nil {
		return nil, err
	}
	opened, err := site.Services.Accounts.SignInPersona(b.ctx, actor.Nobody(), "employee", "", "")
	if err != nil {
		return nil, err
	}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithAllocatorOptions(chromedp.NoSandbox))
	b.later(func() error {
		cancel()
		return nil
	})
	signIn := func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{
			Name: web.SessionCookie(false), Value: opened.Token, URL: address,
		})
		return chromedp.Void{}, err
	}
	page := address + "/jobs/" + flagship + "?lang=fr"
	answer, err := chromedp.RunResponse(ctx, signIn, chromedp.Navigate(page))
	if err != nil {
		return nil, fmt.Errorf("open the page in Chromium: %w", err)
	}
	if answer.Status != 200 || answer.URL != page {
		//nolint:staticcheck // a name begins the sentence
		return nil, fmt.Errorf("Chromium got %d for the page", answer.Status)
	}
	return func() error {
		b, err := chromedp.Run(ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPrintBackground()))
		if err == nil && len(b) < 10_000 {
			err = errors.New("Chromium printed next to nothing") //nolint:staticcheck // a name begins the sentence
		}
		return err
	}, nil
}
