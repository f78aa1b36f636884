package web

import (
	"net/netip"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"
)

// hops reads where a request came from before it came to the last proxy, nearest last: X-Forwarded-For, line by line in
// their order since some proxies write one of their own beside the client's, else Forwarded (RFC 7239). What is no
// address becomes one that is not valid, in its place.
func hops(c *fiber.Ctx) []netip.Addr {
	var out []netip.Addr
	h := &c.Request().Header
	for _, line := range h.PeekAll(fiber.HeaderXForwardedFor) {
		out = append(out, readForwardedFor(string(line))...)
	}
	if len(out) > 0 {
		return out
	}
	for _, line := range h.PeekAll("Forwarded") {
		out = append(out, readForwarded(string(line))...)
	}
	return out
}

// readForwardedFor reads a line of X-Forwarded-For. An empty element says nothing, as in any list of a header.
func readForwardedFor(line string) []netip.Addr {
	var out []netip.Addr
	for one := range strings.SplitSeq(line, ",") {
		if one = strings.Trim(one, " \t"); one != "" {
			out = append(out, readHop(one))
		}
	}
	return out
}

// readForwarded reads the "for" of each element of a line of Forwarded; an element without one stands for an
// address that is not known.
func readForwarded(line string) []netip.Addr {
	var out []netip.Addr
	for _, element := range splitQuoted(line, ',') {
		if strings.Trim(element, " \t") == "" {
			continue
		}
		address, seen := netip.Addr{}, 0
		for _, pair := range splitQuoted(element, ';') {
			name, value, _ := strings.Cut(strings.Trim(pair, " \t"), "=")
			if !strings.EqualFold(name, "for") {
				continue
			}
			if inner, quoted := strings.CutPrefix(value, `"`); quoted {
				if value, quoted = strings.CutSuffix(inner, `"`); !quoted {
					value = ""
				}
			}
			address = readHop(value)
			seen++
		}
		if seen > 1 {
			address = netip.Addr{}
		}
		out = append(out, address)
	}
	return out
}

// splitQuoted splits at a separator outside of quotes.
func splitQuoted(s string, separator rune) []string {
	var out []string
	quoted, from := false, 0
	for i, r := range s {
		switch {
		case r == '"':
			quoted = !quoted
		case r == separator && !quoted:
			out = append(out, s[from:i])
			from = i + 1
		}
	}
	return append(out, s[from:])
}

// readHop reads an address as proxies write it: alone, in brackets, with a port. Anything else is not valid.
func readHop(s string) netip.Addr {
	if at, err := netip.ParseAddrPort(s); err == nil {
		return at.Addr().Unmap().WithZone("")
	}
	if inner, ok := strings.CutPrefix(s, "["); ok {
		if inner, ok = strings.CutSuffix(inner, "]"); !ok || !strings.Contains(inner, ":") {
			return netip.Addr{}
		}
		s = inner
	}
	address, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}
	}
	return address.Unmap().WithZone("")
}

// notices says once what is wrong with the proxies before the site.
type notices struct{ unread, undeclared sync.Once }

// noticeUnread tells of a proxy whose word cannot be read: its visitors then all count as one.
func (a *App) noticeUnread(proxy netip.Addr) {
	a.notices.unread.Do(func() {
		a.cfg.Log.Warn("a trusted proxy says in no way that can be read where requests come from: its own address stands "+
			"for all its visitors; have it send X-Forwarded-For with addresses", "proxy", proxy.String())
	})
}

// noticeUndeclared tells of a proxy nearby that the settings do not name.
func (a *App) noticeUndeclared(peer netip.Addr) {
	a.notices.undeclared.Do(func() {
		a.cfg.Log.Warn("a proxy forwards requests without being trusted: its own address stands for all its visitors; set "+
			"ECHELON_TRUSTED_PROXIES to its network", "proxy", peer.String())
	})
}
