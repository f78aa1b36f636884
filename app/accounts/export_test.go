package accounts

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/echelon-hr/echelon/app/actor"
)

// Hashed is a password as it is stored.
func Hashed(password string) string {
	phc, err := place{newHasher(1, 0)}.hash(context.Background(), password)
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
	// Each happens before every comparison, in its slot.
	Each func()

	mu   sync.Mutex
	done []string
}

// Watch makes a service record its work, which happens on four slots.
func Watch(s *Service) *Work { return WatchQueue(s, 4, 1000) }

// WatchQueue does the same with as many slots and places to wait as told.
func WatchQueue(s *Service, slots, waiting int) *Work {
	w := &Work{}
	s.hasher = newHasher(slots, waiting)
	s.hasher.compare = func(password, phc string) (bool, *argon2id.Params, error) {
		if w.Each != nil {
			w.Each()
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.done = append(w.done, strings.Join(strings.Split(phc, "$")[:4], "$"))
		if happens := w.Meanwhile; happens != nil {
			w.Meanwhile = nil
			happens()
		}
		return argon2id.CheckHash(password, phc)
	}
	return w
}

// WatchCodes makes a service call a function for every one-time code that it computes to compare with: three a try.
func WatchCodes(s *Service, computed func()) {
	s.codeAt = func(seed string, step int64) (string, error) {
		computed()
		return codeAt(seed, step)
	}
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

// Counted is the throttle after one more try.
func (t Throttle) Counted(free int, now time.Time) Throttle {
	return t.counted(guard{free: free, longest: longestWait}, now)
}

// Wait is how long the throttle blocks.
func (t Throttle) Wait(now time.Time) time.Duration { return t.wait(longestWait, now) }

// NewDevice is what a browser is known by.
func (s *Service) NewDevice(id actor.PersonID, coded bool) string { return s.newDevice(id, coded) }

// The limits that tests go up to.
const (
	FreeTriesOwn     = freeTriesOwn
	FreeTriesAccount = freeTriesAccount
	FreeTriesNetwork = freeTriesNetwork
	LongestWait      = longestWait
	LongestShared    = longestShared
	MostSlots        = mostSlots
	MostWaiting      = mostWaiting
	ForgetAfter      = forgetAfter
	FreshProof       = freshProof
)
