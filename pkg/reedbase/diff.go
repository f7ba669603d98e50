package reedbase

import (
	"slices"

	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/table"
)

// CellChange is one cell that differs.
type CellChange = table.CellChange

// RowChange is one row that differs: Old nil is an insertion, New nil a deletion.
type RowChange struct {
	Key      []string
	Old, New *Record
	Cells    []CellChange
}

// Diff is what differs between two versions.
type Diff struct {
	From, To                       ID
	OldColumns, NewColumns         []string
	KeyColumns                     []string
	Changes                        []RowChange
	Added, Changed, Deleted, Cells int64
}

// Diff returns what differs between two versions, row by row; to 0 is the table as it stands, edits by hand included.
func (t *Table) Diff(from, to ID) (*Diff, error) {
	t.traceContent(from)
	if to != 0 {
		t.traceContent(to)
	}
	c, err := t.t.Diff(from, to)
	if err != nil {
		return nil, err
	}
	key, err := t.t.KeyNames()
	if err != nil {
		return nil, err
	}
	d := &Diff{From: from, To: to, OldColumns: c.OldColumns, NewColumns: c.NewColumns, KeyColumns: key}
	if columns := slices.Concat(c.NewColumns, c.OldColumns); len(key) == 0 && len(columns) > 0 {
		d.KeyColumns = columns[:1]
	}
	n := c.Counts()
	d.Added, d.Changed, d.Deleted = n.Added, n.Changed, n.Deleted
	d.Changes = make([]RowChange, len(c.Rows))
	for i, r := range c.Rows {
		if d.Changes[i], err = d.change(c, r); err != nil {
			return nil, err
		}
		d.Cells += int64(len(d.Changes[i].Cells))
	}
	return d, nil
}

func (d *Diff) change(c *table.Changes, r table.Change) (out RowChange, err error) {
	parts, err := row.SplitKey(r.Key, len(d.KeyColumns))
	if err != nil {
		return out, err
	}
	for _, p := range parts {
		out.Key = append(out.Key, string(p))
	}
	if out.Old, err = recordOf(c.OldColumns, d.KeyColumns, r.Old); err != nil {
		return out, err
	}
	if out.New, err = recordOf(c.NewColumns, d.KeyColumns, r.New); err != nil {
		return out, err
	}
	out.Cells, err = c.Cells(r)
	return out, err
}

// recordOf returns a record, nil for no bytes.
func recordOf(columns, key []string, raw []byte) (*Record, error) {
	if raw == nil {
		return nil, nil
	}
	at, err := keyColumns(columns, key)
	if err != nil {
		at = []int{0} // the table had another key then
	}
	r, err := newRecord(columns, at, raw)
	return &r, err
}
