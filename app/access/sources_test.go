package access_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/access"
)

const root = "../.."

// sources parses every file of the program, tests apart.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	set := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && path != root):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(rel)], err = parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// constants maps the names of this package's actions to their values.
func constants(t *testing.T, files map[string]*ast.File) map[string]access.Action {
	t.Helper()
	out := map[string]access.Action{}
	ast.Inspect(files["app/access/table.go"], func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); ok && id.Name == "Action" {
			out[spec.Names[0].Name] = access.Action(strings.Trim(spec.Values[0].(*ast.BasicLit).Value, `"`))
		}
		return true
	})
	return out
}

// TestEveryActionIsUsed finds an action that no route and no service asks for: a row of the table that
// promises something nothing keeps.
func TestEveryActionIsUsed(t *testing.T) {
	files := sources(t)
	actions := constants(t, files)
	if len(actions) != len(access.Actions()) {
		t.Errorf("%d constants, %d rows in the table", len(actions), len(access.Actions()))
	}
	used := map[string]bool{}
	for path, f := range files {
		if strings.HasPrefix(path, "app/access/") {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !slices.Contains([]string{"Decide", "DecideOn", "Requires"}, selected(call.Fun, "access")) {
				return true
			}
			for _, arg := range call.Args {
				used[selected(arg, "access")] = true
			}
			return true
		})
	}
	for name, action := range actions {
		if !slices.Contains(access.Actions(), action) {
			t.Errorf("%s is in no row of the table", action)
		}
		if !used[name] && !access.Later(action) {
			t.Errorf("no route and no service asks for %s", action)
		}
		if used[name] && access.Later(action) {
			t.Errorf("%s is asked for and still marked as coming later", action)
		}
	}
}

// selected returns X of an expression pkg.X, else "".
func selected(e ast.Expr, pkg string) string {
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if id, ok := s.X.(*ast.Ident); !ok || id.Name != pkg {
		return ""
	}
	return s.Sel.Name
}

// TestEveryServiceMethodTakesAnActor leaves no use case that could forget to ask who it is for.
func TestEveryServiceMethodTakesAnActor(t *testing.T) {
	services := map[string]int{}
	for path, f := range sources(t) {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv == nil || !fn.Name.IsExported() || !isService(fn.Recv.List[0].Type) {
				continue
			}
			services[filepath.ToSlash(filepath.Dir(path))]++
			if params := fn.Type.Params.List; len(params) < 2 || selected(params[0].Type, "context") != "Context" || selected(params[1].Type, "actor") != "Actor" {
				t.Errorf("%s: %s does not begin with a context and an actor", path, fn.Name.Name)
			}
		}
	}
	for _, domain := range []string{"competencies", "jobs", "jobs/pay", "careers", "app/accounts", "app/audit", "app/mail", "app/settings"} {
		if services[domain] == 0 {
			t.Errorf("no service was found in %s", domain)
		}
	}
}

func isService(e ast.Expr) bool {
	if p, ok := e.(*ast.StarExpr); ok {
		e = p.X
	}
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "Service"
}
