// Package competencypages shows the catalogue of competencies and what each level looks like.
package competencypages

import (
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/layout"
)

// ListView is the catalogue by category.
type ListView struct {
	layout.Shell
	Competencies []Row // in the reader's alphabetical order; the page groups them by category
}

// Row is one competency of the catalogue.
type Row struct {
	Slug       string
	Name       lang.Text
	Definition lang.Text
	Category   competencies.Category
	Trend      competencies.Trend
	Scale      competencies.Scale
	Roles      int // how many published roles require it
}

// PageView is one competency.
type PageView struct {
	layout.Shell
	Competency competencies.Competency
	Scale      competencies.Scale
	RequiredBy []RoleUse // in ladder order; the first of them where there are many
	Uses       int       // how many roles require it
}

// RoleUse is a role that requires the competency.
type RoleUse struct {
	Slug       string
	Title      lang.Text
	Track      lang.Text
	Stage      jobs.Stage
	Rank       int
	Importance jobs.Importance
}
