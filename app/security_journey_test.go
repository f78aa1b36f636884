package app_test

import (
	"bytes"
	"errors"
	"html"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	netmail "net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"
	"github.com/pquerna/otp/totp"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/apptest"
	"github.com/echelon-hr/echelon/app/testkit"
)

// patience is how long a test waits for what another goroutine or process does.
const patience = 30 * time.Second

// eventually asks until something is so; it fails the test when it never is.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); time.Now().Before(end); <-tick.C {
		if so() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

// mailbox is a real mail server that keeps what it takes.
type mailbox struct {
	mu    sync.Mutex
	taken []string
}

// receive serves mail at an address of loopback, "127.0.0.1:0" for any port, and returns the address.
func receive(t *testing.T, at string) (*mailbox, string) {
	t.Helper()
	m := &mailbox{}
	server := gosmtp.NewServer(gosmtp.BackendFunc(func(*gosmtp.Conn) (gosmtp.Session, error) { return conversation{m}, nil }))
	server.Domain = "mail.example.com"
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(l)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		_ = l.Close() // a server that had not begun to serve does not know it yet
		<-ended
	})
	return m, l.Addr().String()
}

type conversation struct{ box *mailbox }

func (c conversation) Mail(string, *gosmtp.MailOptions) error { return nil }
func (c conversation) Rcpt(string, *gosmtp.RcptOptions) error { return nil }
func (c conversation) Reset()                                 {}
func (c conversation) Logout() error                          { return nil }

func (c conversation) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	c.box.mu.Lock()
	defer c.box.mu.Unlock()
	c.box.taken = append(c.box.taken, string(b))
	return nil
}

// to are the plain texts of the letters to an address so far.
func (m *mailbox) to(t *testing.T, address string) []string {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []string
	for _, raw := range m.taken {
		letter, err := netmail.ReadMessage(strings.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(letter.Header.Get("To"), address) {
			out = append(out, plainText(t, letter))
		}
	}
	return out
}

// plainText is the first part of a letter as it reads.
func plainText(t *testing.T, letter *netmail.Message) string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(letter.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	body, encoding := letter.Body, letter.Header.Get("Content-Transfer-Encoding")
	if strings.HasPrefix(kind, "multipart/") {
		part, err := multipart.NewReader(letter.Body, params["boundary"]).NextRawPart()
		if err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		body, encoding = part, part.Header.Get("Content-Transfer-Encoding")
	}
	if strings.EqualFold(encoding, "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var passwordLink = regexp.MustCompile(`/sign-in/password/[A-Za-z0-9_-]{43}`)

// linkTo waits for the n-th letter to an address that holds a link to choose a password, and returns the link.
func (m *mailbox) linkTo(t *testing.T, address string, n int) string {
	t.Helper()
	var links []string
	eventually(t, "a link reaches "+address, func() bool {
		links = passwordLink.FindAllString(strings.Join(m.to(t, address), "\n"), -1)
		links = slices.Compact(links)
		return len(links) >= n
	})
	return links[n-1]
}

// mailing are the settings that send letters to a server.
func mailing(address string) map[string]string {
	return map[string]string{"ECHELON_MAIL_URL": "smtp://" + address + "?starttls=none", "ECHELON_MAIL_FROM": "echelon@example.com"}
}

var (
	shownSecret   = regexp.MustCompile(`<code class="ec-secret"[^>]*>([A-Z2-7 ]+)</code>`)
	recoveryCodes = regexp.MustCompile(`<code>([a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4})</code>`)
)

// withCodes sets one-time codes up for somebody signed in. It returns their recovery codes, and what makes the code of
// the step after the one used up.
func withCodes(t *testing.T, v *apptest.Visitor) (recovery []string, next func() string) {
	t.Helper()
	seed := strings.ReplaceAll(html.UnescapeString(first(shownSecret, v.Get("/account/codes").Body)), " ", "")
	code := func(at time.Time) string {
		s, err := totp.GenerateCode(seed, at)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	a := v.Post("/account/codes", url.Values{"code": {code(time.Now())}})
	if a.Status != http.StatusOK {
		t.Fatalf("confirm codes: %d %.400s", a.Status, visible(a.Body))
	}
	for _, m := range recoveryCodes.FindAllStringSubmatch(a.Body, -1) {
		recovery = append(recovery, m[1])
	}
	if len(recovery) != 10 {
		t.Fatalf("%d recovery codes", len(recovery))
	}
	return recovery, func() string { return code(time.Now().Add(30 * time.Second)) }
}

// firstRun opens an empty database without the demo and makes its first administrator, with codes.
func firstRun(t *testing.T, s *apptest.Server) (admin *apptest.Visitor, recovery []string) {
	t.Helper()
	path, err := s.App.FirstRun(t.Context())
	if err != nil || !strings.HasPrefix(path, "/setup/") {
		t.Fatalf("the first run gives %q, %v", path, err)
	}
	admin = s.Visitor(t)
	a := admin.Post(path, url.Values{"name": {"Ada Premier"}, "email": {"ada@example.com"}, "password": {goodPassword}})
	if a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/account/codes" {
		t.Fatalf("set up: %d to %s: %.400s", a.Status, a.Header.Get("Location"), visible(a.Body))
	}
	if a := admin.Get("/admin/accounts"); a.Status != http.StatusForbidden || !strings.Contains(a.Body, "Votre rôle demande des codes à usage unique") {
		t.Errorf("before codes the accounts answer %d: %.300s", a.Status, visible(a.Body))
	}
	if a := s.Visitor(t).Post(path, url.Values{"name": {"Eve"}, "email": {"eve@example.com"}, "password": {goodPassword}}); a.Status != http.StatusNotFound {
		t.Errorf("the set-up link works twice: %d", a.Status)
	}
	recovery, _ = withCodes(t, admin)
	if a := admin.Get("/admin/accounts"); a.Status != http.StatusOK {
		t.Fatalf("with codes the accounts answer %d", a.Status)
	}
	return admin, recovery
}

// onEmptyDatabases runs a test against the product without the demo, sending letters to a server, on each database.
func onEmptyDatabases(t *testing.T, test func(t *testing.T, s *apptest.Server, m *mailbox)) {
	t.Helper()
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) {
			m, at := receive(t, "127.0.0.1:0")
			test(t, apptest.Serve(t, apptest.BuildWith(t, testkit.Address(t, kind), false, mailing(at))), m)
		})
	}
}

// TestFromTheFirstRunToTheSecondPerson walks the way of a company that begins.
func TestFromTheFirstRunToTheSecondPerson(t *testing.T) {
	onEmptyDatabases(t, func(t *testing.T, s *apptest.Server, m *mailbox) {
		admin, recovery := firstRun(t, s)
		if path, err := s.App.FirstRun(t.Context()); err != nil || path != "" {
			t.Errorf("a second first run gives %q, %v", path, err)
		}
		if body := admin.Get("/account").Body; strings.Contains(body, recovery[0]) {
			t.Error("recovery codes are shown again")
		}
		if a := admin.Get("/account/codes"); a.Status != http.StatusSeeOther || strings.Contains(a.Body, "ec-secret") {
			t.Errorf("the seed is shown again: %d", a.Status)
		}

		a := admin.Post("/admin/accounts", url.Values{"name": {"Basile Second"}, "email": {"Basile@Example.com"}, "lang": {"fr"}, "roles": {"hr"}})
		if a.Status != http.StatusSeeOther {
			t.Fatalf("create: %d %.400s", a.Status, visible(a.Body))
		}
		one := strings.TrimSuffix(a.Header.Get("Location"), "?done=created")
		invitation := m.linkTo(t, "basile@example.com", 1)
		basile := s.Visitor(t)
		if a := basile.Post("/sign-in", url.Values{"email": {"basile@example.com"}, "password": {""}}); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("without a password yet: %d", a.Status)
		}
		if a := basile.Post(invitation, url.Values{"password": {"court"}}); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("a short password: %d", a.Status)
		}
		if a := basile.Post(invitation, url.Values{"password": {goodPassword}}); a.Status != http.StatusSeeOther {
			t.Fatalf("choose: %d", a.Status)
		}
		if a := basile.Get(invitation); a.Status != http.StatusNotFound {
			t.Errorf("the invitation works twice: %d", a.Status)
		}
		basile = enter(t, s, "basile@example.com")
		if a := basile.Get("/pay/bands"); a.Status != http.StatusForbidden || !strings.Contains(a.Body, "codes à usage unique") {
			t.Errorf("a role without codes is not withheld: %d", a.Status)
		}
		codes, next := withCodes(t, basile)
		if a := basile.Get("/admin/journal"); a.Status != http.StatusOK {
			t.Errorf("with codes the role is not had: %d", a.Status)
		}

		checkRightsChange(t, admin, basile, one)
		checkSignInWithCodes(t, s, basile, codes, next)
	})
}

// checkRightsChange takes somebody's role away, and gives another with a perimeter: the next request knows.
func checkRightsChange(t *testing.T, admin, v *apptest.Visitor, one string) {
	t.Helper()
	if a := admin.Post(one+"/rights", url.Values{}); a.Status != http.StatusSeeOther {
		t.Fatalf("take the role: %d", a.Status)
	}
	if a := v.Get("/admin/journal"); a.Status != http.StatusForbidden {
		t.Errorf("the role is still had: %d", a.Status)
	}
	if a := admin.Post(one+"/rights", url.Values{"roles": {"hr"}, "whole": {"1"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("give the role: %d", a.Status)
	}
	if a := v.Get("/people/" + strings.TrimPrefix(one, "/admin/accounts/")); a.Status != http.StatusOK {
		t.Errorf("their own page answers %d", a.Status)
	}
}

// checkSignInWithCodes signs in from a second browser by a one-time code and from a third by a recovery code, each
// once, and throws the second out.
func checkSignInWithCodes(t *testing.T, s *apptest.Server, v *apptest.Visitor, recovery []string, next func() string) {
	t.Helper()
	if a := v.Post("/sign-out", nil); a.Status != http.StatusSeeOther || !isSignIn(v.Get("/account")) {
		t.Errorf("signing out answers %d", a.Status)
	}
	code := next()
	second := enter(t, s, "basile@example.com")
	if a := second.Post("/sign-in/code", url.Values{"code": {"000000"}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong code: %d", a.Status)
	}
	if a := second.Post("/sign-in/code", url.Values{"code": {code}}); a.Status != http.StatusSeeOther || second.Get("/account").Status != http.StatusOK {
		t.Fatalf("the code: %d", a.Status)
	}
	third := enter(t, s, "basile@example.com")
	if a := third.Post("/sign-in/code", url.Values{"code": {code}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("the same code again: %d", a.Status)
	}
	if a := third.Post("/sign-in/code", url.Values{"code": {recovery[3]}}); a.Status != http.StatusSeeOther || third.Get("/account").Status != http.StatusOK {
		t.Fatalf("a recovery code: %d", a.Status)
	}
	fourth := enter(t, s, "basile@example.com")
	if a := fourth.Post("/sign-in/code", url.Values{"code": {recovery[3]}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("the same recovery code again: %d", a.Status)
	}
	others := listed(third, "sessions", "end")
	if len(others) != 1 {
		t.Fatalf("other sessions are %v", others)
	}
	if a := third.Post("/account/sessions/"+others[0]+"/end", nil); a.Status != http.StatusSeeOther {
		t.Fatalf("end: %d", a.Status)
	}
	if !isSignIn(second.Get("/account")) || third.Get("/account").Status != http.StatusOK {
		t.Error("the other browser is still in, or this one is out")
	}
}

func TestAForgottenPasswordIsReplacedByALinkThatWorksOnce(t *testing.T) {
	onEmptyDatabases(t, func(t *testing.T, s *apptest.Server, m *mailbox) {
		addPerson(t, s, "odile@example.com", "Odile Ravel")
		v := enter(t, s, "odile@example.com")
		ask := func(letters int) string {
			t.Helper()
			if a := s.Visitor(t).Post("/sign-in/forgot", url.Values{"email": {"odile@example.com"}}); a.Status != http.StatusOK {
				t.Fatalf("ask: %d", a.Status)
			}
			return m.linkTo(t, "odile@example.com", letters)
		}
		early := ask(1) // which arrives before the next is asked for: a letter whose link was replaced is not sent
		link := ask(2)
		if a := s.Visitor(t).Get(early); a.Status != http.StatusNotFound {
			t.Errorf("the earlier link still works: %d", a.Status)
		}
		const other = "cinq bateaux dans la brume"
		if a := s.Visitor(t).Post(link, url.Values{"password": {other}}); a.Status != http.StatusSeeOther {
			t.Fatalf("use: %d", a.Status)
		}
		if a := s.Visitor(t).Post(link, url.Values{"password": {"a third password, which is long"}}); a.Status != http.StatusNotFound {
			t.Errorf("the link works twice: %d", a.Status)
		}
		if !isSignIn(v.Get("/account")) {
			t.Error("the session of before is still good")
		}
		for password, want := range map[string]int{goodPassword: http.StatusUnprocessableEntity, other: http.StatusSeeOther} {
			if a := s.Visitor(t).Post("/sign-in", url.Values{"email": {"odile@example.com"}, "password": {password}}); a.Status != want {
				t.Errorf("%q gives %d", password, a.Status)
			}
		}
		eventually(t, "a letter tells of the new password", func() bool { return len(m.to(t, "odile@example.com")) >= 3 })
	})
}

func TestLettersWaitForAMailServerThatIsDown(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	_ = l.Close() // nobody answers there
	s := apptest.Serve(t, apptest.BuildWith(t, testkit.Address(t, "sqlite"), false, mailing(at)))
	admin, _ := firstRun(t, s)
	if a := admin.Post("/admin/accounts", url.Values{"name": {"Basile Second"}, "email": {"basile@example.com"}, "lang": {"fr"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("create: %d", a.Status)
	}
	if a := admin.Get("/admin/outbox"); a.Status != http.StatusOK || !strings.Contains(a.Body, "basile@example.com") || passwordLink.MatchString(a.Body) {
		t.Errorf("the outbox answers %d without the letter, or with its link", a.Status)
	}
	// An attempt under way would put its next one off again after the update below.
	eventually(t, "each letter was tried", func() bool {
		n := -1
		err := s.App.DB.QueryRowContext(t.Context(), "SELECT count(*) FROM mails WHERE attempts = 0 OR claimed_until IS NOT NULL").Scan(&n)
		return err == nil && n == 0
	})
	m, _ := receive(t, at)
	if _, err := s.App.DB.ExecContext(t.Context(), "UPDATE mails SET next_at = created_at"); err != nil { // the next attempt is due now
		t.Fatal(err)
	}
	if a := s.Visitor(t).Post(m.linkTo(t, "basile@example.com", 1), url.Values{"password": {goodPassword}}); a.Status != http.StatusSeeOther {
		t.Errorf("the link of the late letter: %d", a.Status)
	}
	eventually(t, "the outbox says so", func() bool {
		return !strings.Contains(admin.Get("/admin/outbox?state=queued").Body, "basile@example.com")
	})
}

// record is a log that a test reads while others write to it.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(b)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// TestSecretsNeverReachTheLogs does what carries secrets, right and wrong, at the wordiest level, and looks for each
// of them in all that was logged.
func TestSecretsNeverReachTheLogs(t *testing.T) {
	m, at := receive(t, "127.0.0.1:0")
	values := mailing(at)
	values["ECHELON_DATABASE_URL"], values["ECHELON_ADDR"], values["ECHELON_LOG"] = testkit.Address(t, "sqlite"), "127.0.0.1:0", "debug"
	values["ECHELON_SECRET_KEY"] = "dGhlIGtleSBvZiB0aGUgdGVzdCBvZiB0aGUgbG9ncyE="
	settings, err := app.ReadSettings(func(name string) string { return values[name] })
	if err != nil {
		t.Fatal(err)
	}
	log, before := &record{}, slog.Default()
	slog.SetDefault(settings.Logger(log))
	t.Cleanup(func() { slog.SetDefault(before) })
	a, err := app.Open(t.Context(), settings, slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	if err := a.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := apptest.Serve(t, a)
	for what, secret := range secretsOf(t, s, m) {
		if secret == "" || strings.Contains(log.String(), secret) {
			t.Errorf("%s is in the log, or is not known: %q", what, secret)
		}
	}
	if !strings.Contains(log.String(), "/sign-in/password/:token") {
		t.Error("nothing was logged of using a link")
	}
}

// secretsOf lives through what carries secrets and returns them.
func secretsOf(t *testing.T, s *apptest.Server, m *mailbox) map[string]string {
	t.Helper()
	path, err := s.App.FirstRun(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v := s.Visitor(t)
	v.Post(path, url.Values{"name": {"Ada Premier"}, "email": {"ada@example.com"}, "password": {goodPassword}})
	seed := strings.ReplaceAll(first(shownSecret, v.Get("/account/codes").Body), " ", "")
	recovery, next := withCodes(t, v)
	token, sid := makeToken(t, v, "read"), session(t, v).Value
	bearer(s.Visitor(t), "/api/v1/me", token)
	bearer(s.Visitor(t), "/api/v1/me", "echelon_wrong-and-typed")
	const typed = "mistyped password of Ada"
	v.Post("/sign-in", url.Values{"email": {"ada@example.com"}, "password": {typed}})
	v.Post("/account/password", url.Values{"current": {typed}, "password": {"another good password of hers"}})
	s.Visitor(t).Post("/sign-in/forgot", url.Values{"email": {"ada@example.com"}})
	link := m.linkTo(t, "ada@example.com", 1)
	s.Visitor(t).Get(link)
	s.Visitor(t).Post(link, url.Values{"password": {"another good password of hers"}})
	s.Visitor(t).Get("/sign-in/password/none-such-token-was-ever-made")
	s.Visitor(t).Do("BREW", "/sign-in/password/none-such-token-was-ever-made", nil, nil)
	s.Visitor(t).Do(http.MethodPost, "/sign-in/password/none-such-token-was-ever-made", strings.NewReader(strings.Repeat("a", 2<<20)), nil)
	w, code := s.Visitor(t), next()
	w.Post("/sign-in", url.Values{"email": {"ada@example.com"}, "password": {"another good password of hers"}})
	half := session(t, w).Value
	w.Post("/sign-in/code", url.Values{"code": {recovery[0] + "x"}})
	if a := w.Post("/sign-in/code", url.Values{"code": {recovery[0]}}); a.Status != http.StatusSeeOther {
		t.Fatalf("sign in by recovery code: %d", a.Status)
	}
	return map[string]string{
		"the set-up link": strings.TrimPrefix(path, "/setup/"), "the password": goodPassword, "the next password": "another good password of hers", "a mistyped password": typed, "the seed": seed,
		"a recovery code": recovery[0], "an unused recovery code": recovery[1], "a one-time code": "code=" + code, "a token": token, "a wrong token": "echelon_wrong-and-typed", "a session": sid,
		"a session that waited": half, "a session after the code": session(t, w).Value, "a link": strings.TrimPrefix(link, "/sign-in/password/"), "a wrong link": "none-such-token-was-ever-made",
		"the key": "dGhlIGtleSBvZiB0aGUgdGVzdCBvZiB0aGUgbG9ncyE",
	}
}
