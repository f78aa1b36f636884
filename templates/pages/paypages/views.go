// Package paypages shows pay: bands by role and zone.
package paypages

import (
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/layout"
)

// BandsView is the table of pay bands of the active scheme.
type BandsView struct {
	layout.Shell
	Scheme     lang.Text
	ActiveFrom string   // written for the reader
	Readers    []string // who may read this page, in words
	Bands      []Band
}

// Band is the range for one role in one zone. Amounts are decimal numerals, gross, for Period.
type Band struct {
	Profile          string // slug
	Title            lang.Text
	Stage            jobs.Stage
	Zone             lang.Text
	Currency, Period string
	Min, Target, Max string
	Variable         string // at target; "" when there is none
}
