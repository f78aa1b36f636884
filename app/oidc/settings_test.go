package oidc_test

import (
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/oidc"
)

func TestSettingsAreWholeAndPrivate(t *testing.T) {
	with := func(issuer string) oidc.Settings {
		return oidc.Settings{Issuer: issuer, ClientID: "echelon", ClientSecret: "secret"}
	}
	tests := []struct {
		name    string
		s       oidc.Settings
		says    string // of the error; empty when there is none
		enabled bool
	}{
		{"nothing at all", oidc.Settings{}, "", false},
		{"a name alone", oidc.Settings{Name: "Portail"}, "", false},
		{"everything", with("https://login.example.com"), "", true},
		{"a path and a slash at the end", with("https://login.example.com/realms/a/"), "", true},
		{"a port", with("https://login.example.com:8443"), "", true},
		{"http on this machine", with("http://localhost:8081/realms/a"), "", true},
		{"http on the loopback address", with("http://127.0.0.1:8081"), "", true},
		{"http on the other loopback address", with("http://[::1]:8081"), "", true},
		{"no issuer", oidc.Settings{ClientID: "a", ClientSecret: "b"}, "the issuer is missing", false},
		{"no client id", oidc.Settings{Issuer: "https://a.example", ClientSecret: "b"}, "the client id is missing", false},
		{"no client secret", oidc.Settings{Issuer: "https://a.example", ClientID: "a"}, "the client secret is missing", true},
		{"http elsewhere", with("http://login.example.com"), "must begin with https://", true},
		{"http on a name that looks like this machine", with("http://localhost.example.com"), "must begin with https://", true},
		{"another scheme", with("ftp://login.example.com"), "must begin with https://", true},
		{"no scheme", with("login.example.com"), "must be an address", true},
		{"no host", with("https:///realms/a"), "must be an address", true},
		{"a password", with("https://a:b@login.example.com"), "must be an address", true},
		{"no address", with("https://%zz"), "must be an address", true},
		{"a query", with("https://login.example.com?tenant=a"), "without ? and #", true},
		{"an empty query", with("https://login.example.com?"), "without ? and #", true},
		{"a fragment", with("https://login.example.com#a"), "without ? and #", true},
		{"an empty fragment", with("https://login.example.com#"), "without ? and #", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.s.Check()
			switch {
			case tt.says == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tt.says != "" && (!fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), tt.says)):
				t.Errorf("got %v, want %q", err, tt.says)
			}
			if tt.s.Enabled() != tt.enabled {
				t.Errorf("enabled is %t", tt.s.Enabled())
			}
		})
	}
}
