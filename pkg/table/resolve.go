package table

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/conflict"
	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/rbks"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Take says what a conflict's row is to be.
type Take uint8

// What a resolution takes.
const (
	TakeOurs    Take = iota // what the head had when the stale write came
	TakeTheirs              // what the stale write had
	TakeBase                // what both were made from
	TakeBoth                // ours, and theirs under a new key
	TakeValue               // given values
	TakeLater               // ours or theirs, whichever was written later
	TakeEarlier             // or earlier
)

var takes = [...]string{"ours", "theirs", "base", "both", "value", "last-write-wins", "first-write-wins"}

// String returns the word for what is taken.
func (t Take) String() string { return takes[t] }

// Resolution settles one conflict.
type Resolution struct {
	ID     conflict.ID
	Take   Take
	Column string       // the only column to settle; "" settles all
	Values []Assignment // of TakeValue
	Force  bool         // also where the row was written since; TakeOurs then keeps the row as it is now
}

// Resolved is what a resolution did.
type Resolved struct {
	ID      conflict.ID
	By      string   // the word for the side that was taken
	NewKey  []byte   // of the row that TakeBoth added
	Columns []string // that are settled; none for all
}

// Resolve settles conflicts, as one version, whether or not it changes a byte. One that is not open is fault.NotFound; where
// the row is not what the merge left any more, or cannot be what is asked for, nothing is stored and the error is fault.No.
func (t *Table) Resolve(user uint64, list ...Resolution) (Result, []Resolved, error) {
	s, err := t.Begin()
	if err != nil {
		return Result{}, nil, err
	}
	defer s.Close()
	if err := s.RefuseDirty(); err != nil {
		return Result{}, nil, err
	}
	d, done, err := s.resolve(user, list)
	if err != nil {
		return Result{}, nil, err
	}
	if _, err := s.Stage(*d); err != nil {
		return Result{}, nil, err
	}
	res, err := s.publishLast()
	return res, done, err
}

func (s *Session) resolve(user uint64, list []Resolution) (*Draft, []Resolved, error) {
	x, err := s.index()
	if err != nil {
		return nil, nil, err
	}
	names, err := s.t.dir.Names()
	if err != nil {
		return nil, nil, err
	}
	open, err := s.t.openConflicts(names, x)
	if err != nil {
		return nil, nil, err
	}
	e, err := s.Edit()
	if err != nil {
		return nil, nil, err
	}
	var done []Resolved
	var file conflict.File
	for _, r := range list {
		i := slices.IndexFunc(open, func(c conflict.Conflict) bool { return c.ID == r.ID })
		if i < 0 {
			return nil, nil, fault.New(fault.NotFound, "table %q has no open conflict %s", s.t.name, r.ID)
		}
		one := resolving{Edit: e, Conflict: open[i], Resolution: r}
		if err := one.settle(); err != nil {
			return nil, nil, fmt.Errorf("conflict %s: %w", r.ID, err)
		}
		settled := conflict.Settled{ID: r.ID, By: one.done.By, Columns: one.done.Columns}
		file.Settled, done = append(file.Settled, settled), append(done, one.done)
		open = conflict.Open([]conflict.File{{Opened: open}, {Settled: []conflict.Settled{settled}}})
	}
	d, err := e.Draft(user)
	if err == nil && d == nil {
		d = &Draft{User: user, Delta: delta.Edit(e.head.Size, nil), Hash: s.Head().Hash}
	}
	if err != nil {
		return nil, nil, err
	}
	d.Action, d.Conflicts = verlog.Resolve, file
	return d, done, nil
}

// resolving is one conflict on its way to be settled.
type resolving struct {
	*Edit
	conflict.Conflict
	Resolution
	done Resolved
}

func (r *resolving) settle() error {
	r.done.ID = r.Conflict.ID
	take := r.Take
	switch later := r.Theirs.Version > r.Ours.Version; {
	case take == TakeLater && later, take == TakeEarlier && !later:
		take = TakeTheirs
	case take == TakeLater, take == TakeEarlier:
		take = TakeOurs
	}
	r.done.By = take.String()
	if r.Kind == conflict.Header {
		return r.settleHeader(take)
	}
	if err := r.choose(); err != nil {
		return err
	}
	row, err := r.find(r.cells(r.Key))
	if err != nil {
		return err
	}
	if r.Force && take == TakeOurs {
		return nil
	}
	if err := r.unmoved(row); err != nil && !r.Force {
		return err
	}
	return r.take(take, row)
}

// settleHeader takes the header as it is; another one is made by an edit.
func (r *resolving) settleHeader(take Take) error {
	if take == TakeOurs && r.Column == "" {
		return nil
	}
	err := fault.New(fault.Input, "a conflict of the header is settled by --ours: the header as it is now")
	return fault.WithHint(err, "change the header first, with 'rdb edit %s'", r.s.t.name)
}

// choose looks at the column that is to be settled.
func (r *resolving) choose() error {
	if r.Column == "" {
		return nil
	}
	if !slices.Contains(r.Columns, r.Column) {
		err := fault.New(fault.Input, "column %q does not clash", r.Column)
		if len(r.Columns) == 0 {
			return fault.WithHint(err, "the whole row does")
		}
		return fault.WithHint(err, "those that do are %s", strings.Join(r.Columns, ", "))
	}
	if r.Take == TakeBoth {
		return fault.New(fault.Input, "both can be kept of a row, not of a column")
	}
	r.done.Columns = []string{r.Column}
	return nil
}

// clashing returns the columns to settle; none stand for the whole row.
func (r *resolving) clashing() []string {
	if r.Column != "" {
		return []string{r.Column}
	}
	return r.Columns
}

// cells splits a key into its cells.
func (r *resolving) cells(key []byte) []string {
	parts, err := row.SplitKey(key, len(r.keyAt))
	if err != nil {
		return []string{string(key)}
	}
	cells := make([]string, len(parts))
	for i, p := range parts {
		cells[i] = string(p)
	}
	return cells
}

// kept returns what the merge left in the row.
func (r *resolving) kept() conflict.Side {
	if r.Kept == "theirs" {
		return r.Theirs
	}
	return r.Ours
}

// unmoved refuses a row that somebody has written since the merge: what was to be settled is not there any more.
func (r *resolving) unmoved(now *editedRow) error {
	was := r.kept()
	same := (was.Record == nil) == (now.now == nil)
	if same && now.now != nil {
		for _, column := range r.compared(was) {
			before, _ := cellNamed(was, column)
			after, _ := cellNamed(conflict.Side{Columns: r.Edit.columns, Record: now.now}, column)
			same = same && bytes.Equal(before, after)
		}
	}
	if same {
		return nil
	}
	err := fault.New(fault.No, "row %q is not what the conflict saw any more: %s", r.Key, describeRow(now.now))
	return fault.WithHint(err, "'rdb conflict:resolve %s --force' settles it all the same; with --ours the row stays as it is now", r.Conflict.ID)
}

// compared returns the columns that tell whether the row is what the merge left.
func (r *resolving) compared(was conflict.Side) []string {
	if columns := r.clashing(); len(columns) > 0 {
		return columns
	}
	return slices.DeleteFunc(slices.Clone(was.Columns), func(c string) bool { return !slices.Contains(r.Edit.columns, c) })
}

func describeRow(record []byte) string {
	if record == nil {
		return "it is not there"
	}
	return fmt.Sprintf("it is %q", trimEOL(record))
}

// cellNamed returns a side's cell by its column; ok is false where there is none.
func cellNamed(s conflict.Side, column string) (cell []byte, ok bool) {
	i := slices.Index(s.Columns, column)
	if i < 0 || s.Record == nil {
		return nil, false
	}
	return row.Cell(s.Record, i)
}

func (r *resolving) take(take Take, now *editedRow) error {
	switch take {
	case TakeOurs:
		return r.become(r.Ours, now)
	case TakeTheirs:
		return r.become(r.Theirs, now)
	case TakeBase:
		return r.become(r.Base, now)
	case TakeBoth:
		return r.keepBoth()
	}
	if len(r.Values) == 0 {
		return fault.New(fault.Input, "no value is given")
	}
	return r.Set(r.cells(r.Key), r.Values)
}

// become makes the clashing cells what they are on a side; the whole row where all of it clashes, or is not there.
func (r *resolving) become(side conflict.Side, now *editedRow) error {
	key := r.cells(r.Key)
	if side.Record == nil {
		if now.now == nil {
			return nil
		}
		return r.Delete(key)
	}
	columns := r.clashing()
	if len(columns) == 0 || now.now == nil {
		columns = side.Columns
	}
	return r.Set(key, r.assignments(side, columns))
}

// assignments gives the columns the cells that they have on a side. Columns of the key, and those that are gone, are left out.
func (r *resolving) assignments(side conflict.Side, columns []string) (list []Assignment) {
	for _, column := range columns {
		at := slices.Index(r.Edit.columns, column)
		if at < 0 || slices.Contains(r.keyAt, at) {
			continue
		}
		cell, _ := cellNamed(side, column)
		list = append(list, Assignment{Column: column, Value: string(cell)})
	}
	return list
}

// keepBoth leaves ours and adds theirs under a key of its own.
func (r *resolving) keepBoth() error {
	if r.Ours.Record == nil || r.Theirs.Record == nil {
		return fault.New(fault.Input, "one side deleted the row: there are not two to keep")
	}
	key := r.cells(r.Key)
	last := len(key) - 1
	name := key[last]
	for n := 1; ; n++ {
		key[last] = otherKey(name, n)
		found, err := r.find(key)
		if err != nil {
			return err
		}
		if found.now == nil {
			break
		}
	}
	id, err := r.joinKey(key)
	r.done.NewKey = id
	if err != nil {
		return err
	}
	return r.Set(key, r.assignments(r.Theirs, r.Theirs.Columns))
}

// otherKey returns the n-th key beside one: a key of the form NAME@MODIFIER… gets a modifier more, and stays legal.
func otherKey(key string, n int) string {
	word := "conflict"
	if n > 1 {
		word = fmt.Sprintf("conflict%d", n)
	}
	other := key + "@" + word
	if k, ok := rbks.Parse([]byte(other), rbks.Words{}); ok {
		return k.String()
	}
	return other
}
