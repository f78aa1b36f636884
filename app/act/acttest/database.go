package acttest

import (
	"context"
	"testing"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/act/actdb"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/audit/auditdb"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/app/mail/maildb"
	"github.com/echelon-hr/echelon/app/testkit"
)

// Parts are the journal and the outbox of the product, under the tests' key.
func Parts(now clock.Clock) actdb.Parts {
	return actdb.Parts{
		Journal: func(h bun.IDB) audit.Journal { return auditdb.New(h, now, testkit.Key) },
		Outbox:  func(h bun.IDB) mail.Outbox { return maildb.New(h, now, testkit.Key) },
	}
}

// Dying are the parts with a journal at which the process dies, see testkit.Kill.
func Dying(parts actdb.Parts, at testkit.Step) actdb.Parts {
	dying := parts
	dying.Journal = func(h bun.IDB) audit.Journal { return dyingJournal{parts.Journal(h), h, at} }
	return dying
}

type dyingJournal struct {
	audit.Journal
	over bun.IDB
	at   testkit.Step
}

func (j dyingJournal) Append(ctx context.Context, a actor.Actor, e audit.Entry) error {
	testkit.DieIf(j.at == testkit.BeforeEntry)
	if err := j.Journal.Append(ctx, a, e); err != nil {
		return err
	}
	return db.Last(ctx, j.over, func(bun.IDB) error { // once the entry is written
		testkit.DieIf(j.at == testkit.BeforeCommit)
		return nil
	})
}

// Sign begins the journal of a database under the tests' key, as the program does when it first meets one.
func Sign(t testing.TB, d *db.DB) {
	t.Helper()
	if err := auditdb.New(d.DB, clock.Real, testkit.Key).Sign(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// most bounds how many entries a test reads.
const most = 1000

// Entries reads the journal of a database from its beginning, and checks that its chain is whole; see Sign.
func Entries(t testing.TB, d *db.DB) []audit.Entry {
	t.Helper()
	st := auditdb.New(d.DB, clock.Real, testkit.Key)
	all := func(context.Context, actor.Actor) (bool, []actor.PersonID, error) { return true, nil, nil }
	r, err := audit.NewService(st, all).Verify(t.Context(), actor.CommandLine(), audit.Head{})
	if err != nil || !r.Whole() {
		t.Errorf("the journal is not whole: %+v, %v", r, err)
	}
	entries, err := st.Entries(t.Context(), audit.Query{All: true, Oldest: true, Limit: most})
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// Actions reads what the journal of a database says was done, in order.
func Actions(t testing.TB, d *db.DB) []string {
	t.Helper()
	var out []string
	for _, e := range Entries(t, d) {
		out = append(out, e.Action)
	}
	return out
}
