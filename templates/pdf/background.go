package pdf

import (
	"slices"
	"strings"
	"unicode"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
)

// block collects the lines of a column: paragraphs one under the other.
type block struct {
	*composer
	w   float64
	out []line
}

func (b *block) head(k msg.Key) { b.para(0, b.say(b.t(k), head2)) }

func (b *block) para(before float64, spans ...span) {
	ls := b.wrap(b.w, spans...)
	if len(ls) > 0 {
		ls[0].before = before
	}
	b.out = append(b.out, ls...)
}

// addLabelled sets a paragraph with a quiet label in front.
func (b *block) addLabelled(k msg.Key, spans []span) {
	if len(spans) > 0 {
		b.para(0.7, append(b.label(k), spans...)...)
	}
}

// addMarked adds lines, which carry the bar of a change when they are changed.
func (b *block) addMarked(ls []line, changed bool) { b.out = append(b.out, bars(ls, changed)...) }

// columns sets blocks side by side in equal widths; empty ones leave their place to the others.
func (c *composer) columns(build ...func(*block)) []piece {
	const gutter = 8.0
	for n := len(build); n > 0; {
		w := (c.width() - gutter*float64(n-1)) / float64(n)
		var cells []cell
		for _, f := range build {
			b := &block{composer: c, w: w}
			if f(b); len(b.out) > 0 {
				cells = append(cells, cell{x: float64(len(cells)) * (w + gutter), lines: b.out})
			}
		}
		if len(cells) == n {
			return []piece{c.row(cells...)}
		}
		n = len(cells)
	}
	return nil
}

// background is education or equivalent practice, and experience.
func (r *role) background() []piece {
	ps := r.columns(r.education, r.experience)
	if len(ps) == 0 {
		return nil
	}
	return append([]piece{r.section(msg.PdfBackground, "")}, ps...)
}

func (r *role) education(b *block) {
	e := r.content.Education
	if e.Level.IsZero() && len(e.Fields) == 0 && len(e.Further) == 0 && e.Equivalent.IsZero() {
		return
	}
	b.head(msg.PdfEducation)
	b.para(0.4, r.tx(e.Level, body)...)
	b.addLabelled(msg.PdfFields, r.joinTexts(titles(e.Fields, entryTitle), body))
	b.addLabelled(msg.PdfOrEquivalent, r.tx(e.Equivalent, body))
	b.addLabelled(msg.PdfFurther, r.joinTexts(titles(e.Further, entryTitle), body))
}

func (r *role) experience(b *block) {
	e := r.content.Experience
	if e.MinimumMonths == nil && e.Text.IsZero() && len(e.Kinds) == 0 && len(e.Industries) == 0 {
		return
	}
	b.head(msg.PdfExperience)
	var first []span
	if n := e.MinimumMonths; n != nil && *n > 0 {
		first = append(
			first, r.say(r.t(msg.PdfMinimum, msg.Args{"Duration": lang.Duration(r.lang, *n)})+".", bodyB), r.space(1.2),
		)
	}
	b.para(0.4, append(first, r.tx(e.Text, body)...)...)
	b.addLabelled(msg.PdfKinds, r.joinTexts(titles(e.Kinds, entryTitle), body))
	b.addLabelled(msg.PdfIndustries, r.joinTexts(titles(e.Industries, entryTitle), body))
}

// certifications are the credentials asked for, official names untranslated.
func (r *role) certifications() []piece {
	if len(r.content.Certifications) == 0 {
		return nil
	}
	out := []piece{r.section(msg.PdfCertifications, "")}
	for _, u := range r.content.Certifications {
		out = append(out, r.certification(u))
	}
	pairs(out[1:])
	return out
}

func (r *role) certification(u jobs.CertificationUse) piece {
	const name, asked = 62.0, 20.0
	w := r.width()
	spans, changed := r.markChange(r.certificationName(u), "certifications", u.Certification)
	importance := style{regular, 7.8, quiet}
	if u.Importance == "required" {
		importance = style{semibold, 7.8, teal}
	}
	var word []span
	if u.Importance != "" {
		word = []span{r.say(msg.Of(r.lang, "certification", u.Importance), importance)}
	}
	note := r.tx(u.Note, body.at(8))
	if len(note) == 0 && !r.hasGloss(r.Certifications[u.Certification]) {
		note = r.tx(r.Certifications[u.Certification].Gloss, body.at(8))
	}
	return r.underline(r.row(
		cell{lines: bars(r.wrap(name-4, spans...), changed)},
		cell{x: name, lines: r.wrap(asked, word...)},
		cell{x: name + asked, lines: r.wrap(w-name-asked, note...)},
	), 0.7, w)
}

func (r *role) certificationName(u jobs.CertificationUse) []span {
	c, ok := r.Certifications[u.Certification]
	if !ok {
		return []span{r.say(u.Certification, bodyB)}
	}
	l := c.NameLang
	if l == "" {
		l = lang.EN
	}
	if !r.hasGloss(c) {
		out := []span{{c.Name, bodyB, l}}
		if s := abbreviation(c); s != "" {
			out = append(out, span{s, body, l})
		}
		return out
	}
	gloss := strings.TrimSuffix(c.Gloss.String(r.lang), ".")
	official := small.at(7.8)
	return []span{r.say(gloss, bodyB), r.say("\n", official), {c.Name + abbreviation(c), official, l}}
}

// hasGloss reports whether words for what a certification is stand before its name, which is in the other language.
func (r *role) hasGloss(c competencies.Certification) bool {
	gloss, l := c.Gloss.In(r.lang)
	return c.NameLang != "" && c.NameLang != r.lang && gloss != "" && l == r.lang
}

// abbreviation is that of a certification in brackets, unless its name has it as a word.
func abbreviation(c competencies.Certification) string {
	words := strings.FieldsFunc(c.Name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if c.Abbreviation == "" || c.Abbreviation == c.Name || slices.Contains(words, c.Abbreviation) {
		return ""
	}
	return "\u00a0(" + c.Abbreviation + ")"
}
