// Package seeds holds the content that Echelon ships, as YAML by noun in both languages, and loads it
// through the services as system:seed. Loading again changes nothing; a record that people changed since is
// left alone and reported; one bad file and nothing is loaded.
package seeds

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/jobs/pay"
)

// Content is what the binary ships.
//
//go:embed *.yaml competencies/*.yaml profiles/*.yaml ladders/*.yaml demo/*.yaml
var Content embed.FS

// Problem is something wrong in a seed file: what, and where.
type Problem struct {
	File  string
	Line  int // 0 when the file could not be read
	Field string
	Text  string
	Cause error
}

// Error says file, line, field and what is wrong, in one line.
func (p *Problem) Error() string {
	at := p.File
	if p.Line > 0 {
		at += ":" + strconv.Itoa(p.Line)
	}
	if p.Field != "" {
		at += " " + p.Field
	}
	return at + ": " + p.Text
}

// Unwrap gives the cause.
func (p *Problem) Unwrap() error { return p.Cause }

// competencyFile is the form of a competency's file.
type competencyFile struct {
	Slug       string                 `yaml:"slug"`
	Origin     competencies.Origin    `yaml:"origin"`
	Category   competencies.Category  `yaml:"category"`
	Scale      string                 `yaml:"scale"`
	Trend      competencies.Trend     `yaml:"trend"`
	Name       lang.Text              `yaml:"name"`
	Definition lang.Text              `yaml:"definition"`
	Levels     []competencies.Level   `yaml:"levels"`
	Questions  competencies.Questions `yaml:"questions"`
	Codes      []competencies.Code    `yaml:"codes"`
}

// profileFile is the form of a profile's file. Origin is of every item that does not name its own.
type profileFile struct {
	Slug           string              `yaml:"slug"`
	Origin         competencies.Origin `yaml:"origin"`
	jobs.Placement `yaml:",inline"`
	Content        jobs.Content `yaml:"content"`
}

type ladderFile struct {
	Slug                  string `yaml:"slug"`
	careers.LadderContent `yaml:",inline"`
}

type schemeFile struct {
	pay.Scheme `yaml:",inline"`
	Bands      []bandLine `yaml:"bands"`
}

type bandLine struct {
	Profile  string `yaml:"profile"`
	Zone     string `yaml:"zone"`
	Min      string `yaml:"min"`
	Target   string `yaml:"target"`
	Max      string `yaml:"max"`
	Variable string `yaml:"variable"`
}

// releaseFile is the form of release.yaml.
type releaseFile struct {
	Published string `yaml:"published"`
}

// Released is the date that a tree's content carries: that of its release.yaml, or now without one.
func Released(tree fs.FS, now time.Time) (time.Time, error) {
	var r releaseFile
	_, err := decode(&source{FS: tree, read: map[string]bool{}}, "release.yaml", &r)
	if errors.Is(err, fs.ErrNotExist) {
		return now, nil
	}
	if err != nil {
		return now, err
	}
	t, err := time.Parse(time.DateOnly, r.Published)
	if err != nil {
		return now, &Problem{File: "release.yaml", Field: "published", Text: "is not a date like 2026-11-23", Cause: err}
	}
	return t, nil
}

// set is everything read from a tree of files, each item with the file it stands in.
type set struct {
	scales         []sourced[competencies.Scale]
	certifications []sourced[competencies.Certification]
	competencies   []sourced[competencyFile]
	families       []sourced[jobs.Family]
	kpis           []sourced[jobs.KPI]
	profiles       []sourced[profileFile]
	ladders        []sourced[ladderFile]
	zones          []sourced[pay.Zone]
	schemes        []sourced[schemeFile]
	personas       []sourced[personaFile]

	unread []string // files that were passed over
}

// sourced is an item with where it was read: for a file that holds a list, prefix is its place in it.
type sourced[T any] struct {
	item   T
	file   *file
	prefix string
}

type file struct {
	name string
	root ast.Node
}

// read reads the whole tree; demo files only when asked for.
func read(from fs.FS, demo bool) (*set, error) {
	s, tree := &set{}, &source{FS: from, read: map[string]bool{"release.yaml": true, "checklist.yaml": true}} // read by others
	steps := []error{
		list(tree, "scales.yaml", &s.scales), list(tree, "certifications.yaml", &s.certifications),
		each(tree, "competencies", &s.competencies), list(tree, "families.yaml", &s.families),
		list(tree, "kpis.yaml", &s.kpis), each(tree, "profiles", &s.profiles), each(tree, "ladders", &s.ladders),
	}
	if demo {
		steps = append(steps, list(tree, "demo/zones.yaml", &s.zones), one(tree, "demo/scheme.yaml", &s.schemes), list(tree, "demo/personas.yaml", &s.personas))
	}
	steps = append(steps,
		twice(s.scales, func(x competencies.Scale) string { return x.Slug }), twice(s.certifications, func(x competencies.Certification) string { return x.Slug }),
		twice(s.competencies, func(x competencyFile) string { return x.Slug }), twice(s.families, func(x jobs.Family) string { return x.Slug }),
		twice(s.kpis, func(x jobs.KPI) string { return x.Slug }), twice(s.profiles, func(x profileFile) string { return x.Slug }),
		twice(s.ladders, func(x ladderFile) string { return x.Slug }), twice(s.zones, func(x pay.Zone) string { return x.Slug }),
		twice(s.personas, func(x personaFile) string { return x.Persona }), twice(s.personas, func(x personaFile) string { return x.Email }),
	)
	if err := errors.Join(steps...); err != nil {
		return nil, err
	}
	var err error
	if s.unread, err = tree.unread(demo); err != nil {
		return nil, err
	}
	return s, s.sortProfiles()
}

// twice refuses a second item of one name: the ledger would take it for a change that people made.
func twice[T any](items []sourced[T], name func(T) string) error {
	first := map[string]sourced[T]{}
	var problems []error
	for _, s := range items {
		n := name(s.item)
		before, known := first[n]
		if !known {
			first[n] = s
			continue
		}
		field := "slug"
		if strings.Contains(n, "@") {
			field = "email"
		}
		text := fmt.Sprintf("%q stands in %s:%d already", n, before.file.name, lineOf(before.file.root, before.prefix+field))
		problems = append(problems, s.problem(field, text, nil))
	}
	return errors.Join(problems...)
}

// sortProfiles puts each profile behind the one it reports to, as publishing asks.
func (s *set) sortProfiles() error {
	var out []sourced[profileFile]
	placed := map[string]bool{}
	rest := s.profiles
	known := map[string]bool{}
	for _, p := range rest {
		known[p.item.Slug] = true
	}
	for len(rest) > 0 {
		var later []sourced[profileFile]
		for _, p := range rest {
			if up := p.item.ReportsTo; up == "" || placed[up] || !known[up] {
				out, placed[p.item.Slug] = append(out, p), true
			} else {
				later = append(later, p)
			}
		}
		if len(later) == len(rest) {
			return rest[0].problem("reports_to", "the line of superiors is a circle", nil)
		}
		rest = later
	}
	s.profiles = out
	return nil
}

// each reads every file of a folder as one item.
func each[T any](tree *source, dir string, into *[]sourced[T]) error {
	names, err := tree.items(dir)
	if err != nil {
		return err
	}
	var problems []error
	for _, name := range names {
		problems = append(problems, one(tree, name, into))
	}
	return errors.Join(problems...)
}

// one reads a file as one item.
func one[T any](tree *source, name string, into *[]sourced[T]) error {
	var item T
	f, err := decode(tree, name, &item)
	if err == nil {
		*into = append(*into, sourced[T]{item: item, file: f})
	}
	return err
}

// list reads a file that is a list of items.
func list[T any](tree *source, name string, into *[]sourced[T]) error {
	var items []T
	f, err := decode(tree, name, &items)
	for i, item := range items {
		*into = append(*into, sourced[T]{item: item, file: f, prefix: fmt.Sprintf("[%d].", i)})
	}
	return err
}

var yamlPlace = regexp.MustCompile(`^\[(\d+):(\d+)\] (.*)`)

func decode(tree *source, name string, into any) (*file, error) {
	name = tree.find(name)
	b, err := fs.ReadFile(tree, name)
	if err != nil {
		return nil, &Problem{File: name, Text: "cannot be read", Cause: err}
	}
	tree.read[name] = true
	root, err := parse(name, b)
	if err != nil {
		return nil, err
	}
	f := &file{name: name, root: root}
	if err := yaml.NodeToValue(f.root, into, yaml.Strict()); err != nil {
		return nil, yamlProblem(name, f.root, err)
	}
	return f, nil
}

// yamlProblem takes the place out of the library's message, whose rest is an excerpt of the file.
func yamlProblem(name string, root ast.Node, err error) *Problem {
	first, _, _ := strings.Cut(err.Error(), "\n")
	p := &Problem{File: name, Text: first, Cause: err}
	if m := yamlPlace.FindStringSubmatch(first); m != nil {
		p.Line, _ = strconv.Atoi(m[1])
		column, _ := strconv.Atoi(m[2])
		p.Text, p.Field = m[3], fieldAt(root, p.Line, column)
	}
	return p
}

// fieldAt names what stands at a place in a file, such as "content/areas[0]/share".
func fieldAt(n ast.Node, line, column int) string {
	path := ""
	for {
		step, next := "", ast.Node(nil)
		reach := func(name string, at *token.Position, value ast.Node) {
			if at.Line < line || at.Line == line && at.Column <= column {
				step, next = name, value
			}
		}
		switch v := n.(type) {
		case *ast.MappingNode:
			for _, e := range v.Values {
				reach("/"+e.Key.String(), e.Key.GetToken().Position, e.Value)
			}
		case *ast.MappingValueNode:
			reach("/"+v.Key.String(), v.Key.GetToken().Position, v.Value)
		case *ast.SequenceNode:
			for i, e := range v.Values {
				reach(fmt.Sprintf("[%d]", i), startOf(e), e)
			}
		}
		if next == nil {
			return strings.TrimPrefix(path, "/")
		}
		path, n = path+step, next
	}
}

// startOf is where a node begins: a mapping's own token is the colon of its first entry.
func startOf(n ast.Node) *token.Position {
	switch n := n.(type) {
	case *ast.MappingNode:
		if len(n.Values) > 0 {
			return n.Values[0].Key.GetToken().Position
		}
	case *ast.MappingValueNode:
		return n.Key.GetToken().Position
	}
	return n.GetToken().Position
}

// problem names a field of the item.
func (s sourced[T]) problem(field, text string, cause error) *Problem {
	return &Problem{File: s.file.name, Line: lineOf(s.file.root, s.prefix+field), Field: field, Text: text, Cause: cause}
}

// placementFields are the first steps of paths that lie beside a profile's content, not within it.
var placementFields = func() map[string]bool {
	names := map[string]bool{"slug": true}
	for i, t := 0, reflect.TypeFor[jobs.Placement](); i < t.NumField(); i++ {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		names[name] = true
	}
	return names
}()

// problems turns what a service said of the item into places in its file. Under names the part of the item
// that the service was given, such as "content".
func (s sourced[T]) problems(err error, under string) error {
	f := (*fault.Error)(nil)
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return s.problem("", err.Error(), err)
	}
	var all []error
	for _, field := range f.Fields {
		text := "breaks the rule " + field.Rule
		if field.Param != "" {
			text += " " + field.Param
		}
		path := field.Path
		if first := strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune("/.[", r) })[0]; under != "" && !placementFields[first] {
			path = under + "/" + path
		}
		all = append(all, s.problem(path, text, err))
	}
	return errors.Join(all...)
}

// lineOf finds the line of a path such as "content/areas[0].share" or "areas/sales/activities": names of
// mappings, places in lists, or the value that identifies a list's item. The nearest known place counts.
func lineOf(n ast.Node, at string) int {
	line := startOf(n).Line
	for _, step := range strings.FieldsFunc(at, func(r rune) bool { return strings.ContainsRune("/.[]", r) }) {
		next := child(n, step)
		if next == nil {
			break
		}
		n, line = next, startOf(next).Line
	}
	return line
}

func child(n ast.Node, step string) ast.Node {
	switch n := n.(type) {
	case *ast.MappingNode:
		for _, v := range n.Values {
			if v.Key.String() == step {
				return v.Value
			}
		}
	case *ast.MappingValueNode:
		if n.Key.String() == step {
			return n.Value
		}
	case *ast.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(n.Values) {
			return n.Values[i]
		}
		for _, v := range n.Values {
			for _, key := range []string{"key", "slug", "competency", "kpi", "certification", "name", "profile"} {
				if c := child(v, key); c != nil && strings.Trim(c.String(), `"'`) == step {
					return v
				}
			}
		}
	}
	return nil
}
