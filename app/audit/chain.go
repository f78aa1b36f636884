package audit

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/fault"
)

// timeForm writes the time of an entry for its hash: UTC with microseconds, which both databases keep.
const timeForm = "2006-01-02T15:04:05.000000Z"

// link is what the hash of an entry covers: everything but the hash. Its canonical text is the format of the chain
// and never changes.
type link struct {
	Seq      int64             `json:"seq"`
	At       string            `json:"at"`
	Actor    string            `json:"actor"`
	Behalf   string            `json:"behalf"`
	Action   string            `json:"action"`
	Object   string            `json:"object"`
	Outcome  Outcome           `json:"outcome"`
	Address  string            `json:"address"`
	Details  map[string]string `json:"details"`
	Previous string            `json:"previous"`
}

// Hash computes the hash of an entry: the SHA-256, in hexadecimal, of the canonical text of all its other fields,
// the hash of the entry before among them. Text that is not UTF-8 has no canonical form and is an error.
func Hash(e Entry) (string, error) {
	doc, err := canon.Marshal(link{
		Seq: e.Seq, At: e.At.UTC().Format(timeForm), Actor: e.Actor, Behalf: e.Behalf, Action: e.Action, Object: e.Object,
		Outcome: e.Outcome, Address: e.Address, Details: e.Details, Previous: e.Previous,
	})
	return doc.Hash, err
}

// Head is the end of the chain: number and hash of the last entry, 0 and "" of an empty journal. Whoever notes it
// elsewhere can tell later that everything up to it is still as it was.
type Head struct {
	Entry int64  `json:"entry"`
	Hash  string `json:"hash"`
}

// IsZero tells whether there is no entry to speak of.
func (h Head) IsZero() bool { return h == Head{} }

// String writes the head as one notes it down: SEQ:HASH.
func (h Head) String() string { return fmt.Sprintf("%d:%s", h.Entry, h.Hash) }

// ParseHead reads a head that was noted down. Anything else is an Invalid fault.
func ParseHead(s string) (Head, error) {
	seq, hash, _ := strings.Cut(s, ":")
	n, err := strconv.ParseInt(seq, 10, 64)
	if err != nil || n < 1 || len(hash) != 64 || strings.Trim(hash, "0123456789abcdef") != "" {
		return Head{}, fault.New(fault.Invalid, "journal_head", "%q is not the number of an entry, a colon and its hash", s)
	}
	return Head{Entry: n, Hash: hash}, nil
}
