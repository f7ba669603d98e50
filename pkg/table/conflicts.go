package table

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/reedbase/reedbase/pkg/conflict"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

const (
	conflictsSuffix = ".conflicts"
	openFile        = "conflicts.csv"
)

func conflictsName(id stamp.ID) string { return id.String() + conflictsSuffix }

// Conflicts returns the conflicts that are open, in the order in which they were recorded: none of a table that is deleted.
// Like Read it takes no lock.
func (t *Table) Conflicts() ([]conflict.Conflict, error) {
	lines, err := t.readLines()
	if err != nil {
		return nil, err
	}
	if head, _ := verlog.Head(lines); !exists(head) {
		return nil, nil
	}
	list, _, err := t.openConflicts(lines)
	return list, err
}

// CountConflicts returns how many conflicts are open. Of a table that never had any only the log is looked through.
func (t *Table) CountConflicts() (int, error) {
	log, err := t.dir.ReadFile(logFile, maxLog)
	if err != nil {
		return 0, unlessDamage(err)
	}
	if mark := fmt.Appendf(nil, "|%d|", verlog.MergeConflicts); !bytes.Contains(log, mark) {
		return 0, nil
	}
	list, err := t.Conflicts()
	return len(list), err
}

// openConflicts returns the open conflicts after lines, and the line up to which conflicts.csv knows them, 0 when it is not
// to be believed. Only what came behind that is read from the files of versions.
func (t *Table) openConflicts(lines []verlog.Line) (list []conflict.Conflict, known stamp.ID, err error) {
	set, from := conflict.NewSet(nil), 0
	if last := lastDispute(lines); last == 0 {
		return nil, 0, nil
	}
	if b, err := t.dir.ReadFile(openFile, conflict.MaxSize); err == nil {
		if list, at, err := conflict.ParseOpen(b); err == nil {
			for i, l := range lines {
				if l.ID == at {
					set, from, known = conflict.NewSet(list), i+1, at
				}
			}
		}
	}
	set, err = t.applyDisputes(set, lines, from)
	if err != nil {
		return nil, 0, err
	}
	return set.All(), known, nil
}

// deriveOpen is openConflicts from the files of versions alone.
func (t *Table) deriveOpen(lines []verlog.Line) ([]conflict.Conflict, error) {
	set, err := t.applyDisputes(conflict.NewSet(nil), lines, 0)
	if err != nil {
		return nil, err
	}
	return set.All(), nil
}

// applyDisputes adds to set what the lines from that index on opened and settled.
func (t *Table) applyDisputes(set *conflict.Set, lines []verlog.Line, from int) (*conflict.Set, error) {
	x := indexOf(lines)
	for _, l := range lines[from:] {
		if x.anew(l) {
			set = conflict.NewSet(nil)
		}
		if !hasConflicts(l.Action) {
			continue
		}
		d, err := t.readDisputes(l.ID)
		if err != nil {
			return nil, fault.WithHint(err, "run 'rdb recover %s'", t.name)
		}
		set.Apply(d)
	}
	return set, nil
}

// lastDispute returns the newest version that changed which conflicts are open, or 0.
func lastDispute(lines []verlog.Line) (last stamp.ID) {
	x := indexOf(lines)
	for _, l := range lines {
		if hasConflicts(l.Action) || last != 0 && x.anew(l) {
			last = l.ID
		}
	}
	return last
}

// anew reports whether l makes a table anew that was deleted: the conflicts of the one before are nobody's.
func (x *index) anew(l verlog.Line) bool {
	base, ok := x.line(l.Base)
	return ok && base.Action == verlog.Delete && (l.Action == verlog.Create || l.Action == verlog.Import)
}

// readDisputes reads the file of conflicts of a version.
func (t *Table) readDisputes(id stamp.ID) (*conflict.File, error) {
	name := conflictsName(id)
	b, err := t.dir.ReadFile(name, conflict.MaxSize)
	if fault.KindOf(err) == fault.NotFound {
		return nil, fault.New(fault.Corrupt, "%s is missing: the conflicts of version %s", t.dir.Path(name), id)
	}
	if err != nil {
		return nil, err
	}
	d, err := conflict.Parse(b, id)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.dir.Path(name), err)
	}
	return d, nil
}

// bringUpConflicts makes conflicts.csv what the log says, where it is behind. It is derived: not being able to is a warning.
// The lock must be held.
func (t *Table) bringUpConflicts(v *view) {
	err := v.needLines()
	if err == nil {
		err = v.log.err
	}
	if err == nil {
		_, err = t.writeOpen(v.log.lines)
	}
	if err != nil {
		t.warn("conflicts.csv could not be brought up to date: " + err.Error())
	}
}

// writeOpen writes conflicts.csv, unless it is what it should be. Nothing is flushed: it is checked before it is believed.
func (t *Table) writeOpen(lines []verlog.Line) (written bool, err error) {
	list, known, err := t.openConflicts(lines)
	last := lastDispute(lines)
	if err != nil || known == last {
		return false, err
	}
	return true, t.dir.Put(openFile, openFile+tempSuffix, conflict.EncodeOpen(list, last))
}

// holdsConflicts reports whether a version among lines opened or settled conflicts.
func holdsConflicts(lines []verlog.Line) bool {
	return slices.ContainsFunc(lines, func(l verlog.Line) bool { return hasConflicts(l.Action) })
}

// hasConflicts reports whether versions of an action have a file of conflicts.
func hasConflicts(a verlog.Action) bool { return a == verlog.MergeConflicts || a == verlog.Resolve }
