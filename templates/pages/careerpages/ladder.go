package careerpages

import (
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/careers"
)

// title is the name of a role, or its slug when the catalogue does not have it.
func (v LadderView) title(slug string) lang.Text {
	if t := v.Roles[slug].Title; !t.IsZero() {
		return t
	}
	return lang.NewText(slug, slug)
}

func kinds() []careers.MoveKind {
	return []careers.MoveKind{careers.Up, careers.Diagonal, careers.Lateral}
}

// allOurs reports whether every move is Echelon's own: then it is said once and not on each line.
func allOurs(moves []careers.Move) bool {
	for _, m := range moves {
		if m.Origin != "echelon" {
			return false
		}
	}
	return len(moves) > 0
}
