package oidc

import (
	"net"
	"net/url"
	"strings"

	"github.com/echelon-hr/echelon/app/fault"
)

// Settings say which provider people sign in with.
type Settings struct {
	Issuer       string // exactly as the provider writes it, a slash at its end included
	ClientID     string
	ClientSecret string
	Name         string // what the button says; may be empty
}

// Enabled reports whether people sign in with a provider at all.
func (s Settings) Enabled() bool { return s.Issuer != "" && s.ClientID != "" }

// Check refuses half a configuration and an issuer that cannot be trusted with a sign-in, in words for whoever
// runs the product. Nothing set at all is fine.
func (s Settings) Check() error {
	if s.Issuer == "" && s.ClientID == "" && s.ClientSecret == "" {
		return nil
	}
	for _, part := range []struct{ name, value string }{
		{"issuer", s.Issuer}, {"client id", s.ClientID}, {"client secret", s.ClientSecret},
	} {
		if part.value == "" {
			return wrong(
				"signing in with OpenID Connect needs an issuer, a client id and a client secret: the %s is missing", part.name,
			)
		}
	}
	u, err := url.Parse(s.Issuer)
	switch {
	case strings.Contains(s.Issuer, "@"): // not repeated: it may hold a password
		return wrong(
			"the OpenID Connect issuer holds a user or a password: it must be an address such as https://login.example.com",
		)
	case err != nil || u.Host == "":
		return wrong("the OpenID Connect issuer is %q: it must be an address such as https://login.example.com", s.Issuer)
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(s.Issuer, "#"):
		return wrong("the OpenID Connect issuer is %q: it must be an address without ? and #", s.Issuer)
	case !private(u):
		return wrong("the OpenID Connect issuer is %q: beyond this machine it must begin with https://", s.Issuer)
	}
	return nil
}

func wrong(format string, args ...any) error {
	return fault.New(fault.Invalid, "settings", format, args...)
}

// private reports whether what is sent to an address can be read by nobody on the way.
func private(u *url.URL) bool {
	return u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()))
}

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
