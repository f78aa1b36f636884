package app

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/accounts/accountsdb"
	"github.com/echelon-hr/echelon/app/act/actdb"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/audit/auditdb"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/secret"
	"github.com/echelon-hr/echelon/app/settings/settingsdb"
)

// Names under which the database keeps what it is for, beside the settings.
const (
	keyName   = "secret_key" // the fingerprint of its key
	demoName  = "demo"       // that it was made for the demo
	replaced  = "replaced"   // that it was made beside the key of another one
	confirmed = "yes"
)

// purpose is what a database is for: the demo, whose visitors sign in without a proof and make accounts, or a company.
type purpose struct {
	marked   bool // it was made for the demo
	personas bool // it holds the demo's people
	accounts bool // it holds other accounts
}

func (a *App) purpose(ctx context.Context, handle bun.IDB) (purpose, error) {
	var p purpose
	kept, err := settingsdb.New(handle, a.parts()).All(ctx)
	if err != nil {
		return p, err
	}
	p.marked = kept[demoName] != ""
	store := accountsdb.New(handle, actdb.Parts{})
	if p.personas, err = store.HasPersonas(ctx); err != nil {
		return p, err
	}
	p.accounts, err = store.HasAccounts(ctx)
	return p, err
}

func (p purpose) demo() bool { return p.marked || p.personas }

// check refuses to mix the demo with a company: what anybody could make in the demo must not be there when the
// database is served to people, and people's data must not be where anybody signs in.
func (p purpose) check(demo bool) error {
	switch {
	case demo && p.accounts && !p.marked:
		return fault.New(fault.Invalid, "demo", "this database holds accounts of a company, and the demo lets anybody in: set ECHELON_DATA_DIR, or ECHELON_DATABASE_URL, to another place for the demo")
	case !demo && p.demo():
		return fault.New(fault.Invalid, "demo", "this database holds the demo, in which anybody could make accounts, and is served with --demo only: set ECHELON_DATA_DIR, or ECHELON_DATABASE_URL, to another place for your company")
	}
	return nil
}

// CheckPurpose refuses to serve the demo's database without the demo, and a company's in it.
func (a *App) CheckPurpose(ctx context.Context) error {
	p, err := a.purpose(ctx, a.DB.DB)
	if err != nil {
		return err
	}
	return p.check(a.Settings.Demo)
}

// markDemo marks the database as the demo's for good, before anybody can make anything in it; a company's is refused.
func (a *App) markDemo(ctx context.Context, handle bun.IDB) error {
	return db.InTx(ctx, handle, func(tx bun.IDB) error {
		p, err := a.purpose(ctx, tx)
		if err != nil || p.marked {
			return err
		}
		if err := p.check(true); err != nil {
			return err
		}
		return settingsdb.New(tx, a.parts()).Put(ctx, demoName, confirmed, clock.Real())
	})
}

// checkKey refuses another secret key than the one this database was used with: what it sealed would be lost. One that
// meets its first key has the head of its journal signed with it. A database made beside the key of another one stands
// in the place of that one, which it remembers.
func (a *App) checkKey(ctx context.Context, beside bool) error {
	if a.Settings.Keyless {
		return nil
	}
	return db.InTx(ctx, a.DB.DB, func(tx bun.IDB) error {
		store := settingsdb.New(tx, a.parts())
		if err := store.Lock(ctx); err != nil { // of two processes with a key each, one is the first
			return err
		}
		kept, err := store.All(ctx)
		if err != nil {
			return err
		}
		switch kept[keyName] {
		case a.key.Fingerprint():
			return nil
		case "":
			if beside {
				if err := store.Put(ctx, replaced, confirmed, clock.Real()); err != nil {
					return err
				}
			}
			if err := store.Put(ctx, keyName, a.key.Fingerprint(), clock.Real()); err != nil {
				return err
			}
			return auditdb.New(tx, clock.Real, a.key).Sign(ctx)
		default:
			return fault.New(fault.Invalid, "secret_key", "this database was used with another secret key: set ECHELON_SECRET_KEY, or put back the file secret.key that lay beside it")
		}
	})
}

// readKey reads the secret key of the settings, else that of the file beside the default database, and tells whether
// that file is older than the database: it was then made for another one.
func readKey(s Settings) (key secret.Key, older bool, err error) {
	if s.Keyless {
		return key, false, nil
	}
	if s.SecretKey != "" {
		key, err = secret.Parse(s.SecretKey)
		return key, false, err
	}
	if err := db.MakeDirectory(s.keyDir()); err != nil {
		return key, false, fault.Wrap(fault.Invalid, "settings", err, "the data directory %s cannot be made: set ECHELON_DATA_DIR to another", s.keyDir())
	}
	name := s.keyFile()
	if key, err = secret.FromFile(name); err != nil {
		return key, false, fault.Wrap(fault.Invalid, "settings", err, "the secret key cannot be had: set ECHELON_SECRET_KEY, or ECHELON_DATA_DIR to a directory that can be written")
	}
	older, err = isOlder(name, strings.TrimPrefix(s.DatabaseURL, "sqlite:"))
	return key, older, err
}

// tighten takes from everybody but its owner the right to read a file of ours, and says so; what belongs to somebody
// else is told, and kept.
func tighten(files []string, log *slog.Logger) {
	for _, name := range files {
		changed, err := db.Tighten(name)
		switch {
		case err != nil:
			log.Warn("file rights", "error", fault.Of(err).Detail)
		case changed:
			log.Warn("file rights: it could be read by others, and is for its owner alone now", "file", name)
		}
	}
}

// isOlder tells whether a file was last written before another one; that there is no other is no error.
func isOlder(name, other string) (bool, error) {
	a, err := os.Stat(name)
	if err != nil {
		return false, err
	}
	b, err := os.Stat(other)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && a.ModTime().Before(b.ModTime()), err
}

// ErrEmptied says that a database without accounts is not a new one.
var ErrEmptied = fault.New(fault.Invalid, "emptied", "there is no account, but there were some: the journal tells of them, or the file secret.key is older than the database. Put back a backup, or, to begin anew, make an account with `echelon user add EMAIL --name NAME --role administrator`")

// FirstRun returns the path at which the first account is made, "" once there is one and in the demo. A database that
// lost its accounts, or stands in the place of one that is gone, is ErrEmptied: whoever comes first would else be its
// administrator.
func (a *App) FirstRun(ctx context.Context) (string, error) {
	if a.Settings.Demo {
		return "", nil
	}
	if err := a.CheckEmptied(ctx); err != nil {
		return "", err
	}
	return a.Services.Accounts.FirstRun(ctx, actor.CommandLine())
}

// CheckEmptied is ErrEmptied for a database that is no new one and has no account.
func (a *App) CheckEmptied(ctx context.Context) error {
	p, err := a.purpose(ctx, a.DB.DB)
	if err != nil || p.accounts {
		return err
	}
	kept, err := settingsdb.New(a.DB.DB, a.parts()).All(ctx)
	if err != nil {
		return err
	}
	known := kept[replaced] != ""
	for _, action := range []string{"setup", "accounts"} {
		n, err := auditdb.New(a.DB.DB, clock.Real, a.key).Count(ctx, audit.Query{Action: action, Outcome: audit.Done, All: true}, 1)
		if err != nil {
			return err
		}
		known = known || n > 0
	}
	if known {
		return ErrEmptied
	}
	return nil
}
