package db

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/echelon-hr/echelon/app/fault"
)

// maxFindings bounds what a check of the whole file lists.
const maxFindings = 20

// CheckWhole reads the whole database where that can be done, and returns what was looked at. Damage is a fault. On
// SQLite every page and every index is read. PostgreSQL reads its pages when they are asked for: what can be told here
// is how many it found spoilt, where it keeps checksums.
func (d *DB) CheckWhole(ctx context.Context) (what string, err error) {
	if d.Embedded() {
		return "every page and index was read", d.checkPages(ctx)
	}
	var sums string
	if err := d.NewRaw("SELECT current_setting('data_checksums')").Scan(ctx, &sums); err != nil {
		return "", Translate(err, "read whether there are checksums")
	}
	if sums != "on" {
		return "not looked at: this PostgreSQL keeps no checksums; pg_amcheck looks for damage", nil
	}
	var spoilt int64
	if err := d.NewRaw("SELECT coalesce(checksum_failures, 0) FROM pg_stat_database WHERE datname = current_database()").Scan(ctx, &spoilt); err != nil {
		return "", Translate(err, "read how many pages are spoilt")
	}
	if spoilt > 0 {
		return "", fault.New(fault.Unavailable, string(corrupt), "PostgreSQL found %d spoilt page(s): put back a backup, and check the disk", spoilt)
	}
	return "PostgreSQL found no spoilt page so far; pg_amcheck looks at all", nil
}

// leastRoom is how many bytes must be free beside an SQLite file: where less are, a small change may still find a place
// in what the files have already, and the next one does not.
const leastRoom = 4 << 20

// CheckRoom is a fault where the disk of an embedded database is as good as full. A server looks after its own.
func (d *DB) CheckRoom() error {
	if !d.Embedded() {
		return nil
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(d.path), &disk); err != nil {
		return fault.Wrap(fault.Unavailable, string(unreachable), err, "%s", advice[unreachable])
	}
	return enough(disk.Bavail * uint64(disk.Bsize)) //nolint:gosec // a block has a size
}

func enough(free uint64) error {
	if free < leastRoom {
		return fault.New(fault.Unavailable, string(full), "%s", advice[full])
	}
	return nil
}

func (d *DB) checkPages(ctx context.Context) error {
	var findings []string
	if err := d.NewRaw("PRAGMA integrity_check(?)", maxFindings).Scan(ctx, &findings); err != nil {
		return Translate(err, "read the whole database")
	}
	if len(findings) == 1 && findings[0] == "ok" {
		return nil
	}
	return fault.New(fault.Unavailable, string(corrupt), "%s: %s", advice[corrupt], summary(findings))
}

// shownFindings is how many of what a check found is told: whoever mends a damaged file puts back a whole one.
const shownFindings = 3

// summary names the first of what a check found, each on a line of its own there, and how many there are.
func summary(findings []string) string {
	lines := strings.Split(strings.TrimSpace(strings.Join(findings, "\n")), "\n")
	if more := len(lines) - shownFindings; more > 0 {
		return fmt.Sprintf("%s; and %d more", strings.Join(lines[:shownFindings], "; "), more)
	}
	return strings.Join(lines, "; ")
}

// ClockApart tells how far the clock of the database's machine is ahead of an instant of ours; 0 for a file.
func (d *DB) ClockApart(ctx context.Context, now func() time.Time) (time.Duration, error) {
	if d.Embedded() {
		return 0, nil
	}
	var there time.Time
	before := now()
	if err := d.NewRaw("SELECT clock_timestamp()").Scan(ctx, &there); err != nil {
		return 0, fmt.Errorf("read the database's clock: %w", Translate(err, "read the clock"))
	}
	return there.Sub(before.Add(now().Sub(before) / 2)), nil
}
