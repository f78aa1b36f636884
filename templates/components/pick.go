package components

import (
	"slices"

	"github.com/a-h/templ"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
)

// FindButton is the name of the button that sends a form to look for people to choose from, and not to be taken.
const FindButton = "find"

// FindField is the name of the field that says who is looked for to be chosen in another field.
func FindField(name string) string { return name + "_find" }

// Pick is a choice of people: from a list of all or, where there are too many, from those that were looked for.
type Pick struct {
	People []Choice
	Chosen []string // ids
	Search bool     // there are too many for a list
	Text   string   // who was looked for
	Part   bool     // more people match than are offered
}

// one is the one that is chosen, "" for none.
func (p Pick) one() string {
	if len(p.Chosen) == 0 {
		return ""
	}
	return p.Chosen[0]
}

// Ticked tells whether somebody is chosen.
func (p Pick) Ticked(id string) bool { return slices.Contains(p.Chosen, id) }

// found counts those that are offered beside the chosen ones.
func (p Pick) found() int {
	n := 0
	for _, c := range p.People {
		if !p.Ticked(c.Value) {
			n++
		}
	}
	return n
}

// in is the field in which somebody is chosen: after a search, the page opens there.
func (p Pick) in(f Field) Field {
	if p.Search && p.found() > 0 && p.Text != "" {
		f.More = templ.Attributes{"autofocus": true}
	}
	return f
}

// hint says how to look for somebody, or what became of it.
func (p Pick) hint(l lang.Lang) string {
	switch {
	case p.Part:
		return msg.T(l, msg.SitePickPart)
	case p.Text != "" && p.found() == 0:
		return msg.T(l, msg.SitePickNone)
	case p.Text != "":
		return msg.N(l, msg.SitePickFound, p.found())
	default:
		return msg.T(l, msg.SitePickHint)
	}
}
