package jobs

import (
	"strings"

	"github.com/echelon-hr/echelon/app/cursor"
)

// question is what chooses and orders the rows of a list: everything but which part of it is read.
func (f Filter) question() Filter {
	f.After, f.Limit = "", 0
	return f
}

// place reads where the list goes on.
func (f Filter) place() (Position, error) {
	p, err := cursor.Decode[Position](f.question(), f.After)
	if err == nil && f.After != "" && (p.ID == "" || strings.ContainsRune(p.Sort+p.ID, 0)) {
		return Position{}, cursor.Foreign()
	}
	return p, err
}
