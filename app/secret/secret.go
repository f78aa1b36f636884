// Package secret keeps what must be readable again but not by whoever reads the database: it seals small values
// with a key that lives outside of it.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// size of a key in bytes.
const size = 32

// Key seals and opens values. The zero Key does neither.
type Key struct{ master [size]byte }

// Parse reads a key from its text: 32 bytes in base64.
func Parse(text string) (Key, error) {
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(b) != size {
		return Key{}, errors.New("a secret key is 32 bytes in base64, as `openssl rand -base64 32` prints them")
	}
	return Key{master: [size]byte(b)}, nil
}

// New makes a random key.
func New() Key {
	var k Key
	_, _ = rand.Read(k.master[:]) // never fails: the program ends instead
	return k
}

// Text is the key as Parse reads it.
func (k Key) Text() string { return base64.StdEncoding.EncodeToString(k.master[:]) }

// FromFile reads the key of a file, which is made, readable by its owner alone, when there is none. Of several
// processes that start together all get the same key.
func FromFile(name string) (Key, error) {
	if b, err := os.ReadFile(name); err == nil {
		return Parse(string(b))
	} else if !errors.Is(err, fs.ErrNotExist) {
		return Key{}, fmt.Errorf("read the secret key: %w", err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), ".secret-*")
	if err != nil {
		return Key{}, fmt.Errorf("make the secret key: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.WriteString(New().Text() + "\n")
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return Key{}, fmt.Errorf("make the secret key: %w", err)
	}
	// A link, unlike a renaming, does not replace the key that another process made meanwhile.
	if err := os.Link(tmp.Name(), name); err != nil && !errors.Is(err, fs.ErrExist) {
		return Key{}, fmt.Errorf("make the secret key: %w", err)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return Key{}, fmt.Errorf("read the secret key: %w", err)
	}
	return Parse(string(b))
}

// derive makes the key of one purpose, so that what is sealed for one opens for no other.
func (k Key) derive(purpose string) []byte {
	b, err := hkdf.Key(sha256.New, k.master[:], nil, "echelon "+purpose, size)
	if err != nil {
		panic(err) // the length is a constant
	}
	return b
}

// Fingerprint tells keys apart without telling anything of them.
func (k Key) Fingerprint() string {
	return hex.EncodeToString(k.MAC("fingerprint", "")[:8])
}

// MAC authenticates a text for a purpose.
func (k Key) MAC(purpose, text string) []byte {
	h := hmac.New(sha256.New, k.derive(purpose))
	_, _ = h.Write([]byte(text))
	return h.Sum(nil)
}

func (k Key) aead(purpose string) cipher.AEAD {
	block, err := aes.NewCipher(k.derive(purpose))
	if err != nil {
		panic(err) // the length is a constant
	}
	a, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return a
}

// Seal encrypts a text for a purpose and a place, such as the id of the row it is kept in: it opens for both only.
func (k Key) Seal(purpose, place, text string) string {
	a := k.aead(purpose)
	nonce := make([]byte, a.NonceSize())
	_, _ = rand.Read(nonce)
	return base64.RawURLEncoding.EncodeToString(a.Seal(nonce, nonce, []byte(text), []byte(place)))
}

// ErrSealed says that a value was sealed with another key, for something else, or tampered with.
var ErrSealed = errors.New("the value does not open with this key")

// Open decrypts what Seal made; anything else is ErrSealed.
func (k Key) Open(purpose, place, sealed string) (string, error) {
	a := k.aead(purpose)
	b, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(b) < a.NonceSize() {
		return "", ErrSealed
	}
	text, err := a.Open(nil, b[:a.NonceSize()], b[a.NonceSize():], []byte(place))
	if err != nil {
		return "", ErrSealed
	}
	return string(text), nil
}
