package reedbase

import (
	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/table"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Table is one table of a database. The caller closes it.
type Table struct {
	db *DB
	t  *table.Table
}

// State says what current.csv is.
type State = table.State

// The states of current.csv.
const (
	Clean   = table.Clean
	Stale   = table.Stale
	Missing = table.Missing
	Dirty   = table.Dirty
	Damaged = table.Damaged
)

// TableInfo is what is known of a table.
type TableInfo struct {
	Name                 string
	Columns, Key         []string
	Rows, Size           int64 // of the table as it stands; Size in bytes
	Versions             int
	Head                 Version
	State                State
	DeltaBytes, LogBytes int64
}

// Status is what a table looks like at a moment.
type Status struct {
	Name                    string
	State                   State
	Head                    Version
	Added, Changed, Deleted int64 // rows, by an edit by hand
	Problem                 error // why the edit is no table, or why the log cannot be trusted
	Holder                  durable.Holder
	Locked                  bool             // by Holder
	Waiting                 []durable.Waiter // for the lock, first come first
	Unknown                 bool             // the outcome of a write is unknown until Recover
	Conflicts               int              // that are open
	Strategy                Strategy         // how conflicts of the table are settled at once
	SchemaEdited            bool             // somebody edited the copy of the schema, and that is not recorded
}

// Close releases the table.
func (t *Table) Close() error { return t.t.Close() }

// Name returns the table's name.
func (t *Table) Name() string { return t.t.Name() }

// Columns returns the header of the table as it stands.
func (t *Table) Columns() ([]string, error) {
	r, err := t.open()
	if err != nil {
		return nil, err
	}
	defer r.close()
	return r.columns, nil
}

// KeyColumns returns the names of the columns that make the key.
func (t *Table) KeyColumns() ([]string, error) {
	r, err := t.open()
	if err != nil {
		return nil, err
	}
	defer r.close()
	return r.keyNames(), nil
}

// Info returns what is known of the table. Its rows are counted.
func (t *Table) Info() (TableInfo, error) {
	info := TableInfo{Name: t.Name()}
	lines, err := t.t.Lines()
	if err != nil {
		return info, err
	}
	head, _ := verlog.Head(lines)
	info.Versions, info.Head = len(lines), versionOf(head, t.db.labels())
	for _, l := range lines {
		info.DeltaBytes += l.Size
		info.LogBytes += int64(len(l.Append(nil)))
	}
	st, err := t.t.Status()
	if err != nil {
		return info, err
	}
	info.State = st.State
	r, err := t.open()
	if err != nil {
		return info, err
	}
	defer r.close()
	info.Columns, info.Key, info.Size = r.columns, r.keyNames(), r.content.Size
	b, err := r.content.Bytes()
	if err != nil {
		return info, err
	}
	n, err := row.Count(b)
	info.Rows = int64(n)
	return info, err
}

// Status looks at the table without changing it.
func (t *Table) Status() (Status, error) {
	s, _, err := t.status(t.db.labels())
	return s, err
}

// status is Status with the dictionaries read before; there says that the table has a version and is not deleted.
func (t *Table) status(names labels) (s Status, there bool, err error) {
	st, err := t.t.Status()
	if err != nil {
		return s, false, err
	}
	s = Status{
		Name: t.Name(), State: st.State, Holder: st.Holder, Locked: st.Locked, Waiting: st.Waiting, Unknown: st.Unknown, Problem: st.Problem,
		Added: st.Changes.Added, Changed: st.Changes.Changed, Deleted: st.Changes.Deleted,
	}
	if st.Head.ID != 0 {
		s.Head = versionOf(st.Head, names)
	}
	if s.Strategy, err = t.Strategy(); err != nil {
		return s, false, err
	}
	if st.Problem == nil {
		s.Conflicts, s.Problem = t.t.CountConflicts()
	}
	edited, err := t.t.EditedSchema()
	if err != nil {
		return s, false, err
	}
	s.SchemaEdited = edited != nil && st.Head.ID != 0
	there = st.Head.ID != 0 && st.Head.Action != verlog.Delete || st.State == Dirty || st.Problem != nil
	return s, there, nil
}
