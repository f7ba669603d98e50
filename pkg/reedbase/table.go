package reedbase

import (
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
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
	Locked                  bool // by Holder
	Unknown                 bool // the outcome of a write is unknown until Recover
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
	info.Versions, info.Head = len(lines), t.version(head, t.db.labels())
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
		Name: t.Name(), State: st.State, Holder: st.Holder, Locked: st.Locked, Unknown: st.Unknown, Problem: st.Problem,
		Added: st.Changes.Added, Changed: st.Changes.Changed, Deleted: st.Changes.Deleted,
	}
	if st.Head.ID != 0 {
		s.Head = t.version(st.Head, names)
	}
	there = st.Head.ID != 0 && st.Head.Action != verlog.Delete || st.State == Dirty || st.Problem != nil
	return s, there, nil
}

// reader is the table as it stands, open for reading rows.
type reader struct {
	content *table.Content
	columns []string
	key     []string // names; none: the first column
	keyAt   []int
}

func (t *Table) open() (*reader, error) {
	c, key, err := t.t.View()
	if err != nil {
		return nil, err
	}
	r := &reader{content: c, key: key}
	if r.columns, err = c.Columns(); err == nil {
		r.keyAt, err = keyColumns(r.columns, key)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return r, nil
}

func (r *reader) close() { r.content.Close() }

func (r *reader) keyNames() []string {
	if len(r.key) > 0 {
		return r.key
	}
	return r.columns[:min(1, len(r.columns))]
}

// Record is one row. Its strings are its own.
type Record struct {
	Columns, Cells []string
	Comment        string // the comment and blank lines above it
	Raw            []byte // its bytes, line end included
	Line           int    // in the table, from 1; 0 where it was not counted
	key            []int
}

// Key returns the cells of the record's key.
func (r Record) Key() []string {
	key := make([]string, len(r.key))
	for i, at := range r.key {
		if at < len(r.Cells) {
			key[i] = r.Cells[at]
		}
	}
	return key
}

// Cell returns the cell of a column, and whether there is such a column.
func (r Record) Cell(column string) (string, bool) {
	i := slices.Index(r.Columns, column)
	if i < 0 || i >= len(r.Cells) {
		return "", false
	}
	return r.Cells[i], true
}

func newRecord(columns []string, keyAt []int, raw []byte) (Record, error) {
	cells, err := row.Cells(nil, raw)
	if err != nil {
		return Record{}, err
	}
	r := Record{Columns: columns, Cells: make([]string, len(cells)), Raw: raw, key: keyAt}
	for i, c := range cells {
		r.Cells[i] = string(c)
	}
	return r, nil
}

// Get returns the row of a key; fault.NotFound when there is none.
func (t *Table) Get(key ...string) (Record, error) {
	r, err := t.open()
	if err != nil {
		return Record{}, err
	}
	defer r.close()
	parts := make([][]byte, len(key))
	for i, k := range key {
		parts[i] = []byte(k)
	}
	if len(key) != len(r.keyAt) {
		return Record{}, fault.New(fault.Input, "the key has %d cells (%s), %d were given", len(r.keyAt), strings.Join(r.keyNames(), "|"), len(key))
	}
	_, raw, ok, err := row.FindReader(r.content, r.content.Size, row.JoinKey(parts), r.keyAt, nil)
	if err != nil {
		return Record{}, err
	}
	if !ok {
		return Record{}, t.noRow(r, key)
	}
	return newRecord(r.columns, r.keyAt, raw)
}

// noRow is the error for a key that is not there, with the nearest one as a hint.
func (t *Table) noRow(r *reader, key []string) error {
	err := fault.New(fault.NotFound, "table %q has no row %q", t.Name(), strings.Join(key, "|"))
	best, least := "", len(key[0])/3+1
	for rec, err := range r.rows() {
		if err != nil {
			break
		}
		if d := distance(key[0], rec.Key()[0], least); d < least {
			best, least = strings.Join(rec.Key(), "|"), d
		}
	}
	if best == "" {
		return err
	}
	return fault.WithHint(err, "did you mean %q?", best)
}

// rows yields the rows in the order of the text.
func (r *reader) rows() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		b, err := r.content.Bytes()
		if err != nil {
			yield(Record{}, err)
			return
		}
		header := true
		line := 1
		for at := 0; at < len(b); {
			next, err := row.Next(b, at)
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(Record{}, err)
				return
			}
			first := line + countLines(b[next.Start:next.Body])
			line = first + countLines(b[next.Body:next.End])
			at = next.End
			if next.Body == next.End {
				return
			}
			if header {
				header = false
				continue
			}
			rec, err := newRecord(r.columns, r.keyAt, b[next.Body:next.End:next.End])
			rec.Comment, rec.Line = string(b[next.Start:next.Body]), first
			if !yield(rec, err) || err != nil {
				return
			}
		}
	}
}

func countLines(b []byte) int { return strings.Count(string(b), "\n") }

// List yields the rows whose key begins with prefix, in the order of the table; at most limit of them unless that is 0.
func (t *Table) List(prefix string, limit int) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		r, err := t.open()
		if err != nil {
			yield(Record{}, err)
			return
		}
		defer r.close()
		n := 0
		for rec, err := range r.rows() {
			if err == nil && !strings.HasPrefix(rec.Key()[0], prefix) {
				continue
			}
			if !yield(rec, err) || err != nil {
				return
			}
			if n++; n == limit {
				return
			}
		}
	}
}

// Export writes the table as it stands, byte for byte.
func (t *Table) Export(w io.Writer) error {
	c, err := t.t.Read()
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.WriteTo(w)
	return err
}
