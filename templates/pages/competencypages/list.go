package competencypages

import "github.com/echelon-hr/echelon/competencies"

// group is the competencies of one category.
type group struct {
	Category competencies.Category
	Rows     []Row
}

// groups sorts the catalogue into categories, in their reading order; empty ones fall out.
func (v ListView) groups() []group {
	var out []group
	for _, c := range competencies.Categories() {
		g := group{Category: c}
		for _, r := range v.Competencies {
			if r.Category == c {
				g.Rows = append(g.Rows, r)
			}
		}
		if len(g.Rows) > 0 {
			out = append(out, g)
		}
	}
	return out
}
