package web

import (
	"bytes"
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/net/http/httpguts"

	"github.com/echelon-hr/echelon/app/fault"
)

// door refuses what must come to no route: a request that two programs could read as two different ones, another
// site's name, an address that is not spelt as ours are, text that is none.
func (a *App) door(c *fiber.Ctx) error {
	h := &c.Request().Header
	if err := checkFraming(h.RawHeaders(), h.IsHTTP11()); err != nil {
		refuseRest(c)
		return err
	}
	asked, query, err := splitTarget(string(h.RequestURI()), string(h.Host()))
	canonical := asked
	if err == nil {
		canonical, err = canonicalPath(asked)
	}
	if err != nil {
		refuseRest(c)
		return err
	}
	if err := checkQuery(c); err != nil {
		return err
	}
	if !a.anyHost[canonical] && !a.knows(string(h.Host())) {
		return fiber.NewError(http.StatusMisdirectedRequest, "a host that is not this site's")
	}
	switch {
	case asked == canonical:
		return c.Next()
	case c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead:
		return fault.New(fault.NotFound, "not_found", "a path in another spelling")
	case query != "":
		canonical += "?" + query
	}
	return c.Redirect(canonical, http.StatusPermanentRedirect)
}

// checkFraming refuses a header whose end, body or host a proxy before us might have understood otherwise, whichever of
// the two is right.
func checkFraming(raw []byte, http11 bool) error {
	count := map[string]int{}
	for line := range bytes.Lines(raw) {
		text, ended := bytes.CutSuffix(line, []byte("\r\n"))
		if !ended || bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return malformed("a header with a control character or a bare line feed")
		}
		if len(text) == 0 {
			break
		}
		name, _, _ := bytes.Cut(text, []byte(":"))
		if !httpguts.ValidHeaderFieldName(string(name)) {
			return malformed("a header that is folded or whose name is none")
		}
		count[strings.ToLower(string(name))]++
	}
	switch {
	case count["host"] > 1 || count["host"] == 0 && http11:
		return malformed("%d hosts", count["host"])
	case count["content-length"] > 1 || count["transfer-encoding"] > 1 ||
		count["content-length"] > 0 && count["transfer-encoding"] > 0:
		return malformed("two lengths of the body")
	case count["transfer-encoding"] > 0 && !http11:
		return malformed("chunks before HTTP/1.1")
	}
	return nil
}

func malformed(format string, args ...any) *fault.Error {
	return fault.New(fault.Malformed, "malformed", "%s", fmt.Sprintf(format, args...))
}

// splitTarget finds the path and the query of a request's target. A whole address may stand for them, with the host
// that the header names.
func splitTarget(target, host string) (place, query string, err error) {
	place, query, _ = strings.Cut(target, "?")
	if strings.HasPrefix(place, "/") || target == "*" { // the latter of OPTIONS
		return place, query, nil
	}
	u, err := url.Parse(place)
	if err != nil || !strings.EqualFold(u.Host, host) || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
		return "", "", malformed("a target that is no path").At("path", "address", "")
	}
	return cmp.Or(u.EscapedPath(), "/"), query, nil
}

// canonicalPath is the one spelling of a path: nothing escaped that needs it not, no empty and no dot segments, no
// slash at the end. What would become a slash, or is no text, is refused.
func canonicalPath(target string) (string, error) {
	if target == "*" {
		return target, nil
	}
	text, err := url.PathUnescape(target)
	if err != nil || strings.Contains(target, "#") {
		return "", malformed("a path that cannot be read").At("path", "address", "")
	}
	if !isText(text) {
		return "", malformed("a path with control characters or not in UTF-8").At("path", "text", "")
	}
	if strings.ContainsRune(text, '\\') || strings.Count(text, "/") != strings.Count(target, "/") {
		return "", malformed("a path with an escaped slash").At("path", "address", "")
	}
	return path.Clean("/" + respell(target)), nil
}

// respell writes plainly what is escaped without need, and escapes what is no ASCII.
func respell(target string) string {
	var b strings.Builder
	for i := 0; i < len(target); i++ {
		switch c := target[i]; {
		case c == '%':
			plain, _ := url.PathUnescape(target[i : i+3])
			if !unreserved(plain[0]) {
				plain = target[i : i+3]
			}
			b.WriteString(plain)
			i += 2
		case c <= ' ' || c >= utf8.RuneSelf:
			fmt.Fprintf(&b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// unreserved characters mean the same escaped and not (RFC 3986, 2.3).
func unreserved(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// isText tells whether something is UTF-8 without control characters.
func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl) }

// checkQuery refuses parameters that are no text, by name.
func checkQuery(c *fiber.Ctx) error {
	for name, value := range c.Request().URI().QueryArgs().All() {
		if !isText(string(name)) {
			return malformed("a parameter whose name is no text").At("query", "text", "")
		}
		if !isText(string(value)) {
			return malformed("parameter %s is no text", name).At("query."+string(name), "text", "")
		}
	}
	return nil
}

// hostnames are the names in a list of hosts, with or without ports. An address that stands
// for every network of a machine, such as 0.0.0.0, is nobody's name and is left out.
func hostnames(hosts []string) []string {
	names := []string{"localhost"}
	for _, host := range hosts {
		name := hostname(host)
		if address, err := netip.ParseAddr(name); name != "" && (err != nil || !address.IsUnspecified()) {
			names = append(names, name)
		}
	}
	return names
}

// hostname is the name in a host, without its port.
func hostname(host string) string {
	name := host
	if before, port, err := net.SplitHostPort(host); err == nil && strings.Trim(port, "0123456789") == "" {
		name = before
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(name, "[]"), "."))
}

// knows tells whether a host is this site's: as the settings name it, or this machine's own. A page of somebody else
// whose name is made to point here comes with that name.
func (a *App) knows(host string) bool {
	name := hostname(host)
	address, err := netip.ParseAddr(name)
	return slices.Contains(a.hosts, name) || err == nil && address.IsLoopback()
}

// isOwn tells whether an address that a browser names is of this site: under the host that was asked, which is known,
// or under the one that the settings name, which a proxy may have replaced.
func (a *App) isOwn(c *fiber.Ctx, address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	asked := string(c.Request().Header.Host())
	return u.Host == asked && a.knows(asked) || slices.Contains(a.cfg.Hosts, u.Host)
}
