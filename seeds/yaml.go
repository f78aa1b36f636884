package seeds

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/echelon-hr/echelon/app/lang"
)

// parse reads the one document of a file. What YAML leaves to the reader's luck is refused with its place: see
// checkScalars.
func parse(name string, b []byte) (ast.Node, error) {
	text := strings.TrimPrefix(string(b), "\ufeff")
	if at := lang.BrokenAt(text); at >= 0 {
		line := 1 + strings.Count(text[:at], "\n")
		return nil, &Problem{File: name, Line: line, Text: fmt.Sprintf("is not UTF-8 text: it has the byte %02X. Save the file in UTF-8", text[at])}
	}
	parsed, err := parser.ParseBytes([]byte(text), 0)
	if err != nil {
		again, tabless := parser.ParseBytes([]byte(escapeTabs(text)), 0)
		if tabless != nil {
			return nil, yamlProblem(name, nil, err)
		}
		parsed = again
	}
	var docs []*ast.DocumentNode
	for _, d := range parsed.Docs {
		if _, directive := d.Body.(*ast.DirectiveNode); !directive {
			docs = append(docs, d)
		}
	}
	switch {
	case len(docs) == 0 || docs[0].Body == nil:
		return nil, &Problem{File: name, Line: 1, Text: "is empty"}
	case len(docs) > 1:
		return nil, &Problem{File: name, Line: docs[1].Start.Position.Line, Text: "holds more than one document"}
	}
	return docs[0].Body, checkScalars(name, docs[0].Body)
}

// quoted is a text in double quotes within a list or a mapping that is written in brackets.
var quoted = regexp.MustCompile(`[\[{,:]\s*"(?:[^"\\]|\\.)*"`)

// escapeTabs writes a tab in such a text as \t, which means the same: the library loses the sign after the text
// otherwise. Only what it could not read is read so.
func escapeTabs(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.Contains(line, "\t") && strings.ContainsAny(line, "[{") {
			line = quoted.ReplaceAllStringFunc(line, func(q string) string {
				before, value, _ := strings.Cut(q, `"`)
				return before + `"` + strings.ReplaceAll(value, "\t", `\t`)
			})
		}
		b.WriteString(line)
	}
	return b.String()
}

// plainNumber is a number that every reader of YAML reads alike.
var plainNumber = regexp.MustCompile(`^(?:0|-?[1-9][0-9]*)$`)

// checkScalars refuses what is read otherwise than it looks: 036 (30 to some, 36 to others), 0x1F, 1_000 and +5; a
// number with a decimal point, which loses its last noughts, or its fraction where a whole one is meant; a tab without
// quotes, which is dropped.
func checkScalars(name string, root ast.Node) error {
	c := &scalars{file: name, root: root}
	ast.Walk(c, root)
	if c.problem == nil {
		return nil
	}
	return c.problem
}

// scalars remembers the first scalar that is refused.
type scalars struct {
	file    string
	root    ast.Node
	problem *Problem
}

// Visit implements ast.Visitor.
func (c *scalars) Visit(n ast.Node) ast.Visitor {
	at := n.GetToken()
	switch n.(type) {
	case *ast.IntegerNode:
		if !plainNumber.MatchString(at.Value) {
			c.refuse(at, "can be read as different numbers: write a whole number with figures alone, without noughts before it, or put a text in quotes")
		}
	case *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		c.refuse(at, "is no whole number: put it in quotes")
	case *ast.StringNode:
		if at.Type == token.StringType && strings.Contains(strings.TrimSpace(at.Origin), "\t") {
			c.refuse(at, "holds a tab: put the text in double quotes")
		}
	}
	if c.problem != nil {
		return nil
	}
	return c
}

func (c *scalars) refuse(at *token.Token, text string) {
	if c.problem == nil {
		c.problem = &Problem{
			File: c.file, Line: at.Position.Line, Field: fieldAt(c.root, at.Position.Line, at.Position.Column),
			Text: fmt.Sprintf("%s %s", strings.TrimSpace(at.Value), text),
		}
	}
}
