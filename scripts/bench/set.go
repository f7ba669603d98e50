package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// setFigures: changing one cell for good, beside what else keeps both states.
func setFigures(l *lab) []figure {
	small, medium, large := l.setsOfRows("1k"), l.setsOfRows("100k"), l.setsOfRows("1m")
	all := []figure{
		small.ulikunitz(faster(6)), small.xz(faster(12)), small.git(shown()), small.copy(shown()),
		small.flushes(tallyAtMost(3, "flushes")),
	}
	for _, s := range []*sets{medium, large} {
		all = append(all,
			s.git(faster(20)), s.ulikunitz(faster(100)), s.xz(faster(500)), s.copy(atMostTimes(0.5)))
	}
	for i := range all {
		all[i].big = strings.HasSuffix(all[i].name, "-1m")
	}
	return all
}

// sets makes figures of setting one cell of one table.
type sets struct {
	lab              *lab
	name, file, what string
	table            func() error // writes the file
	edit             rowEdit      // found by setup
}

func (l *lab) setsOfRows(rows string) *sets {
	return &sets{
		lab:   l,
		name:  rows,
		file:  rows + ".csv",
		what:  "set one cell of " + spelled[rows] + " rows, durable",
		table: func() error { return l.table(rows) },
	}
}

// spelled is how people read a number of rows.
var spelled = map[string]string{"1k": "1,000", "10k": "10,000", "100k": "100,000", "1m": "1,000,000"}

// folder holds the database.
func (s *sets) folder() string { return "set-" + s.name }

// figure is rdb set beside a rival, which setup may have to prepare.
func (s *sets) figure(beside string, rival side, asked bar, setup ...func() error) figure {
	ready := []func() error{
		s.table,
		func() error { return s.lab.database(s.folder(), s.file) },
		func() (err error) { s.edit, err = s.lab.editOf(s.file); return err },
	}
	return figure{
		name:  "set-" + beside + "-" + s.name,
		what:  s.what,
		ours:  s.set(beside),
		rival: rival,
		bars:  []bar{asked},
		setup: steps(append(ready, setup...)...),
		check: func() error { return s.lab.run("rdb", "-C", s.folder(), "fsck") },
	}
}

// set is our command: another value in every round.
func (s *sets) set(beside string) side {
	return side{args: func(round int) []string {
		cell := s.edit.column + "=" + newValue(beside, round)
		return []string{"rdb", "-C", s.folder(), "set", "text", s.edit.key, cell}
	}}
}

func newValue(beside string, round int) string {
	return fmt.Sprintf("Measured beside %s, round %d", beside, round)
}

func (s *sets) ulikunitz(asked bar) figure {
	return s.figure("ulikunitz", command("bench", "copy-xz", s.file, "copied.xz").writing("copied.xz"), asked)
}

func (s *sets) xz(asked bar) figure {
	return s.figure("xz", command("xz", "-6", "-c", s.file), asked)
}

func (s *sets) copy(asked bar) figure {
	return s.figure("copy", command("bench", "copy-durable", s.file, "copied.durable"), asked)
}

// git is git add and git commit of the file, which gets another content before
// each round: git does not compress again what it knows.
func (s *sets) git(asked bar) figure {
	folder := "git-" + s.name
	rival := command("sh", "-c", "git -C "+folder+" add text.csv && git -C "+folder+" commit -qm edit")
	rival.before = func(round int) error {
		return s.lab.rewrite(s.file, folder+"/text.csv", s.edit, newValue("git", round))
	}
	return s.figure("git", rival, asked, func() error { return s.lab.repository(folder, s.file) })
}

// flushes counts the system calls of one commit that wait for the disk.
func (s *sets) flushes(asked bar) figure {
	f := s.figure("flushes", side{}, asked)
	f.what = "times that setting one cell waits for the disk"
	set := f.ours.args
	f.ours.args = func(round int) []string {
		trace := []string{"strace", "-f", "-o", "calls", "-e", "trace=fsync,fdatasync,sync_file_range,msync,sync,syncfs"}
		rdb := set(round)
		rdb[0] = filepath.Join(s.lab.bin, "rdb")
		return append(trace, rdb...)
	}
	f.ours.tally = func() (int64, error) {
		calls, err := os.ReadFile(s.lab.path("calls"))
		call := regexp.MustCompile(`\w*sync\w*\(`)
		return int64(len(call.FindAll(calls, -1))), err
	}
	return f
}

// A rowEdit is the row at 60 % of a table, whose second cell gets a new value in
// every round.
type rowEdit struct {
	key, column, rest string // rest: what stands behind the second cell
	offset            int64
	length            int
}

func (l *lab) editOf(file string) (rowEdit, error) {
	header, row, offset, err := l.rowAt60(file)
	if err != nil {
		return rowEdit{}, err
	}
	columns, cells := strings.Split(header, "|"), strings.SplitN(row, "|", 3)
	if len(cells) < 2 || len(columns) < 2 {
		return rowEdit{}, fmt.Errorf("%s: row %q has no second cell", file, row)
	}
	rest := strings.TrimPrefix(row, cells[0]+"|"+cells[1])
	return rowEdit{cells[0], columns[1], rest, offset, len(row)}, nil
}

// rewrite copies a table with another value in the edit's row.
func (l *lab) rewrite(from, to string, e rowEdit, value string) error {
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
	if _, err := io.CopyN(out, in, e.offset); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "%s|%s%s", e.key, value, e.rest); err != nil {
		return err
	}
	if _, err := in.Seek(e.offset+int64(e.length), io.SeekStart); err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Close()
}
