package mail

import "time"

// delays between the first attempts; later ones are an hour apart.
var delays = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}

// patience is how long a letter is tried before it is given up.
const patience = 3 * 24 * time.Hour

// Delay returns how long to wait after that many attempts, and false when three days of trying are over. It
// counts attempts rather than days, so that a program that stood still gives nothing up when it starts again.
func Delay(attempts int) (time.Duration, bool) {
	var waited time.Duration
	next := delays[0]
	for i := range attempts {
		next = delays[min(i, len(delays)-1)]
		waited += next
	}
	return next, waited < patience
}
