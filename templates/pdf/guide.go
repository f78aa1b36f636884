package pdf

import (
	"slices"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/jobs"
)

// levels tells what each required level looks like: definition, what it means here, signals.
func (r *role) levels() []piece {
	var out []piece
	for i, a := range r.listAsked() {
		if !a.known {
			continue
		}
		out = append(out, r.requiredLevel(i+1, a)...)
	}
	if len(out) == 0 {
		return nil
	}
	out[0].gap = 0
	return append([]piece{r.section(msg.PdfSignals, "")}, out...)
}

func (r *role) requiredLevel(number int, a asked) []piece {
	spans := append([]span{r.say(itoa(number), small), r.space(1.4)}, r.competencyName(a)...)
	if words := r.levelWords(a); len(words) > 0 {
		spans = append(append(spans, r.space(3)), words...)
	}
	b := &block{composer: r.composer, w: r.width()}
	b.para(0, spans...)
	b.para(0.3, r.tx(a.competency.Definition, body)...)
	b.addLabelled(msg.PdfHereMeans, r.tx(a.Note, body))
	level, _ := a.competency.Level(a.Rank)
	for _, s := range level.Signals {
		b.out = append(b.out, r.bullets(b.w, r.tx(s, body), 0.3)...)
	}
	ps := r.column(b.out)
	ps[0].gap, ps[0].keep = 2.6, len(ps) > 1
	return ps
}

// entries is a section of titled paragraphs, title on the left.
func (r *role) entries(k msg.Key, path string, es []jobs.Entry) []piece {
	if len(es) == 0 {
		return nil
	}
	out := []piece{r.section(k, "")}
	for i, e := range es {
		p := r.entry(e, path, e.Key)
		if i > 0 {
			p.gap = 1.6
		}
		out = append(out, p)
	}
	return out
}

const (
	entrySide   = 42.0
	entryGutter = 6.0
)

func (r *role) entry(e jobs.Entry, path ...string) piece {
	spans, changed := r.markChange(r.tx(e.Title, bodyB), path...)
	if e.Text.IsZero() {
		return r.row(cell{lines: bars(r.bullets(r.width(), spans, 0), changed)})
	}
	return r.row(
		cell{lines: bars(r.wrap(entrySide, spans...), changed)},
		cell{x: entrySide + entryGutter, lines: r.wrap(r.width()-entrySide-entryGutter, r.tx(e.Text, body)...)},
	)
}

func (r *role) day() []piece    { return r.entries(msg.PdfDay, "day", r.content.Day) }
func (r *role) trends() []piece { return r.entries(msg.PdfTrends, "trends", r.content.Trends) }
func (r *role) emerging() []piece {
	return r.entries(msg.PdfEmerging, "emerging_skills", r.content.EmergingSkills)
}

func (r *role) predictions() []piece {
	return r.entries(msg.PdfPredictions, "predictions", r.content.Predictions)
}

func (r *role) incentives() []piece {
	return r.entries(msg.PdfIncentives, "incentives", r.content.Incentives)
}

// integration is how the tools work together.
func (r *role) integration() []piece {
	if r.content.Integration.IsZero() {
		return nil
	}
	return append([]piece{r.section(msg.PdfIntegration, "")}, r.paragraph(r.tx(r.content.Integration, body), 0)...)
}

// challenges are the difficulties with their strategies and an example.
func (r *role) challenges() []piece {
	if len(r.content.Challenges) == 0 {
		return nil
	}
	out := []piece{r.section(msg.PdfChallenges, "")}
	for i, ch := range r.content.Challenges {
		ps := r.challenge(ch)
		if i > 0 {
			ps[0].gap = 3
		}
		out = append(out, ps...)
	}
	return out
}

func (r *role) challenge(ch jobs.Challenge) []piece {
	spans, changed := r.markChange(r.tx(ch.Title, head2), "challenges", ch.Key)
	b := &block{composer: r.composer, w: r.width()}
	b.addMarked(r.wrap(b.w, spans...), changed)
	b.para(0.3, r.tx(ch.Text, body)...)
	for _, s := range ch.Strategies {
		item := r.tx(s.Title, bodyB)
		if !s.Text.IsZero() {
			item = append(append(item, r.space(1.8)), r.tx(s.Text, body)...)
		}
		b.out = append(b.out, r.bullets(b.w, item, 0.5)...)
	}
	b.addLabelled(msg.PdfExample, r.tx(ch.Example, body))
	return opening(r.column(b.out))
}

// opening keeps a heading line with the two lines after it.
func opening(ps []piece) []piece {
	for i := 0; i < len(ps)-1 && i < 2; i++ {
		ps[i].keep = true
	}
	if len(ps) == 0 {
		return []piece{{}}
	}
	return ps
}

// workedKPIs are the measures with inputs, formula in words and the computed result.
func (r *role) workedKPIs() []piece {
	var out []piece
	for _, k := range r.content.KPIs {
		if k.Definition != nil {
			out = append(out, r.workedKPI(k)...)
		}
	}
	out = append(out, r.targets()...)
	if len(out) == 0 {
		return nil
	}
	out[0].gap = 0
	return append([]piece{r.section(msg.PdfKpis, "")}, out...)
}

func (r *role) targets() []piece {
	if r.content.Targets.IsZero() {
		return nil
	}
	b := &block{composer: r.composer, w: r.width()}
	b.head(msg.PdfTargets)
	b.para(0.3, r.tx(r.content.Targets, body)...)
	ps := opening(r.column(b.out))
	ps[0].gap = 2.6
	return ps
}

func (r *role) workedKPI(k jobs.KPIUse) []piece {
	b := &block{composer: r.composer, w: r.width()}
	spans, changed := r.markChange(r.kpiName(k, head2), "kpis", k.KPI)
	b.addMarked(r.wrap(b.w, spans...), changed)
	b.para(0.3, r.tx(k.Definition.Meaning, body)...)
	head := opening(r.column(b.out))
	head[0].gap = 2.6
	head[len(head)-1].keep = true
	after := &block{composer: r.composer, w: r.width()}
	if len(k.Improve) > 0 {
		after.para(0, r.say(r.t(msg.PdfImprove), labelStyle))
	}
	for _, e := range k.Improve {
		item := append(append(r.tx(e.Title, bodyB), r.space(1.8)), r.tx(e.Text, body)...)
		after.out = append(after.out, r.bullets(after.w, item, 0.5)...)
	}
	out := slices.Concat(head, []piece{r.calculation(k)})
	if len(after.out) == 0 {
		return out
	}
	ps := opening(r.column(after.out))
	ps[0].gap = 1
	return append(out, ps...)
}

// calculation is the box with formula, inputs and result.
func (r *role) calculation(k jobs.KPIUse) piece {
	b := &block{composer: r.composer, w: r.width() - 8}
	b.addLabelled(msg.PdfKpiFormula, []span{r.say(r.formula(*k.Definition), body.in(ink))})
	if k.Example != nil {
		b.addLabelled(msg.PdfKpiInputs, r.inputs(k))
		b.addLabelled(msg.PdfKpiResult, []span{r.say(r.outcome(k), bodyB)})
		b.addLabelled(msg.PdfExample, r.tx(k.Example.Text, body))
	}
	ls := b.out
	h := stack(ls) + 3.6
	return piece{h: h, gap: 1.2, draw: func(x, y float64) {
		r.sheet.roundedBox(x, y, r.width(), h, 1, tint, tint, 0)
		r.sheet.box(x, y, 0.9, h, teal)
		r.sheet.lines(x+4, y+1.8, ls)
	}}
}

// inputs lists the figures of the example with their names.
func (r *role) inputs(k jobs.KPIUse) []span {
	var out []span
	for _, in := range k.Definition.Inputs {
		v, ok := k.Example.Inputs[in.Name]
		if !ok {
			continue
		}
		if len(out) > 0 {
			out = append(out, r.dot(body)...)
		}
		name := r.tx(in.Label, body)
		if len(name) == 0 {
			name = []span{r.say(in.Name, body)}
		}
		out = append(append(out, name...), r.say(" "+lang.Decimal(r.lang, v), bodyB))
	}
	return out
}

// outcome computes the example with the definition the version holds.
func (r *role) outcome(k jobs.KPIUse) string {
	v, err := k.Definition.Eval(k.Example.Inputs)
	if err != nil {
		return r.t(msg.PdfNotAvailable)
	}
	return lang.Percent(r.lang, jobs.Percent(v))
}

// methods are the named ways of working.
func (r *role) methods() []piece { return r.guidance(msg.PdfMethods, "methods", r.content.Methods) }

// becoming is how one gets into the role.
func (r *role) becoming() []piece { return r.guidance(msg.PdfBecoming, "becoming", r.content.Becoming) }

// guidance is a section of named items with their steps.
func (r *role) guidance(k msg.Key, path string, gs []jobs.Guided) []piece {
	if len(gs) == 0 {
		return nil
	}
	out := []piece{r.section(k, "")}
	for i, g := range gs {
		b := &block{composer: r.composer, w: r.width()}
		spans, changed := r.markChange(r.tx(g.Title, head2), path, g.Key)
		b.addMarked(r.wrap(b.w, spans...), changed)
		b.para(0.3, r.tx(g.Text, body)...)
		for n, s := range g.Steps {
			b.out = append(b.out, r.step(b.w, n+1, s)...)
		}
		ps := opening(r.column(b.out))
		if i > 0 {
			ps[0].gap = 3
		}
		out = append(out, ps...)
	}
	return out
}

// step sets a numbered step; its number hangs in the margin of the text.
func (r *role) step(w float64, n int, s jobs.Step) []line {
	const hang = 5.0
	var spans []span
	if !s.Title.IsZero() {
		spans = append(r.tx(s.Title, bodyB), r.space(1.8))
	}
	ls := r.wrap(w-hang, append(spans, r.tx(s.Text, body)...)...)
	number := r.wrap(hang, r.say(itoa(n)+".", bodyB.in(teal)))
	for i := range ls {
		ls[i].dx = hang
	}
	if len(ls) > 0 && len(number) > 0 {
		ls[0].before, ls[0].number = 0.5, number[0].runs
	}
	return ls
}

// stories are somebody's experience with its result.
func (r *role) stories() []piece {
	if len(r.content.Stories) == 0 {
		return nil
	}
	out := []piece{r.section(msg.PdfStories, "")}
	for i, s := range r.content.Stories {
		b := &block{composer: r.composer, w: r.width()}
		b.para(0, r.tx(s.Title, head2)...)
		b.para(0.3, r.tx(s.Text, body)...)
		b.addLabelled(msg.PdfStoryResult, r.tx(s.Result, body.in(ink)))
		ps := opening(r.column(b.out))
		if i > 0 {
			ps[0].gap = 3
		}
		out = append(out, ps...)
	}
	return out
}

// benefits are told in full in the guide, with what stands in their place in France.
func (r *role) benefits() []piece {
	if len(r.content.Benefits) == 0 {
		return nil
	}
	out := []piece{r.section(msg.PdfBenefits, "")}
	for i, bn := range r.content.Benefits {
		spans, changed := r.markChange(r.tx(bn.Title, bodyB), "benefits", bn.Key)
		b := &block{composer: r.composer, w: r.width() - entrySide - entryGutter}
		b.para(0, r.tx(bn.Text, body)...)
		b.para(0.2, r.tx(bn.Equivalent, body.at(8).in(quiet))...)
		p := r.row(cell{lines: bars(r.wrap(entrySide, spans...), changed)}, cell{x: entrySide + entryGutter, lines: b.out})
		if i > 0 {
			p.gap = 1.2
		}
		out = append(out, p)
	}
	return out
}

// market are quoted pay facts; they stand in the guide only.
func (r *role) market() []piece {
	if len(r.content.MarketNotes) == 0 {
		return nil
	}
	out := []piece{r.section(msg.PdfMarket, "")}
	note := r.paragraph([]span{r.say(r.t(msg.PdfMarketNote), small.at(7.8))}, 0)
	for i := range note {
		note[i].keep = true // with the first row
	}
	out = append(out, note...)
	for _, n := range r.content.MarketNotes {
		out = append(out, r.marketNote(n))
	}
	pairs(out[1+len(note):])
	return out
}

func (r *role) marketNote(n jobs.MarketNote) piece {
	const label, figure = 44.0, 46.0
	w := r.width() - label - figure
	date := r.t(msg.PdfUndated)
	if n.Date != "" {
		date = lang.Month(r.lang, n.Date)
	}
	source := &block{composer: r.composer, w: w}
	source.para(0, r.tx(n.Text, body.at(8))...)
	quiet := small.at(7.8)
	origin := append(r.joinTexts([]lang.Text{n.Place, n.Source}, quiet), r.dot(quiet)...)
	source.para(0.2, append(origin, r.say(date, quiet))...)
	return r.underline(r.row(
		cell{lines: r.wrap(label-4, r.tx(n.Label, bodyB)...)},
		cell{x: label, lines: r.wrap(figure-4, r.say(r.marketFigure(n), body.in(ink)))},
		cell{x: label + figure, lines: source.out},
	), 0.8, r.width())
}

func (r *role) marketFigure(n jobs.MarketNote) string {
	money := func(s string) string { return lang.Money(r.lang, s, n.Currency) }
	s := ""
	switch {
	case n.Amount != "":
		s = money(n.Amount)
	case n.Low != "" && n.High != "":
		s = money(n.Low) + " – " + money(n.High)
	case n.Low != "":
		s = r.t(msg.PdfMarketFrom, msg.Args{"Amount": money(n.Low)})
	default:
		return ""
	}
	if n.Period != "" {
		s += " " + r.t(msg.Key("pdf.per_"+n.Period))
	}
	return s
}
