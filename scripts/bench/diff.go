package main

// diffFigures: what changed between two versions 1 % apart, cell by cell.
func diffFigures(l *lab) []figure {
	var all []figure
	for _, c := range []struct {
		rows, quoted string
		times        float64
	}{
		{"100k", "dolt 67 ms, quoted", 1},
		{"1m", "dolt 260 ms, quoted", 5},
	} {
		old, new := c.rows+".csv", c.rows+".percent.csv"
		f := l.diffFigure("diff-"+c.rows, old, new)
		f.setup = steps(func() error { return l.table(c.rows) }, f.setup)
		f.what = "rows and cells that differ, 1 % of " + spelled[c.rows]
		f.bars = []bar{faster(c.times)}
		f.note = func() string { return c.quoted }
		f.big = c.rows == "1m"
		all = append(all, f)
	}
	return all
}

// diffFigure is version:diff of two files made versions, beside diff(1) of them.
func (l *lab) diffFigure(folder, old, new string) figure {
	return figure{
		name:  folder,
		ours:  side{args: command("rdb", "-C", folder, "version:diff", "text", "~1", "~0").args, exits: []int{1}},
		rival: side{args: command("diff", old, new).args, exits: []int{1}},
		setup: func() error {
			if err := l.database(folder, old); err != nil {
				return err
			}
			return l.makeOnce(folder+" edited", func() error {
				return l.importFile(folder, new)
			})
		},
	}
}
