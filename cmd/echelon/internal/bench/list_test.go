package main

import (
	"io"
	"testing"

	"github.com/echelon-hr/echelon/app/testkit"
)

// TestTwinWritesTheSamePage keeps the html/template that the bench compares with in step with the page.
func TestTwinWritesTheSamePage(t *testing.T) {
	b, err := newBench(t.Context(), 1, io.Discard)
	if err != nil {
		testkit.Missing(t, "what the bench needs", err.Error())
	}
	defer func() {
		if err := b.close(); err != nil {
			t.Error(err)
		}
	}()
	site, err := b.site("sqlite")
	if err != nil {
		t.Fatal(err)
	}
	v, err := b.listView(site)
	if err != nil {
		t.Fatal(err)
	}
	if err := sameBytes(pageOf(v), twinOf(v)); err != nil {
		t.Error(err)
	}
}
