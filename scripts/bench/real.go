package main

import (
	"path/filepath"
	"slices"
	"strings"
)

// realFigures: the same measures on real tables, when they lie beside the
// module: shown, since they are small, but for the bound on a delta's size. Some
// are no tables by our rules, with ragged rows or a column named twice, and are
// left out.
func realFigures(l *lab) []figure {
	files, _ := filepath.Glob(filepath.Join(l.source, "..", "shared", "reed02", "history", "*.v*.csv"))
	slices.Sort(files)
	var all []figure
	for i, file := range files {
		if i > 0 && tableOf(files[i-1]) == tableOf(file) {
			all = append(all, l.realPair(files[i-1], file)...)
		} else {
			all = append(all, l.realSets(file)...)
		}
	}
	return all
}

// tableOf is the name of the table that a file NAME.vNN.csv is a state of.
func tableOf(path string) string {
	base := filepath.Base(path)
	return base[:strings.LastIndex(base, ".v")]
}

// realPair measures two states of a table that follow each other.
func (l *lab) realPair(old, new string) []figure {
	name := strings.TrimSuffix(filepath.Base(new), ".csv")

	delta := l.deltaFigure(old, new)
	delta.name, delta.what, delta.bars = "real-delta-"+name, "delta to "+name, []bar{shown()}

	bound := l.deltaFigure(old, new)
	bound.name, bound.what, bound.bars = "real-bound-"+name, "size of the delta to "+name, []bar{sizeAtMost(1, 300)}
	bound.rival = l.bzip2(new)

	diff := l.diffFigure("real-diff-"+name, old, new)
	diff.what, diff.bars = "rows and cells that differ, to "+name, []bar{shown()}
	return []figure{delta, bound, diff}
}

// realSets sets one cell of a table's oldest state.
func (l *lab) realSets(file string) []figure {
	s := &sets{
		lab:   l,
		name:  tableOf(file),
		file:  file,
		what:  "set one cell of " + filepath.Base(file) + ", durable",
		table: func() error { return nil },
	}
	all := []figure{s.git(shown()), s.ulikunitz(shown()), s.copy(shown())}
	for i := range all {
		all[i].name = "real-" + all[i].name
	}
	return all
}
