package main

// applyFigures: applying a delta of one row to 10 and 100 MB.
func applyFigures(l *lab) []figure {
	var all []figure
	for _, rows := range []string{"100k", "1m"} {
		old, new := rows+".csv", rows+".one.csv"
		setup := func() error { return l.oneRowPatch(rows) }
		check := func() error { return l.same("applied.csv", new) }
		ours := command("rdb-apply", "-o", "applied.csv", old, rows+".one.bsdiff").writing("applied.csv")
		copying, patching := []bar{shown()}, []bar{shown()}
		if rows == "1m" {
			copying = []bar{atMostTimes(1.5), peakAtMost("10 MB", func() int64 { return 10_000_000 })}
			patching = []bar{faster(10)}
		}
		all = append(all, figure{
			name: "apply-cp-" + rows, what: "apply a delta of one row to " + spelled[rows] + " rows",
			ours:  ours,
			rival: command("cp", old, "copied.csv").writing("copied.csv"),
			bars:  copying, setup: setup, check: check, big: rows == "1m",
		}, figure{
			name: "apply-bspatch-" + rows, what: "apply a delta of one row to " + spelled[rows] + " rows",
			ours:  ours,
			rival: command("bspatch", old, "rebuilt.csv", rows+".one.bare").writing("rebuilt.csv"),
			bars:  patching, setup: setup, check: check, big: rows == "1m",
		})
	}
	return all
}

// oneRowPatch makes the delta of one row, stored as we store it and bare.
func (l *lab) oneRowPatch(rows string) error {
	if err := l.table(rows); err != nil {
		return err
	}
	return l.makeOnce("patch "+rows, func() error {
		old, new := rows+".csv", rows+".one.csv"
		if err := l.run("rdb-delta", "-o", rows+".one.bsdiff", old, new); err != nil {
			return err
		}
		return l.run("rdb-delta", "--raw", "-o", rows+".one.bare", old, new)
	})
}
