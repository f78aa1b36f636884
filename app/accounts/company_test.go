package accounts_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/accounts/accountsdb"
	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/audit/auditdb"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/app/mail/maildb"
	"github.com/echelon-hr/echelon/app/secret"
	"github.com/echelon-hr/echelon/app/testkit"
)

var (
	operator = actor.CommandLine()
	nobody   = actor.Nobody()
	start    = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)
)

// password is everybody's: hashed once, since that takes a while by design.
const password = "seven quiet herons"

var hashed = sync.OnceValue(func() string { return accounts.Hashed(password) })

// company is a service over a database, with a clock that tests set.
type company struct {
	t  *testing.T
	d  *db.DB
	st *accountsdb.Store
	*accounts.Service

	key secret.Key
	mu  sync.Mutex
	now time.Time
}

// inCompany runs a test in a company of its own on each database.
func inCompany(t *testing.T, test func(t *testing.T, c *company)) {
	t.Helper()
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) { test(t, found(t, d)) })
}

func found(t *testing.T, d *db.DB) *company {
	t.Helper()
	c := &company{t: t, d: d, key: secret.New(), now: start}
	c.st = c.over(d)
	c.Service = c.process(c.key, false)
	c.must(auditdb.New(d.DB, c.clock, testkit.Key).Sign(t.Context()))
	return c
}

// over is the company's store over a pool of connections.
func (c *company) over(d *db.DB) *accountsdb.Store {
	return accountsdb.New(d.DB, acttest.Parts(c.clock))
}

// process is one more service on the same database, as another process has it.
func (c *company) process(key secret.Key, demo bool) *accounts.Service {
	return accounts.NewService(accounts.Parts{Store: c.st, Now: c.clock, Key: key, Demo: demo})
}

func (c *company) clock() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// wait sets the clock forward, or back.
func (c *company) wait(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// day is a date, counted from today.
func (c *company) day(n int) string { return c.clock().AddDate(0, 0, n).Format(time.DateOnly) }

// address is the e-mail address of a first name.
func address(first string) string { return first + "@entreprise.example" }

// hire makes an account that has everybody's password.
func (c *company) hire(first string, roles ...actor.Role) accounts.Account {
	c.t.Helper()
	id, _, err := c.Create(c.t.Context(), operator, accounts.NewAccount{
		Email: address(first), Name: strings.ToUpper(first[:1]) + first[1:] + " Élysée", Lang: lang.FR, Roles: roles,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.st.PutPassword(c.t.Context(), id, hashed(), c.clock()); err != nil {
		c.t.Fatal(err)
	}
	return c.account(id)
}

func (c *company) account(id actor.PersonID) accounts.Account {
	c.t.Helper()
	a, err := c.st.Account(c.t.Context(), id)
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

// All is the list of accounts, of which tests have few.
func (c *company) All(ctx context.Context, a actor.Actor) ([]accounts.Account, error) {
	page, err := c.List(ctx, a, accounts.AccountFilter{})
	return page.Items, err
}

// enter signs somebody in through a provider, which costs no hash, and returns the session's token.
func (c *company) enter(a accounts.Account, multi bool) string {
	c.t.Helper()
	const issuer = "https://id.example"
	if _, err := c.st.Identity(c.t.Context(), issuer, string(a.ID)); err != nil {
		c.must(c.st.AddIdentity(c.t.Context(), accounts.Identity{Issuer: issuer, Subject: string(a.ID), Account: a.ID, LinkedAt: c.clock()}))
	}
	out, err := c.SignInProvided(c.t.Context(), nobody, accounts.Provided{Issuer: issuer, Subject: string(a.ID), Multi: multi, Agent: "Firefox, Linux"})
	c.must(err)
	return out.Token
}

// who is whom a session's token stands for now.
func (c *company) who(token string) actor.Actor {
	c.t.Helper()
	a, err := c.Resume(c.t.Context(), nobody, token)
	c.must(err)
	return a
}

// as is somebody signed in with a second factor.
func (c *company) as(a accounts.Account) actor.Actor {
	c.t.Helper()
	who := c.who(c.enter(a, true))
	if who.Kind != actor.Person {
		c.t.Fatalf("%s is %+v", a.Name, who)
	}
	return who
}

// signIn signs somebody in with a password.
func (c *company) signIn(first, with string) (accounts.Opened, error) {
	return c.SignIn(c.t.Context(), nobody, accounts.SignInInput{Email: address(first), Password: with, Agent: "Firefox, Linux"})
}

// enrol sets up codes for an actor and returns the seed and the recovery codes.
func (c *company) enrol(a actor.Actor) (seed string, recovery []string) {
	c.t.Helper()
	e, err := c.BeginCodes(c.t.Context(), a)
	c.must(err)
	recovery, err = c.ConfirmCodes(c.t.Context(), a, c.code(e.Secret, 0))
	c.must(err)
	return e.Secret, recovery
}

// code is what an authenticator shows, some steps from now.
func (c *company) code(seed string, steps int) string {
	c.t.Helper()
	code, err := totp.GenerateCode(seed, c.clock().Add(time.Duration(steps)*30*time.Second))
	c.must(err)
	return code
}

func (c *company) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// dump is all that a table holds, as text, a cell a line.
func (c *company) dump(table string) string {
	c.t.Helper()
	var rows []map[string]any
	c.must(c.d.NewRaw("SELECT * FROM ?", bun.Ident(table)).Scan(c.t.Context(), &rows))
	var cells []string
	for _, row := range rows {
		for column, value := range row {
			if raw, ok := value.([]byte); ok {
				value = string(raw)
			}
			cells = append(cells, fmt.Sprintf("%s=%v\n", column, value))
		}
	}
	slices.Sort(cells)
	return strings.Join(cells, "")
}

// tables are all but those of the migrations.
func (c *company) tables() []string {
	c.t.Helper()
	query := "SELECT name FROM sqlite_master WHERE type = 'table'"
	if !c.d.Embedded() {
		query = "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()"
	}
	var names []string
	c.must(c.d.NewRaw(query).Scan(c.t.Context(), &names))
	names = slices.DeleteFunc(names, func(n string) bool { return strings.HasPrefix(n, "bun_") || strings.HasPrefix(n, "sqlite_") })
	if len(names) < 15 {
		c.t.Fatalf("tables: %v", names)
	}
	return names
}

// journal are the actions of the journal from an entry on, oldest first.
func (c *company) journal(from int) []string {
	c.t.Helper()
	var out []string
	for _, e := range c.entries()[from:] {
		out = append(out, e.Action)
	}
	return out
}

func (c *company) entries() []audit.Entry {
	c.t.Helper()
	out, err := auditdb.New(c.d.DB, c.clock, testkit.Key).Entries(c.t.Context(), audit.Query{All: true, Oldest: true, Limit: 1000})
	c.must(err)
	return out
}

// letters are what waits in the outbox, oldest first.
func (c *company) letters() []mail.Letter {
	c.t.Helper()
	items, err := maildb.New(c.d.DB, c.clock, testkit.Key).Claim(c.t.Context(), 1000, c.clock())
	c.must(err)
	var out []mail.Letter
	for _, x := range items {
		out = append(out, x.Letter)
	}
	return out
}

// kinds are the kinds of letters.
func kinds(list []mail.Letter) []mail.Kind {
	var out []mail.Kind
	for _, l := range list {
		out = append(out, l.Kind)
	}
	return out
}

// path takes the token out of the path of a link.
func tokenOf(path string) string { return path[strings.LastIndex(path, "/")+1:] }

// field is the rule that an Invalid fault names for a field.
func field(err error, path string) string {
	if !fault.Is(err, fault.Invalid) {
		return fmt.Sprintf("no Invalid fault: %v", err)
	}
	for _, f := range fault.Of(err).Fields {
		if f.Path == path {
			return f.Rule
		}
	}
	return fmt.Sprintf("no such field: %v", err)
}

// hidden checks that something is not found, for a reason that the journal learns of.
func hidden(t *testing.T, err error, action access.Action) {
	t.Helper()
	if got := refused(err); !fault.Is(err, fault.NotFound) || got != action {
		t.Errorf("want NotFound for a refusal of %s, got %v (%s)", action, err, got)
	}
}

// race runs functions at once and returns their errors.
func race(fns ...func() error) []error {
	out := make([]error, len(fns))
	var ready, done sync.WaitGroup
	ready.Add(len(fns))
	for i, fn := range fns {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			out[i] = fn()
		})
	}
	done.Wait()
	return out
}

// one checks that exactly one of some racers won, and how the others lost.
func one(t *testing.T, errs []error, code string) {
	t.Helper()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if fault.Of(err).Code != code {
			t.Errorf("lost by %v, want %s", err, code)
		}
	}
	if won != 1 {
		t.Errorf("%d of %d won: %v", won, len(errs), errs)
	}
}
