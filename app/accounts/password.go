package accounts

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"

	"github.com/echelon-hr/echelon/app/fault"
)

// Lengths of a password, in characters: long ones are welcome, absurd ones would only cost time.
const (
	passwordMin = 8
	passwordMax = 256
)

// parameters of argon2id: OWASP ASVS 5.0, appendix C. Stored hashes made with others are renewed at sign-in.
var parameters = argon2id.Params{Memory: 19456, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// How many passwords are hashed at once, and how many more wait for it. Each takes 19 MiB, which is garbage only once it
// is done: two, with what the collector has not come to yet, stay under 80 MB, and check some fifty passwords a second,
// more than a company's people come with. Those that wait hold no such memory; 64 are through in a second or two.
const (
	mostSlots   = 2
	mostWaiting = 64
)

// hasher makes and checks password hashes, a few at a time. What comes beyond those that wait is refused at once.
type hasher struct {
	slots   chan struct{} // who hashes
	places  chan struct{} // who hashes or waits
	compare func(password, phc string) (right bool, made *argon2id.Params, err error)
}

func newHasher(slots, waiting int) *hasher {
	return &hasher{slots: make(chan struct{}, slots), places: make(chan struct{}, slots+waiting), compare: argon2id.CheckHash}
}

// sharedHasher is the process's own: the memory is one, however many services there are.
var sharedHasher = newHasher(min(runtime.GOMAXPROCS(0), mostSlots), mostWaiting)

// nobody's hash is checked for an account that does not exist or has no password, so that the answer takes as
// long as for one that does.
var nobodysHash = sync.OnceValue(func() string {
	phc, err := argon2id.CreateHash("nobody has this password", &parameters)
	if err != nil {
		panic(err) // no source of randomness
	}
	return phc
})

// place is one among those who hash or wait for it. Whoever has one leaves it.
type place struct{ h *hasher }

// reserve takes a place before anything is done for a try, or read. Where too many wait already it is Unavailable at
// once, so that a rush costs neither memory nor the database.
func (h *hasher) reserve() (place, error) {
	select {
	case h.places <- struct{}{}:
		return place{h}, nil
	default:
		return place{}, fault.New(fault.Unavailable, "crowded", "%d passwords wait to be checked", cap(h.places)-cap(h.slots))
	}
}

func (p place) leave() { <-p.h.places }

// enter waits for a slot to hash in.
func (h *hasher) enter(ctx context.Context) error {
	err := ctx.Err()
	if err == nil {
		select {
		case h.slots <- struct{}{}:
			return nil
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	return fault.Wrap(fault.Unavailable, "unavailable", err, "wait to hash a password")
}

func (p place) hash(ctx context.Context, password string) (string, error) {
	if err := p.h.enter(ctx); err != nil {
		return "", err
	}
	defer func() { <-p.h.slots }()
	phc, err := argon2id.CreateHash(opaque(password), &parameters)
	if err != nil {
		return "", fault.Wrap(fault.Internal, "internal", err, "hash a password")
	}
	return phc, nil
}

// opaque is a password as it is hashed: by the profile OpaqueString of RFC 8265, for which a space is one space
// however it is typed. What the profile has no place for, such as a joined emoji, is welcome and composed alone.
func opaque(password string) string {
	if s, err := precis.OpaqueString.String(password); err == nil {
		return s
	}
	return norm.NFC.String(password)
}

// check compares a password with a stored hash, "" for none, and tells whether the hash should be made anew.
func (p place) check(ctx context.Context, password, phc string) (right, outdated bool, err error) {
	if utf8.RuneCountInString(norm.NFC.String(password)) > passwordMax {
		password = "" // nobody has one: as wrong as any other, and as slow
	}
	if err := p.h.enter(ctx); err != nil {
		return false, false, err
	}
	defer func() { <-p.h.slots }()
	known := phc != ""
	if !known {
		phc = nobodysHash()
	}
	right, made, err := p.h.compare(opaque(password), phc)
	composed := norm.NFC.String(password)
	former := err == nil && !right && composed != opaque(password)
	if former { // hashed when every kind of space was itself
		right, made, err = p.h.compare(composed, phc)
	}
	if err != nil {
		return false, false, fault.Wrap(fault.Internal, "internal", err, "check a password")
	}
	return right && known, former || *made != parameters, nil
}

// checkPassword asks for length alone: no rules of composition, but nothing that is tried first everywhere or
// that is the owner's own name or address.
func checkPassword(password string, a Account) error {
	rule, param := "", ""
	password = opaque(password) // as it is hashed: an accent is no character more
	plain := strings.ToLower(password)
	switch n := utf8.RuneCountInString(password); {
	case n < passwordMin:
		rule, param = "password_short", "8"
	case n > passwordMax:
		rule, param = "password_long", "256"
	case common()[plain], common()[stem(plain)], repeated(plain):
		rule = "password_common"
	case personal(plain, a):
		rule = "password_personal"
	default:
		return nil
	}
	return fault.New(fault.Invalid, "invalid", "the password is not acceptable").At("password", rule, param)
}

// stem drops the digits and signs that people hang on a common word.
func stem(s string) string {
	return strings.TrimRightFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
}

// repeated tells a password of one or two characters over and over.
func repeated(s string) bool {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen) <= 2
}

// personal tells a password that is what everybody knows of its owner, or of the product.
func personal(s string, a Account) bool {
	local, _, _ := strings.Cut(a.Email, "@")
	for _, known := range []string{a.Email, local, strings.ToLower(a.Name), strings.ReplaceAll(strings.ToLower(a.Name), " ", ""), "echelon"} {
		if known != "" && (s == known || stem(s) == known) {
			return true
		}
	}
	return false
}
