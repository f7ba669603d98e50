package main

import "fmt"

// edits are the edited versions that the fixture writes.
var edits = map[string]string{
	"one":     "one changed",
	"percent": "1 % changed",
	"insdel":  "100 in, 100 out",
	"append":  "more at the end",
	"resort":  "in another order",
}

// deltaFigures: making deltas, beside bsdiff.
func deltaFigures(l *lab) []figure {
	var all []figure
	for _, c := range []struct {
		rows, edit string
		bars       []bar
	}{
		{"1k", "one", nil},
		{"10k", "one", nil},
		{"100k", "one", []bar{faster(300), tallyAtMost(320, "B"), l.twoFilesAnd15MB("100k", "one")}},
		{"100k", "percent", []bar{sizeAtMost(1.05, 0)}},
		{"100k", "insdel", nil},
		{"100k", "append", nil},
		{"100k", "resort", []bar{faster(10)}},
		{"1m", "one", []bar{faster(1000), tallyAtMost(320, "B"), l.twoFilesAnd15MB("1m", "one")}},
		{"1m", "percent", []bar{sizeAtMost(1.05, 0)}},
	} {
		f := l.deltaFigure(c.rows+".csv", c.rows+"."+c.edit+".csv")
		f.name = "delta-" + c.edit + "-" + c.rows
		f.what = fmt.Sprintf("delta of %s rows, %s", spelled[c.rows], edits[c.edit])
		f.setup = func() error { return l.table(c.rows) }
		f.big = c.rows == "1m"
		f.bars = c.bars
		if f.bars == nil {
			f.bars = []bar{shown()}
		}
		all = append(all, f)
	}
	return all
}

// deltaFigure is rdb-delta beside bsdiff. The delta is checked with the stock
// programs alone.
func (l *lab) deltaFigure(old, new string) figure {
	return figure{
		ours:  command("rdb-delta", "-o", "delta.bsdiff", old, new).writing("delta.bsdiff"),
		rival: command("bsdiff", old, new, "rival.bsdiff").writing("rival.bsdiff"),
		check: func() error { return l.rebuilds(old, "delta.bsdiff", new) },
	}
}

// rebuilds is an error unless xz and bspatch make new from old and the delta.
func (l *lab) rebuilds(old, delta, new string) error {
	for _, args := range [][]string{
		{"sh", "-c", "xz -dc < " + delta + " > patch.bare"},
		{"bspatch", old, "rebuilt.csv", "patch.bare"},
	} {
		if err := l.run(args...); err != nil {
			return err
		}
	}
	return l.same("rebuilt.csv", new)
}

// twoFilesAnd15MB bounds the memory that a delta of two files may take.
func (l *lab) twoFilesAnd15MB(rows, edit string) bar {
	return peakAtMost("two files + 15 MB", func() int64 {
		old, _ := l.size(rows + ".csv")
		new, _ := l.size(rows + "." + edit + ".csv")
		return old + new + 15_000_000
	})
}

// boundFigures: no delta is much larger than the new file compressed.
func boundFigures(l *lab) []figure {
	var all []figure
	for _, edit := range []string{"one", "percent", "insdel", "append", "resort"} {
		old, new := "10k.csv", "10k."+edit+".csv"
		all = append(all, figure{
			name:  "bound-" + edit + "-10k",
			what:  "size of a delta of 10,000 rows, " + edits[edit],
			ours:  command("rdb-delta", "-o", "delta.bsdiff", old, new).writing("delta.bsdiff"),
			rival: l.bzip2(new),
			bars:  []bar{sizeAtMost(1, 300)},
			setup: func() error { return l.table("10k") },
			check: func() error { return l.rebuilds(old, "delta.bsdiff", new) },
		})
	}
	return all
}

// bzip2 is bzip2 -9 of the file, its size the tally.
func (l *lab) bzip2(file string) side {
	s := command("bzip2", "-9", "-c", file)
	s.tally = func() (int64, error) { return l.size(rivalPrinted) }
	return s
}
