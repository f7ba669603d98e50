package table

import (
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// Garbage is a file that nothing needs.
type Garbage struct {
	Path  string // as a message names it
	Bytes int64
}

// Collect removes what nothing needs: what commands that were cut short left, and deltas of versions that were folded
// away. With dry nothing is removed. What recovery moved aside stays.
func (t *Table) Collect(dry bool) ([]Garbage, error) {
	s, err := t.Begin()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	x, err := s.index()
	if err != nil {
		return nil, err
	}
	names, err := t.dir.Names()
	if err != nil {
		return nil, err
	}
	keep, err := t.keptSnapshots(x)
	if err != nil {
		return nil, err
	}
	var list []Garbage
	for _, name := range names {
		if !garbage(name, x, keep) {
			continue
		}
		info, err := t.dir.Root().Lstat(name)
		if err != nil {
			continue
		}
		if !dry {
			if err := t.dir.Remove(name); err != nil {
				return list, err
			}
		}
		list = append(list, Garbage{t.dir.Path(name), info.Size()})
	}
	if len(list) > 0 && !dry {
		return list, t.dir.Sync()
	}
	return list, nil
}

// RemoveUnmade removes the table's folder from the one that holds all of them where it was never a table, and nothing is in it but an
// empty log, the lock and the folder of those who waited for that: a change that was to make the table and did not leaves it so. With
// dry it only says so. Whoever asks for the lock meanwhile is told that the folder is gone, and to try again.
func (t *Table) RemoveUnmade(tables *durable.Dir, dry bool) (garbage []Garbage, err error) {
	s, err := t.Begin()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	names, err := t.dir.Names()
	used := func(name string) bool { return name != logFile && name != queueFolder && name != lockFile }
	if err != nil || s.Head().ID != 0 || slices.ContainsFunc(names, used) {
		return nil, err
	}
	info, err := t.dir.Root().Lstat(lockFile)
	if err != nil {
		return nil, err
	}
	garbage = []Garbage{{t.dir.Path("."), info.Size()}}
	if dry {
		return garbage, nil
	}
	for _, name := range []string{queueFolder, logFile, lockFile} {
		if t.dir.Remove(name) != nil {
			return nil, nil // somebody waits for the lock
		}
	}
	if tables.Remove(t.name) != nil {
		return nil, nil // somebody has begun to make the table
	}
	return garbage, tables.Sync()
}

func garbage(name string, x *index, keep map[stamp.ID]bool) bool {
	if strings.HasSuffix(name, tempSuffix) {
		return true
	}
	text, isDelta := strings.CutSuffix(name, deltaSuffix)
	if !isDelta {
		text = ofVersion(name)
	}
	id, err := stamp.Parse(text)
	if err != nil || text == name {
		return false
	}
	l, logged := x.line(id)
	return !logged || isDelta && x.mayBeGone(l) && !keep[id]
}

// ofVersion returns the id in the name of a file that a version has beside its delta; other names as they are.
func ofVersion(name string) string {
	for _, suffix := range []string{schemaSuffix, conflictsSuffix} {
		if id, ok := strings.CutSuffix(name, suffix); ok {
			return id
		}
	}
	return name
}
