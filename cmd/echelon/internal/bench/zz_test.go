package main

import (
	"bytes"
	"context"
	"os"
	"testing"
)

func TestDump(t *testing.T) {
	b, err := newBench(context.Background(), 1, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	defer b.close()
	s, err := b.site("sqlite")
	if err != nil {
		t.Fatal(err)
	}
	v, err := b.listView(s)
	if err != nil {
		t.Fatal(err)
	}
	var o bytes.Buffer
	pageOf(v)(&o)
	os.WriteFile("/tmp/benchx/list.html", o.Bytes(), 0o644)
}
