package smtp

import (
	"crypto/x509"

	"github.com/echelon-hr/echelon/app/mail"
)

// Trust makes a sender accept the certificates of a test's server.
func Trust(s mail.Sender, roots *x509.CertPool) {
	if s, ok := s.(*sender); ok {
		s.tls.RootCAs = roots
	}
}
