// Package pay says what a role is paid: zones, schemes and bands. It is a domain of its own beside jobs,
// which never imports it; it knows neither people, HTTP nor SQL.
package pay

import "github.com/echelon-hr/echelon/app/lang"

// IDs of the package's nouns: UUIDv7 in text form.
type (
	ZoneID   string
	SchemeID string
)

// Period is what an amount of pay is for.
type Period string

// The periods, as schema.org names them.
const (
	Hour  Period = "HOUR"
	Day   Period = "DAY"
	Week  Period = "WEEK"
	Month Period = "MONTH"
	Year  Period = "YEAR"
)

// Zone is a place where pay is set alike.
type Zone struct {
	ID          ZoneID    `json:"-"`
	Slug        string    `json:"slug" validate:"required,slug"`
	Name        lang.Text `json:"name" validate:"bilingual=80,line"`
	Country     string    `json:"country" validate:"iso3166_1_alpha2"`
	Currency    string    `json:"currency" validate:"iso4217"`
	AnnualHours int       `json:"annual_hours" validate:"gte=1,lte=4000"` // legal or usual full time
}

// Band is the range of a profile in a zone: gross base pay at full time, and the variable pay at target.
type Band struct {
	Profile  string // slug
	Zone     string // slug
	Base     Range
	Variable Money // at 100 % of target; zero for none
}

// Range is a base pay range. Target may differ from the midpoint.
type Range struct {
	Min, Target, Max Money
}
