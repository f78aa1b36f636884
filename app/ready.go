package app

import (
	"context"
	"sync"
	"time"

	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/settings/settingsdb"
)

// How long the answer of a probe is good: anybody may ask whether the site is ready, and a probe writes.
const (
	probeGood = 10 * time.Second
	probeBad  = time.Second
)

// probeName is where the probe writes, beside the settings.
const probeName = "probe"

// probe finds out at intervals whether the database can be written to. What is not committed would find out neither a
// full disk nor one that takes no more.
type probe struct {
	mu    sync.Mutex
	write func(ctx context.Context) error
	now   clock.Clock
	at    time.Time
	err   error
}

func (p *probe) check(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	good := probeGood
	if p.err != nil {
		good = probeBad
	}
	now := p.now()
	if since := now.Sub(p.at); p.at.IsZero() || since < 0 || since >= good {
		p.err, p.at = p.write(ctx), now
	}
	return p.err
}

// CheckWrite writes to the database, and makes sure that there is room for more than that.
func (a *App) CheckWrite(ctx context.Context) error {
	if err := a.DB.CheckRoom(); err != nil {
		return err
	}
	return settingsdb.New(a.DB.DB, a.parts()).Put(ctx, probeName, "", clock.Real())
}

// Ready tells whether requests can be served now: the schema is this version's and the database takes changes.
func (a *App) Ready(ctx context.Context) error {
	status, err := a.DB.Status(ctx)
	if err != nil {
		return err
	}
	if err := status.Check(); err != nil {
		return err
	}
	return a.probe.check(ctx)
}
