package table

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/conflict"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

const (
	conflictsSuffix = ".conflicts"
	conflictsFile   = "conflicts.csv"
)

// number gives what the version id opens its ids, and settles it where that was decided beforehand.
func (d *Draft) number(id stamp.ID) {
	opened := slices.Clone(d.Conflicts.Opened)
	for i := range opened {
		opened[i].ID = conflict.ID{Version: id, N: i + 1}
		if d.settle != "" {
			d.Conflicts.Settled = append(d.Conflicts.Settled, conflict.Settled{ID: opened[i].ID, By: d.settle})
		}
	}
	d.Conflicts.Opened = opened
}

// Conflicts returns those that are open, oldest first. They come from the files of versions: conflicts.csv is for people.
func (t *Table) Conflicts() ([]conflict.Conflict, error) {
	names, err := t.dir.Names()
	if err != nil || !slices.ContainsFunc(names, isConflicts) {
		return nil, err
	}
	lines, err := t.readLines()
	if err != nil {
		return nil, err
	}
	return t.openConflicts(names, indexOf(lines))
}

func isConflicts(name string) bool { return strings.HasSuffix(name, conflictsSuffix) }

// openConflicts reads the files of the versions that the log has, from the one on that last deleted the table.
func (t *Table) openConflicts(names []string, x *index) ([]conflict.Conflict, error) {
	var deleted stamp.ID
	for _, l := range x.lines {
		if l.Action == verlog.Delete {
			deleted = l.ID
		}
	}
	var ids []stamp.ID
	for _, name := range names {
		text, ok := strings.CutSuffix(name, conflictsSuffix)
		id, err := stamp.Parse(text)
		if _, logged := x.line(id); ok && err == nil && logged && id > deleted {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	files := make([]conflict.File, len(ids))
	for i, id := range ids {
		var err error
		if files[i], err = t.readConflicts(id); err != nil {
			return nil, err
		}
	}
	return conflict.Open(files), nil
}

func (t *Table) readConflicts(id stamp.ID) (f conflict.File, err error) {
	name := id.String() + conflictsSuffix
	b, err := t.dir.ReadFile(name, conflict.MaxSize)
	if err == nil {
		f, err = conflict.Parse(b)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", t.dir.Path(name), err)
	}
	return f, err
}

// listConflicts makes conflicts.csv what the published versions say. Not being able to is a warning.
func (s *Session) listConflicts() {
	if slices.ContainsFunc(s.staged, func(p staged) bool { return p.touchesConflicts(s.t) }) {
		s.putConflicts()
	}
}

// touchesConflicts reports whether the version may change which conflicts are open.
func (v *staged) touchesConflicts(t *Table) bool {
	l := v.line
	return l.Action == verlog.Delete || l.Action >= verlog.Automerge && t.dir.Exists(l.ID.String()+conflictsSuffix)
}

func (s *Session) putConflicts() {
	t := s.t
	if err := t.bringConflictsUp(s.v); err != nil {
		t.warn(conflictsFile + " could not be brought up to date: " + err.Error())
	}
}

// bringConflictsUp makes conflicts.csv the open conflicts; without any there is none.
func (t *Table) bringConflictsUp(v *view) error {
	names, err := t.dir.Names()
	if err != nil || !slices.ContainsFunc(names, func(n string) bool { return isConflicts(n) || n == conflictsFile }) {
		return err
	}
	if err := errors.Join(v.needLines(), v.log.err); err != nil {
		return err
	}
	open, err := t.openConflicts(names, indexOf(v.log.lines))
	if err != nil {
		return err
	}
	if len(open) == 0 {
		return t.dir.Remove(conflictsFile)
	}
	list := conflict.Table(open)
	if old, err := t.dir.ReadFile(conflictsFile, conflict.MaxSize); err == nil && bytes.Equal(old, list) {
		return nil
	}
	err = t.dir.Put(conflictsFile, conflictsFile+tempSuffix, list)
	if fault.KindOf(err) == fault.Corrupt { // something that is no file stands there
		if _, err2 := t.moveAside(conflictsFile, conflictsFile); err2 == nil {
			err = t.dir.Put(conflictsFile, conflictsFile+tempSuffix, list)
		}
	}
	return err
}
