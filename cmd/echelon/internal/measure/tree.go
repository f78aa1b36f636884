package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// kind says what a file is: only code is measured against the aims, the others are counted apart.
type kind string

const (
	code      kind = "code"
	tests     kind = "tests"
	templates kind = "templ"
	generated kind = "generated"
)

var kinds = []kind{code, tests, templates, generated}

// size is how much there is of a kind.
type size struct{ files, lines, over100, over120 int }

// tree is what the sources below a directory measure. Functions, files and parameters hold one number for each
// function and file of the code.
type tree struct {
	sizes                        map[kind]*size
	functions, files, parameters []int
	exported                     int
	undocumented                 []string       // what is exported without a comment, with its package
	services                     map[string]int // exported methods of each type Service, by package
	packages                     map[string]int // files of code, by directory
	longLines                    map[string]int // lines over 120 characters, by file of code
	wiring                       int            // lines of app/app.go
}

// skipped are directories that hold nothing of ours to measure.
var skipped = []string{"node_modules", "testdata", "bin", "dist"}

// read measures every Go and templ file of a tree.
func read(root fs.FS) (*tree, error) {
	t := &tree{
		sizes: map[kind]*size{}, services: map[string]int{}, packages: map[string]int{}, longLines: map[string]int{},
	}
	for _, k := range kinds {
		t.sizes[k] = &size{}
	}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		if entry.IsDir() {
			if base != "." && (strings.HasPrefix(base, ".") || slices.Contains(skipped, base)) {
				return fs.SkipDir
			}
			return nil
		}
		if ext := path.Ext(base); ext != ".go" && ext != ".templ" {
			return nil
		}
		source, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		return t.add(name, source)
	})
	return t, err
}

func (t *tree) add(name string, source []byte) error {
	if path.Ext(name) == ".templ" {
		t.count(templates, name, source)
		return nil
	}
	positions := token.NewFileSet()
	file, err := parser.ParseFile(positions, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	switch {
	case ast.IsGenerated(file):
		t.count(generated, name, source)
	case isTest(name):
		t.count(tests, name, source)
	default:
		t.count(code, name, source)
		t.addCode(name, source, file, positions)
	}
	return nil
}

// isTest tells a file of tests, or of a package that only tests import.
func isTest(name string) bool {
	dir := path.Dir(name)
	return strings.HasSuffix(name, "_test.go") || strings.HasSuffix(dir, "test") || strings.HasSuffix(dir, "testkit")
}

// count adds a file to its kind. A tab is one character.
func (t *tree) count(k kind, name string, source []byte) {
	s := t.sizes[k]
	s.files++
	for line := range bytes.Lines(source) {
		s.lines++
		width := utf8.RuneCount(bytes.TrimSuffix(line, []byte("\n")))
		if width > 100 {
			s.over100++
		}
		if width > 120 {
			s.over120++
			if k == code {
				t.longLines[name]++
			}
		}
	}
}

func (t *tree) addCode(name string, source []byte, file *ast.File, positions *token.FileSet) {
	dir := path.Dir(name)
	lines := bytes.Count(source, []byte("\n"))
	t.files = append(t.files, lines)
	t.packages[dir]++
	if name == "app/app.go" {
		t.wiring = lines
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			t.addFunction(dir, d, positions)
		case *ast.GenDecl:
			t.addGroup(dir, d)
		}
	}
}

func (t *tree) addFunction(dir string, d *ast.FuncDecl, positions *token.FileSet) {
	t.functions = append(t.functions, positions.Position(d.End()).Line-positions.Position(d.Pos()).Line+1)
	t.parameters = append(t.parameters, d.Type.Params.NumFields())
	of := receiver(d)
	if !d.Name.IsExported() || of != "" && !ast.IsExported(of) {
		return
	}
	if of == "Service" {
		t.services[dir]++
	}
	t.addExported(dir, strings.TrimPrefix(of+"."+d.Name.Name, "."), d.Doc != nil)
}

// receiver is the name of the type that a method belongs to, "" for a function.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	name := ""
	ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == "" {
			name = id.Name
		}
		return name == ""
	})
	return name
}

// addGroup looks at constants, variables and types: the comment of their group is theirs too.
func (t *tree) addGroup(dir string, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() {
				t.addExported(dir, spec.Name.Name, d.Doc != nil || spec.Doc != nil || spec.Comment != nil)
			}
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				if name.IsExported() {
					t.addExported(dir, name.Name, d.Doc != nil || spec.Doc != nil || spec.Comment != nil)
				}
			}
		}
	}
}

func (t *tree) addExported(dir, name string, documented bool) {
	t.exported++
	if !documented {
		t.undocumented = append(t.undocumented, dir+"."+name)
	}
}
