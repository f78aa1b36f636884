package web

import (
	"encoding/base64"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/fault"
)

// request runs fn with a request from an address.
func request(t *testing.T, from string, fn func(c *fiber.Ctx)) {
	t.Helper()
	app := fiber.New()
	raw := &fasthttp.RequestCtx{}
	raw.SetRemoteAddr(&net.TCPAddr{IP: net.ParseIP(from), Port: 40000})
	c := app.AcquireCtx(raw)
	defer app.ReleaseCtx(c)
	fn(c)
}

func TestWhereARequestComesFrom(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for name, tt := range map[string]struct {
		peer      string
		forwarded []string
		proxies   []netip.Prefix
		want      string
	}{
		"the peer, where nothing else is said":           {"192.0.2.1", nil, nil, "192.0.2.1"},
		"the peer, whatever it claims without proxies":   {"192.0.2.1", []string{"198.51.100.9"}, nil, "192.0.2.1"},
		"the peer, whatever it claims beside proxies":    {"192.0.2.1", []string{"198.51.100.9"}, proxies, "192.0.2.1"},
		"what a proxy saw":                               {"10.0.0.1", []string{"192.0.2.1"}, proxies, "192.0.2.1"},
		"what a proxy saw, not what the client wrote":    {"10.0.0.1", []string{"198.51.100.9, 192.0.2.1"}, proxies, "192.0.2.1"},
		"what a proxy saw, in a header line of its own":  {"10.0.0.1", []string{"198.51.100.9", "192.0.2.1"}, proxies, "192.0.2.1"},
		"what the first of two proxies saw":              {"10.0.0.1", []string{"198.51.100.9,192.0.2.1 , 10.2.0.1"}, proxies, "192.0.2.1"},
		"a proxy itself, when it saw nothing":            {"10.0.0.1", nil, proxies, "10.0.0.1"},
		"a proxy itself, when what it saw is no address": {"10.0.0.1", []string{"198.51.100.9, unknown"}, proxies, "10.0.0.1"},
		"six hextets and four numbers are four numbers":  {"::ffff:192.0.2.1", nil, nil, "192.0.2.1"},
		"what a proxy saw, mapped":                       {"::ffff:10.0.0.1", []string{"::ffff:192.0.2.1"}, proxies, "192.0.2.1"},
		"of the sixth version":                           {"fd00::1", []string{"2001:db8::7"}, proxies, "2001:db8::7"},
		"a client that claims to be a proxy":             {"10.0.0.1", []string{"198.51.100.9, 10.9.9.9, 192.0.2.1"}, proxies, "192.0.2.1"},
	} {
		t.Run(name, func(t *testing.T) {
			request(t, tt.peer, func(c *fiber.Ctx) {
				for _, line := range tt.forwarded {
					c.Request().Header.Add(fiber.HeaderXForwardedFor, line)
				}
				a := &App{cfg: Config{Proxies: tt.proxies, Log: slog.New(slog.DiscardHandler)}}
				a.withAddress(c)
				if got := audit.AddressOf(c.UserContext()); got != tt.want {
					t.Errorf("%q, want %q", got, tt.want)
				}
			})
		})
	}
}

// TestAProxyThatNobodyDeclaredIsNoticed: it tells of itself by the header, from an address that no visitor has.
func TestAProxyThatNobodyDeclaredIsNoticed(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for name, tt := range map[string]struct {
		peer, forwarded string
		want            bool
	}{
		"on this machine":            {"127.0.0.1", "192.0.2.1", true},
		"on this machine, mapped":    {"::ffff:127.0.0.1", "192.0.2.1", true},
		"in the same network":        {"172.17.0.1", "192.0.2.1", true},
		"of IPv6":                    {"fd00::1", "2001:db8::7", true},
		"declared":                   {"10.0.0.1", "192.0.2.1", false},
		"a visitor that says so":     {"198.51.100.9", "192.0.2.1", false},
		"a visitor in the building":  {"172.17.0.1", "", false},
		"the browser on the machine": {"127.0.0.1", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			request(t, tt.peer, func(c *fiber.Ctx) {
				if tt.forwarded != "" {
					c.Request().Header.Set(fiber.HeaderXForwardedFor, tt.forwarded)
				}
				a := &App{cfg: Config{Proxies: proxies, Log: slog.New(slog.DiscardHandler)}}
				a.withAddress(c)
				if got := audit.SharedAddress(c.UserContext()); got != tt.want {
					t.Errorf("%t, want %t", got, tt.want)
				}
			})
		})
	}
}

func TestTheTokenOfAProgram(t *testing.T) {
	for header, want := range map[string]string{
		"Bearer abc": "abc", "bearer abc": "abc", "BEARER   abc ": "abc", "Bearer ": "", "Basic abc": "-", "Bearer": "-", "": "-", "abc": "-", "XBearer abc": "-",
	} {
		request(t, "192.0.2.1", func(c *fiber.Ctx) {
			c.Request().Header.Set(fiber.HeaderAuthorization, header)
			got, ok := bearer(c)
			if !ok {
				got = "-"
			}
			// A header that ends in space comes without it, and then says nothing of a token.
			if got != want && (want != "" || got != "-") {
				t.Errorf("%q: %q, want %q", header, got, want)
			}
		})
	}
}

func TestTheProofOfASession(t *testing.T) {
	a, b := CSRFToken("one session"), CSRFToken("another")
	if a == "" || a == b || a != CSRFToken("one session") || CSRFToken("") != "" || len(a) != 43 {
		t.Errorf("%q and %q", a, b)
	}
	for name, tt := range map[string]struct {
		method, header, field string
		passes                bool
	}{
		"reading needs none":              {fiber.MethodGet, "", "", true},
		"asking for the head needs none":  {fiber.MethodHead, "", "", true},
		"asking what is allowed, too":     {fiber.MethodOptions, "", "", true},
		"a form with it":                  {fiber.MethodPost, "", a, true},
		"a script with it":                {fiber.MethodPost, a, "", true},
		"a form without":                  {fiber.MethodPost, "", "", false},
		"a form with that of another":     {fiber.MethodPost, "", b, false},
		"a form with the session's token": {fiber.MethodPost, "", "one session", false},
		"a script with that of another":   {fiber.MethodPut, b, a, false},
		"deleting without":                {fiber.MethodDelete, "", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			request(t, "192.0.2.1", func(c *fiber.Ctx) {
				c.Method(tt.method)
				c.Request().Header.SetMethod(tt.method)
				c.Request().Header.Set(CSRFHeader, tt.header)
				c.Request().Header.SetContentType(fiber.MIMEApplicationForm)
				c.Request().SetBodyString(CSRFField + "=" + tt.field)
				err := checkCSRF(c, "one session")
				if (err == nil) != tt.passes || err != nil && (!fault.Is(err, fault.Forbidden) || fault.Of(err).Code != "csrf") {
					t.Error(err)
				}
			})
		})
	}
}

// TestTheMaskedProofOfASession makes the proof of two pages of a session, which a size must not tell about, and tries
// what is no proof.
func TestTheMaskedProofOfASession(t *testing.T) {
	const session = "one session"
	a, b := maskedCSRF(session, "/jobs?q=a"), maskedCSRF(session, "/jobs?q=b")
	if a == b || a != maskedCSRF(session, "/jobs?q=a") || maskedCSRF("", "/jobs") != "" {
		t.Fatalf("two pages show %q and %q", a, b)
	}
	same := 0
	for i := range a {
		if a[i] == b[i] {
			same++
		}
	}
	if same > len(a)/4 {
		t.Errorf("%d of %d characters are the same: %q and %q", same, len(a), a, b)
	}
	for _, shown := range []string{a, b, maskedCSRF(session, ""), CSRFToken(session)} {
		if !provesCSRF(session, shown) {
			t.Errorf("%q is refused", shown)
		}
		if strings.Contains(a, CSRFToken(session)) {
			t.Errorf("%q shows the proof itself", a)
		}
	}
	tampered := func(at int) string {
		c := byte('A')
		if a[at] == c {
			c = 'B'
		}
		return a[:at] + string(c) + a[at+1:]
	}
	zeros := base64.RawURLEncoding.EncodeToString(make([]byte, 64))
	for _, shown := range []string{
		"", tampered(0), tampered(42), tampered(43), tampered(len(a) - 2), a[:len(a)-1], a + "A", a + "=", " " + a, a[43:], a[:43],
		maskedCSRF("another", "/jobs?q=a"), zeros, zeros[:43], "é", a + a,
	} {
		if provesCSRF(session, shown) {
			t.Errorf("%q is taken for a proof", shown)
		}
	}
}
