package accounts_test

import (
	"strings"
	"testing"
	"time"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/app/mail/maildb"
	"github.com/echelon-hr/echelon/app/testkit"
)

// boss is an administrator from elsewhere: what they make is told by letters.
var boss = actor.Actor{Kind: actor.Person, ID: "boss", Roles: []actor.Role{actor.Administrator}}

// outbox reads the newest letters as the demo does, without taking them.
func (c *company) outbox() []mail.Item {
	c.t.Helper()
	items, err := maildb.New(c.d.DB, c.clock, testkit.Key).Latest(c.t.Context(), 100)
	c.must(err)
	return items
}

// rows is everything that the database holds, as text.
func (c *company) rows() string {
	c.t.Helper()
	var all strings.Builder
	for _, table := range c.tables() {
		all.WriteString(c.dump(table))
	}
	return all.String()
}

// TestNoTableHoldsALinkInClear looks for the links that lie in the outbox in every column of every table.
func TestNoTableHoldsALinkInClear(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		invited := accounts.NewAccount{Email: address("zoe"), Name: "Zoé Quentin", Lang: lang.FR}
		if _, _, err := c.Create(t.Context(), boss, invited); err != nil {
			t.Fatal(err)
		}
		a := c.hire("camille")
		c.must(c.Forgot(t.Context(), nobody, address("camille")))
		if _, err := c.ResetProofs(t.Context(), boss, c.hire("karim").ID, accounts.ResetInput{}); err != nil {
			t.Fatal(err)
		}
		var tokens []string
		for _, it := range c.outbox() {
			if link := it.Letter.Details["link"]; link != "" {
				tokens = append(tokens, tokenOf(link))
			}
		}
		if len(tokens) != 3 {
			t.Fatalf("%d links lie in the outbox, want 3", len(tokens))
		}
		rows := c.rows()
		if !strings.Contains(rows, string(a.ID)) || !strings.Contains(rows, "Zoé Quentin") {
			t.Fatal("the tables were not read whole")
		}
		for _, token := range tokens {
			if strings.Contains(rows, token) || strings.Contains(rows, "/sign-in/password") {
				t.Error("a link lies in clear")
			}
		}
	})
}

// TestALinkThatIsOverIsForgottenByTheOutbox lets links end in every way there is.
func TestALinkThatIsOverIsForgottenByTheOutbox(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		left := func() (tokens []string) {
			for _, it := range c.outbox() {
				if it.State == mail.Queued && it.Letter.Details["link"] != "" {
					tokens = append(tokens, tokenOf(it.Letter.Details["link"]))
				}
			}
			return tokens
		}
		a := c.hire("camille")
		ask := func() string {
			t.Helper()
			c.must(c.Forgot(t.Context(), nobody, address("camille")))
			tokens := left()
			if len(tokens) != 1 {
				t.Fatalf("%d links lie in the outbox, want the last one", len(tokens))
			}
			return tokens[0]
		}
		first := ask()
		if second := ask(); second == first {
			t.Error("the link that was replaced is kept")
		}
		_, err := c.UseLink(t.Context(), nobody, ask(), fresh)
		c.must(err)
		if n := len(left()); n != 0 {
			t.Errorf("after one was used %d are kept", n)
		}
		ask()
		c.must(c.Disable(t.Context(), boss, a.ID))
		if n := len(left()); n != 0 {
			t.Errorf("of an account out of use %d are kept", n)
		}
		c.must(c.Enable(t.Context(), boss, a.ID))
		ask()
		c.wait(31 * time.Minute)
		c.must(maildb.New(c.d.DB, c.clock, testkit.Key).Sweep(t.Context()))
		if n := len(left()); n != 0 {
			t.Errorf("of those too old %d are kept", n)
		}
	})
}

func TestLinksAndSessionsThatAreOverAreRemoved(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		count := func(table string) int {
			n, err := c.d.NewSelect().Table(table).Count(t.Context())
			c.must(err)
			return int(n)
		}
		a := c.hire("camille")
		_, err := c.UseLink(t.Context(), nobody, c.forgets("camille"), fresh)
		c.must(err)
		c.forgets("camille")
		if n := count("links"); n < 2 {
			t.Fatalf("%d links", n)
		}
		c.hire("karim")
		for range 3 {
			c.enterWith(a, fresh)
		}
		c.wait(9 * 24 * time.Hour) // an invitation is good for a week
		c.forgets("karim")
		if n := count("links"); n != 1 {
			t.Errorf("%d links are left, want the new one", n)
		}
		c.enterWith(a, fresh)
		c.wait(accounts.IdleLimit + time.Second) // unused for too long, and far from their absolute limit
		c.enterWith(a, fresh)
		if n := count("sessions"); n != 1 {
			t.Errorf("%d sessions are left, want the new one", n)
		}
		c.wait(-2 * accounts.AbsoluteLimit) // the clock had run ahead
		c.enterWith(a, fresh)
		if n := count("sessions"); n != 1 {
			t.Errorf("%d sessions are left, want the new one", n)
		}
	})
}

// enterWith signs an account in by a password.
func (c *company) enterWith(a accounts.Account, password string) {
	c.t.Helper()
	_, err := c.SignIn(c.t.Context(), nobody, accounts.SignInInput{Email: a.Email, Password: password})
	c.must(err)
}
