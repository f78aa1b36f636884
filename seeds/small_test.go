package seeds_test

import (
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
)

// small is a whole tree of seeds with one or two of everything, for loading it broken in every way.
var small = map[string]string{
	"scales.yaml": `- slug: steps
  version: 1
  name: {fr: "Paliers", en: "Steps"}
  levels:
    - {rank: 1, name: {fr: "Premier", en: "First"}}
    - {rank: 2, name: {fr: "Second", en: "Next"}}
`,
	"competencies/listening.yaml": competencyText("listening", "Écoute", "Listening"),
	"competencies/selling.yaml":   competencyText("selling", "Vente", "Selling"),
	"certifications.yaml": `- slug: badge
  name: "Certified Badge"
  gloss: {fr: "Un insigne", en: "A badge"}
  evidences: [selling]
  origin: echelon
`,
	"families.yaml": `- slug: sales
  name: {fr: "Commerce", en: "Sales"}
  text: {fr: "Les métiers du commerce.", en: "The jobs of selling."}
  tracks:
    - {slug: field, name: {fr: "Terrain", en: "Field"}}
`,
	"kpis.yaml": `- slug: quota
  name: {fr: "Objectif", en: "Quota"}
  meaning: {fr: "Vendu sur visé.", en: "Sold over aimed at."}
  unit: percent
  formula: sold / aim
  inputs:
    - {name: sold, label: {fr: "Vendu", en: "Sold"}}
    - {name: aim, label: {fr: "Visé", en: "Aimed at"}}
`,
	"profiles/lead.yaml": profileText("lead", "Responsable", "Lead", ""),
	"profiles/seller.yaml": profileText("seller", "Vendeur / Vendeuse", "Seller", "reports_to: lead") + `  variants:
    - slug: pharma
      name: {fr: "Pharmacie", en: "Pharmacy"}
      summary: {fr: "En pharmacie.", en: "In pharmacies."}
      overlay:
        purpose: {fr: "Vendre aux pharmacies.", en: "Sell to pharmacies."}
      remove: ["areas/work/activities/third"]
`,
	"ladders/sales.yaml": `slug: sales
family: sales
name: {fr: "Filière", en: "Ladder"}
text: {fr: "D’un poste à l’autre.", en: "From job to job."}
rungs:
  - {profile: seller, stage: entry}
  - {profile: lead, stage: mid}
moves:
  - {from: seller, to: lead, kind: up, typical_months: 24}
`,
	"demo/zones.yaml": `- slug: here
  name: {fr: "Ici", en: "Here"}
  country: FR
  currency: EUR
  annual_hours: 1607
`,
	"demo/scheme.yaml": `slug: demo
name: {fr: "Grille", en: "Scheme"}
text: {fr: "Montants inventés.", en: "Invented figures."}
active_from: "2026-01-01"
demo: true
bands:
  - {profile: seller, zone: here, min: "20000", target: "25000", max: "30000", variable: "0"}
  - {profile: lead, zone: here, min: "30000.50", target: "35000", max: "40000", variable: "5000"}
`,
	"demo/personas.yaml": `- slug: hr
  email: hr@demo.example
  name: "Awa Lindqvist"
  roles: [hr]
  text: {fr: "Tient les fiches à jour.", en: "Keeps profiles up to date."}
- slug: employee
  email: employee@demo.example
  name: "Samir Delcourt"
  roles: []
  text: {fr: "Cherche sa voie.", en: "Looks for a way on."}
`,
}

func competencyText(slug, fr, en string) string {
	return `slug: ` + slug + `
origin: echelon
category: technical
scale: steps
trend: stable
name: {fr: "` + fr + `", en: "` + en + `"}
definition: {fr: "Ce que ` + fr + ` veut dire.", en: "What ` + en + ` means."}
levels:
  - rank: 1
    summary: {fr: "Commence", en: "Begins"}
    signals: [{fr: "Essaie", en: "Tries"}]
    examples: [{fr: "Un essai", en: "A try"}]
  - rank: 2
    summary: {fr: "Poursuit", en: "Goes on"}
    signals: [{fr: "Réussit", en: "Succeeds"}]
    examples: [{fr: "Une réussite", en: "A success"}]
questions:
  situational: {fr: "Que feriez-vous ?", en: "What would you do?"}
  behavioural: {fr: "Qu’avez-vous fait ?", en: "What did you do?"}
codes: []
`
}

func profileText(slug, fr, en, above string) string {
	return `slug: ` + slug + `
origin: echelon
family: sales
track: field
stage: mid
grade: S1
` + above + `
owner: {fr: "Direction", en: "Management"}
other_titles:
  fr: ["Autre ` + fr + `"]
content:
  title: {fr: "` + fr + `", en: "` + en + `"}
  purpose: {fr: "Vendre.", en: "Sell."}
  areas:
    - key: work
      title: {fr: "Travail", en: "Work"}
      share: 60
      activities:
        - {key: first, text: {fr: "Un", en: "One"}}
        - {key: second, text: {fr: "Deux", en: "Two"}}
        - {key: third, text: {fr: "Trois", en: "Three"}}
    - key: rest
      title: {fr: "Reste", en: "Rest"}
      share: 40
      activities:
        - {key: first, text: {fr: "Encore un", en: "One more"}}
        - {key: second, text: {fr: "Encore deux", en: "Two more"}}
  kpis:
    - kpi: quota
      target: {fr: "Tout", en: "All"}
      period: quarter
      example:
        inputs: {sold: "110", aim: "100"}
        text: {fr: "110 sur 100 : 110 %.", en: "110 of 100: 110%."}
  requirements:
    - competency: selling
      rank: 2
      importance: essential
    - competency: listening
      rank: 1
      importance: preferred
  certifications:
    - certification: badge
      importance: preferred
  education: {}
  experience: {}
  employment: {}
  conditions: {}
`
}

// tree makes a file system of the small seeds with some files changed; an empty text leaves a file out.
func tree(changed map[string]string) fs.FS {
	all := maps.Clone(small)
	maps.Copy(all, changed)
	out := fstest.MapFS{}
	for name, text := range all {
		if text != "" {
			out[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return out
}

// change replaces a text that stands once in a small file.
func change(t *testing.T, file, old, with string) map[string]string {
	t.Helper()
	if n := strings.Count(small[file], old); n != 1 {
		t.Fatalf("%q stands %d times in %s, want once", old, n, file)
	}
	return map[string]string{file: strings.Replace(small[file], old, with, 1)}
}
