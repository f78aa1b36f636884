package app

import (
	"context"
	"io/fs"
	"strconv"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/settings/settingsdb"
	"github.com/echelon-hr/echelon/app/textsearch"
	"github.com/echelon-hr/echelon/seeds"
	"github.com/echelon-hr/echelon/seeds/seedsdb"
)

// Prepare makes the database ready to serve: an embedded one is migrated, a PostgreSQL whose schema is behind
// or ahead is refused with what to run.
func (a *App) Prepare(ctx context.Context) error {
	if err := a.prepareSchema(ctx); err != nil {
		return err
	}
	if err := a.checkKey(ctx, false); err != nil {
		return err
	}
	return a.prepareSearch(ctx)
}

// searchName is where the database keeps the version of the terms that its search index is made of.
const searchName = "search_terms"

// prepareSearch makes the search index anew where its terms were made in another way than queries' are now.
func (a *App) prepareSearch(ctx context.Context) error {
	store := settingsdb.New(a.DB.DB, a.parts())
	all, err := store.All(ctx)
	if err != nil || all[searchName] == strconv.Itoa(textsearch.Version) {
		return err
	}
	n, err := a.Services.Jobs.Reindex(ctx, actor.SystemTask("search"))
	if err != nil {
		return err
	}
	if n > 0 {
		a.log.Info("search index made anew", "profiles", n)
	}
	return store.Put(ctx, searchName, strconv.Itoa(textsearch.Version), clock.Real())
}

func (a *App) prepareSchema(ctx context.Context) error {
	if a.DB.Embedded() {
		done, err := a.Migrate(ctx)
		if err != nil {
			return err
		}
		if len(done) > 0 {
			a.log.Info("schema migrated", "steps", len(done))
		}
		return nil
	}
	status, err := a.DB.Status(ctx)
	if err != nil {
		return err
	}
	return status.Check()
}

// Migrate brings the schema up to this version's and returns the steps it took. A new file remembers the key that lies
// beside it, and whether that is older.
func (a *App) Migrate(ctx context.Context) ([]string, error) {
	status, err := a.DB.Status(ctx)
	if err != nil {
		return nil, err
	}
	done, err := a.DB.Migrate(ctx)
	if err != nil || !a.DB.Embedded() || len(status.Applied) > 0 {
		return done, err
	}
	return done, a.checkKey(ctx, a.older)
}

// Seed loads the shipped content, the demo company too when asked, in one transaction.
func (a *App) Seed(ctx context.Context, tree fs.FS, demo bool) (seeds.Report, error) {
	released, err := seeds.Released(tree, clock.Real())
	if err != nil {
		return seeds.Report{}, err
	}
	return seeds.Load(ctx, tree, demo, func(ctx context.Context, fn func(seeds.Into) error) error {
		return db.InTx(ctx, a.DB.DB, func(tx bun.IDB) error {
			if demo {
				if err := a.markDemo(ctx, tx); err != nil {
					return err
				}
			}
			s := a.services(tx, clock.Fixed(released))
			return fn(seeds.Into{
				Competencies: s.Competencies, Jobs: s.Jobs, Careers: s.Careers, Pay: s.Pay, Accounts: s.Accounts,
				Journal: s.Journal, Ledger: seedsdb.New(tx), Now: clock.Fixed(released),
			})
		})
	})
}
