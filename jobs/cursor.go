package jobs

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
)

// cursor is the opaque form of a Position. It names the language, because another one sorts otherwise.
type cursor struct {
	Lang lang.Lang `json:"l"`
	Position
}

func encodeCursor(l lang.Lang, p Position) string {
	b, err := json.Marshal(cursor{Lang: l, Position: p})
	if err != nil { // strings and integers always marshal
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func decodeCursor(l lang.Lang, s string) (Position, error) {
	if s == "" {
		return Position{}, nil
	}
	var c cursor
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil || c.Lang != l || c.ID == "" || strings.ContainsRune(c.Sort+c.ID, 0) {
		return Position{}, fault.New(fault.Malformed, "cursor", "the page marker is not one of this list")
	}
	return c.Position, nil
}
