// Package mailbox knows the one form of an e-mail address: whatever way somebody writes the address of a mailbox, it
// is stored, compared and sent to in the same form. It is ground floor and knows no noun of the business.
package mailbox

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"github.com/echelon-hr/echelon/app/lang"
)

// Limits in octets, of what stands before the @ and of the whole (RFC 5321 4.5.3.1).
const (
	maxLocal = 64
	maxWhole = 254
)

var (
	hosts = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(), idna.VerifyDNSLength(true))
	// local is a dot-atom (RFC 5321 4.1.2, RFC 6531 3.3). What only quotes allow is refused: nobody has such a mailbox.
	local = regexp.MustCompile("^[a-z0-9!#$%&'*+/=?^_`{|}~\\-\\x{80}-\\x{10ffff}]+(?:\\.[a-z0-9!#$%&'*+/=?^_`{|}~\\-\\x{80}-\\x{10ffff}]+)*$")
)

// Canonical is the form in which an address is stored, compared and sent to; ok is false for what is none. Around it,
// spaces and invisible signs are cut. The host is written in ASCII (IDNA 2008), in lower case, and has a dot. What
// stands before the @ is composed and put in lower case, as every mail server in use reads it. A letter whose small form
// is not its own alone, such as İ, refuses the address: it would lead to another mailbox.
func Canonical(s string) (address string, ok bool) {
	name, host, found := strings.Cut(norm.NFC.String(lang.Trim(s)), "@")
	if !found || !lang.IsLine(name) {
		return "", false
	}
	name, ok = lower(name)
	if !ok || !local.MatchString(name) || strings.ContainsFunc(name, unicode.IsSpace) || len(name) > maxLocal {
		return "", false
	}
	host, err := hosts.ToASCII(host)
	if err != nil || !strings.Contains(host, ".") || strings.HasSuffix(host, ".") {
		return "", false
	}
	address = name + "@" + host
	return address, len(address) <= maxWhole
}

// lower writes a name in small letters; ok is false when another capital has the same small letter.
func lower(s string) (small string, ok bool) {
	ok = true
	small = strings.Map(func(r rune) rune {
		l := unicode.ToLower(r)
		if l != r && unicode.ToUpper(l) != r {
			ok = false
		}
		return l
	}, s)
	return small, ok && norm.NFC.IsNormalString(small)
}

// Is tells whether an address is in its canonical form.
func Is(s string) bool {
	address, ok := Canonical(s)
	return ok && address == s
}

// Shown writes a canonical address for people: its host in the letters of its language.
func Shown(address string) string {
	name, host, found := strings.Cut(address, "@")
	shown, err := hosts.ToUnicode(host)
	if !found || err != nil {
		return address
	}
	return name + "@" + shown
}

// NeedsUTF8 tells whether only a mail server that takes other letters than those of ASCII (RFC 6531) can be handed a
// letter to an address.
func NeedsUTF8(address string) bool {
	return strings.ContainsFunc(address, func(r rune) bool { return r >= utf8.RuneSelf })
}
