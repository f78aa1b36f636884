package jobpages

import "github.com/echelon-hr/echelon/jobs"

func familiesOf(v FamilyView) []jobs.Family { return []jobs.Family{v.Family} }
