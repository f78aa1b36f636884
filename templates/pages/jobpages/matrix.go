package jobpages

import "github.com/echelon-hr/echelon/competencies"

// matrixGroup is the rows of one category.
type matrixGroup struct {
	Category competencies.Category
	Rows     []MatrixRow
}

// matrixGroups puts together the rows that follow each other in one category.
func matrixGroups(rows []MatrixRow) []matrixGroup {
	var out []matrixGroup
	for i, r := range rows {
		if i == 0 || rows[i-1].Category != r.Category {
			out = append(out, matrixGroup{Category: r.Category})
		}
		last := &out[len(out)-1]
		last.Rows = append(last.Rows, r)
	}
	return out
}

// legendScale is the scale of five levels that the legend draws; its levels need no names there.
func legendScale() competencies.Scale {
	return competencies.Scale{Levels: make([]competencies.ScaleLevel, 5)}
}
