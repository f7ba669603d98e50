package main

import (
	"fmt"
	"io"
	"strings"
)

// A child is a part of this program that runs as a process of its own, to be
// measured, or to keep what it needs of memory out of the peaks of others: bench
// NAME ARGUMENTS.
type child struct {
	arguments string
	run       func(args []string, stdout io.Writer) error
}

// childOf finds a child by its name.
func childOf(name string) (child, bool) {
	c, ok := map[string]child{
		"copy-durable": {"FROM TO", copying(copies["copy-durable"])},
		"copy-xz":      {"FROM TO", copying(copies["copy-xz"])},
		"same-rows":    {"OURS RIVAL", comparing(sameRowsInAnyOrder)},
		"same-order":   {"OURS RIVAL", comparing(sameRows)},
		"parse-keys":   {"TABLE", parseKeys},
	}[name]
	return c, ok
}

func runChild(c child, args []string, stdout, stderr io.Writer) int {
	if len(args)-1 != len(strings.Fields(c.arguments)) {
		fmt.Fprintf(stderr, "usage: bench %s %s\n", args[0], c.arguments)
		return 129
	}
	if err := c.run(args[1:], stdout); err != nil {
		fmt.Fprintf(stderr, "bench %s: error: %v\n", args[0], err)
		return 128
	}
	return 0
}
