package auditweb_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/audit/auditweb"
)

// TestTheActionsAreThoseThatAreJournalled reads the sources: an action that is journalled has words, and words are of
// an action that is.
func TestTheActionsAreThoseThatAreJournalled(t *testing.T) {
	found := []string{string(access.BandsRead)} // the one that is the action of the permission table itself
	for _, f := range sources(t) {
		found = append(found, journalled(f)...)
	}
	slices.Sort(found)
	want := auditweb.Actions()
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Compact(found)); diff != "" {
		t.Errorf("listed (-) and in the sources (+): %s", diff)
	}
}

func sources(t *testing.T) []*ast.File {
	t.Helper()
	var out []*ast.File
	root, set := filepath.Join("..", "..", ".."), token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != root || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
			return nil
		}
		f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		out = append(out, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var actionText = regexp.MustCompile(`^[a-z]+\.[a-z_]+$`)

// journalled are the actions that a file gives to an entry, or to the helpers that make one.
func journalled(f *ast.File) []string {
	var out []string
	keep := func(e ast.Expr) {
		lit, ok := e.(*ast.BasicLit)
		if !ok {
			return
		}
		if text, err := strconv.Unquote(lit.Value); err == nil && actionText.MatchString(text) {
			out = append(out, text)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Action" && f.Name.Name != "web" { // there it is what is refused
				keep(n.Value)
			}
		case *ast.CallExpr:
			if slices.Contains([]string{"note", "Note", "change", "refuse"}, called(n)) {
				for _, arg := range n.Args {
					keep(arg)
				}
			}
		}
		return true
	})
	return out
}

func called(c *ast.CallExpr) string {
	switch fun := c.Fun.(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fun.Sel.Name
	}
	return ""
}
