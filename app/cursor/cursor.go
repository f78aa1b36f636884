// Package cursor continues lists: a cursor says where a page ended, and of which list. It is ground floor.
package cursor

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"github.com/echelon-hr/echelon/app/fault"
)

// mark is the opaque form of a place in a list. Asked is a fingerprint of what the list was asked for: in the answer to
// another question the place means nothing.
type mark[P any] struct {
	Asked []byte `json:"q"`
	Place P      `json:"p"`
}

// Encode writes a place in the list that a question gave. The question is a value of the list's own type, with everything
// that chooses or orders its rows.
func Encode[P any](question any, place P) string {
	return base64.RawURLEncoding.EncodeToString(encoded(mark[P]{Asked: fingerprint(question), Place: place}))
}

// Decode reads a place in the list that a question gives; "" is the zero place, where it begins. A cursor of another
// question, or none at all, is a Malformed fault.
func Decode[P any](question any, s string) (P, error) {
	var m mark[P]
	if s == "" {
		return m.Place, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil || string(m.Asked) != string(fingerprint(question)) {
		var none P
		return none, Foreign()
	}
	return m.Place, nil
}

// Foreign is the fault of a cursor that is not one of the list.
func Foreign() error {
	return fault.New(fault.Malformed, "cursor", "the page marker belongs to another search, filter or language, or to no list").At("after", "foreign", "")
}

func fingerprint(question any) []byte {
	sum := sha256.Sum256(encoded(question))
	return sum[:9]
}

func encoded(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil { // questions and places are plain values, which always marshal
		panic(err)
	}
	return b
}
