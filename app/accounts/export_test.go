package accounts

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/argon2id"
)

// Hashed is a password as it is stored.
func Hashed(password string) string {
	phc, err := sharedHasher.hash(context.Background(), password)
	if err != nil {
		panic(err)
	}
	return phc
}

// HashedCheaply is a password as some earlier release may have stored it.
func HashedCheaply(password string) string {
	phc, err := argon2id.CreateHash(password, &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		panic(err)
	}
	return phc
}

// Work records the parameters of every hash that a service compares a password with.
type Work struct {
	// Meanwhile happens once, while a password is compared.
	Meanwhile func()

	mu   sync.Mutex
	done []string
}

// Watch makes a service record its work.
func Watch(s *Service) *Work {
	w := &Work{}
	s.hasher = &hasher{slots: make(chan struct{}, 4), compare: func(password, phc string) (bool, *argon2id.Params, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.done = append(w.done, strings.Join(strings.Split(phc, "$")[:4], "$"))
		if happens := w.Meanwhile; happens != nil {
			w.Meanwhile = nil
			happens()
		}
		return argon2id.CheckHash(password, phc)
	}}
	return w
}

// Take returns what was recorded since it was last asked.
func (w *Work) Take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.done
	w.done = nil
	return out
}

// CheckPassword is the rule for new passwords.
func CheckPassword(password string, a Account) error { return checkPassword(password, a) }

// Failed is the throttle after one more failure.
func (t Throttle) Failed(free int, now time.Time) Throttle { return t.failed(free, now) }

// Wait is how long the throttle blocks.
func (t Throttle) Wait(now time.Time) time.Duration { return t.wait(now) }

// The limits that tests go up to.
const (
	FreeTriesAccount = freeTriesAccount
	FreeTriesAddress = freeTriesAddress
	LongestWait      = longestWait
	ForgetAfter      = forgetAfter
	FreshProof       = freshProof
)
