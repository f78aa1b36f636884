// Package static holds the built front-end assets and knows their addresses. It is a leaf: templates and
// the web server may import it, it imports nothing of ours.
package static

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// Prefix is the path under which the assets are served.
const Prefix = "/static/"

var assets = index()

// index maps "app.css" to "/static/app.HASH.css" for every built file.
func index() map[string]string {
	m := map[string]string{}
	entries, err := dist.ReadDir("dist")
	if err != nil {
		panic(err) // the directory is embedded: this cannot happen
	}
	for _, e := range entries {
		if parts := strings.Split(e.Name(), "."); len(parts) == 3 && parts[0] != "" {
			m[parts[0]+"."+parts[2]] = Prefix + e.Name()
		}
	}
	return m
}

// Asset returns the address of a built file by its plain name, such as "app.css". Without built assets
// it returns an address that answers 404; see Built.
func Asset(name string) string {
	if a, ok := assets[name]; ok {
		return a
	}
	return Prefix + name
}

// Built reports whether the assets were built before the program was: when not, say "run make assets".
func Built() bool {
	for _, name := range []string{"app.css", "app.js", "icons.svg", "mark.svg", "open-sans-latin-wght-normal.woff2"} {
		if _, ok := assets[name]; !ok {
			return false
		}
	}
	return true
}

// endings are what the names of files end in that hold another file compressed, by the name HTTP has for the coding;
// the build makes them.
var endings = map[string]string{"br": ".br", "gzip": ".gz"}

// Codings are the codings that a file of that hashed name was built in, the smaller first; none for an unknown file
// and for one that is compressed as it is.
func Codings(name string) []string { return codings[name] }

// File is a built file by its hashed name, in one of its Codings or, for "", as it is. Its content never changes under
// a name, so it may be cached for ever. What was not built is fs.ErrNotExist.
func File(name, coding string) ([]byte, error) {
	if _, ok := codings[name]; !ok || coding != "" && !slices.Contains(codings[name], coding) {
		return nil, fmt.Errorf("static file %s in coding %q: %w", name, coding, fs.ErrNotExist)
	}
	return dist.ReadFile("dist/" + name + endings[coding])
}

// Has reports whether a file of that hashed name was built.
func Has(name string) bool {
	_, ok := codings[name]
	return ok
}

var codings = func() map[string][]string {
	m := map[string][]string{}
	for _, address := range assets {
		name := strings.TrimPrefix(address, Prefix)
		m[name] = nil
		for _, coding := range []string{"br", "gzip"} {
			if _, err := fs.Stat(dist, "dist/"+name+endings[coding]); err == nil {
				m[name] = append(m[name], coding)
			}
		}
	}
	return m
}()
