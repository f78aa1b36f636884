package pdf

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
)

// areas are the fields of responsibility, each with its share of time.
func (r *role) areas() []piece {
	if len(r.content.Areas) == 0 {
		return nil
	}
	note := ""
	for _, a := range r.content.Areas {
		if a.Share > 0 && a.ShareOrigin == competencies.FromEchelon {
			note = r.t(msg.PdfShares)
		}
	}
	out := []piece{r.section(msg.PdfAreas, note)}
	for i, a := range r.content.Areas {
		p := r.area(a)
		if i > 0 {
			p.gap = 1.9
		}
		out = append(out, p)
	}
	return out
}

// area sets one field: title and share on the left, what it asks on the right.
func (r *role) area(a jobs.Area) piece {
	const side, gutter = 42.0, 6.0
	changed := r.Reading.Change("areas", a.Key) == jobs.Added
	left := bars(r.wrap(side, r.areaTitle(a)...), changed)
	k := cell{lines: left}
	if a.Share > 0 {
		share := r.shareLine(a)
		k.h = stack(left) + 1.2 + share.h + 2.4
		k.draw = func(x, y, _ float64) { r.share(x, y+stack(left)+1.2, side-8, a.Share, share) }
	}
	return r.row(k, cell{x: side + gutter, lines: r.areaLines(a, r.width()-side-gutter)})
}

func (r *role) areaTitle(a jobs.Area) []span {
	spans := r.tx(a.Title, head2)
	if r.Reading.Change("areas", a.Key) != "" {
		spans, _ = r.markChange(spans, "areas", a.Key)
		return spans
	}
	spans, _ = r.markChange(spans, "areas", a.Key, "title")
	return spans
}

func (r *role) shareLine(a jobs.Area) line {
	spans, _ := r.markChange(
		[]span{r.say(lang.Percent(r.lang, itoa(a.Share)), small.at(7.8).in(ink))}, "areas", a.Key, "share",
	)
	return r.wrap(60, spans...)[0]
}

// share draws the share of time as words and a bar.
func (r *role) share(x, y, w float64, percent int, words line) {
	r.sheet.setLine(x, y, words)
	y += words.h + 0.6
	r.sheet.roundedBox(x, y, w, 1.3, 0.6, track, track, 0)
	if filled := w * float64(min(percent, 100)) / 100; filled > 1.3 {
		r.sheet.roundedBox(x, y, filled, 1.3, 0.6, ink, ink, 0)
	}
}

func (r *role) areaLines(a jobs.Area, w float64) []line {
	var out []line
	for i, p := range a.Responsibilities {
		spans, changed := r.markChange(r.tx(p.Text, body.in(ink)), "areas", a.Key, "responsibilities", p.Key)
		ls := bars(r.wrap(w, spans...), changed)
		if i > 0 && len(ls) > 0 {
			ls[0].before = 0.5
		}
		out = append(out, ls...)
	}
	for i, p := range a.Activities {
		before := 0.25
		if i == 0 {
			before = 0.9
		}
		spans, changed := r.markChange(r.tx(p.Text, body), "areas", a.Key, "activities", p.Key)
		out = append(out, bars(r.bullets(w, spans, before), changed)...)
	}
	return out
}

// results are the KPIs in words, with target and period.
func (r *role) results() []piece {
	if len(r.content.KPIs) == 0 {
		return nil
	}
	out := []piece{r.section(msg.PdfResults, "")}
	for _, k := range r.content.KPIs {
		out = append(out, r.result(k))
	}
	pairs(out[1:])
	return out
}

func (r *role) result(k jobs.KPIUse) piece {
	const name, period = 58.0, 26.0
	spans, changed := r.markChange(r.kpiName(k, bodyB), "kpis", k.KPI)
	when := []span{}
	if k.Period != "" && !r.says(k.Target, k.Period) {
		when = append(when, r.say(msg.Of(r.lang, "period", k.Period), small.at(7.8)))
	}
	w := r.width()
	return r.underline(r.row(
		cell{lines: bars(r.wrap(name-4, spans...), changed)},
		cell{x: name, w: w, lines: r.wrap(w-name-period-3, r.tx(k.Target, body)...)},
		cell{x: w - period, lines: r.wrap(period, when...)},
	), 0.6, w)
}

// periodWords are the words that name a period in a target, with bars between.
var periodWords = map[string]msg.Key{"month": msg.PdfSaidMonth, "quarter": msg.PdfSaidQuarter, "year": msg.PdfSaidYear}

// says tells that a target names its period itself, as in "6 % par an".
func (r *role) says(target lang.Text, period string) bool {
	key, known := periodWords[period]
	if !known {
		return false
	}
	s, l := target.In(r.lang)
	s = strings.ToLower(strings.ReplaceAll(s, "'", "’"))
	for _, w := range strings.Split(msg.T(l, key), "|") {
		if hasWords(s, w) {
			return true
		}
	}
	return false
}

// hasWords finds whole words in a text; with a tilde behind them they may go on, as in "annuel~".
func hasWords(s, words string) bool {
	words, stem := strings.CutSuffix(words, "~")
	for from := 0; ; {
		i := strings.Index(s[from:], words)
		if i < 0 || words == "" {
			return false
		}
		start, end := from+i, from+i+len(words)
		before, _ := utf8.DecodeLastRuneInString(s[:start])
		after, _ := utf8.DecodeRuneInString(s[end:])
		if !unicode.IsLetter(before) && (stem || !unicode.IsLetter(after)) {
			return true
		}
		from = end
	}
}

// kpiName is the name of a measure, or its slug where the version holds no definition.
func (r *role) kpiName(k jobs.KPIUse, st style) []span {
	if k.Definition != nil && !k.Definition.Name.IsZero() {
		return r.tx(k.Definition.Name, st)
	}
	return []span{r.say(k.KPI, st)}
}
