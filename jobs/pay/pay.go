// Package pay says what a role is paid: zones, schemes and bands. It is a domain of its own beside jobs,
// which never imports it; it knows neither people, HTTP nor SQL.
package pay

import (
	"time"

	"github.com/echelon-hr/echelon/app/lang"
)

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

// Scheme is a set of bands in force together. Once active it never changes.
type Scheme struct {
	ID         SchemeID  `json:"-"`
	Slug       string    `json:"slug" validate:"required,slug"`
	Name       lang.Text `json:"name" validate:"bilingual=120,line"`
	Text       lang.Text `json:"text" validate:"bilingual=600"` // how the figures came about, and whether they are real
	ActiveFrom string    `json:"active_from" validate:"datetime=2006-01-02"`
	Demo       bool      `json:"demo"` // figures of the demo company
}

// ActiveScheme is the scheme in force with its bands, by profile and zone.
type ActiveScheme struct {
	Scheme
	Hash      string // SHA-256 of the canonical document of scheme and bands
	CreatedAt time.Time
	Bands     []Band
}
