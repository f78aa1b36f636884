package audit

import (
	"encoding/base64"
	"encoding/json"

	"github.com/echelon-hr/echelon/app/fault"
)

// cursor is the opaque form of where a list goes on: entries are never inserted or removed, so that a number is enough.
type cursor struct {
	Before int64 `json:"b"`
}

func encodeCursor(before int64) string {
	b, err := json.Marshal(cursor{Before: before})
	if err != nil { // an integer always marshals
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func decodeCursor(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	var c cursor
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil || c.Before < 1 {
		return 0, fault.New(fault.Malformed, "cursor", "the page marker is not one of this list")
	}
	return c.Before, nil
}
