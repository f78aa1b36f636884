// Package jobs says what a role is: families, profiles and their versions, what a role requires and
// what it is measured by. It may import competencies; it knows nothing of pay, people, HTTP or SQL.
package jobs

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/competencies"
)

// IDs of the package's nouns: UUIDv7 in text form, made in Go.
type (
	FamilyID  string
	ProfileID string
	VersionID string
	KPIID     string
)

// Stage is how far up a role stands. Lateral is a kind of move, not a stage.
type Stage string

// The stages, from the first rung up.
const (
	StageEntry     Stage = "entry"
	StageMid       Stage = "mid"
	StageSenior    Stage = "senior"
	StageExecutive Stage = "executive"
)

// Stages lists them from the first rung up.
func Stages() []Stage { return []Stage{StageEntry, StageMid, StageSenior, StageExecutive} }

// ParseStage reads a stage from outside.
func ParseStage(s string) (Stage, error) {
	for _, st := range Stages() {
		if string(st) == s {
			return st, nil
		}
	}
	return "", fmt.Errorf("unknown stage %q: use entry, mid, senior or executive", s)
}

// VersionState is where a version of a profile stands in its life.
type VersionState string

// The states of a version. At most one version of a profile is published, at most one before it.
const (
	Draft      VersionState = "draft"
	InReview   VersionState = "in_review"
	Approved   VersionState = "approved"
	Published  VersionState = "published"
	Superseded VersionState = "superseded"
)

// Importance is how much a requirement weighs.
type Importance string

// The importances: essential blocks, expected counts, preferred stays outside coverage and readiness.
const (
	Essential Importance = "essential"
	Expected  Importance = "expected"
	Preferred Importance = "preferred"
)

// Family is a group of related roles, with the tracks that run through it.
type Family struct {
	ID     FamilyID  `json:"-"`
	Slug   string    `json:"slug" validate:"required,slug"`
	Name   lang.Text `json:"name" validate:"bilingual=80,line"`
	Text   lang.Text `json:"text" validate:"bilingual=400"`
	Tracks []Track   `json:"tracks" validate:"min=1,max=12,unique=Slug,dive"`
}

// Track is a line of work within a family.
type Track struct {
	Slug string    `json:"slug" validate:"required,slug"`
	Name lang.Text `json:"name" validate:"bilingual=80,line"`
}

// Track returns the track with that slug.
func (f Family) Track(slug string) (Track, bool) {
	for _, t := range f.Tracks {
		if t.Slug == slug {
			return t, true
		}
	}
	return Track{}, false
}

// Placement is where a role stands in the company, apart from what its versions say.
type Placement struct {
	Family      string              `json:"family" validate:"required,slug"`
	Track       string              `json:"track" validate:"required,slug"`
	Stage       Stage               `json:"stage" validate:"oneof=entry mid senior executive"`
	Grade       string              `json:"grade" validate:"max=12,line"`
	ReportsTo   string              `json:"reports_to,omitempty" validate:"omitempty,slug"` // slug of a profile
	Owner       lang.Text           `json:"owner" validate:"bilingual=120,line"`
	ReviewDue   string              `json:"review_due,omitempty" validate:"omitempty,datetime=2006-01-02"`
	OtherTitles OtherTitles         `json:"other_titles,omitzero"`
	Codes       []competencies.Code `json:"codes,omitempty" validate:"dive"`
}

// OtherTitles are the names a role goes by elsewhere, per language; they are searched and shown small.
type OtherTitles struct {
	FR []string `json:"fr,omitempty" validate:"max=20,dive,required,max=120,line"`
	EN []string `json:"en,omitempty" validate:"max=20,dive,required,max=120,line"`
}

// In returns the titles of one language.
func (o OtherTitles) In(l lang.Lang) []string {
	if l == lang.FR {
		return o.FR
	}
	return o.EN
}

// Version is one version of a profile. Once published its document never changes.
type Version struct {
	ID           VersionID
	Number       int
	State        VersionState
	Schema       int    // how the document is written; see SchemaNumber
	Hash         string // SHA-256 of the canonical document
	Document     []byte // the canonical document itself
	PublishedAt  time.Time
	SupersededAt time.Time // zero while in force
}

// Profile is a role with the version that is read: the published one, or the one asked for.
type Profile struct {
	ID       ProfileID
	Slug     string
	Archived bool
	Placement
	Version Version
	Content Content
}

// order is the stage's place in lists, from 1.
func (s Stage) order() int {
	for i, st := range Stages() {
		if st == s {
			return i + 1
		}
	}
	return 0
}

// placesPerStage leaves room for grades within a stage.
const placesPerStage = 1000

// Place is where a role stands in lists: by stage, then by the number in its grade.
func (p Placement) Place() int {
	grade, _ := strconv.Atoi(strings.TrimLeftFunc(p.Grade, func(r rune) bool { return !unicode.IsDigit(r) }))
	return p.Stage.order()*placesPerStage + min(grade, placesPerStage-1)
}
