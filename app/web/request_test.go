package web_test

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/app/web"
)

// TestLocalPath: an address to go back to comes from outside and may only lead back here.
func TestLocalPath(t *testing.T) {
	for in, want := range map[string]string{
		"/":                            "/",
		"/jobs":                        "/jobs",
		"/jobs?q=é&stage=mid":          "/jobs?q=é&stage=mid",
		"/jobs/a%20b":                  "/jobs/a%20b",
		"/jobs#part":                   "/jobs",
		"":                             "/",
		"jobs":                         "/",
		"//evil.example":               "/",
		"///evil.example":              "/",
		`/\evil.example`:               "/",
		`\\evil.example`:               "/",
		`/\/evil.example`:              "/",
		"/\t/evil.example":             "/",
		"/\n/evil.example":             "/",
		"/\r\nSet-Cookie: sid=x":       "/",
		"https://evil.example":         "/",
		"https:evil.example":           "/",
		"HTTP://evil.example/":         "/",
		"javascript:alert(1)":          "/",
		"data:text/html,x":             "/",
		" //evil.example":              "/",
		"/%0d%0aSet-Cookie:%20sid=x":   "/%0d%0aSet-Cookie:%20sid=x",
		"/%2f%2fevil.example":          "/%2f%2fevil.example",
		"/%5cevil.example":             "/%5cevil.example",
		"/jobs?next=//evil.example":    "/jobs?next=//evil.example",
		"/%zz":                         "/",
		"http://user:pw@evil.example/": "/",
	} {
		if got := web.LocalPath(in); got != want {
			t.Errorf("LocalPath(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestLocalPathNeverLeaves tries whatever can be written: a browser at our site that follows the result stays.
func TestLocalPathNeverLeaves(t *testing.T) {
	here, err := url.Parse("https://echelon.example/sign-in")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.OneOf(
			rapid.String(),
			rapid.StringMatching(`[/\\]{0,3}[a-z%0-9.:@?#/\\ \t]{0,20}`),
		).Draw(t, "in")
		got := web.LocalPath(in)
		if !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\r\n\t\x00") {
			t.Fatalf("LocalPath(%q) = %q", in, got)
		}
		to, err := here.Parse(got)
		if err != nil || to.Host != here.Host || to.Scheme != here.Scheme {
			t.Fatalf("LocalPath(%q) = %q leads to %v %v", in, got, to, err)
		}
	})
}

func TestWithoutLang(t *testing.T) {
	for in, want := range map[string]string{
		"/": "/", "/jobs?lang=fr": "/jobs", "/jobs?q=a&lang=fr&stage=mid": "/jobs?q=a&stage=mid", "/jobs?q=%C3%A9": "/jobs?q=%C3%A9", "/jobs?language=x": "/jobs?language=x", "/%zz": "/",
	} {
		if got := web.WithoutLang(in); got != want {
			t.Errorf("WithoutLang(%q) = %q, want %q", in, got, want)
		}
	}
}
