package smtp

import (
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/mailbox"
)

// server is what the address of a mail server says.
type server struct {
	host           string
	port           int
	implicit       bool // TLS from the first byte
	policy         gomail.TLSPolicy
	user, password string
	helo           string
}

func (s server) addr() string { return net.JoinHostPort(s.host, strconv.Itoa(s.port)) }

// clear tells whether the password may travel without TLS; parse allows it on loopback only.
func (s server) clear() bool { return !s.implicit && s.policy != gomail.TLSMandatory }

// Place names a mail server for people, without user and password: "smtps://host:465". An address that cannot be
// read gives "".
func Place(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

func bad(what string) error { return fault.New(fault.Invalid, "mail.address", "%s", what) }

// parse reads the address; its errors never repeat it, since it may hold a password.
func parse(address, from string) (server, error) {
	sender, err := netmail.ParseAddress(from)
	if err != nil || sender.Address != from {
		return server{}, bad("the address that mail is sent from must be a plain e-mail address, such as echelon@example.org")
	}
	u, err := url.Parse(address)
	if err != nil {
		return server{}, bad("the address of the mail server cannot be read: write it as smtps://user:password@host:465, " +
			"with special characters of the password percent-encoded")
	}
	s := server{host: u.Hostname(), user: u.User.Username(), policy: gomail.TLSMandatory}
	s.password, _ = u.User.Password()
	if s.host == "" || strings.ContainsAny(s.host, " ,;/@<>\"'\\") || strings.Trim(u.Path, "/") != "" ||
		strings.Contains(address, "#") {
		return server{}, bad(
			"the address of the mail server must be a scheme, a host and perhaps a port, such as smtps://host:465",
		)
	}
	if (s.user == "") != (s.password == "") {
		return server{}, bad("the address of the mail server must hold both a user and a password, or neither")
	}
	if err := s.readScheme(u); err != nil {
		return server{}, err
	}
	if s.port, err = readPort(u.Port(), s.usualPort()); err != nil {
		return server{}, err
	}
	return s, s.readQuery(u.Query(), sender.Address)
}

func (s *server) readScheme(u *url.URL) error {
	switch u.Scheme {
	case "smtps":
		s.implicit, s.policy = true, gomail.NoTLS // no second one within
	case "smtp":
		if loopback(s.host) {
			s.policy = gomail.TLSOpportunistic
		}
	default:
		return bad("the address of the mail server must start with smtp:// or smtps://")
	}
	return nil
}

// usualPort is 465 for TLS from the first byte, 587 for those who sign in, 25 between servers (RFC 8314, RFC 6409).
func (s *server) usualPort() int {
	switch {
	case s.implicit:
		return 465
	case s.user != "":
		return 587
	default:
		return 25
	}
}

func readPort(text string, usual int) (int, error) {
	if text == "" {
		return usual, nil
	}
	port, err := strconv.Atoi(text)
	if err != nil || port < 1 || port > 65535 {
		return 0, bad("the port of the mail server must be a number from 1 to 65535")
	}
	return port, nil
}

func (s *server) readQuery(q url.Values, from string) error {
	if address, ok := mailbox.Canonical(from); ok { // the name we give ourselves is ASCII
		from = address
	}
	_, s.helo, _ = strings.Cut(from, "@")
	for name := range q {
		value := q.Get(name)
		switch {
		case name == "helo" && value != "" && !strings.ContainsAny(value, " \r\n\t"):
			s.helo = value
		case name == "starttls" && value == "required" && !s.implicit:
			s.policy = gomail.TLSMandatory
		case name == "starttls" && value == "none" && !s.implicit:
			s.policy = gomail.NoTLS
		default:
			return bad("the address of the mail server may be followed by helo=NAME and, with smtp://, by starttls=required " +
				"or starttls=none, and by nothing else")
		}
	}
	if s.user != "" && s.policy == gomail.NoTLS && !s.implicit && !loopback(s.host) {
		return bad("a password must not travel unprotected: leave out starttls=none, or leave out user and password")
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
