package web_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"
	"github.com/klauspost/compress/gzip"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/web"
)

func TestTheCodingAReaderLikesBest(t *testing.T) {
	for header, want := range map[string]string{
		"":                            "",
		"br":                          "br",
		"gzip":                        "gzip",
		"gzip, deflate, br, zstd":     "br",
		"gzip, deflate":               "gzip",
		"GZIP":                        "gzip",
		"gzip;q=1.0, br;q=0.5":        "gzip",
		"gzip;q=0.5,br;q=0.5":         "br",
		"br;q=0, gzip":                "gzip",
		"br;q=0":                      "",
		"br ; q=0 , gzip ; q=0.001":   "gzip",
		"*":                           "br",
		"*;q=0":                       "",
		"br;q=0, *":                   "gzip",
		"*;q=0.3, gzip;q=0.2":         "br",
		"identity":                    "",
		"identity, gzip":              "gzip",
		"identity;q=1, gzip;q=0.5":    "",
		"identity;q=0.1, gzip;q=0.5":  "gzip",
		"identity;q=0":                "",
		"identity;q=0, *":             "br",
		"gzip;q=much, br;q=-1":        "",
		"gzip;q=NaN, br;q=2":          "",
		"deflate, zstd":               "",
		"gzipped, brotli, x;q=1, ,;;": "",
	} {
		if got := web.AcceptedCoding(header, "br", "gzip"); got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
}

// long is text that is worth compressing.
var long = strings.Repeat("<p>what a role is and what it asks for</p>\n", 100)

func openLong(t *testing.T) *house {
	t.Helper()
	text := func(path, kind, body string) web.Route {
		return web.Page(http.MethodGet, path, access.Public(), func(c *fiber.Ctx) error {
			c.Set(fiber.HeaderContentType, kind)
			return c.SendString(body)
		})
	}
	return open(t, false,
		text("/long", "text/html; charset=utf-8", long), text("/short", "text/html", long[:web.WorthCompressing-1]),
		text("/just", "text/plain", long[:web.WorthCompressing]),
		text("/long.json", "application/problem+json", long), text("/long.csv", "text/csv; header=present", long),
		text("/long.ndjson", "application/x-ndjson", long), text("/long.svg", "image/svg+xml", long),
		text("/long.pdf", "application/pdf", long), text("/long.zip", "application/zip", long), text("/long.woff2", "font/woff2", long),
		web.Page(http.MethodPost, "/stream", access.Public(), func(c *fiber.Ctx) error {
			return c.Type("html").SendStream(strings.NewReader(long))
		}),
		web.Page(http.MethodPost, "/long", access.Public(), func(c *fiber.Ctx) error { return c.Type("html").SendString(long) }),
	)
}

// decode is the text of an answer as its reader sees it.
func decode(t *testing.T, a answer) string {
	t.Helper()
	var r io.Reader = strings.NewReader(a.body)
	switch coding := a.Header.Get("Content-Encoding"); coding {
	case "br":
		r = brotli.NewReader(r)
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	case "":
	default:
		t.Fatalf("coding %q", coding)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAnswersAreCompressed(t *testing.T) {
	h := openLong(t)
	for _, tt := range []struct {
		method, path, accept, coding string
		varies                       bool
	}{
		{"GET", "/long", "gzip, deflate, br", "br", true},
		{"GET", "/long", "gzip", "gzip", true},
		{"GET", "/long", "", "", true},
		{"GET", "/long", "br;q=0, gzip;q=0", "", true},
		{"HEAD", "/long", "br", "br", true},
		{"POST", "/long", "br", "br", true},
		{"GET", "/short", "br", "", true},
		{"GET", "/just", "br", "br", true},
		{"GET", "/long.json", "br", "br", true},
		{"GET", "/long.csv", "br", "br", true},
		{"GET", "/long.ndjson", "br", "br", true},
		{"GET", "/long.svg", "br", "br", true},
		{"GET", "/long.pdf", "br", "", false},
		{"GET", "/long.zip", "br", "", false},
		{"GET", "/long.woff2", "br", "", false},
		{"POST", "/stream", "br", "", false},
	} {
		t.Run(strings.Join([]string{tt.method, tt.path, tt.accept}, " "), func(t *testing.T) {
			a := h.do(t, tt.method, tt.path, "Accept-Encoding", tt.accept)
			if a.StatusCode != http.StatusOK || a.Header.Get("Content-Encoding") != tt.coding {
				t.Fatalf("%d in coding %q, want %q", a.StatusCode, a.Header.Get("Content-Encoding"), tt.coding)
			}
			if got := strings.Contains(a.Header.Get("Vary"), "Accept-Encoding"); got != tt.varies {
				t.Errorf("Vary is %q", a.Header.Get("Vary"))
			}
			if tt.method == "HEAD" {
				if a.body != "" || a.ContentLength <= 0 || a.ContentLength >= int64(len(long)) {
					t.Errorf("the head promises %d bytes and has %d", a.ContentLength, len(a.body))
				}
				return
			}
			if got := decode(t, a); !strings.HasPrefix(long, got) || len(got) < web.WorthCompressing-1 {
				t.Errorf("reads %d bytes that are not the page", len(got))
			}
			if tt.coding != "" && a.ContentLength != int64(len(a.body)) {
				t.Errorf("%d bytes, told %d", len(a.body), a.ContentLength)
			}
		})
	}
}

func TestErrorsAreCompressed(t *testing.T) {
	h := openWith(t, func(c *web.Config) {
		c.RenderError = func(c *fiber.Ctx, _ int, _ *fault.Error) error { return c.Type("html").SendString(long) }
	})
	a := h.do(t, "GET", "/nowhere", "Accept-Encoding", "br")
	if a.StatusCode != http.StatusNotFound || a.Header.Get("Content-Encoding") != "br" || decode(t, a) != long || a.Header.Get("ETag") != "" {
		t.Errorf("%d %v", a.StatusCode, a.Header)
	}
}

// TestEachCodingHasItsTag asks again with the tag that each coding came with, and with those of the others.
func TestEachCodingHasItsTag(t *testing.T) {
	h := openLong(t)
	tags := map[string]string{}
	for _, coding := range []string{"", "gzip", "br"} {
		tags[coding] = h.do(t, "GET", "/long", "Accept-Encoding", coding).Header.Get("ETag")
	}
	for coding, tag := range tags {
		for other, otherTag := range tags {
			for _, header := range []string{otherTag, "W/" + otherTag} {
				a := h.do(t, "GET", "/long", "Accept-Encoding", coding, "If-None-Match", header)
				want := http.StatusOK
				if other == coding {
					want = http.StatusNotModified
				}
				if a.StatusCode != want || a.Header.Get("ETag") != tag || !strings.Contains(a.Header.Get("Vary"), "Accept-Encoding") {
					t.Errorf("%q with the tag of %q: %d, ETag %s, Vary %q", coding, other, a.StatusCode, a.Header.Get("ETag"), a.Header.Get("Vary"))
				}
				if want == http.StatusNotModified && (a.body != "" || a.Header.Get("Content-Encoding") != "") {
					t.Errorf("%q: 304 with %d bytes in coding %q", coding, len(a.body), a.Header.Get("Content-Encoding"))
				}
			}
		}
	}
	if tags[""] == tags["br"] || tags["br"] == tags["gzip"] || tags[""] == "" || tags["br"] == "" {
		t.Errorf("tags %v", tags)
	}
}

// TestTheLogCountsTheBytesThatAreSent reads in the log how many bytes of a page went out.
func TestTheLogCountsTheBytesThatAreSent(t *testing.T) {
	h := openLong(t)
	a := h.do(t, "GET", "/long", "Accept-Encoding", "br")
	log := strings.Join(h.log.all(), "")
	if !strings.Contains(log, "route=/long") || !strings.Contains(log, "bytes="+strconv.Itoa(len(a.body))+"\n") {
		t.Errorf("%d bytes were sent, the log says %s", len(a.body), log)
	}
}
