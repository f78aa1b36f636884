package smtp_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"
)

// mailServer is a real mail server within the test.
type mailServer struct {
	addr  string
	roots *x509.CertPool // that vouch for its certificate

	mu     sync.Mutex
	taken  []string // whole messages
	hellos []string
	asked  []string                     // addresses of RCPT TO
	refuse map[string]*gosmtp.SMTPError // by part of the conversation: "from", "to", "data"
	user   string                       // "" for nobody has to sign in
}

type serverOption func(*mailServer, *gosmtp.Server)

func withTLS(m *mailServer, s *gosmtp.Server) {
	web := httptest.NewUnstartedServer(nil) // for the certificate it brings, which names example.com and 127.0.0.1
	web.StartTLS()
	defer web.Close()
	s.TLSConfig = &tls.Config{Certificates: web.TLS.Certificates, MinVersion: tls.VersionTLS12}
	m.roots = x509.NewCertPool()
	m.roots.AddCert(web.Certificate())
}

func withUTF8(_ *mailServer, s *gosmtp.Server) { s.EnableSMTPUTF8 = true }

func withSignIn(m *mailServer, _ *gosmtp.Server) { m.user = "echelon" }

// serve starts a server on loopback at an address, "127.0.0.1:0" for any port; implicit speaks TLS from the first byte.
func serve(t *testing.T, addr string, implicit bool, options ...serverOption) *mailServer {
	t.Helper()
	m := &mailServer{refuse: map[string]*gosmtp.SMTPError{}}
	s := gosmtp.NewServer(gosmtp.BackendFunc(func(c *gosmtp.Conn) (gosmtp.Session, error) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.hellos = append(m.hellos, c.Hostname())
		return &session{server: m}, nil
	}))
	s.Domain, s.AllowInsecureAuth, s.ErrorLog = "mail.example.com", true, log.New(io.Discard, "", 0)
	for _, o := range options {
		o(m, s)
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	m.addr = l.Addr().String()
	if implicit {
		l = tls.NewListener(l, s.TLSConfig)
		s.TLSConfig = nil
	}
	done := make(chan struct{})
	go func() { _ = s.Serve(l); close(done) }()
	t.Cleanup(func() {
		_ = s.Close()
		_ = l.Close() // which a server that had not begun to serve does not know yet
		<-done
	})
	return m
}

func (m *mailServer) refused(part string, code int, enhanced gosmtp.EnhancedCode) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refuse[part] = &gosmtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: "no: https://secret.example/link"}
}

func (m *mailServer) answer(part string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.refuse[part]; e != nil {
		return e
	}
	return nil
}

func (m *mailServer) messages() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.taken...)
}

// session is one conversation.
type session struct {
	server   *mailServer
	signedIn bool
}

func (s *session) Mail(string, *gosmtp.MailOptions) error {
	if s.server.user != "" && !s.signedIn {
		return &gosmtp.SMTPError{Code: 530, EnhancedCode: gosmtp.EnhancedCode{5, 7, 0}, Message: "sign in first"}
	}
	return s.server.answer("from")
}

func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	s.server.mu.Lock()
	s.server.asked = append(s.server.asked, to)
	s.server.mu.Unlock()
	return s.server.answer("to")
}

func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.server.answer("data"); err != nil {
		return err
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.taken = append(s.server.taken, string(b))
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) AuthMechanisms() []string {
	if s.server.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.server.user || password != "p@ss/word" {
			return errors.New("wrong")
		}
		s.signedIn = true
		return nil
	}), nil
}

// received is a message as its reader's program would take it apart.
type received struct {
	header     netmail.Header
	subject    string
	text, html string
}

func read(t *testing.T, raw string) received {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	out := received{header: m.Header}
	if out.subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content %s, %v", kind, err)
	}
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil || p.Header.Get("Content-Transfer-Encoding") != "quoted-printable" {
			t.Fatalf("part %v, %v", p.Header, err)
		}
		text := strings.ReplaceAll(string(b), "\r\n", "\n")
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			out.html = text
		} else {
			out.text = text
		}
	}
}
