package jobs

import (
	"context"
	"time"

	"github.com/echelon-hr/echelon/app/act"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/lang"
)

// Store keeps families, KPIs and profiles. Methods return a NotFound fault for a slug they do not know, a
// Conflict when a constraint breaks, Unavailable when the database does not answer.
type Store interface {
	// Tx runs fn in one transaction on a store bound to it, with the effects and the catalogue of that transaction.
	Tx(ctx context.Context, fn func(Store) error) error
	act.Effects
	Catalogue() Catalogue

	Families(ctx context.Context) ([]Family, error) // by slug
	Family(ctx context.Context, slug string) (Family, error)
	// PutFamily stores a family under its slug and tells whether that changed anything.
	PutFamily(ctx context.Context, f Family, doc canon.Document, at time.Time) (changed bool, err error)

	KPIs(ctx context.Context) ([]KPI, error) // by slug
	// NamedKPIs returns those of the slugs that exist, by slug.
	NamedKPIs(ctx context.Context, slugs []string) ([]KPI, error)
	// PutKPI stores a measure under its slug and tells whether that changed anything.
	PutKPI(ctx context.Context, k KPI, doc canon.Document, at time.Time) (changed bool, err error)

	// Summaries lists published profiles in the order of the query, one more than its limit when there are
	// more, and how many match in all.
	Summaries(ctx context.Context, q Query) ([]Summary, int, error)
	// Published reads a profile with its published version in one row.
	Published(ctx context.Context, slug string) (Profile, error)
	// Numbered reads a profile with one of its published or superseded versions.
	Numbered(ctx context.Context, slug string, number int) (Profile, error)
	// PublishedIn reads all published profiles of a family in the order of lists.
	PublishedIn(ctx context.Context, family string, by lang.Lang) ([]Profile, error)
	// Headings names published profiles in the order of lists, archived ones left out.
	Headings(ctx context.Context, by lang.Lang) ([]Heading, error)
	// Titles names the published profiles of some slugs, archived ones too; what it does not know is not in it.
	Titles(ctx context.Context, slugs []string) ([]Heading, error)
	// Sizes counts the published profiles of each family that has any, by the family's slug.
	Sizes(ctx context.Context) (map[string]int, error)
	// Versions lists what was ever published of a profile, newest first, without documents.
	Versions(ctx context.Context, slug string) ([]Version, error)
	// Requirements lists what published profiles require, in the order of lists.
	Requirements(ctx context.Context, q RequirementQuery) ([]RequirementUse, error)
	// Uses counts the published profiles that require each competency, by the competency's slug.
	Uses(ctx context.Context) (map[string]int, error)
	// Industries lists the variants that published profiles have, by slug.
	Industries(ctx context.Context) ([]VariantName, error)

	// AddPublished stores a version as the published one, supersedes the former, and rebuilds the index.
	AddPublished(ctx context.Context, p Profile, doc canon.Document, ix Index, by string) error
	// Reindex replaces the index of a published version.
	Reindex(ctx context.Context, p Profile, ix Index) error
}

// Query chooses profiles for a list. Empty fields do not restrict.
type Query struct {
	Lang       lang.Lang  // of the search text and of the order
	Search     [][]string // terms, see textsearch.Query
	Phrase     string     // the whole text as one name, see textsearch.Phrase
	Family     string
	Track      string
	Stage      Stage
	Industry   string
	Competency string
	Limit      int
	After      Position // zero: from the start
}

// Position is where a list goes on: the sort values of the last row.
type Position struct {
	Score int    `json:"s"`
	Place int    `json:"g"`
	Sort  string `json:"k"`
	ID    string `json:"i"`
}

// Summary is a profile's row in a list.
type Summary struct {
	ID           ProfileID
	Slug         string
	Title        lang.Text
	Placement    Placement
	Number       int
	PublishedAt  time.Time
	Requirements int
	Position     Position // where a list goes on after it
}

// Heading is what a published profile is called and where it stands, for pages that name it.
type Heading struct {
	Slug      string
	Title     lang.Text
	Placement Placement
	Archived  bool
}

// RequirementQuery chooses requirements. Empty fields do not restrict.
type RequirementQuery struct {
	Competency string
	Family     string
	Profiles   []string // slugs
}

// RequirementUse is a requirement with the published profile that makes it.
type RequirementUse struct {
	Profile string // slug
	Title   lang.Text
	Stage   Stage
	Track   string
	Requirement
}
