package pdf

import (
	"strings"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/jobs"
)

// role lays out one profile in one language.
type role struct {
	*composer
	JobDocument
	content jobs.Content
}

func (d JobDocument) settings() (settings, error) {
	if d.Edition != "" {
		if _, err := ParseEdition(string(d.Edition)); err != nil {
			return settings{}, unknownEdition(err)
		}
	}
	set, err := newSettings(d.Paper, d.Langs, d.Draft)
	set.pay = d.Pay != nil
	return set, err
}

// maxProfilePages is what a job profile may take in one language.
const maxProfilePages = 3

// pageLimit is how many pages a part should not exceed, 0 for any number.
func (d JobDocument) pageLimit() int {
	if d.Edition == Guide {
		return 0
	}
	return maxProfilePages
}

func (d JobDocument) compose(c *composer) error {
	first := c.set.langs[0]
	c.sheet.describe(properties{
		title:  msg.T(first, msg.PdfTitled, msg.Args{"Kind": msg.T(first, d.kind()), "Title": d.heading(first)}),
		author: d.Company, subject: d.Family.Name.String(first),
		keywords: strings.Join(d.keywords(), ", "), date: dateOr(d.Profile.Version.PublishedAt),
	})
	for _, l := range c.set.langs {
		c.lang, c.depth = l, 0
		name := ""
		if len(c.set.langs) > 1 {
			name = d.heading(l) + " (" + strings.ToUpper(string(l)) + ")"
		}
		if err := d.part(c, name); err != nil {
			return err
		}
	}
	return nil
}

// part lays the document out in the composer's language; a name gives it an entry of its own in the
// outline, over those of its sections.
func (d JobDocument) part(c *composer, name string) error {
	r := &role{composer: c, JobDocument: d, content: d.text()}
	v := d.Profile.Version
	c.begin(part{
		kind: c.t(d.kind()), title: d.heading(c.lang), company: d.Company, link: d.Link,
		version: v.Number, date: v.PublishedAt, hash: v.Hash, limit: d.pageLimit(),
	})
	if name != "" {
		c.sheet.bookmark(line1(c.lang, name), c.depth, 0)
		c.depth++
		defer func() { c.depth-- }()
	}
	r.cover()
	for _, section := range r.sections() {
		if err := c.alive(); err != nil {
			return err
		}
		c.flow(section())
	}
	return nil
}

// sections are the parts of the document in the order in which they are printed.
func (r *role) sections() []func() []piece {
	out := []func() []piece{
		r.glance, r.purpose, r.scope, r.areas, r.results, r.competencies, r.background,
		r.certifications, r.conditions, r.variant, r.pay, r.moves,
	}
	if r.Edition == Guide {
		out = append(out, r.levels, r.day, r.challenges, r.workedKPIs, r.methods, r.stories, r.trends, r.emerging,
			r.predictions, r.becoming, r.integration, r.incentives, r.market)
	}
	return append(out, r.acknowledgement)
}

// text is what is printed: the reading, or the version's own content.
func (d JobDocument) text() jobs.Content {
	if d.Reading.Variant == nil && d.Reading.Content.Title.IsZero() {
		return d.Profile.Content
	}
	return d.Reading.Content
}

func (d JobDocument) kind() msg.Key {
	if d.Edition == Guide {
		return msg.PdfGuide
	}
	return msg.PdfProfile
}

// heading is the title, or the slug of a profile without one.
func (d JobDocument) heading(l lang.Lang) string {
	if t := d.text().Title.String(l); t != "" {
		return t
	}
	return d.Profile.Slug
}

func (d JobDocument) keywords() []string {
	var out []string
	for _, t := range []string{d.Profile.Slug, d.Family.Slug, d.Profile.Track, string(d.Profile.Stage)} {
		if t != "" {
			out = append(out, t)
		}
	}
	for _, c := range d.Profile.Codes {
		if c.Code != "" {
			out = append(out, c.Code)
		}
	}
	return out
}
