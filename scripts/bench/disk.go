package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// diskFigures: what a version of one changed row takes of the disk.
func diskFigures(l *lab) []figure {
	var all []figure
	for _, rows := range []string{"100k", "1m"} {
		s := l.setsOfRows(rows)
		stored := s.figure("stored", side{}, tallyAtMost(420, "B"))
		stored.what = "delta of one cell as stored, its log line included"
		stored.ours.tally = func() (int64, error) { return l.newestDelta(s.folder()) }

		disk := s.figure("disk", side{}, tallyAtMost(520, "B"))
		disk.what = "delta of one cell and its line in version.log"
		disk.ours.tally = func() (int64, error) { return l.newestVersion(s.folder()) }
		disk.note = func() string { return l.occupied(s.folder()) }

		stored.big, disk.big = rows == "1m", rows == "1m"
		all = append(all, stored, disk)
	}
	return all
}

// newestDelta returns the size of the last version's delta file.
func (l *lab) newestDelta(folder string) (int64, error) {
	deltas, err := l.deltas(folder)
	if err != nil {
		return 0, err
	}
	return l.size(deltas[len(deltas)-1])
}

// newestVersion adds the last line of version.log.
func (l *lab) newestVersion(folder string) (int64, error) {
	delta, err := l.newestDelta(folder)
	if err != nil {
		return 0, err
	}
	log, err := os.ReadFile(l.path(tableFile(folder, "version.log")))
	line := log[bytes.LastIndexByte(bytes.TrimSuffix(log, []byte("\n")), '\n')+1:]
	return delta + int64(len(line)), err
}

// occupied says in how many blocks the file system keeps that delta.
func (l *lab) occupied(folder string) string {
	deltas, err := l.deltas(folder)
	if err != nil {
		return ""
	}
	info, err := os.Stat(l.path(deltas[len(deltas)-1]))
	if err != nil {
		return ""
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	return fmt.Sprintf("du says %d B", stat.Blocks*512)
}

// deltas returns the delta files of the table, oldest first: ids grow.
func (l *lab) deltas(folder string) ([]string, error) {
	all, err := filepath.Glob(l.path(tableFile(folder, "*.bsdiff")))
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%s: no deltas", folder)
	}
	slices.SortFunc(all, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return all, err
}

func tableFile(folder, name string) string {
	return filepath.Join(folder, ".reed", "tables", "text", name)
}
