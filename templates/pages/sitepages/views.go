// Package sitepages holds the pages around the product's own: start, sign-in, errors and the description of
// the API.
package sitepages

import (
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/layout"
)

// HomeView is the start page. Signed out it says what this is; signed in it leads to the family, the
// ladder and the competencies.
type HomeView struct {
	layout.Shell
	Personas     []Persona   // of the demo, for visitors who are not signed in
	Families     []FamilyRow // signed in only
	Competencies int         // how many the catalogue holds
	Ladders      bool        // there is one
	Self         string      // id of the reader
	Profile      string      // slug of the job profile they hold today, "" for none
	Team         int         // how many report to them today
}

// FamilyRow is a family with its roles, in reading order; Drawn is false where there are too many to draw each of them.
type FamilyRow struct {
	Family jobs.Family
	Roles  []Role
	Drawn  bool
	Size   int    // how many roles the family has
	Ladder string // slug, or ""
}

// Role is one role of a family.
type Role struct {
	Slug  string
	Title lang.Text
	Track string // slug
	Stage jobs.Stage
}

// Persona is somebody a visitor of the demo may be.
type Persona struct {
	Slug string
	Name string
	Role lang.Text // what they are: "HR partner"
	Text lang.Text // what they come for; may be zero
}

// ErrorView is any page that could not be served. Status is 403, 404, 500, 503 or another error status.
type ErrorView struct {
	layout.Shell
	Status    int
	Headline  string // what happened, in the reader's language
	Advice    string // what to do
	RequestID string
}

// DocsView is the description of the API for people.
type DocsView struct {
	layout.Shell
	Document   string // address of the OpenAPI document
	Operations []Operation
}

// Operation is one call of the API. Its texts come from the OpenAPI document, which is in English.
type Operation struct {
	ID          string
	Method      string
	Path        string
	Summary     string
	Description string
	Tag         string
	Parameters  []Parameter
	Responses   []Response
}

// Parameter is one input of a call.
type Parameter struct {
	Name, In, Type, Description string
	Required                    bool
}

// Response is one answer of a call.
type Response struct {
	Status      string
	Description string
	Type        string // content type, may be empty
}
