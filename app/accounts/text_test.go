package accounts_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/lang"
)

func TestWhatIsWrittenOfAPersonReadsAsItIsWritten(t *testing.T) {
	const accepted = "no Invalid fault: <nil>"
	inCompany(t, func(t *testing.T, c *company) {
		add := func(name, email string) error {
			return third(c.Create(t.Context(), operator, accounts.NewAccount{Email: email, Name: name, Lang: lang.FR}))
		}
		for name, rule := range map[string]string{
			"\u200b": "required", "\u202eliveD": "line", "Élise\u202eliveD": "line", "Line\r\nBcc: eve@example.org": "line", "Awa\u00adDiop": "line", "Awa\tDiop": "line", "\u3164": "required",
			"\xc9lise Pr\xe9vost": "line", "lise\ufffd": "line", "Awa\x00": accepted, "  Awa\u2060 ": accepted, `Jean Dupont \`: accepted, `"Dupont`: accepted, `Anne "Nan" O'Neil`: accepted,
		} {
			if got := field(add(name, fmt.Sprintf("p%x@entreprise.example", name)), "name"); got != rule {
				t.Errorf("%q: %q, want %q", name, got, rule)
			}
		}
		for email, rule := range map[string]string{
			"zw\u200b@example.test": "email", "İSTANBUL@example.test": "email", strings.Repeat("a", 65) + "@example.test": "email", "a\xe9@example.test": "email",
			"zw@example.test\u200b": accepted, "idn@exämple.test": accepted, strings.Repeat("a", 64) + "@example.test": accepted, "Élodie@example.test": accepted,
		} {
			if got := field(add("Awa", email), "email"); got != rule {
				t.Errorf("%q: %q, want %q", email, got, rule)
			}
		}
		for email, known := range map[string]string{
			"idn@xn--exmple-cua.test": "idn@xn--exmple-cua.test", "IDN@EXÄMPLE.test": "idn@xn--exmple-cua.test", "élodie@example.test": "élodie@example.test",
		} {
			if got := field(add("Awa", email), "email"); got != "taken" {
				t.Errorf("%q: %q, want a second account refused", email, got)
			}
			if a, err := c.FindByEmail(t.Context(), operator, " "+email+"\ufeff"); err != nil || a.Email != known {
				t.Errorf("%q: %+v, %v", email, a, err)
			}
		}
		c.hire("anouk")
		for _, typed := range []string{"anouk@entreprise.example\u200b", "\ufeffANOUK@entreprise.example ", "anouk@ENTREPRISE.example"} {
			if _, err := c.SignIn(t.Context(), nobody, accounts.SignInInput{Email: typed, Password: password}); err != nil {
				t.Errorf("%q: %v", typed, err)
			}
		}
	})
}
