package web

import (
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/audit"
)

func TestHops(t *testing.T) {
	for line, want := range map[string]string{
		"203.0.113.7": "203.0.113.7", "203.0.113.7:4711": "203.0.113.7", "2001:db8::7": "2001:db8::7", "[2001:db8::7]": "2001:db8::7", "[2001:db8::7]:4711": "2001:db8::7",
		"203.0.113.7,": "203.0.113.7", ",,203.0.113.7 ,\t": "203.0.113.7", "": "", " , ": "", "::ffff:203.0.113.7": "203.0.113.7", "[::ffff:203.0.113.7]:1": "203.0.113.7",
		"fe80::1%eth0": "fe80::1", "198.51.100.9, 203.0.113.7:4711": "198.51.100.9 203.0.113.7", "evil, 203.0.113.7": "? 203.0.113.7",
		"203.0.113.7, unknown": "203.0.113.7 ?", "203.0.113.7:port": "?", "203.0.113.7:99999": "?", "203.0.113.7:": "?", "[203.0.113.7]": "?", "[2001:db8::7": "?", "2001:db8::7]": "?",
		"[2001:db8::7]x": "?", "[]": "?", "203.0.113": "?", "203.0.113.007": "?", "203.0.113.7 203.0.113.8": "?", `"203.0.113.7"`: "?", "localhost": "?", "0x7f.1": "?",
	} {
		if got := spell(readForwardedFor(line)); got != want {
			t.Errorf("X-Forwarded-For %q: %q, want %q", line, got, want)
		}
	}
	for line, want := range map[string]string{
		"for=192.0.2.60": "192.0.2.60", "For=192.0.2.60;proto=http;by=203.0.113.43": "192.0.2.60", "proto=http; for=192.0.2.60": "192.0.2.60",
		`for="[2001:db8:cafe::17]:4711"`: "2001:db8:cafe::17", `for="192.0.2.43:47011"`: "192.0.2.43", "for=192.0.2.43, for=198.51.100.17": "192.0.2.43 198.51.100.17",
		`for=192.0.2.43,for="[2001:db8:cafe::17]",for=unknown`: "192.0.2.43 2001:db8:cafe::17 ?", "for=_hidden": "?", "for=192.0.2.43,": "192.0.2.43", "proto=https": "?", "": "",
		`for="a,b;for=192.0.2.1";by=x`: "?", `for="192.0.2.1`: "?", "for=192.0.2.1;for=192.0.2.2": "?", "for": "?", `host="a,b";for=192.0.2.1`: "192.0.2.1",
	} {
		if got := spell(readForwarded(line)); got != want {
			t.Errorf("Forwarded %q: %q, want %q", line, got, want)
		}
	}
}

func spell(hops []netip.Addr) string {
	var out []string
	for _, hop := range hops {
		if hop.IsValid() {
			out = append(out, hop.String())
		} else {
			out = append(out, "?")
		}
	}
	return strings.Join(out, " ")
}

func FuzzHops(f *testing.F) {
	for _, line := range []string{"203.0.113.7:4711, [2001:db8::7]", `for="[2001:db8:cafe::17]:4711";by=x, for=_h`, "203.0.113.7,", `for="`, "[", "]:,"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for name, read := range map[string]func(string) []netip.Addr{"X-Forwarded-For": readForwardedFor, "Forwarded": readForwarded} {
			hops := read(line)
			for _, hop := range hops {
				if hop.IsValid() && (hop.Zone() != "" || hop.Is4In6()) {
					t.Fatalf("%s %q: %s", name, line, hop)
				}
			}
			// What a proxy appends is read as it is, whatever a client wrote before, if only that is whole.
			if strings.Count(line, `"`)%2 == 0 {
				next := map[string]string{"X-Forwarded-For": ",192.0.2.1", "Forwarded": ",for=192.0.2.1"}[name]
				if after := read(line + next); len(after) != len(hops)+1 || after[len(hops)].String() != "192.0.2.1" {
					t.Fatalf("%s %q hides what follows: %v", name, line, after)
				}
			}
		}
	})
}

// TestProxiesThatNeedATouch are told of in the log, once.
func TestProxiesThatNeedATouch(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for name, tt := range map[string]struct {
		peer, header, line string
		proxies            []netip.Prefix
		want               string
		says               string
	}{
		"with a port":                   {"10.0.0.1", "X-Forwarded-For", "203.0.113.7:4711", trusted, "203.0.113.7", ""},
		"with a comma at the end":       {"10.0.0.1", "X-Forwarded-For", "203.0.113.7,", trusted, "203.0.113.7", ""},
		"in the standard way":           {"10.0.0.1", "Forwarded", `for="[2001:db8::7]:1"`, trusted, "2001:db8::7", ""},
		"unreadable":                    {"10.0.0.1", "X-Forwarded-For", "198.51.100.9, unknown", trusted, "10.0.0.1", "X-Forwarded-For"},
		"unreadable in another way":     {"10.0.0.1", "Forwarded", "for=_hidden", trusted, "10.0.0.1", "X-Forwarded-For"},
		"of this machine, not declared": {"127.0.0.1", "X-Forwarded-For", "203.0.113.7", nil, "127.0.0.1", "ECHELON_TRUSTED_PROXIES"},
		"nearby, not declared":          {"192.168.1.2", "Forwarded", "for=203.0.113.7", trusted, "192.168.1.2", "ECHELON_TRUSTED_PROXIES"},
		"nearby of the sixth":           {"fd00::2", "X-Forwarded-For", "203.0.113.7", trusted, "fd00::2", "ECHELON_TRUSTED_PROXIES"},
		"from afar, as anybody may":     {"192.0.2.1", "X-Forwarded-For", "203.0.113.7", nil, "192.0.2.1", ""},
		"nothing said":                  {"127.0.0.1", "X-Other", "203.0.113.7", nil, "127.0.0.1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var log strings.Builder
			a := &App{cfg: Config{Proxies: tt.proxies, Log: slog.New(slog.NewTextHandler(&log, nil))}}
			for range 2 {
				request(t, tt.peer, func(c *fiber.Ctx) {
					c.Request().Header.Set(tt.header, tt.line)
					a.withAddress(c)
					if got := audit.AddressOf(c.UserContext()); got != tt.want {
						t.Errorf("%q, want %q", got, tt.want)
					}
				})
			}
			if said := log.String(); strings.Count(said, "level=WARN") != map[bool]int{true: 0, false: 1}[tt.says == ""] || !strings.Contains(said, tt.says) {
				t.Errorf("says %s", said)
			}
		})
	}
}

// TestTheNearestUndeclaredProxyIsNamed: the address that would be declared stands in the line.
func TestTheNearestUndeclaredProxyIsNamed(t *testing.T) {
	var log strings.Builder
	a := &App{cfg: Config{Log: slog.New(slog.NewTextHandler(&log, nil))}}
	request(t, "172.17.0.1", func(c *fiber.Ctx) {
		c.Request().Header.Set("X-Forwarded-For", "203.0.113.7")
		a.withAddress(c)
	})
	if want := fmt.Sprint("proxy=", "172.17.0.1"); !strings.Contains(log.String(), want) {
		t.Errorf("%s", log.String())
	}
}
