package app

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/audit/auditdb"
	"github.com/echelon-hr/echelon/app/audit/auditweb"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/siteweb"
	"github.com/echelon-hr/echelon/app/web"
)

// journal takes entries over a database or a transaction.
func (a *App) journal(handle bun.IDB) audit.Journal { return auditdb.New(handle, clock.Real, a.key) }

// names says what people are called, for the journal, which holds ids alone.
func (a *App) names(ctx context.Context, ids []actor.PersonID) (map[actor.PersonID]string, error) {
	return a.Services.Accounts.Names(ctx, actor.From(ctx), ids)
}

// refusals are where refusals are journalled, or counted.
func (a *App) refusals() audit.Refusals { return auditdb.New(a.DB.DB, clock.Real, a.key) }

// refused journals what somebody was refused. An object may come from an address that anybody can type.
func (a *App) refused(ctx context.Context, who actor.Actor, r *access.Refusal) error {
	if who.Kind == actor.Anonymous {
		return nil
	}
	entry := audit.Entry{Action: "access.refused", Object: audit.Clean(r.Object), Outcome: audit.Refused, Details: map[string]string{"action": string(r.Action)}}
	if r == web.Forged {
		entry = audit.Entry{Action: "access.forged", Outcome: audit.Refused}
	}
	return a.refusals().Refuse(ctx, who.Alone(), entry)
}

// newAudit makes the reading of the journal; accounts say about whom somebody may read.
func (a *App) newAudit(handle bun.IDB, people *accounts.Service) *audit.Service {
	return audit.NewService(auditdb.New(handle, clock.Real, a.key), people.Visible)
}

func (a *App) journalRoutes(site *siteweb.Handlers) []web.Route {
	return auditweb.Routes(&auditweb.Handlers{Audit: a.Services.Audit, Shell: site.Shell, Names: a.names})
}
