package oidc

// IdentityOf judges the payload of a token whose signature is in order.
func IdentityOf(s Settings, nonce string, payload []byte) (Identity, error) {
	c, err := parseClaims(payload)
	if err != nil {
		return Identity{}, err
	}
	return c.identity(s, nonce)
}
