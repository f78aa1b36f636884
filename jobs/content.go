package jobs

import (
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/competencies"
)

// SchemaNumber is how documents are written today. A change of Content that an older document does not
// satisfy raises it and adds a reader for the old number.
const SchemaNumber = 1

// Content is what one version of a profile says: the one type behind pages, PDFs, the API and seeds,
// stored as one canonical document. Lists carry keys that never change, so that variants, comparisons
// and translations can name their items. Pay bands are never in it.
type Content struct {
	Title   lang.Text `json:"title" validate:"bilingual=120,line"`
	Marker  lang.Text `json:"marker,omitzero" validate:"omitempty,bilingual=12,line"` // F/H, apart from the title
	Purpose lang.Text `json:"purpose" validate:"bilingual=600"`
	Scope   []Point   `json:"scope,omitempty" validate:"max=8,unique=Key,dive"`
	Leads   int       `json:"leads,omitempty" validate:"gte=0,lte=10000"` // direct reports, 0 for none
	Areas   []Area    `json:"areas" validate:"min=1,max=5,unique=Key,dive"`
	Targets lang.Text `json:"targets,omitzero" validate:"omitempty,bilingual=800"`
	KPIs    []KPIUse  `json:"kpis,omitempty" validate:"max=10,unique=KPI,dive"`

	Requirements   []Requirement      `json:"requirements,omitempty" validate:"max=20,unique=Competency,dive"`
	Certifications []CertificationUse `json:"certifications,omitempty" validate:"max=10,unique=Certification,dive"`
	Education      Education          `json:"education"`
	Experience     Experience         `json:"experience"`
	Tools          []ToolGroup        `json:"tools,omitempty" validate:"max=10,unique=Key,dive"`
	Integration    lang.Text          `json:"integration,omitzero" validate:"omitempty,bilingual=800"`
	Employment     Employment         `json:"employment"`
	Conditions     Conditions         `json:"conditions"`
	Benefits       []Benefit          `json:"benefits,omitempty" validate:"max=20,unique=Key,dive"`
	Incentives     []Entry            `json:"incentives,omitempty" validate:"max=10,unique=Key,dive"`
	MarketNotes    []MarketNote       `json:"market_notes,omitempty" validate:"max=20,unique=Key,dive"`

	Day            []Entry     `json:"day,omitempty" validate:"max=10,unique=Key,dive"`
	Challenges     []Challenge `json:"challenges,omitempty" validate:"max=12,unique=Key,dive"`
	Methods        []Guided    `json:"methods,omitempty" validate:"max=20,unique=Key,dive"`
	Stories        []Story     `json:"stories,omitempty" validate:"max=10,unique=Key,dive"`
	Trends         []Entry     `json:"trends,omitempty" validate:"max=10,unique=Key,dive"`
	EmergingSkills []Entry     `json:"emerging_skills,omitempty" validate:"max=10,unique=Key,dive"`
	Predictions    []Entry     `json:"predictions,omitempty" validate:"max=10,unique=Key,dive"`
	Becoming       []Guided    `json:"becoming,omitempty" validate:"max=10,unique=Key,dive"`

	Variants []Variant           `json:"variants,omitempty" validate:"max=12,unique=Slug,dive"`
	Origin   competencies.Origin `json:"origin,omitempty" validate:"omitempty,oneof=source echelon"` // of every item that does not name its own
}

// Point is a keyed sentence.
type Point struct {
	Key    string              `json:"key" validate:"required,slug"`
	Text   lang.Text           `json:"text" validate:"bilingual=400"`
	Origin competencies.Origin `json:"origin,omitempty" validate:"omitempty,oneof=source echelon"`
}

// Entry is a keyed, titled paragraph; the paragraph may be absent.
type Entry struct {
	Key    string              `json:"key" validate:"required,slug"`
	Title  lang.Text           `json:"title" validate:"bilingual=160,line"`
	Text   lang.Text           `json:"text,omitzero" validate:"omitempty,bilingual=800"`
	Origin competencies.Origin `json:"origin,omitempty" validate:"omitempty,oneof=source echelon"`
}

// Area is a field of responsibility with its typical share of working time in percent.
type Area struct {
	Key              string              `json:"key" validate:"required,slug"`
	Title            lang.Text           `json:"title,omitzero" validate:"omitempty,bilingual=120,line"`
	Share            int                 `json:"share,omitempty" validate:"gte=0,lte=100"`
	ShareOrigin      competencies.Origin `json:"share_origin,omitempty" validate:"omitempty,oneof=source echelon"`
	Responsibilities []Point             `json:"responsibilities,omitempty" validate:"max=4,unique=Key,dive"`
	Activities       []Point             `json:"activities,omitempty" validate:"max=6,unique=Key,dive"`
	Origin           competencies.Origin `json:"origin,omitempty" validate:"omitempty,oneof=source echelon"`
}

// KPIUse is a result expected of the role. Definition is copied in when the version is published, so that
// the document explains its own figures.
type KPIUse struct {
	KPI        string    `json:"kpi" validate:"required,slug"`
	Definition *KPI      `json:"definition,omitempty"`
	Target     lang.Text `json:"target" validate:"bilingual=200"`
	// TargetOrigin says whose the target is when the KPI itself comes from elsewhere.
	TargetOrigin competencies.Origin `json:"target_origin,omitempty" validate:"omitempty,oneof=source echelon"`
	Period       string              `json:"period" validate:"oneof=month quarter year"`
	Example      *KPIExample         `json:"example,omitempty"`
	Improve      []Entry             `json:"improve,omitempty" validate:"max=10,unique=Key,dive"`
	Origin       competencies.Origin `json:"origin,omitempty" validate:"omitempty,oneof=source echelon"`
}

// KPIExample is a worked figure: decimal inputs by name and the sentence that tells them.
type KPIExample struct {
	Inputs map[string]string   `json:"inputs" validate:"min=1,dive,decimal"`
	Text   lang.Text           `json:"text" validate:"bilingual=400"`
	Origin competencies.Origin `json:"origin,omitempty" validate:"omitempty,oneof=source echelon"`
}

// Requirement is a competency the role asks for. Publishing pins the competency's version.
type Requirement struct {
	Competency string              `json:"competency" validate:"required,slug"`
	Version    int                 `json:"version,omitempty" validate:"gte=0"` // 0 until published
	Rank       int                 `json:"rank" validate:"gte=1,lte=12"`
	Importance Importance          `json:"importance" validate:"oneof=essential expected preferred"`
	Note       lang.Text           `json:"note,omitzero" validate:"omitempty,bilingual=300"`
	Origin     competencies.Origin `json:"origin,omitempty" validate:"omitempty,oneof=source echelon"`
}

// Ref names the competency version that the requirement pins.
func (r Requirement) Ref() competencies.VersionRef {
	return competencies.VersionRef{Slug: r.Competency, Number: r.Version}
}

// CertificationUse is a certification or licence the role requires or prefers.
type CertificationUse struct {
	Certification string              `json:"certification" validate:"required,slug"`
	Importance    string              `json:"importance" validate:"oneof=required preferred"`
	Note          lang.Text           `json:"note,omitzero" validate:"omitempty,bilingual=300"`
	Origin        competencies.Origin `json:"origin,omitempty" validate:"omitempty,oneof=source echelon"`
}

// Education is the schooling asked for, always with the experience accepted instead.
type Education struct {
	Level      lang.Text           `json:"level,omitzero" validate:"omitempty,bilingual=300"`
	Fields     []Entry             `json:"fields,omitempty" validate:"max=10,unique=Key,dive"`
	Further    []Entry             `json:"further,omitempty" validate:"max=10,unique=Key,dive"`
	Equivalent lang.Text           `json:"equivalent,omitzero" validate:"omitempty,bilingual=400"`
	Origin     competencies.Origin `json:"origin,omitempty" validate:"omitempty,oneof=source echelon"`
}

// Experience is the practice asked for, in months.
type Experience struct {
	MinimumMonths *int                `json:"minimum_months,omitempty" validate:"omitempty,gte=0,lte=600"` // nil: not stated
	MinimumOrigin competencies.Origin `json:"minimum_origin,omitempty" validate:"omitempty,oneof=source echelon"`
	Text          lang.Text           `json:"text,omitzero" validate:"omitempty,bilingual=400"`
	Kinds         []Entry             `json:"kinds,omitempty" validate:"max=10,unique=Key,dive"`
	Industries    []Entry             `json:"industries,omitempty" validate:"max=10,unique=Key,dive"`
	Origin        competencies.Origin `json:"origin,omitempty" validate:"omitempty,oneof=source echelon"`
}

// ToolGroup is a kind of tool with the products in use.
type ToolGroup struct {
	Key    string              `json:"key" validate:"required,slug"`
	Title  lang.Text           `json:"title,omitzero" validate:"omitempty,bilingual=120,line"`
	Tools  []Tool              `json:"tools" validate:"min=1,max=10,unique=Name,dive"`
	Origin competencies.Origin `json:"origin,omitempty" validate:"omitempty,oneof=source echelon"`
}

// Tool is a named product and what it is for here.
type Tool struct {
	Name    string              `json:"name" validate:"required,max=60,line"`
	Purpose lang.Text           `json:"purpose" validate:"bilingual=200"`
	Origin  competencies.Origin `json:"origin,omitempty" validate:"omitempty,oneof=source echelon"`
}

// Employment is the frame of the contract, as text.
type Employment struct {
	Contract            lang.Text           `json:"contract,omitzero" validate:"omitempty,bilingual=120"`
	WorkingTime         lang.Text           `json:"working_time,omitzero" validate:"omitempty,bilingual=200"`
	Status              lang.Text           `json:"status,omitzero" validate:"omitempty,bilingual=120"`
	CollectiveAgreement lang.Text           `json:"collective_agreement,omitzero" validate:"omitempty,bilingual=200"`
	Classification      lang.Text           `json:"classification,omitzero" validate:"omitempty,bilingual=200"`
	Origin              competencies.Origin `json:"origin,omitempty" validate:"omitempty,oneof=source echelon"`
}

// Conditions are how and where the work is done. RemoteDays counts per week; nil is not stated, which is not 0.
type Conditions struct {
	TravelPercent *int                `json:"travel_percent,omitempty" validate:"omitempty,gte=0,lte=100"`
	RemoteDays    *int                `json:"remote_days,omitempty" validate:"omitempty,gte=0,lte=7"`
	Vehicle       lang.Text           `json:"vehicle,omitzero" validate:"omitempty,bilingual=200"`
	Hours         lang.Text           `json:"hours,omitzero" validate:"omitempty,bilingual=200"`
	Safety        lang.Text           `json:"safety,omitzero" validate:"omitempty,bilingual=200"`
	Origin        competencies.Origin `json:"origin,omitempty" validate:"omitempty,oneof=source echelon"`
}

// Benefit is something given beside pay, with what stands in its place in France where it is a fact of
// another country.
type Benefit struct {
	Key        string              `json:"key" validate:"required,slug"`
	Kind       string              `json:"kind" validate:"oneof=benefit perk"`
	Title      lang.Text           `json:"title" validate:"bilingual=120,line"`
	Text       lang.Text           `json:"text,omitzero" validate:"omitempty,bilingual=300"`
	Equivalent lang.Text           `json:"equivalent,omitzero" validate:"omitempty,bilingual=300"`
	Origin     competencies.Origin `json:"origin,omitempty" validate:"omitempty,oneof=source echelon"`
}

// MarketNote is a quoted pay fact: a figure or a range in currency units, with place, source and date.
// It informs; it is not a band. Low without High means from or above; no Date means undated.
type MarketNote struct {
	Key      string              `json:"key" validate:"required,slug"`
	Label    lang.Text           `json:"label" validate:"bilingual=160,line"`
	Low      string              `json:"low,omitempty" validate:"omitempty,decimal"`
	High     string              `json:"high,omitempty" validate:"omitempty,decimal"`
	Amount   string              `json:"amount,omitempty" validate:"omitempty,decimal"`
	Currency string              `json:"currency" validate:"iso4217"`
	Period   string              `json:"period" validate:"oneof=HOUR DAY WEEK MONTH YEAR"`
	Place    lang.Text           `json:"place" validate:"bilingual=200"`
	Source   lang.Text           `json:"source" validate:"bilingual=300"`
	Date     string              `json:"date,omitempty" validate:"omitempty,datetime=2006-01"`
	Text     lang.Text           `json:"text,omitzero" validate:"omitempty,bilingual=400"`
	Origin   competencies.Origin `json:"origin,omitempty" validate:"omitempty,oneof=source echelon"`
}

// Challenge is a difficulty of the role with ways to meet it.
type Challenge struct {
	Key        string              `json:"key" validate:"required,slug"`
	Title      lang.Text           `json:"title" validate:"bilingual=160,line"`
	Text       lang.Text           `json:"text" validate:"bilingual=600"`
	Strategies []Entry             `json:"strategies,omitempty" validate:"max=8,unique=Key,dive"`
	Example    lang.Text           `json:"example,omitzero" validate:"omitempty,bilingual=600"`
	Origin     competencies.Origin `json:"origin,omitempty" validate:"omitempty,oneof=source echelon"`
}

// Guided is a titled text that may go on in steps: a method, or a way into the role.
type Guided struct {
	Key    string              `json:"key" validate:"required,slug"`
	Title  lang.Text           `json:"title" validate:"bilingual=160,line"`
	Text   lang.Text           `json:"text,omitzero" validate:"omitempty,bilingual=800"`
	Steps  []Step              `json:"steps,omitempty" validate:"max=12,unique=Key,dive"`
	Origin competencies.Origin `json:"origin,omitempty" validate:"omitempty,oneof=source echelon"`
}

// Step is one step of a guided text; its title may be absent.
type Step struct {
	Key    string              `json:"key" validate:"required,slug"`
	Title  lang.Text           `json:"title,omitzero" validate:"omitempty,bilingual=160,line"`
	Text   lang.Text           `json:"text" validate:"bilingual=400"`
	Origin competencies.Origin `json:"origin,omitempty" validate:"omitempty,oneof=source echelon"`
}

// Story is somebody's experience with its result.
type Story struct {
	Key    string              `json:"key" validate:"required,slug"`
	Title  lang.Text           `json:"title" validate:"bilingual=160,line"`
	Text   lang.Text           `json:"text" validate:"bilingual=800"`
	Result lang.Text           `json:"result,omitzero" validate:"omitempty,bilingual=300"`
	Origin competencies.Origin `json:"origin,omitempty" validate:"omitempty,oneof=source echelon"`
}

// Variant is how the role differs in an industry: an overlay that adds and replaces by key, and what it
// takes away. See Apply.
type Variant struct {
	Slug    string    `json:"slug" validate:"required,slug"`
	Name    lang.Text `json:"name" validate:"bilingual=80,line"`
	Summary lang.Text `json:"summary" validate:"bilingual=400"`
	Overlay Overlay   `json:"overlay"`
	Remove  []string  `json:"remove,omitempty" validate:"max=40,dive,required,max=200,line"`
}

// Overlay is the part of a Content that a variant may touch.
type Overlay struct {
	Purpose        lang.Text          `json:"purpose,omitzero" validate:"omitempty,bilingual=600"`
	Scope          []Point            `json:"scope,omitempty" validate:"max=8,unique=Key,dive"`
	Areas          []Area             `json:"areas,omitempty" validate:"max=5,unique=Key,dive"`
	KPIs           []KPIUse           `json:"kpis,omitempty" validate:"max=10,unique=KPI,dive"`
	Requirements   []Requirement      `json:"requirements,omitempty" validate:"max=20,unique=Competency,dive"`
	Certifications []CertificationUse `json:"certifications,omitempty" validate:"max=10,unique=Certification,dive"`
	Experience     ExperienceOverlay  `json:"experience,omitzero"`
	Tools          []ToolGroup        `json:"tools,omitempty" validate:"max=10,unique=Key,dive"`
	Conditions     ConditionsOverlay  `json:"conditions,omitzero"`
	Benefits       []Benefit          `json:"benefits,omitempty" validate:"max=20,unique=Key,dive"`
	Day            []Entry            `json:"day,omitempty" validate:"max=10,unique=Key,dive"`
	Challenges     []Challenge        `json:"challenges,omitempty" validate:"max=12,unique=Key,dive"`
	Methods        []Guided           `json:"methods,omitempty" validate:"max=20,unique=Key,dive"`
	Trends         []Entry            `json:"trends,omitempty" validate:"max=10,unique=Key,dive"`
}

// ExperienceOverlay is what a variant asks of experience instead; nil and empty leave it as it is.
type ExperienceOverlay struct {
	MinimumMonths *int      `json:"minimum_months,omitempty" validate:"omitempty,gte=0,lte=600"`
	Text          lang.Text `json:"text,omitzero" validate:"omitempty,bilingual=400"`
}

// ConditionsOverlay is how the conditions differ in a variant; nil and empty leave them as they are.
type ConditionsOverlay struct {
	TravelPercent *int      `json:"travel_percent,omitempty" validate:"omitempty,gte=0,lte=100"`
	RemoteDays    *int      `json:"remote_days,omitempty" validate:"omitempty,gte=0,lte=7"`
	Vehicle       lang.Text `json:"vehicle,omitzero" validate:"omitempty,bilingual=200"`
	Hours         lang.Text `json:"hours,omitzero" validate:"omitempty,bilingual=200"`
	Safety        lang.Text `json:"safety,omitzero" validate:"omitempty,bilingual=200"`
}
