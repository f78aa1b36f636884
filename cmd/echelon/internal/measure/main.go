// Command measure prints how long, how deep and how well documented the sources of a tree are, beside what is aimed
// at. It is a report for people and fails nothing.
package main

import (
	"fmt"
	"os"
)

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	if err := measure(root); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func measure(root string) error {
	t, err := read(os.DirFS(root))
	if err != nil {
		return err
	}
	return t.print(os.Stdout)
}
