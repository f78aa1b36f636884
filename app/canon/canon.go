// Package canon writes a value as canonical JSON text and names it by its SHA-256, so that a published
// document can be stored once, compared and quoted for ever. The form is RFC 8785: UTF-8, sorted keys,
// no insignificant space; but whole numbers keep all their digits, which the RFC would round beyond 2⁵³.
// Decimals are strings in the values themselves.
//
// It is ground floor and knows no domain.
package canon

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Document is a value written once: its canonical text and the SHA-256 of that text in hexadecimal.
type Document struct {
	Text []byte
	Hash string
}

// Marshal writes v canonically. Two equal values give the same bytes.
func Marshal(v any) (Document, error) {
	b, err := jsonv2.Marshal(v, jsonv2.Deterministic(true), jsonv2.FormatNilSliceAsNull(false))
	if err != nil {
		return Document{}, fmt.Errorf("write canonical document: %w", err)
	}
	val := jsontext.Value(b)
	if err := val.Canonicalize(jsontext.CanonicalizeRawInts(false)); err != nil {
		return Document{}, fmt.Errorf("canonicalise document: %w", err)
	}
	return Document{Text: val, Hash: Hash(val)}, nil
}

// Hash returns the SHA-256 of a canonical text in hexadecimal.
func Hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Unmarshal reads a stored document. Unknown members are an error: a document is read by the schema
// number it was stored with.
func Unmarshal(text []byte, v any) error {
	if err := jsonv2.Unmarshal(text, v, jsonv2.RejectUnknownMembers(true)); err != nil {
		return fmt.Errorf("read canonical document: %w", err)
	}
	return nil
}
