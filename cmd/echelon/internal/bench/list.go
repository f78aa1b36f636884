package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strings"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/jobpages"
	"github.com/echelon-hr/echelon/templates/static"
)

// listRows is how many profiles the measured page shows: one full page of the list.
const listRows = 50

// list measures the rendering of a page of the list.
func (b *bench) list() ([]row, error) {
	site, err := b.site("sqlite")
	if err != nil {
		return nil, err
	}
	v, err := b.listView(site)
	if err != nil {
		return nil, err
	}
	ours, theirs := pageOf(v), twinOf(v)
	if err := sameBytes(ours, theirs); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	m, err := interleave(b.reps, each(func() error { return ours(&out) }), each(func() error { return theirs(&out) }))
	if err != nil {
		return nil, err
	}
	return []row{{
		measured: "list page of 50 rows, rendering", against: "html/template writing the same bytes",
		ours: m[0], theirs: m[1], unit: milliseconds, limit: atMostOneIn(4), seen: "templ 1/5.5",
		how: fmt.Sprintf("the whole page (%d kB) is rendered into a buffer from one view; the html/template asks for the "+
			"same messages, and the two are compared byte by byte before.", out.Len()/1000),
	}}, nil
}

// listView is the list as the site shows it to an employee, the shipped profiles repeated to a full page.
func (b *bench) listView(site *app.App) (jobpages.ListView, error) {
	v := jobpages.ListView{Shell: layout.Shell{
		Lang: lang.FR, Theme: "light", Path: "/jobs", Section: layout.Jobs,
		Demo: true, Company: app.DemoCompany,
		User: &layout.User{Name: "Camille Roy", Role: "Personnel"},
		Can:  layout.Can{Jobs: true, Competencies: true, Ladders: true},
	}}
	s := site.Services
	var err error
	if v.Families, err = s.Jobs.Families(b.ctx, b.reader); err != nil {
		return v, err
	}
	for _, f := range v.Families {
		for _, t := range f.Tracks {
			v.Tracks = append(v.Tracks, components.Option{Value: t.Slug, Label: t.Name})
		}
	}
	industries, err := s.Jobs.Industries(b.ctx, b.reader)
	if err != nil {
		return v, err
	}
	for _, i := range industries {
		v.Industries = append(v.Industries, components.Option{Value: i.Slug, Label: i.Name})
	}
	catalogue, err := s.Competencies.List(b.ctx, b.reader, v.Lang)
	if err != nil {
		return v, err
	}
	for _, k := range catalogue {
		v.Competencies = append(v.Competencies, components.Option{Value: k.Slug, Label: k.Name})
	}
	page, err := s.Jobs.List(b.ctx, b.reader, jobs.Filter{Lang: v.Lang})
	if err != nil {
		return v, err
	}
	for i := range listRows {
		p := page.Items[i%len(page.Items)]
		v.Rows = append(v.Rows, jobpages.Row{
			Slug: p.Slug, Title: p.Title, OtherTitles: p.Placement.OtherTitles.In(v.Lang), Family: p.Placement.Family,
			Track: p.Placement.Track, Stage: p.Placement.Stage, Grade: p.Placement.Grade, Requirements: p.Requirements,
		})
	}
	slices.SortStableFunc(v.Rows, func(a, b jobpages.Row) int { return strings.Compare(a.Track, b.Track) })
	v.Total, v.Next = len(v.Rows), "/jobs?after=next"
	return v, nil
}

// writer writes a page into a buffer that it empties first.
type writer func(*bytes.Buffer) error

func pageOf(v jobpages.ListView) writer {
	page := jobpages.List(v)
	return func(out *bytes.Buffer) error {
		out.Reset()
		return page.Render(context.Background(), out)
	}
}

//go:embed list.gohtml
var twinText string

// twinView is what the twin needs beside the view: the rows as groups, which the page makes while rendering.
type twinView struct {
	jobpages.ListView
	Groups       []twinGroup
	StageOptions []components.Option
}

// twinSelect is a choice of the filters.
type twinSelect struct {
	ID, Name, Label, Any, Chosen string
	Options                      []components.Option
}

type twinGroup struct {
	ID, FamilySlug, Family, Track string
	Rows                          []jobpages.Row
}

// betweenLines is what the template's layout in the file adds; the page has no space between elements unless it
// is meant, and then it stands before the element.
var betweenLines = regexp.MustCompile(`\n\t*`)

// twinOf renders the same page with html/template.
func twinOf(v jobpages.ListView) writer {
	t := template.Must(template.New("list").Funcs(twinWords(v.Shell)).Parse(betweenLines.ReplaceAllString(twinText, "")))
	data := twinView{ListView: v}
	for _, s := range jobs.Stages() {
		data.StageOptions = append(data.StageOptions, components.Option{
			Value: string(s), Label: components.Says(v.Lang, msg.Of(v.Lang, "stage", s)),
		})
	}
	for i, r := range v.Rows {
		if i == 0 || v.Rows[i-1].Track != r.Track {
			f := v.Families[slices.IndexFunc(v.Families, func(f jobs.Family) bool { return f.Slug == r.Family })]
			track, _ := f.Track(r.Track)
			data.Groups = append(data.Groups, twinGroup{
				ID: "track-" + r.Family + "-" + r.Track, FamilySlug: f.Slug,
				Family: f.Name.String(v.Lang), Track: track.Name.String(v.Lang),
			})
		}
		last := &data.Groups[len(data.Groups)-1]
		last.Rows = append(last.Rows, r)
	}
	return func(out *bytes.Buffer) error {
		out.Reset()
		return t.Execute(out, data)
	}
}

// twinWords are the functions of the twin: the same messages as the page's.
func twinWords(s layout.Shell) template.FuncMap {
	t := func(k string) string { return s.T(msg.Key(k)) }
	return template.FuncMap{
		"t":     t,
		"other": func(k string) string { return msg.T(s.Lang.Other(), msg.Key(k)) },
		"n":     func(k string, n int) string { return s.N(msg.Key(k), n) },
		"stage": func(st jobs.Stage) string { return msg.Of(s.Lang, "stage", st) },
		"said":  func(text lang.Text) string { return text.String(s.Lang) },
		"join":  func(list []string) string { return strings.Join(list, ", ") },
		"asset": static.Asset,
		"icon":  func(name string) string { return static.Asset("icons.svg") + "#" + name },
		"pick": func(name, chosen string, options []components.Option) twinSelect {
			return twinSelect{"filter-" + name, name, t("jobs.filter_" + name), t("jobs.filter_any_" + name), chosen, options}
		},
	}
}

// sameBytes makes sure that two writers write the same page, and shows where they part.
func sameBytes(ours, theirs writer) error {
	var a, b bytes.Buffer
	if err := ours(&a); err != nil {
		return err
	}
	if err := theirs(&b); err != nil {
		return err
	}
	if bytes.Equal(a.Bytes(), b.Bytes()) {
		return nil
	}
	at := 0
	for at < min(a.Len(), b.Len()) && a.Bytes()[at] == b.Bytes()[at] {
		at++
	}
	around := func(s []byte) []byte { return s[max(at-40, 0):min(at+60, len(s))] }
	return fmt.Errorf("list.gohtml no longer writes the page of package jobpages: change it the way the page changed. "+
		"At byte %d the page has\n%q\nand list.gohtml\n%q", at, around(a.Bytes()), around(b.Bytes()))
}
