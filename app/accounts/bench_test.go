package accounts_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/accounts/accountsdb"
	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/audit/auditdb"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/testkit"
)

// headFirst is a store whose transactions take the head of the journal before all else.
type headFirst struct{ accounts.Store }

func (s headFirst) Tx(ctx context.Context, fn func(accounts.Store) error) error {
	return s.Store.Tx(ctx, func(tx accounts.Store) error {
		if err := tx.Journal().(*heading).lock(ctx); err != nil { //nolint:forcetypeassert // made below
			return err
		}
		return fn(tx)
	})
}

type heading struct {
	audit.Journal
	over bun.IDB
}

func (j *heading) lock(ctx context.Context) error {
	var id int64
	return db.ForUpdate(j.over, j.over.NewSelect().Table("journal_head").Column("id").Where("id = 1")).Scan(ctx, &id)
}

// BenchmarkActs measures how many acts eight writers do, each on an account of its own, when the head of the journal is
// taken last, and when it is taken first.
func BenchmarkActs(b *testing.B) {
	const writers = 8
	for _, kind := range []string{"postgresql", "sqlite"} {
		c := &company{d: testkit.Open(b, testkit.Address(b, kind)), now: start, key: testkit.Key}
		parts := acttest.Parts(c.clock)
		parts.Journal = func(h bun.IDB) audit.Journal { return &heading{auditdb.New(h, c.clock, testkit.Key), h} }
		st := accountsdb.New(c.d.DB, parts)
		people := make([]actor.PersonID, writers)
		for i := range people {
			people[i] = actor.PersonID(fmt.Sprint(i))
			a := accounts.Account{ID: people[i], Email: address(fmt.Sprint("p", i)), Name: "P", Lang: "fr", CreatedAt: start}
			if err := st.AddAccount(b.Context(), a); err != nil {
				b.Fatal(err)
			}
		}
		for _, way := range []struct {
			name  string
			store accounts.Store
		}{{"head last", st}, {"head first", headFirst{st}}} {
			s := c.service(way.store)
			b.Run(kind+"/"+way.name, func(b *testing.B) {
				var left atomic.Int64
				left.Store(int64(b.N))
				var done sync.WaitGroup
				for _, id := range people {
					done.Go(func() {
						for left.Add(-1) >= 0 {
							if _, err := s.ResetProofs(b.Context(), operator, id, accounts.ResetInput{}); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				done.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acts/s")
			})
		}
	}
}
