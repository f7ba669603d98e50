package main

import "time"

// openFigures: finding a table clean and doing nothing, beside a Go program that
// does nothing at all.
func openFigures(l *lab) []figure {
	return []figure{{
		name: "open-100k", what: "open a clean table of 100,000 rows, do nothing",
		ours:  command("rdb", "-C", "open-100k", "status"),
		rival: command("nothing"),
		bars:  []bar{lessThanMore(time.Millisecond)},
		setup: steps(
			func() error { return l.table("100k") },
			func() error { return l.database("open-100k", "100k.csv") },
		),
	}}
}
