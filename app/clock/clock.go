// Package clock gives the time to whoever needs it, so that tests can set it. It is ground floor.
package clock

import "time"

// Clock tells the time.
type Clock func() time.Time

// Real is the machine's clock, in UTC.
func Real() time.Time { return time.Now().UTC() }

// Fixed is a clock that always says t.
func Fixed(t time.Time) Clock { return func() time.Time { return t } }
