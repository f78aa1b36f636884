package auditweb

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/templates/pages/adminpages"
)

// told are the details that the page tells, in its order, and how their values are said; the file and the API have all,
// as they are.
var told = []struct {
	name   string
	label  msg.Key
	say    func(s speaker, value string) string
	people bool // the value is made of ids of people
}{
	{"roles", msg.JournalDetailRoles, speaker.roles, false},
	{"perimeter", msg.JournalDetailPerimeter, speaker.perimeter, true},
	{"profile", msg.JournalDetailProfile, speaker.asItIs, false},
	{"version", msg.JournalDetailVersion, speaker.asItIs, false},
	{"manager", msg.JournalDetailManager, speaker.people, true},
	{"giver", msg.JournalDetailGiver, speaker.people, true},
	{"stand_in", msg.JournalDetailStandIn, speaker.people, true},
	{"account", msg.JournalDetailAccount, speaker.people, true},
	{"duty", msg.JournalDetailDuty, func(s speaker, v string) string { return msg.Of(s.lang, "account.duty", v) }, false},
	{"from", msg.JournalDetailFrom, speaker.day, false},
	{"starts_on", msg.JournalDetailFrom, speaker.day, false},
	{"ends_on", msg.JournalDetailUntil, speaker.lastDay, false},
	{"sessions", msg.JournalDetailSessions, speaker.asItIs, false},
	{"left", msg.JournalDetailLeft, speaker.asItIs, false},
	{"action", msg.JournalDetailRefused, speaker.asItIs, false},
	{"more", msg.JournalDetailMore, speaker.asItIs, false},
	{"since", msg.JournalDetailSince, speaker.instant, false},
	{"entries", msg.JournalDetailEntries, speaker.asItIs, false},
	{"last", msg.JournalDetailLast, speaker.asItIs, false},
	{"created", msg.JournalDetailCreated, speaker.asItIs, false},
	{"updated", msg.JournalDetailUpdated, speaker.asItIs, false},
}

// What a perimeter is in an entry when it is not ids.
const (
	wholePerimeter = "whole"
	noPerimeter    = "none"
)

// details says what an entry holds beside actor, action and object.
func (s speaker) details(e audit.Entry) []adminpages.JournalDetail {
	values := joined(e.Details)
	var out []adminpages.JournalDetail
	for _, d := range told {
		if v := values[d.name]; v != "" {
			out = append(out, adminpages.JournalDetail{Label: msg.T(s.lang, d.label), Value: d.say(s, v)})
		}
	}
	return out
}

// joined puts the parts of a long detail together: "perimeter", "perimeter_2", ….
func joined(details map[string]string) map[string]string {
	out := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(details)) {
		whole := name
		if strings.HasPrefix(name, "perimeter_") {
			whole = "perimeter"
		}
		out[whole] = strings.TrimPrefix(out[whole]+","+details[name], ",")
	}
	return out
}

// detailedPeople are the ids of people in the details of an entry.
func detailedPeople(e audit.Entry) []string {
	values := joined(e.Details)
	var out []string
	for _, d := range told {
		if v := values[d.name]; d.people && v != wholePerimeter && v != noPerimeter {
			out = append(out, strings.Split(v, ",")...)
		}
	}
	return out
}

func (s speaker) asItIs(v string) string { return v }

func (s speaker) people(v string) string {
	var names []string
	for id := range strings.SplitSeq(v, ",") {
		names = append(names, s.person(id))
	}
	return strings.Join(names, ", ")
}

func (s speaker) perimeter(v string) string {
	switch v {
	case wholePerimeter:
		return msg.T(s.lang, msg.JournalPerimeterWhole)
	case noPerimeter:
		return msg.T(s.lang, msg.JournalPerimeterNone)
	default:
		return s.people(v)
	}
}

func (s speaker) roles(v string) string {
	var roles []actor.Role
	for r := range strings.SplitSeq(v, ",") {
		roles = append(roles, actor.Role(r))
	}
	return strings.Join(msg.All(s.lang, "role", roles), ", ")
}

// instant says a time as the page tells those of entries, in UTC.
func (s speaker) instant(v string) string {
	at, err := time.Parse(time.RFC3339, v)
	if err != nil {
		return v
	}
	return lang.Day(s.lang, at.UTC().Format(time.DateOnly)) + " " + at.UTC().Format(time.TimeOnly)
}

func (s speaker) day(v string) string { return lang.Day(s.lang, v) }

func (s speaker) lastDay(v string) string { return lang.LastDay(s.lang, v) }
