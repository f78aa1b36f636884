// Package careerpages shows where roles lead: ladders and their moves.
package careerpages

import (
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/layout"
)

// LadderView is a ladder as a picture and as a list.
type LadderView struct {
	layout.Shell
	Ladder careers.Ladder
	Family jobs.Family
	Roles  map[string]Role // by profile slug
}

// LaddersView lists the ladders.
type LaddersView struct {
	layout.Shell
	Ladders []LadderRow
}

// LadderRow is a ladder in a list.
type LadderRow struct {
	Slug       string
	Name       lang.Text
	Family     string // slug
	FamilyName lang.Text
	Rungs      int
}

// Role is what the ladder says of a profile.
type Role struct {
	Title lang.Text
	Track string // slug
	Grade string
}
