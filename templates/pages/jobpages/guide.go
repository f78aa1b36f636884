package jobpages

import (
	"slices"

	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/jobs"
)

// contents lists the sections that this guide has.
func (v GuideView) contents() []section {
	c, s := v.Edition.Content, sections{}
	s.add(v.Shell, len(c.Day) > 0, "day", msg.JobsDay)
	s.add(v.Shell, len(c.Challenges) > 0, "challenges", msg.JobsChallenges)
	s.add(v.Shell, len(c.Methods) > 0, "methods", msg.JobsMethods)
	s.add(v.Shell, hasImprove(c.KPIs), "improve", msg.JobsImprove)
	s.add(v.Shell, !c.Targets.IsZero(), "targets", msg.JobsTargets)
	s.add(v.Shell, len(c.Stories) > 0, "stories", msg.JobsStories)
	s.add(v.Shell, len(c.Trends) > 0, "trends", msg.JobsTrends)
	s.add(v.Shell, len(c.EmergingSkills) > 0, "emerging", msg.JobsEmerging)
	s.add(v.Shell, len(c.Predictions) > 0, "predictions", msg.JobsPredictions)
	s.add(v.Shell, len(c.Becoming) > 0, "becoming", msg.JobsBecoming)
	return s
}

func hasImprove(kpis []jobs.KPIUse) bool {
	return slices.ContainsFunc(kpis, func(u jobs.KPIUse) bool { return len(u.Improve) > 0 })
}
