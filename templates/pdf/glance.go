package pdf

import (
	"strings"
	"time"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/jobs"
)

// fact is a label with what stands beside it.
type fact struct {
	label msg.Key
	value []span
}

// glance is the frame of the post in two columns of facts.
func (r *role) glance() []piece {
	facts := r.facts()
	if len(facts) == 0 {
		return nil
	}
	const gutter = 8.0
	w := (r.width() - gutter) / 2
	out := []piece{r.section(msg.PdfGlance, "")}
	half := (len(facts) + 1) / 2
	for i := range half {
		cells := r.factCells(0, w, facts[i])
		if half+i < len(facts) {
			cells = append(cells, r.factCells(w+gutter, w, facts[half+i])...)
		}
		p := r.row(cells...)
		p.gap, p.keep = 0.9, i < half-1
		out = append(out, p)
	}
	for _, f := range []fact{
		{msg.PdfOtherTitles, r.joinWords(body, r.Profile.OtherTitles.In(r.lang)...)},
		{msg.PdfCodes, []span{r.say(strings.Join(r.codes(), "\n"), body)}},
	} {
		cells := r.factCells(0, r.width(), f)
		if len(cells[1].lines) == 0 {
			continue
		}
		p := r.row(cells...)
		p.gap = 0.9
		out[len(out)-1].keep = true
		out = append(out, p)
	}
	return out
}

func (r *role) factCells(x, w float64, f fact) []cell {
	const label = 32.0
	return []cell{
		{x: x, lines: r.wrap(label-2, r.say(r.t(f.label), small.at(7.8)))},
		{x: x + label, lines: r.wrap(w-label, f.value...)},
	}
}

func (r *role) facts() []fact {
	var out []fact
	add := func(k msg.Key, spans ...span) {
		if len(spans) > 0 {
			out = append(out, fact{k, spans})
		}
	}
	words := func(s string) []span {
		if s == "" {
			return nil
		}
		return []span{r.say(s, body)}
	}
	c, e := r.content, r.content.Employment
	add(msg.PdfReportsTo, r.tx(r.ReportsTo, body)...)
	add(msg.PdfLeads, words(r.leads())...)
	if n := c.Conditions.TravelPercent; n != nil {
		s := r.t(msg.PdfTravelShare, msg.Args{"Percent": lang.Percent(r.lang, itoa(*n))})
		if *n == 0 {
			s = r.t(msg.PdfTravelNone)
		}
		add(msg.PdfTravel, words(s)...)
	}
	if n := c.Conditions.RemoteDays; n != nil {
		s := r.t(msg.PdfRemoteDays, msg.Args{"Count": *n})
		if *n == 0 {
			s = r.t(msg.PdfRemoteNone)
		}
		add(msg.PdfRemote, words(s)...)
	}
	add(msg.PdfContract, r.tx(e.Contract, body)...)
	add(msg.PdfWorkingTime, r.tx(e.WorkingTime, body)...)
	add(msg.PdfStatus, r.tx(e.Status, body)...)
	add(msg.PdfAgreement, r.tx(e.CollectiveAgreement, body)...)
	add(msg.PdfClassification, r.tx(e.Classification, body)...)
	add(msg.PdfOwner, r.tx(r.Profile.Owner, body)...)
	if due, err := time.Parse(time.DateOnly, r.Profile.ReviewDue); err == nil {
		add(msg.PdfReview, words(lang.Date(r.lang, due))...)
	}
	return out
}

func (r *role) leads() string {
	if n := r.content.Leads; n > 0 {
		return r.t(msg.PdfLeadsSome, msg.Args{"Count": n})
	}
	return r.t(msg.PdfLeadsNone)
}

// codes are those a French or European reader looks for, with the names behind them.
func (r *role) codes() []string {
	var out []string
	for _, c := range r.Profile.Codes {
		if c.Code == "" || c.Scheme != "rome" && c.Scheme != "esco" {
			continue
		}
		s := strings.ToUpper(c.Scheme) + "\u00a0" + c.Code
		if label := c.Label.String(r.lang); label != "" {
			s += "\u00a0· " + shorten(label, mostLabel)
		}
		out = append(out, s)
	}
	return out
}

// mostLabel is how much of the name behind a code is printed.
const mostLabel = 64

// shorten cuts a text behind a word when it has more than n characters.
func shorten(s string, n int) string {
	rs := []rune(s)
	if len(rs) <= n {
		return s
	}
	cut := string(rs[:n])
	if i := strings.LastIndexAny(cut, " /"); i > 0 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:/") + "…"
}

// purpose is why the role exists, in the size of a lead.
func (r *role) purpose() []piece {
	spans, changed := r.markChange(r.tx(r.content.Purpose, lead), "purpose")
	ls := bars(r.wrap(r.width(), spans...), changed)
	if len(ls) == 0 {
		return nil
	}
	return append([]piece{r.section(msg.PdfPurpose, "")}, r.column(ls)...)
}

var scopeLabels = map[string]msg.Key{
	"customers": msg.PdfScopeCustomers, "budget": msg.PdfScopeBudget, "territory": msg.PdfScopeTerritory,
	"team": msg.PdfScopeTeam, "contacts": msg.PdfScopeContacts,
}

// scope is what the role answers for and with whom.
func (r *role) scope() []piece {
	if len(r.content.Scope) == 0 {
		return nil
	}
	out := []piece{r.section(msg.PdfScope, "")}
	for _, p := range r.content.Scope {
		row := r.scopeRow(p)
		row.gap = 0.7
		out = append(out, row)
	}
	return out
}

func (r *role) scopeRow(p jobs.Point) piece {
	spans, changed := r.markChange(r.tx(p.Text, body), "scope", p.Key)
	k, known := scopeLabels[p.Key]
	if !known { // a line of the company's own speaks for itself
		return r.row(cell{lines: bars(r.bullets(r.width(), spans, 0), changed)})
	}
	const label = 32.0
	return r.row(
		cell{lines: bars(r.wrap(label-2, r.say(r.t(k), small.at(7.8))), changed)},
		cell{x: label, lines: r.wrap(r.width()-label, spans...)},
	)
}
