package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
)

// mergeFigures: three files into one, 500 rows of 100,000 changed on each side,
// each of them beside a row that the other side changed: a conflict for what
// merges lines, none for what merges rows.
func mergeFigures(l *lab) []figure {
	const base, ours, theirs = "100k.csv", "100k.ours.csv", "100k.theirs.csv"
	right := func() error { return l.same("merged.csv", "100k.merged.csv") }
	all := []figure{
		{
			name:  "merge-git",
			rival: side{args: command("git", "merge-file", "-p", ours, base, theirs).args, exits: []int{127}},
			bars:  []bar{faster(3)}, setup: l.mergeSides,
			check: steps(right, l.conflicted), note: quoted("500 conflicts"),
		},
		{
			name:  "merge-diff3",
			rival: side{args: command("diff3", "-m", ours, base, theirs).args, exits: []int{1}},
			bars:  []bar{shown()}, setup: l.mergeSides,
			check: steps(right, l.conflicted), note: quoted("500 conflicts"),
		},
		{
			name: "merge-daff",
			rival: command("daff", "merge", "--id", "key", "--input-format", "psv", "--output-format", "psv",
				"--output", "daffed.csv", base, ours, theirs).writing("daffed.csv"),
			bars: []bar{faster(100)}, setup: steps(l.mergeSides, l.fetchDaff), check: right,
		},
		{
			name: "merge-dolt",
			rival: side{
				dir:    doltFolder,
				args:   command("dolt", "merge", "theirs", "-m", "merged").args,
				before: func(int) error { return l.dolt("reset", "--hard", "ours") },
			},
			bars: []bar{faster(1)}, setup: steps(l.mergeSides, l.fetchDolt, l.doltBranches),
			check: steps(right, l.doltMerged),
		},
	}
	for i := range all {
		all[i].what = "merge 500 and 500 changed rows of 100,000, side by side"
		all[i].ours = command("rdb-merge", "-o", "merged.csv", base, ours, theirs).writing("merged.csv")
	}
	return all
}

// mergeSides writes two edits of the table of 100,000 rows and what they give
// together.
func (l *lab) mergeSides() error {
	if err := l.table("100k"); err != nil {
		return err
	}
	return l.makeOnce("merge sides", func() error {
		ours := func(row int) bool { return row%200 == 100 }
		theirs := func(row int) bool { return row%200 == 101 }
		return errors.Join(
			l.editRows("100k.csv", "100k.ours.csv", ours),
			l.editRows("100k.csv", "100k.theirs.csv", theirs),
			l.editRows("100k.csv", "100k.merged.csv", func(row int) bool { return ours(row) || theirs(row) }),
		)
	})
}

// editRows copies a table of one line a row and gives the second cell of the
// chosen rows another value.
func (l *lab) editRows(from, to string, chosen func(row int) bool) error {
	in, err := os.Open(l.path(from))
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(l.path(to))
	if err != nil {
		return err
	}
	defer out.Close()
	b := bufio.NewWriterSize(out, 1<<16)
	row := 0
	err = eachLine(in, func(line []byte) bool {
		if key, rest, ok := bytes.Cut(line, []byte("|")); row > 0 && chosen(row) && ok {
			fmt.Fprintf(b, "%s|Changed in row %d|%s", key, row, rest[endOfCell(rest):])
		} else {
			b.Write(line)
		}
		row++
		return true
	})
	return errors.Join(err, b.Flush(), out.Close())
}

// endOfCell returns where the cell behind the first one of rest begins.
func endOfCell(rest []byte) int {
	quoted := false
	for i, c := range rest {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '|' && !quoted:
			return i + 1
		}
	}
	return len(rest)
}

// conflicted is an error unless the rival printed a conflict for every row that
// ours changed: otherwise the two were not asked the same.
func (l *lab) conflicted() error {
	f, err := os.Open(l.path(rivalPrinted))
	if err != nil {
		return err
	}
	defer f.Close()
	n := 0
	err = eachLine(f, func(line []byte) bool {
		if bytes.HasPrefix(line, []byte("<<<<<<< ")) {
			n++
		}
		return true
	})
	if err == nil && n != 500 {
		err = fmt.Errorf("wrong result: %d conflicts, not 500", n)
	}
	return err
}

const doltFolder = "dolt-100k"

func (l *lab) dolt(args ...string) error {
	return l.runIn(doltFolder, append([]string{"dolt"}, args...)...)
}

// doltBranches makes a database with the table, and both edits as branches of it.
func (l *lab) doltBranches() error {
	return l.makeOnce(doltFolder, func() error {
		if err := os.RemoveAll(l.path(doltFolder)); err != nil {
			return err
		}
		if err := os.MkdirAll(l.path(doltFolder), 0o755); err != nil {
			return err
		}
		for _, args := range [][]string{
			{"config", "--global", "--set", "metrics.disabled", "true"},
			{"config", "--global", "--set", "versioncheck.disabled", "true"},
			{"config", "--global", "--set", "user.name", "bench"},
			{"config", "--global", "--set", "user.email", "bench@example.org"},
			{"init"},
			{"table", "import", "-c", "--pk", "key", "--file-type", "psv", "text", "../100k.csv"},
			{"add", "text"},
			{"commit", "-m", "base"},
			{"checkout", "-b", "theirs"},
			{"table", "import", "-u", "--file-type", "psv", "text", "../100k.theirs.csv"},
			{"commit", "-a", "-m", "theirs"},
			{"checkout", "main"},
			{"table", "import", "-u", "--file-type", "psv", "text", "../100k.ours.csv"},
			{"commit", "-a", "-m", "ours"},
			{"branch", "ours"},
		} {
			if err := l.dolt(args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// doltMerged is an error unless dolt has both edits too.
func (l *lab) doltMerged() error {
	if err := l.dolt("sql", "-r", "csv", "-q", "SELECT count(*) FROM text WHERE value LIKE 'Changed in row %'"); err != nil {
		return err
	}
	printed, err := os.ReadFile(l.path(setupPrinted))
	if err == nil && string(printed) != "count(*)\n1000\n" {
		err = fmt.Errorf("wrong result: dolt says %q", printed)
	}
	return err
}
