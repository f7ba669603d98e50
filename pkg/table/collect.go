package table

import (
	"strings"

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
