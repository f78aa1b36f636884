package jobpages

import (
	"maps"
	"slices"
	"strings"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/jobs"
)

// contents lists the sections that this profile has.
func (v ProfileView) contents() []section {
	c, s := v.Edition.Content, sections{}
	s.add(v.Shell, true, "glance", msg.JobsGlance)
	s.add(v.Shell, true, "purpose", msg.JobsPurpose)
	s.add(v.Shell, len(c.Scope) > 0, "scope", msg.JobsScope)
	s.add(v.Shell, len(c.Areas) > 0, "responsibilities", msg.JobsResponsibilities)
	s.add(v.Shell, len(c.KPIs) > 0, "results-expected", msg.JobsKpis)
	s.add(v.Shell, len(c.Requirements) > 0, "competencies", msg.JobsCompetencies)
	s.add(v.Shell, true, "background", msg.JobsBackground)
	s.add(v.Shell, len(c.Tools) > 0, "tools", msg.JobsTools)
	s.add(v.Shell, true, "conditions", msg.JobsConditions)
	s.add(v.Shell, len(c.Benefits)+len(c.Incentives) > 0, "benefits", msg.JobsBenefits)
	s.add(v.Shell, len(c.MarketNotes) > 0, "market", msg.JobsMarket)
	s.add(v.Shell, len(v.Pay) > 0, "pay", msg.JobsPay)
	s.add(v.Shell, len(v.Next)+len(v.Previous) > 0, "paths", msg.JobsPaths)
	return s
}

// formula says a KPI's formula with the names of its inputs: "sales made ÷ quota".
func formula(k jobs.KPI, l lang.Lang) string {
	var b strings.Builder
	word := ""
	flush := func() {
		if word != "" {
			b.WriteString(inputLabel(k, word, l))
			word = ""
		}
	}
	for _, r := range k.Formula {
		if r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || word != "" && r >= '0' && r <= '9' {
			word += string(r)
			continue
		}
		flush()
		b.WriteString(operator(r))
	}
	flush()
	return b.String()
}

func operator(r rune) string {
	switch r {
	case '*':
		return "×"
	case '/':
		return "÷"
	case '-':
		return "−"
	default:
		return string(r)
	}
}

// inputLabel is the name of an input in words, beginning in lower case as within a sentence.
func inputLabel(k jobs.KPI, name string, l lang.Lang) string {
	for _, in := range k.Inputs {
		if in.Name == name {
			return in.Label.String(l)
		}
	}
	return name
}

// input is one figure of a worked example.
type input struct {
	Label, Value string
}

// inputs lists the figures of a worked example in the definition's order.
func inputs(k jobs.KPI, e jobs.KPIExample, l lang.Lang) []input {
	var out []input
	for _, in := range k.Inputs {
		if v, ok := e.Inputs[in.Name]; ok {
			out = append(out, input{in.Label.String(l), lang.Decimal(l, v)})
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, name := range slices.Sorted(maps.Keys(e.Inputs)) {
		out = append(out, input{name, lang.Decimal(l, e.Inputs[name])})
	}
	return out
}

// noteAmount writes what a market note quotes: an amount, a range, or "from …".
func noteAmount(n jobs.MarketNote, l lang.Lang) string {
	switch {
	case n.Amount != "":
		return lang.Money(l, n.Amount, n.Currency)
	case n.Low != "" && n.High != "":
		return lang.Money(l, n.Low, n.Currency) + " – " + lang.Money(l, n.High, n.Currency)
	case n.Low != "":
		return msg.T(l, msg.JobsNoteFrom, msg.Args{"Amount": lang.Money(l, n.Low, n.Currency)})
	case n.High != "":
		return msg.T(l, msg.JobsNoteUpTo, msg.Args{"Amount": lang.Money(l, n.High, n.Currency)})
	default:
		return msg.T(l, msg.SiteNotStated)
	}
}

// per says the period of an amount: "a year".
func per(l lang.Lang, period string) string { return msg.Of(l, "jobs.per", strings.ToLower(period)) }

// hasShares reports whether the areas say how time is shared between them.
func hasShares(areas []jobs.Area) bool {
	return slices.ContainsFunc(areas, func(a jobs.Area) bool { return a.Share > 0 })
}
