package jobpages

import (
	"strconv"
	"strings"
	"time"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/layout"
)

// glanceFacts is the role in a dozen lines.
func glanceFacts(s layout.Shell, r Reading) []fact {
	c, p := r.Edition.Content, r.Profile
	facts := []fact{
		{Label: s.T(msg.JobsFamily), Text: nameOr(r.Family.Name, p.Family), Href: "/families/" + p.Family},
		{Label: s.T(msg.JobsTrack), Text: r.track()},
		plain(s, msg.JobsStage, msg.Of(s.Lang, "stage", p.Stage)),
		plain(s, msg.JobsGrade, p.Grade),
		reportsTo(s, r),
		plain(s, msg.JobsLeads, leads(s, c.Leads)),
		{Label: s.T(msg.JobsContract), Text: c.Employment.Contract, Origin: c.Employment.Origin},
		{Label: s.T(msg.JobsWorkingTime), Text: c.Employment.WorkingTime, Origin: c.Employment.Origin},
		{Label: s.T(msg.JobsStatus), Text: c.Employment.Status, Origin: c.Employment.Origin},
		{Label: s.T(msg.JobsAgreement), Text: c.Employment.CollectiveAgreement, Origin: c.Employment.Origin},
		{Label: s.T(msg.JobsClassification), Text: c.Employment.Classification, Origin: c.Employment.Origin},
		plain(s, msg.JobsTravel, travel(s, c.Conditions.TravelPercent)),
		plain(s, msg.JobsRemote, remote(s, c.Conditions.RemoteDays)),
	}
	if t := place(c.Scope); !t.IsZero() {
		facts = append(facts, fact{Label: s.T(msg.JobsPlace), Text: t})
	}
	facts = append(facts, fact{Label: s.T(msg.JobsOwner), Text: p.Owner})
	if day := reviewDue(s, p.ReviewDue); day != "" {
		facts = append(facts, plain(s, msg.JobsReviewDue, day))
	}
	if len(p.Codes) > 0 {
		facts = append(facts, fact{Label: s.T(msg.JobsCodes), Lines: codeLines(p.Codes)})
	}
	return facts
}

// place is the line of the scope that says where the role works.
func place(scope []jobs.Point) lang.Text {
	for _, p := range scope {
		if p.Key == "territory" {
			return p.Text
		}
	}
	return lang.Text{}
}

// codeLines are the role's codes in public classifications, each with its name there: "ROME D1416 · label".
func codeLines(codes []competencies.Code) []fact {
	out := make([]fact, 0, len(codes))
	for _, c := range codes {
		scheme := strings.ToUpper(c.Scheme)
		if c.Scheme == "onet" {
			scheme = "O*NET"
		}
		out = append(out, fact{Label: strings.TrimSpace(scheme + " " + c.Code), Text: c.Label})
	}
	return out
}

func reportsTo(s layout.Shell, r Reading) fact {
	f := fact{Label: s.T(msg.JobsReportsTo)}
	switch {
	case r.ReportsTo != nil:
		f.Text, f.Href = nameOr(r.ReportsTo.Title, r.ReportsTo.Slug), "/jobs/"+r.ReportsTo.Slug
	case r.Profile.ReportsTo != "":
		f.Text, f.Href = lang.NewText(r.Profile.ReportsTo, r.Profile.ReportsTo), "/jobs/"+r.Profile.ReportsTo
	}
	return f
}

func leads(s layout.Shell, n int) string {
	if n == 0 {
		return s.T(msg.JobsLeadsNobody)
	}
	return s.N(msg.JobsLeadsCount, n)
}

func percent(s layout.Shell, n *int) string {
	if n == nil {
		return ""
	}
	return lang.Percent(s.Lang, strconv.Itoa(*n))
}

func reviewDue(s layout.Shell, day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return lang.Date(s.Lang, t)
}
