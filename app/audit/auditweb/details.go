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

// detail is a detail of entries that the page tells: its words, and how its value is said.
type detail struct {
	label msg.Key
	say   func(s speaker, value string) string
}

// told are the details that the page tells, in its order; the file and the API have all, as they are.
var told = []struct {
	name string
	detail
}{
	{"roles", detail{msg.JournalDetailRoles, speaker.roles}},
	{"perimeter", detail{msg.JournalDetailPerimeter, speaker.perimeter}},
	{"profile", detail{msg.JournalDetailProfile, speaker.asItIs}},
	{"manager", detail{msg.JournalDetailManager, speaker.people}},
	{"giver", detail{msg.JournalDetailGiver, speaker.people}},
	{"stand_in", detail{msg.JournalDetailStandIn, speaker.people}},
	{"account", detail{msg.JournalDetailAccount, speaker.people}},
	{"duty", detail{msg.JournalDetailDuty, func(s speaker, v string) string { return msg.Of(s.lang, "account.duty", v) }}},
	{"from", detail{msg.JournalDetailFrom, speaker.day}},
	{"starts_on", detail{msg.JournalDetailFrom, speaker.day}},
	{"ends_on", detail{msg.JournalDetailUntil, speaker.dayBefore}},
	{"sessions", detail{msg.JournalDetailSessions, speaker.asItIs}},
	{"left", detail{msg.JournalDetailLeft, speaker.asItIs}},
	{"created", detail{msg.JournalDetailCreated, speaker.asItIs}},
	{"updated", detail{msg.JournalDetailUpdated, speaker.asItIs}},
}

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
	for _, name := range []string{"perimeter", "manager", "giver", "stand_in", "account"} {
		for id := range strings.SplitSeq(values[name], ",") {
			if id != "" && id != "whole" && id != "none" {
				out = append(out, id)
			}
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
	case "whole":
		return msg.T(s.lang, msg.JournalPerimeterWhole)
	case "none":
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

func (s speaker) day(v string) string { return lang.Day(s.lang, v) }

// dayBefore says the last day of what ends before another.
func (s speaker) dayBefore(v string) string {
	t, err := time.Parse(time.DateOnly, v)
	if err != nil {
		return v
	}
	return lang.Day(s.lang, t.AddDate(0, 0, -1).Format(time.DateOnly))
}
