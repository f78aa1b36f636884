package accounts

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/echelon-hr/echelon/app/actor"
)

// DeviceAge is how long a browser is known after a sign-in.
const DeviceAge = 365 * 24 * time.Hour

// sealedDevice is what the mark of a browser is sealed for; its place is the account, so that it opens for no other.
const sealedDevice = "device"

type deviceKey struct{}

// WithDevice keeps what a browser brought to be known by in the context of its request.
func WithDevice(ctx context.Context, brought string) context.Context {
	return context.WithValue(ctx, deviceKey{}, brought)
}

// newDevice makes what a browser is known by from a sign-in on. It opens nothing: whoever brings it has their tries
// counted apart from everybody else's. coded says that all that is asked for was shown, so that it holds for one-time
// codes too, which a link by mail must not go round.
func (s *Service) newDevice(id actor.PersonID, coded bool) string {
	text := newID() + " " + strconv.FormatInt(s.now().Unix(), 10) + " " + strconv.FormatBool(coded)
	return s.key.Seal(sealedDevice, string(id), text)
}

// deviceGuard is the guard of a browser that an account has signed in with; there is none for any other.
func (s *Service) deviceGuard(ctx context.Context, kind string, id actor.PersonID) (guard, bool) {
	brought, _ := ctx.Value(deviceKey{}).(string)
	if brought == "" || id == "" {
		return guard{}, false
	}
	text, err := s.key.Open(sealedDevice, string(id), brought)
	if err != nil {
		return guard{}, false
	}
	part := strings.Fields(text)
	if len(part) != 3 {
		return guard{}, false
	}
	unix, err := strconv.ParseInt(part[1], 10, 64)
	if err != nil || s.now().Sub(time.Unix(unix, 0)) > DeviceAge || kind == triesCode && part[2] != "true" {
		return guard{}, false
	}
	return s.ownGuard(triesDevice+":"+kind, part[0])[0], true
}
