package app

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"github.com/echelon-hr/echelon/app/fault"
)

// What addresses among the settings look like, for whoever set them wrongly.
const (
	listenRight  = "an address and a port such as 127.0.0.1:8080"
	baseURLRight = "a scheme, a host and perhaps a port, such as https://echelon.example.com"
)

// parseSite reads the site's address as people type it and returns it as it is printed, without a slash at its end.
// Links are made by putting paths behind it, so it is a scheme, a host and perhaps a port, and nothing else. Plain
// HTTP is for this machine only: beyond it, whoever listens on the way reads the sessions. What is refused is not
// repeated where it may hold a password.
func parseSite(text string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case strings.Contains(text, "@"):
		return "", fault.New(fault.Invalid, "settings", "ECHELON_BASE_URL holds a user or a password, which letters and documents would print: it must be %s", baseURLRight)
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return "", wrong("ECHELON_BASE_URL", text, baseURLRight)
	case strings.Trim(u.Path, "/") != "":
		return "", wrong("ECHELON_BASE_URL", text, "without a path: give the site a host name of its own, such as https://echelon.example.com")
	case strings.ContainsAny(text, "?#"):
		return "", wrong("ECHELON_BASE_URL", text, "without ? and #, "+baseURLRight)
	}
	host, err := parseHost(u.Hostname())
	if err != nil || !goodPort(u) || u.Path != "" && u.Path != "/" {
		return "", wrong("ECHELON_BASE_URL", text, baseURLRight)
	}
	if u.Scheme == "http" && !loopback(host) {
		return "", wrong("ECHELON_BASE_URL", text, "an https address: plain http is for this machine only")
	}
	if port := u.Port(); port != "" {
		return u.Scheme + "://" + net.JoinHostPort(host, port), nil
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return u.Scheme + "://" + host, nil
}

// parseHost reads the name or the number of a host and returns it as browsers send it: small letters, and those beyond
// ASCII as Punycode.
func parseHost(text string) (string, error) {
	if ip, err := netip.ParseAddr(text); err == nil && ip.Zone() == "" {
		return ip.String(), nil
	}
	host, err := idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true)).ToASCII(text)
	if err != nil {
		return "", err
	}
	labels := strings.Split(host, ".")
	if last := labels[len(labels)-1]; strings.Trim(last, "0123456789") == "" {
		return "", &net.AddrError{Err: "neither a name nor a number of a host", Addr: text}
	}
	return host, nil
}

// goodPort tells whether an address names no port or one that there is; a colon alone names none.
func goodPort(u *url.URL) bool {
	if u.Port() == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil && n > 0
}

// checkListen refuses what cannot be listened on: it is a host, which may be missing for all addresses of the machine,
// and the number of a port, 0 for a free one.
func checkListen(name, text string) error {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return wrong(name, text, listenRight)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return wrong(name, text, listenRight)
	}
	if host == "" {
		return nil
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return nil
	}
	if _, err := parseHost(host); err != nil {
		return wrong(name, text, listenRight)
	}
	return nil
}

// usualSite is the site's address where none is set: this machine's, where it listens on all addresses.
func usualSite(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return ""
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// loopback reports whether a host is reached from this machine only.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
