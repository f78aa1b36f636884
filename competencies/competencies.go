// Package competencies says what good looks like: scales, competencies with what each level looks like,
// and certifications. It knows nothing of jobs, people or pay, and neither HTTP nor SQL.
package competencies

import (
	"fmt"
	"time"

	"github.com/echelon-hr/echelon/app/lang"
)

// IDs of the package's nouns: UUIDv7 in text form, made in Go.
type (
	ScaleID         string
	CompetencyID    string
	CertificationID string
)

// Category groups competencies on pages and in grids.
type Category string

// The categories, in reading order.
const (
	Technical     Category = "technical"
	Interpersonal Category = "interpersonal"
	Leadership    Category = "leadership"
	Emerging      Category = "emerging"
)

// Categories lists them in reading order.
func Categories() []Category { return []Category{Technical, Interpersonal, Leadership, Emerging} }

// ParseCategory reads a category from outside.
func ParseCategory(s string) (Category, error) {
	for _, c := range Categories() {
		if string(c) == s {
			return c, nil
		}
	}
	return "", fmt.Errorf("unknown category %q: use technical, interpersonal, leadership or emerging", s)
}

// Trend says how the weight of a competency moves in the field.
type Trend string

// The trends.
const (
	Stable    Trend = "stable"
	Growing   Trend = "emerging"
	Declining Trend = "declining"
)

// Origin says whose fact a text carries.
type Origin string

// The origins: the guide the first content was drawn from, or Echelon's own editors.
const (
	FromSource  Origin = "source"
	FromEchelon Origin = "echelon"
)

// Scale is an ordered set of levels that competencies are rated on. Rank 0 is always "not yet practised".
// A scale version never changes once a competency uses it.
type Scale struct {
	ID      ScaleID      `json:"-"`
	Slug    string       `json:"slug" validate:"required,slug"`
	Version int          `json:"version" validate:"gte=1"`
	Name    lang.Text    `json:"name" validate:"bilingual=60,line"`
	Levels  []ScaleLevel `json:"levels" validate:"min=1,max=12,dive"`
}

// ScaleLevel is one step of a scale, Rank from 1 up.
type ScaleLevel struct {
	Rank int       `json:"rank" validate:"gte=1"`
	Name lang.Text `json:"name" validate:"bilingual=60,line"`
}

// Top is the highest rank.
func (s Scale) Top() int { return len(s.Levels) }

// Value places a rank on 0…100 so that scales of different lengths compare: 100·rank/top.
func (s Scale) Value(rank int) float64 {
	if s.Top() == 0 {
		return 0
	}
	return 100 * float64(rank) / float64(s.Top())
}

// LevelName returns the name of a rank; the zero text for a rank the scale does not have.
func (s Scale) LevelName(rank int) lang.Text {
	for _, l := range s.Levels {
		if l.Rank == rank {
			return l.Name
		}
	}
	return lang.Text{}
}

// Content is what one version of a competency says. It is stored as one canonical document.
type Content struct {
	Category   Category  `json:"category" validate:"oneof=technical interpersonal leadership emerging"`
	Trend      Trend     `json:"trend" validate:"oneof=stable emerging declining"`
	Scale      ScaleRef  `json:"scale"`
	Name       lang.Text `json:"name" validate:"bilingual=80,line"`
	Definition lang.Text `json:"definition" validate:"bilingual=400"`
	Levels     []Level   `json:"levels" validate:"min=1,max=12,dive"`
	Questions  Questions `json:"questions"`
	Codes      []Code    `json:"codes,omitempty" validate:"dive"`
	Origin     Origin    `json:"origin" validate:"oneof=source echelon"`
}

// ScaleRef pins a version of a scale.
type ScaleRef struct {
	Slug    string `json:"slug" validate:"required,slug"`
	Version int    `json:"version" validate:"gte=1"`
}

// Level is what one rank of a competency looks like.
type Level struct {
	Rank     int         `json:"rank" validate:"gte=1"`
	Summary  lang.Text   `json:"summary" validate:"bilingual=200"`
	Signals  []lang.Text `json:"signals" validate:"min=1,max=6,dive,bilingual=240"`
	Examples []lang.Text `json:"examples" validate:"min=1,max=6,dive,bilingual=400"`
}

// Questions to ask in an interview.
type Questions struct {
	Situational lang.Text `json:"situational" validate:"bilingual=400"`
	Behavioural lang.Text `json:"behavioural" validate:"bilingual=400"`
}

// Code places something in a public classification.
type Code struct {
	Scheme  string    `json:"scheme" validate:"oneof=esco rome onet isco"`
	Version string    `json:"version" validate:"required,max=20,line"`
	Code    string    `json:"code,omitempty" validate:"max=80,line"`
	URI     string    `json:"uri,omitempty" validate:"omitempty,http_url,line"`
	Label   lang.Text `json:"label" validate:"bilingual=200,line"`
}

// Competency is a competency as its current version describes it, or one of its earlier versions.
type Competency struct {
	ID          CompetencyID
	Slug        string
	Number      int    // the version's number, from 1
	Hash        string // SHA-256 of the version's canonical document
	PublishedAt time.Time
	Content
}

// Level returns what a rank looks like; false when the competency does not describe it.
func (c Competency) Level(rank int) (Level, bool) {
	for _, l := range c.Levels {
		if l.Rank == rank {
			return l, true
		}
	}
	return Level{}, false
}

// Certification is a credential that can be asked for. What its source does not say stays empty and is
// shown as not stated; an unknown validity creates no expiry.
type Certification struct {
	ID             CertificationID `json:"-"`
	Slug           string          `json:"slug" validate:"required,slug"`
	Name           string          `json:"name" validate:"required,max=120,line"`                // official, never translated
	NameLang       lang.Lang       `json:"name_lang,omitempty" validate:"omitempty,oneof=fr en"` // the language the official name is in, "" when not known
	Abbreviation   string          `json:"abbreviation,omitempty" validate:"max=20,line"`
	Gloss          lang.Text       `json:"gloss" validate:"bilingual=200"`
	Issuer         string          `json:"issuer,omitempty" validate:"max=120,line"`
	ValidityMonths int             `json:"validity_months,omitempty" validate:"gte=0,lte=1200"` // 0: not stated
	Renewal        lang.Text       `json:"renewal,omitzero" validate:"omitempty,bilingual=300"`
	Licence        bool            `json:"licence,omitempty"` // a legal licence rather than a professional certification
	Evidences      []string        `json:"evidences,omitempty" validate:"unique,dive,slug"`
	Origin         Origin          `json:"origin" validate:"oneof=source echelon"`
}
