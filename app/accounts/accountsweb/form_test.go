package accountsweb

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/valyala/fasthttp"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/web"
)

func TestABrowserInWords(t *testing.T) {
	app := fiber.New()
	for header, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                  "Firefox, Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36":                         "Chrome, Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":           "Edge, Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15":                   "Safari, macOS",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1": "Safari, iPhone",
		"Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.0 Mobile/15E148 Safari/604.1":          "Safari, iPad",
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36":                         "Chrome, Android",
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36 OPR/90.0.0.0":            "Opera, Android",
		"curl/8.5.0": "curl",
		"":           "",
		"something with a name and an address, <b>camille@example.org</b>": "",
		"\x00\xff": "",
		"Mozilla/5.0 (Windows NT 10.0) " + strings.Repeat("x", 5000) + " Firefox/140.0": "Firefox, Windows",
	} {
		c := app.AcquireCtx(&fasthttp.RequestCtx{})
		c.Request().Header.Set(fiber.HeaderUserAgent, header)
		if got := agent(c); got != want {
			t.Errorf("%q is %q, want %q", header, got, want)
		}
		app.ReleaseCtx(c)
	}
}

func invalid(fields ...fault.Field) error {
	f := fault.New(fault.Invalid, "invalid", "for the log")
	f.Fields = fields
	return f
}

func wait(d time.Duration) error {
	f := fault.New(fault.Limited, "throttled", "for the log")
	f.RetryAfter = d
	return f
}

func TestWhatIsWrongWithAForm(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		want map[string]string
	}{
		"a field": {invalid(fault.Field{Path: "email", Rule: "email"}), map[string]string{"email": "An e-mail address is expected, such as name@example.org: no spaces or invisible characters, at most 64 bytes before the @ and 254 in all."}},
		"two fields": {
			invalid(fault.Field{Path: "email", Rule: "taken"}, fault.Field{Path: "password", Rule: "password_short", Param: "8"}),
			map[string]string{"email": "Another account uses this address.", "password": "At least 8 characters."},
		},
		"a field of a list":  {invalid(fault.Field{Path: "roles[2]", Rule: "unique"}), map[string]string{"roles": "Each item may appear only once."}},
		"a wait of a moment": {wait(time.Millisecond), map[string]string{"": "Too many tries. You can try again in 1 second."}},
		"a wait of seconds":  {wait(32 * time.Second), map[string]string{"": "Too many tries. You can try again in 32 seconds."}},
		"a wait of a minute": {wait(90 * time.Second), map[string]string{"": "Too many tries. You can try again in 90 seconds."}},
		"a wait of minutes":  {wait(121 * time.Second), map[string]string{"": "Too many tries. You can try again in 3 minutes."}},
		"the longest wait":   {wait(15 * time.Minute), map[string]string{"": "Too many tries. You can try again in 15 minutes."}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, problems(lang.EN, tt.err)); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("what concerns no field stands alone, in a sentence", func(t *testing.T) {
		for _, err := range []error{
			fault.New(fault.Invalid, "signin_wrong", "for the log"), fault.New(fault.Conflict, "last_administrator", "for the log"),
			fault.New(fault.Conflict, "proof_old", "for the log"), fault.New(fault.Conflict, "codes_on", "for the log"), fault.New(fault.Conflict, "identity_taken", "for the log"),
			fault.New(fault.Conflict, "account_disabled", "for the log"), fault.New(fault.NotFound, "link_ended", "for the log"),
			fault.New(fault.Unavailable, "crowded", "for the log"), errors.New("for the log"),
		} {
			for _, l := range lang.All() {
				got := problems(l, err)
				if text := got[""]; len(got) != 1 || text == "" || strings.Contains(text, "for the log") || strings.Contains(text, "_") || strings.Contains(text, "error.") {
					t.Errorf("%v in %s: %q", err, l, got)
				}
			}
		}
	})
	t.Run("every rule that accounts break has its words", func(t *testing.T) {
		for _, rule := range []string{
			"required", "email", "max", "min", "unique", "oneof", "gte", "lte", "nefield", "datetime", "slug", "unknown", "taken", "circle", "period", "not_held", "disabled", "past", "stands_in", "delegated", "recorded", "password_same", "between",
			"password_short", "password_long", "password_common", "password_personal", "password_wrong", "code_wrong",
		} {
			for _, l := range lang.All() {
				if got := problems(l, invalid(fault.Field{Path: "x", Rule: rule}))["x"]; got == "" || unworded(got, l) {
					t.Errorf("%s in %s: %q", rule, l, got)
				}
			}
		}
	})
}

// TestARushIsToldOnTheForm: a form whose password was not looked at comes back filled in, with when to come again.
func TestARushIsToldOnTheForm(t *testing.T) {
	if err := fault.New(fault.Unavailable, "crowded", "for the log"); !mended(err) || web.StatusOf(err.Kind) != http.StatusServiceUnavailable {
		t.Error("it is an error page")
	}
	if mended(fault.New(fault.Unavailable, "db.unreachable", "for the log")) {
		t.Error("so is a database that is away")
	}
}

// unworded tells the sentence of a rule that has none of its own.
func unworded(text string, l lang.Lang) bool {
	begins, _, _ := strings.Cut(problems(l, invalid(fault.Field{Path: "x", Rule: "zzz"}))["x"], "zzz")
	return strings.HasPrefix(text, begins)
}
