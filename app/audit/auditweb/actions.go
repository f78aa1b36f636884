package auditweb

import (
	"slices"
	"strings"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
)

// actions are those that the program journals, in the order of the filter: the areas first met come first.
var actions = []string{
	"session.opened",
	"session.refused",
	"session.code_refused",
	"session.closed",
	"session.revoked",
	"password.set",
	"codes.enabled",
	"codes.disabled",
	"codes.recovery_used",
	"link.sent",
	"link.used",
	"identity.linked",
	"identity.unlinked",
	"token.created",
	"token.revoked",
	"accounts.created",
	"accounts.changed",
	"accounts.disabled",
	"accounts.enabled",
	"accounts.roles",
	"accounts.reset",
	"accounts.sessions_ended",
	"delegations.created",
	"delegations.revoked",
	"directory.assigned",
	"settings.changed",
	"mail.retried",
	"competencies.scale_published",
	"competencies.published",
	"competencies.certification_changed",
	"jobs.family_changed",
	"jobs.kpi_changed",
	"jobs.published",
	"ladders.published",
	"bands.zone_changed",
	"bands.activated",
	"bands.scheme_created", "bands.scheme_submitted", "bands.scheme_approved", "bands.scheme_refused", "bands.scheme_withdrawn",
	"bands.read",
	"access.refused",
	"access.forged",
	"access.repeated",
	"access.many",
	"journal.exported",
	"journal.cut",
	"seed.loaded",
	"setup.done",
	"throttle.blocked",
}

// Actions lists the actions that have words.
func Actions() []string { return slices.Clone(actions) }

// Areas lists the areas of those actions.
func Areas() []string {
	var out []string
	for _, a := range actions {
		if area, _, _ := strings.Cut(a, "."); !slices.Contains(out, area) {
			out = append(out, area)
		}
	}
	return out
}

// inWords says an action in words, "" for one that has none.
func inWords(l lang.Lang, action string) string {
	if !slices.Contains(actions, action) {
		return ""
	}
	return msg.Of(l, "journal.action", action)
}
