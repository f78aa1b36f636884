package testkit

import "github.com/echelon-hr/echelon/app/secret"

// KeyText is the secret key of tests that need one and do not say which, the same in every process.
const KeyText = "c2VjcmV0IG9mIHRoZSB0ZXN0cywgMzIgYnl0ZXMhISE="

// Key is the key of KeyText.
var Key = key()

func key() secret.Key {
	k, err := secret.Parse(KeyText)
	if err != nil {
		panic(err) // it is a constant
	}
	return k
}
