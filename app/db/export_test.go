package db

import "io/fs"

// SetMigrations puts other migrations in the place of the shipped ones.
func (d *DB) SetMigrations(files fs.FS) { d.files = files }

// Migrations are the shipped migrations of both dialects.
var Migrations fs.FS = migrationFiles

// Address is what the database was opened by.
func (d *DB) Address() string { return d.url }

// Enough is enough, for tests.
var Enough = enough

// LeastRoom is leastRoom, for tests.
const LeastRoom = leastRoom
