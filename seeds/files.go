// Package seeds holds the content that Echelon ships, as YAML by noun in both languages, and loads it
// through the services as system:seed. Loading again changes nothing; a record that people changed since is
// left alone and reported; one bad file and nothing is loaded.
package seeds

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/echelon-hr/echelon/app/accounts"
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
	Line  int // 0 when the place is not known
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
	personas       []sourced[accounts.Account]
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
func read(tree fs.FS, demo bool) (*set, error) {
	s := &set{}
	steps := []error{
		list(tree, "scales.yaml", &s.scales), list(tree, "certifications.yaml", &s.certifications),
		each(tree, "competencies", &s.competencies), list(tree, "families.yaml", &s.families),
		list(tree, "kpis.yaml", &s.kpis), each(tree, "profiles", &s.profiles), each(tree, "ladders", &s.ladders),
	}
	if demo {
		steps = append(steps, list(tree, "demo/zones.yaml", &s.zones), one(tree, "demo/scheme.yaml", &s.schemes), list(tree, "demo/personas.yaml", &s.personas))
	}
	if err := errors.Join(steps...); err != nil {
		return nil, err
	}
	return s, s.sortProfiles()
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
func each[T any](tree fs.FS, dir string, into *[]sourced[T]) error {
	names, err := fs.Glob(tree, path.Join(dir, "*.yaml"))
	if err != nil {
		return err
	}
	slices.Sort(names)
	var problems []error
	for _, name := range names {
		problems = append(problems, one(tree, name, into))
	}
	return errors.Join(problems...)
}

// one reads a file as one item.
func one[T any](tree fs.FS, name string, into *[]sourced[T]) error {
	var item T
	f, err := decode(tree, name, &item)
	if err == nil {
		*into = append(*into, sourced[T]{item: item, file: f})
	}
	return err
}

// list reads a file that is a list of items.
func list[T any](tree fs.FS, name string, into *[]sourced[T]) error {
	var items []T
	f, err := decode(tree, name, &items)
	for i, item := range items {
		*into = append(*into, sourced[T]{item: item, file: f, prefix: fmt.Sprintf("[%d].", i)})
	}
	return err
}

var yamlPlace = regexp.MustCompile(`^\[(\d+):\d+\] (.*)`)

func decode(tree fs.FS, name string, into any) (*file, error) {
	b, err := fs.ReadFile(tree, name)
	if err != nil {
		return nil, &Problem{File: name, Text: "cannot be read", Cause: err}
	}
	parsed, err := parser.ParseBytes(b, 0)
	if err == nil {
		err = yaml.UnmarshalWithOptions(b, into, yaml.Strict())
	}
	if err != nil {
		return nil, yamlProblem(name, err)
	}
	f := &file{name: name}
	if len(parsed.Docs) > 0 {
		f.root = parsed.Docs[0].Body
	}
	return f, nil
}

// yamlProblem takes the line out of the library's message, whose rest is an excerpt of the file.
func yamlProblem(name string, err error) *Problem {
	first, _, _ := strings.Cut(err.Error(), "\n")
	p := &Problem{File: name, Text: first, Cause: err}
	if m := yamlPlace.FindStringSubmatch(first); m != nil {
		p.Line, _ = strconv.Atoi(m[1])
		p.Text = m[2]
	}
	return p
}

// problem names a field of the item.
func (s sourced[T]) problem(field, text string, cause error) *Problem {
	return &Problem{File: s.file.name, Line: lineOf(s.file.root, s.prefix+field), Field: field, Text: text, Cause: cause}
}

// problems turns what a service said of the item into places in its file. Under names the part of the item
// that the service was given, such as "content".
func (s sourced[T]) problems(err error, under string) error {
	f := (*fault.Error)(nil)
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return &Problem{File: s.file.name, Text: err.Error(), Cause: err}
	}
	var all []error
	for _, field := range f.Fields {
		text := "breaks the rule " + field.Rule
		if field.Param != "" {
			text += " " + field.Param
		}
		p := s.problem(field.Path, text, err)
		if q := s.problem(under+"/"+field.Path, text, err); under != "" && q.Line > 0 {
			p = q
		}
		all = append(all, p)
	}
	return errors.Join(all...)
}

// lineOf finds the line of a path such as "content/areas[0].share" or "areas/sales/activities": names of
// mappings, places in lists, or the value that identifies a list's item. The nearest known place counts.
func lineOf(n ast.Node, at string) int {
	steps := strings.FieldsFunc(at, func(r rune) bool { return r == '/' || r == '.' || r == '[' || r == ']' })
	line := 0
	for i, step := range steps {
		next := child(n, step)
		if next == nil {
			if i == 0 {
				return 0
			}
			break
		}
		n = next
		line = n.GetToken().Position.Line
		if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
			line = m.Values[0].Key.GetToken().Position.Line
		}
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
