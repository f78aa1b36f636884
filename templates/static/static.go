// Package static holds the built front-end assets and knows their addresses. It is a leaf: templates and
// the web server may import it, it imports nothing of ours.
package static

import (
	"embed"
	"io/fs"
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
	for _, name := range []string{"app.css", "app.js", "icons.svg", "mark.svg"} {
		if _, ok := assets[name]; !ok {
			return false
		}
	}
	return true
}

// FS returns the built files by their hashed names. Their content never changes under a name, so they may
// be cached for ever.
func FS() fs.FS { return files }

var files = func() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // "dist" is a valid path: this cannot happen
	}
	return sub
}()

// Has reports whether a file of that hashed name was built.
func Has(name string) bool { return names[name] }

var names = func() map[string]bool {
	m := map[string]bool{}
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		panic(err) // the directory is embedded: this cannot happen
	}
	for _, e := range entries {
		m[e.Name()] = !e.IsDir()
	}
	return m
}()
