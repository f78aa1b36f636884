package smtp_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/app/mail/maildb"
	"github.com/echelon-hr/echelon/app/mail/smtp"
	"github.com/echelon-hr/echelon/app/testkit"
)

const from = "echelon@altiva.example"

func message() mail.Message {
	return mail.Message{
		ID: "0193-a", To: "awa@example.org", Name: "Awa Diop, née Élise", Subject: "Votre compte est prêt — à vous de jouer, où que vous soyez, dès aujourd’hui et même après",
		Text: "Bonjour Awa,\n\nL’équipe a créé votre compte : « déjà prêt ».\n.\nFin\n", HTML: "<p>L’équipe a créé votre compte : « déjà prêt ».</p>",
	}
}

func sender(t *testing.T, address string) mail.Sender {
	t.Helper()
	s, err := smtp.New(address, from)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestMessageArrivesWithItsAccents(t *testing.T) {
	server := serve(t, "127.0.0.1:0", false)
	if err := sender(t, "smtp://"+server.addr).Send(t.Context(), message()); err != nil {
		t.Fatal(err)
	}
	if len(server.messages()) != 1 {
		t.Fatalf("%d messages", len(server.messages()))
	}
	got := read(t, server.messages()[0])
	if diff := cmp.Diff(message(), mail.Message{ID: message().ID, To: message().To, Name: message().Name, Subject: got.subject, Text: got.text, HTML: got.html}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	to, err := got.header.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Address != message().To || to[0].Name != message().Name {
		t.Errorf("to %v, %v", to, err)
	}
	for name, want := range map[string]string{"From": "<" + from + ">", "Auto-Submitted": "auto-generated", "Message-Id": "<0193-a@altiva.example>"} {
		if got.header.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, got.header.Get(name), want)
		}
	}
	if date, err := got.header.Date(); err != nil || date.IsZero() {
		t.Errorf("date %v, %v", date, err)
	}
	if !slices.Equal(server.hellos, []string{"altiva.example"}) {
		t.Errorf("we said to be %q", server.hellos)
	}
}

func TestOwnNameCanBeChosen(t *testing.T) {
	server := serve(t, "127.0.0.1:0", false)
	if err := sender(t, "smtp://"+server.addr+"?helo=hr.altiva.example").Send(t.Context(), message()); err != nil || !slices.Equal(server.hellos, []string{"hr.altiva.example"}) {
		t.Errorf("%v, %q", err, server.hellos)
	}
}

// refusal takes an error of a sender apart.
func refusal(t *testing.T, err error) *mail.Refusal {
	t.Helper()
	r := (*mail.Refusal)(nil)
	if !errors.As(err, &r) {
		t.Fatalf("error %v is no refusal", err)
	}
	for _, secret := range []string{"secret.example", "p@ss", "p%40ss", "wrong-word"} {
		if strings.Contains(r.Error(), secret) || strings.Contains(r.Problem.String(), secret) {
			t.Errorf("%q is told: %v", secret, r)
		}
	}
	return r
}

func TestRefusalsSayWhatWasRefused(t *testing.T) {
	for _, tt := range []struct {
		name, part string
		code       int
		enhanced   gosmtp.EnhancedCode
		want       mail.Problem
		permanent  bool
	}{
		{"a recipient who is not known", "to", 550, gosmtp.EnhancedCode{5, 1, 1}, mail.Problem{Cause: mail.RecipientRefused, Status: "550 5.1.1"}, true},
		{"a recipient for the moment", "to", 451, gosmtp.EnhancedCode{4, 7, 1}, mail.Problem{Cause: mail.RecipientRefused, Status: "451 4.7.1"}, false},
		{"a recipient for the moment, greylisted", "to", 450, gosmtp.EnhancedCode{4, 2, 0}, mail.Problem{Cause: mail.RecipientRefused, Status: "450 4.2.0"}, false},
		{"relaying", "to", 550, gosmtp.EnhancedCode{5, 7, 1}, mail.Problem{Cause: mail.PassageRefused, Status: "550 5.7.1"}, false},
		{"a mailbox that is full", "to", 552, gosmtp.EnhancedCode{5, 2, 2}, mail.Problem{Cause: mail.MailboxRefused, Status: "552 5.2.2"}, false},
		{"a mailbox that is closed", "to", 550, gosmtp.EnhancedCode{5, 2, 1}, mail.Problem{Cause: mail.MailboxRefused, Status: "550 5.2.1"}, false},
		{"other letters than ASCII's", "to", 553, gosmtp.EnhancedCode{5, 6, 7}, mail.Problem{Cause: mail.LettersRefused, Status: "553 5.6.7"}, false},
		{"a host that is not known", "to", 550, gosmtp.EnhancedCode{5, 1, 2}, mail.Problem{Cause: mail.RecipientRefused, Status: "550 5.1.2"}, true},
		{"a host that takes no mail", "to", 556, gosmtp.EnhancedCode{5, 1, 10}, mail.Problem{Cause: mail.RecipientRefused, Status: "556 5.1.10"}, true},
		{"a system in trouble", "to", 550, gosmtp.EnhancedCode{5, 3, 0}, mail.Problem{Cause: mail.RecipientRefused, Status: "550 5.3.0"}, false},
		{"a recipient, without saying more", "to", 550, gosmtp.NoEnhancedCode, mail.Problem{Cause: mail.RecipientRefused, Status: "550"}, true},
		{"a full mailbox, without saying more", "to", 552, gosmtp.NoEnhancedCode, mail.Problem{Cause: mail.MailboxRefused, Status: "552"}, false},
		{"the transaction, without saying more", "to", 554, gosmtp.NoEnhancedCode, mail.Problem{Cause: mail.RecipientRefused, Status: "554"}, false},
		{"our own address", "from", 553, gosmtp.EnhancedCode{5, 1, 8}, mail.Problem{Cause: mail.SenderRefused, Status: "553 5.1.8"}, false},
		{"what it says", "data", 554, gosmtp.EnhancedCode{5, 7, 1}, mail.Problem{Cause: mail.LetterRefused, Status: "554 5.7.1"}, false},
		{"whoever has not signed in", "from", 530, gosmtp.EnhancedCode{5, 7, 0}, mail.Problem{Cause: mail.SignInRefused, Status: "530 5.7.0"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := serve(t, "127.0.0.1:0", false)
			server.refused(tt.part, tt.code, tt.enhanced)
			r := refusal(t, sender(t, "smtp://"+server.addr).Send(t.Context(), message()))
			if r.Problem != tt.want || r.Permanent != tt.permanent {
				t.Errorf("%+v", r)
			}
		})
	}
}

// Whatever somebody is called, they get the letter, under that name.
func TestNamesArriveAsTheyAre(t *testing.T) {
	server := serve(t, "127.0.0.1:0", false)
	for i, name := range []string{
		`Jean Dupont \`, `"Dupont`, `Jean "JJ Dupont`, `Anne "Nan" O'Neil`, `C:\Users`, "Dupont, Marie", `x" <eve@example.org>, "y`, "a@b.example", "", "Élise",
		strings.Repeat("Œdipe Ævar Ångström ", 6) + "Ÿ", strings.Repeat("x", 120), "山田 太郎", "=?utf-8?q?=41?=", "(Comment) Name", "Bcc: eve@example.org",
	} {
		m := message()
		m.Name = name
		if err := sender(t, "smtp://"+server.addr).Send(t.Context(), m); err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		got := read(t, server.messages()[i])
		to, err := got.header.AddressList("To")
		if err != nil || len(to) != 1 || to[0].Address != m.To || to[0].Name != name || len(got.header["Bcc"]) > 0 {
			t.Errorf("%q: %q, %v", name, got.header["To"], err)
		}
		for line := range strings.Lines(server.messages()[i]) {
			if len(line) > 1000 || strings.HasPrefix(line, "To:") && len(line) > 200 {
				t.Errorf("%q: a line of %d bytes", name, len(line))
			}
		}
	}
}

func TestHostsAreAskedForInASCII(t *testing.T) {
	server := serve(t, "127.0.0.1:0", false)
	s, err := smtp.New("smtp://"+server.addr, "echelon@exämple.test")
	if err != nil {
		t.Fatal(err)
	}
	m := message()
	m.To = "idn@exämple.test" // as it may be stored from before
	if err := s.Send(t.Context(), m); err != nil || !slices.Equal(server.asked, []string{"idn@xn--exmple-cua.test"}) || !slices.Equal(server.hellos, []string{"xn--exmple-cua.test"}) {
		t.Errorf("%v, asked %q, said to be %q", err, server.asked, server.hellos)
	}
}

func TestLettersBeforeTheAtNeedAServerThatTakesThem(t *testing.T) {
	m := message()
	m.To = "élise@example.test"
	server := serve(t, "127.0.0.1:0", false)
	r := refusal(t, sender(t, "smtp://"+server.addr).Send(t.Context(), m))
	if r.Problem != (mail.Problem{Cause: mail.LettersRefused}) || r.Permanent || len(server.asked) != 0 {
		t.Errorf("%+v, asked %q", r, server.asked)
	}
	server = serve(t, "127.0.0.1:0", false, withUTF8)
	if err := sender(t, "smtp://"+server.addr).Send(t.Context(), m); err != nil || !slices.Equal(server.asked, []string{m.To}) {
		t.Errorf("%v, asked %q", err, server.asked)
	}
}

// The words after a code are optional; a server that says none gets the letter too.
func TestAServerOfFewWords(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	heard := make(chan string, 1)
	go func() { heard <- fewWords(l) }()
	if err := sender(t, "smtp://"+l.Addr().String()).Send(t.Context(), message()); err != nil {
		t.Error(err, errors.Unwrap(err))
	}
	if said := <-heard; !strings.Contains(said, "RCPT TO:<awa@example.org>") || !strings.Contains(said, "Auto-Submitted") {
		t.Errorf("heard %q", said)
	}
}

// fewWords answers one conversation with codes alone and returns what it heard.
func fewWords(l net.Listener) string {
	conn, err := l.Accept()
	if err != nil {
		return err.Error()
	}
	defer func() { _ = conn.Close() }()
	heard, inData := "", false
	_, _ = io.WriteString(conn, "220\r\n")
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		line := lines.Text()
		heard += line + "\n"
		answer := "250\r\n"
		switch {
		case inData && line != ".":
			continue
		case strings.HasPrefix(line, "DATA"):
			answer = "354\r\n"
		case line == "QUIT":
			_, _ = io.WriteString(conn, "221\r\n")
			return heard
		}
		inData = answer == "354\r\n"
		_, _ = io.WriteString(conn, answer)
	}
	return heard
}

func TestAddressThatIsNoneIsRefusedForGoodAndNoServerBlamed(t *testing.T) {
	server := serve(t, "127.0.0.1:0", false)
	for _, to := range []string{"", "awa", "awa@example.org\r\nBcc: eve@example.org"} {
		m := message()
		m.To = to
		if r := refusal(t, sender(t, "smtp://"+server.addr).Send(t.Context(), m)); r.Problem.Cause != mail.NoAddress || !r.Permanent {
			t.Errorf("%q: %+v", to, r)
		}
	}
	if len(server.hellos) != 0 {
		t.Errorf("the server was asked: %q", server.hellos)
	}
}

func TestConnections(t *testing.T) {
	const login = "echelon:p%40ss%2Fword@"
	for _, tt := range []struct {
		name            string
		implicit        bool
		options         []serverOption
		scheme, user, q string
		trust           bool
		want            mail.Cause // "" for delivered
	}{
		{"TLS from the first byte", true, []serverOption{withTLS}, "smtps://", "", "", true, ""},
		{"TLS from the first byte, signed in", true, []serverOption{withTLS, withSignIn}, "smtps://", login, "", true, ""},
		{"a certificate nobody vouches for", true, []serverOption{withTLS}, "smtps://", "", "", false, mail.Unprotected},
		{"a server that does not speak TLS", false, nil, "smtps://", "", "", true, mail.Unprotected},
		{"STARTTLS required and offered", false, []serverOption{withTLS}, "smtp://", "", "?starttls=required", true, ""},
		{"STARTTLS required, signed in", false, []serverOption{withTLS, withSignIn}, "smtp://", login, "?starttls=required", true, ""},
		{"STARTTLS required and not offered", false, nil, "smtp://", "", "?starttls=required", true, mail.Unprotected},
		{"STARTTLS with a certificate nobody vouches for", false, []serverOption{withTLS}, "smtp://", "", "?starttls=required", false, mail.Unprotected},
		{"on loopback STARTTLS as it comes", false, []serverOption{withTLS}, "smtp://", "", "", false, ""},
		{"on loopback without any TLS", false, nil, "smtp://", "", "", false, ""},
		{"on loopback TLS declined", false, []serverOption{withTLS}, "smtp://", "", "?starttls=none", false, ""},
		{"on loopback signed in without TLS", false, []serverOption{withSignIn}, "smtp://", login, "", false, ""},
		{"a wrong password", false, []serverOption{withTLS, withSignIn}, "smtp://", "echelon:wrong-word@", "?starttls=required", true, mail.SignInRefused},
		{"a password for a server that asks for none", false, []serverOption{withTLS}, "smtp://", login, "?starttls=required", true, mail.SignInRefused},
		{"no password for a server that asks for one", false, []serverOption{withSignIn}, "smtp://", "", "", true, mail.SignInRefused},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := serve(t, "127.0.0.1:0", tt.implicit, tt.options...)
			s := sender(t, tt.scheme+tt.user+server.addr+tt.q)
			if tt.trust {
				smtp.Trust(s, server.roots)
			}
			err := s.Send(t.Context(), message())
			if tt.want == "" {
				if err != nil || len(server.messages()) != 1 {
					t.Errorf("%d delivered: %v, %v", len(server.messages()), err, errors.Unwrap(err))
				}
				return
			}
			if r := refusal(t, err); r.Problem.Cause != tt.want || r.Permanent || len(server.messages()) != 0 {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestServerThatFallsSilentIsLeftWhenTimeIsUp(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		conn, err := l.Accept() // and says nothing
		if err == nil {
			defer func() { _ = conn.Close() }()
		}
		cancel()
		<-t.Context().Done()
	}()
	if r := refusal(t, sender(t, "smtp://"+l.Addr().String()).Send(ctx, message())); r.Problem.Cause != mail.Unreachable {
		t.Errorf("%+v", r)
	}
}

func TestBadAddressesAreToldWithoutTheirPassword(t *testing.T) {
	for _, address := range []string{
		"", "mail.example.org", "http://u:s3cret@h", "smtp://", "smtp://u:s3cret@:25", "smtps://u:s3cret@h:99999", "smtps://u:s3cret@h:0", "smtps://u:s3%zzcret@h", "smtps://u:s3 cret/x@h:p",
		"smtps://u:s3cret@h/path", "smtps://u:s3cret@h?starttls=none", "smtp://u:s3cret@h?starttls=never", "smtp://u:s3cret@h?starttls=none", "smtp://u:s3cret@h?password=s3cret",
		"smtps://:s3cret@h", "smtps://u@h", "smtps://u:s3cret@h#s3cret", "smtp://h?helo=a%20b",
	} {
		_, err := smtp.New(address, from)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", address, err)
			continue
		}
		if strings.Contains(err.Error(), "s3") || strings.Contains(err.Error(), "cret") {
			t.Errorf("%q: the error repeats the password: %v", address, err)
		}
	}
	for _, bad := range []string{"", "echelon", "Echelon <echelon@altiva.example>"} {
		if _, err := smtp.New("smtps://h", bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("from %q: %v", bad, err)
		}
	}
	if _, err := smtp.New("smtp://u:p@[::1]:25?starttls=none&helo=x.example", from); err != nil {
		t.Error(err)
	}
}

func TestPlaceShowsNoPassword(t *testing.T) {
	for address, want := range map[string]string{
		"smtps://u:s3cret@mail.example.org:465": "smtps://mail.example.org:465", "smtp://localhost?starttls=none": "smtp://localhost", "": "", "smtp://%zz": "",
	} {
		if got := smtp.Place(address); got != want {
			t.Errorf("%q: %q", address, got)
		}
	}
}

// What is put while the mail server is down is kept, tried again, and delivered once when it is up.
func TestServerDownThenUpDeliversOnce(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addr := l.Addr().String()
		_ = l.Close() // nobody listens there now
		now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
		store := maildb.New(d.DB, func() time.Time { return now }, testkit.Key)
		compose := func(_ context.Context, l mail.Letter) (string, string, string, error) {
			return "Essai", "à " + l.Name, "<p>", nil
		}
		w := mail.NewWorker(store, sender(t, "smtp://"+addr), compose, func() time.Time { return now }, slog.New(slog.DiscardHandler))
		for range 2 {
			if err := store.Put(t.Context(), mail.Letter{Kind: mail.Trial, To: "awa@example.org", Name: "Élise", Lang: lang.FR}); err != nil {
				t.Fatal(err)
			}
		}
		if n := w.DeliverDue(t.Context()); n != 1 {
			t.Errorf("%d letters tried on a server that is down, want one", n)
		}
		waiting, err := store.List(t.Context(), mail.Query{State: mail.Queued, Limit: 10})
		if err != nil || len(waiting) != 2 || waiting[1].Problem.Cause != mail.Unreachable {
			t.Fatalf("waiting: %+v, %v", waiting, err)
		}
		server := serve(t, addr, false)
		if n := w.DeliverDue(t.Context()); n != 1 {
			t.Errorf("%d letters dealt with, want the one that is due", n)
		}
		now = now.Add(time.Minute)
		if n := w.DeliverDue(t.Context()); n != 1 {
			t.Errorf("a minute later %d letters dealt with, want the other", n)
		}
		now = now.Add(100 * time.Hour)
		if n := w.DeliverDue(t.Context()); n != 0 || len(server.messages()) != 2 {
			t.Errorf("%d more, %d messages in all", n, len(server.messages()))
		}
	})
}
