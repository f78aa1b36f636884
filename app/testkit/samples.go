package testkit

import (
	"os"
	"path/filepath"
	"testing"
)

// Sample returns the path of an outside sample file under ECHELON_SAMPLES. Without the variable the test is
// skipped with one loud line; with it, a missing file fails.
func Sample(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("ECHELON_SAMPLES")
	if dir == "" {
		t.Skipf("SKIPPED: set ECHELON_SAMPLES to the folder of sample files to check %s", name)
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("ECHELON_SAMPLES is set, but %s is not there: %v", name, err)
	}
	return path
}
