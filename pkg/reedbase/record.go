package reedbase

import (
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/rbks"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/table"
)

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

// Record is one row. Its cells are its own; Columns belongs to all records of a call and is not to be changed, and Raw can be a part of
// the whole table's text, which it then keeps in memory.
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

// Get returns the row of a key, spelled in any way; fault.NotFound when there is none.
func (t *Table) Get(key ...string) (Record, error) {
	return t.get(key, func(r *table.Reading) ([]string, error) {
		if len(key) != 1 || !strings.ContainsAny(key[0], "@<") {
			return nil, nil
		}
		rules, err := r.Rules()
		if err != nil {
			return nil, err
		}
		return rules.Spellings(key[0]), nil
	})
}

// get returns the row of the first of some keys that the table holds, or of key itself where there are none.
func (t *Table) get(key []string, of func(*table.Reading) (keys []string, err error)) (Record, error) {
	r, err := t.t.Reading()
	if err != nil {
		return Record{}, err
	}
	defer r.Close()
	rows := &reader{content: r.Content, columns: r.Columns, key: r.Key, keyAt: r.KeyAt}
	if len(key) != len(r.KeyAt) {
		return Record{}, fault.New(fault.Input, "the key has %d cells (%s), %d were given", len(r.KeyAt), strings.Join(rows.keyNames(), "|"), len(key))
	}
	keys, err := of(r)
	if err != nil {
		return Record{}, err
	}
	if len(keys) == 0 {
		parts := make([][]byte, len(key))
		for i, k := range key {
			parts[i] = []byte(k)
		}
		keys = []string{string(row.JoinKey(parts))}
	}
	raw, err := r.First(keys)
	if err != nil {
		return Record{}, err
	}
	if raw == nil {
		return Record{}, t.noRow(rows, key)
	}
	return newRecord(r.Columns, r.KeyAt, raw)
}

// maxHinted is how large a table may be of which all keys are gone through for a hint, in bytes: it is not to take longer than it
// helps.
const maxHinted = 4 << 20

// noRow is the error for a key that is not there, with the nearest one of a small table as a hint.
func (t *Table) noRow(r *reader, key []string) error {
	err := fault.New(fault.NotFound, "table %q has no row %q", t.Name(), strings.Join(key, "|"))
	if r.content.Size > maxHinted {
		return err
	}
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

// List yields the rows whose key begins with prefix, in the order of the table; at most limit of them unless that is 0. A prefix
// NODE.* means the keys of that node and all below it: page.header.* lists page.header@de and page.header.logo, and no page.headers.
// Where an ordered index of the key finds them, they come without their comments and lines.
func (t *Table) List(prefix string, limit int) iter.Seq2[Record, error] {
	within, with := func(key string) bool { return strings.HasPrefix(key, prefix) }, []byte(prefix)
	if path, ok := rbks.CutNode([]byte(prefix)); ok {
		within, with = func(key string) bool { return rbks.Within([]byte(key), path) }, path
	}
	rows := t.beginning(with)
	if rows == nil {
		rows = t.scan
	}
	return func(yield func(Record, error) bool) {
		n := 0
		for rec, err := range rows {
			if err == nil && !within(rec.Key()[0]) {
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

// scan yields all rows in the order of the table.
func (t *Table) scan(yield func(Record, error) bool) {
	r, err := t.open()
	if err != nil {
		yield(Record{}, err)
		return
	}
	defer r.close()
	for rec, err := range r.rows() {
		if !yield(rec, err) {
			return
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
