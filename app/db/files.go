package db

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/echelon-hr/echelon/app/fault"
)

// What is ours on the disk is for its owner alone: the database holds what nobody else may read.
const (
	privateFile      = 0o600
	privateDirectory = 0o700
)

// MakeDirectory makes a directory for its owner alone; one that is there is left as it is.
func MakeDirectory(name string) error { return os.MkdirAll(name, privateDirectory) }

// makeFile makes an empty SQLite file for its owner alone, where there is none: SQLite gives the files beside it the
// rights of the file itself.
func makeFile(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, privateFile)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// FilesOf lists what is there of an SQLite database: the file, what SQLite keeps beside it, and the copies made before
// migrations.
func FilesOf(path string) []string {
	var out []string
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if _, err := os.Stat(path + suffix); err == nil {
			out = append(out, path+suffix)
		}
	}
	entries, _ := os.ReadDir(filepath.Dir(path)) // where it cannot be read nothing of ours is open to anybody
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), filepath.Base(path)+".before-") {
			out = append(out, filepath.Join(filepath.Dir(path), e.Name()))
		}
	}
	return out
}

// Tighten takes from everybody but its owner the right to read and write a file, and tells whether there was any to
// take. One that belongs to somebody else is a fault that says what to run.
func Tighten(name string) (bool, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && (!info.Mode().IsRegular() || info.Mode().Perm()&^privateFile == 0) {
		return false, nil
	}
	if err == nil {
		err = os.Chmod(name, info.Mode().Perm()&privateFile)
	}
	if err != nil {
		return false, fault.Wrap(fault.Unavailable, "file_rights", err, "%s can be read by others than its owner: run `chmod 600 %s` as its owner", name, name)
	}
	return true, nil
}

// Exposed says of a file that others than its owner can read or write it, nil otherwise.
func Exposed(name string) error {
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm()&^privateFile == 0 {
		return nil
	}
	return fault.New(fault.Invalid, "file_rights", "%s can be read by others than its owner (%v): run `chmod 600 %s`", name, info.Mode().Perm(), name)
}
