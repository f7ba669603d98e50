package reedbase

import (
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/table"
)

// IndexKind is what an index answers.
type IndexKind = table.IndexKind

// The kinds of indices. A large table has one of the kind KeyIndex by itself; the others are created.
const (
	KeyIndex      = table.KeyIndex
	HashIndex     = table.HashIndex
	OrderedIndex  = table.OrderedIndex
	ModifierIndex = table.ModifierIndex
)

// TableIndex is what is known of an index of a table.
type TableIndex struct {
	Table, Column string // the columns of a key are joined with |
	Kind          IndexKind
	Type          string // of the column, in whose order an ordered index is
	State         string // ready, behind, missing, refused, or idle while no question uses it
	Bytes         int64  // of its file
}

// IndexCounts is what an index holds, counted.
type IndexCounts struct {
	TableIndex
	Entries, Distinct int64 // rows, and how many values they have; in a ModifierIndex their modifiers, and how many of these differ
	Changes           int64 // bytes of changes that are yet to be worked in
}

func (t *Table) tableIndex(s table.IndexStatus) TableIndex {
	return TableIndex{Table: t.Name(), Column: s.Column, Kind: s.Kind, Type: s.Type.String(), State: s.State.String(), Bytes: s.Bytes}
}

// CreateIndex makes an index of a column, of a kind other than KeyIndex; fault.No when the table has it already,
// fault.NotFound when there is no such column, fault.Input when a cell is too long for it or it would be larger than the
// settings allow.
func (t *Table) CreateIndex(column string, kind IndexKind) (TableIndex, error) {
	x, err := t.t.CreateIndex(column, kind)
	if err != nil {
		return TableIndex{}, t.hintColumn(err)
	}
	return t.statusOf(x)
}

func (t *Table) hintColumn(err error) error {
	if fault.KindOf(err) == fault.NotFound && fault.HintOf(err) == "" {
		if columns, err2 := t.Columns(); err2 == nil {
			err = fault.WithHint(err, "the columns are %s", strings.Join(columns, ", "))
		}
	}
	return err
}

func (t *Table) statusOf(x table.Index) (TableIndex, error) {
	list, err := t.Indices()
	if err != nil {
		return TableIndex{}, err
	}
	for _, s := range list {
		if s.Column == x.Column && s.Kind == x.Kind {
			return s, nil
		}
	}
	return TableIndex{}, fault.New(fault.NotFound, "the index was dropped meanwhile")
}

// DropIndex forgets an index and returns what was dropped; fault.NotFound when the table has none of that column and kind. No
// kind stands for all of the column.
func (t *Table) DropIndex(column string, kind IndexKind) (list []TableIndex, err error) {
	dropped, err := t.t.DropIndex(column, kind)
	for _, x := range dropped {
		list = append(list, t.tableIndex(table.IndexStatus{Index: x}))
	}
	return list, err
}

// RebuildIndices makes all indices of the table anew and returns them.
func (t *Table) RebuildIndices() ([]TableIndex, error) {
	if _, err := t.t.RebuildIndices(); err != nil {
		return nil, err
	}
	return t.Indices()
}

// Indices returns the indices of the table, that of its key first if it is large enough to have one.
func (t *Table) Indices() (list []TableIndex, err error) {
	r, err := t.t.Reading()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	all, err := r.IndexStatuses()
	for _, s := range all {
		list = append(list, t.tableIndex(s))
	}
	return list, err
}

// CountIndices counts what the indices of the table hold; those that are missing are made first.
func (t *Table) CountIndices() (list []IndexCounts, err error) {
	r, err := t.t.Reading()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	all, err := r.IndexCounts()
	for _, c := range all {
		list = append(list, IndexCounts{t.tableIndex(c.IndexStatus), c.Entries, c.Distinct, c.Changes})
	}
	return list, err
}

// IndexedColumn takes TABLE.COLUMN apart: names of both may hold dots, so it is the longest table that is there.
func (db *DB) IndexedColumn(name string) (*Table, string, error) {
	var last error
	for at := strings.LastIndexByte(name, '.'); at > 0; at = strings.LastIndexByte(name[:at], '.') {
		t, err := db.Table(name[:at])
		if err == nil {
			ok, err := t.t.Exists()
			if err == nil && ok {
				return t, name[at+1:], nil
			}
			t.Close()
		}
		if last = err; last == nil {
			last = fault.New(fault.NotFound, "table %q does not exist", name[:at])
		}
	}
	if last == nil {
		last = fault.WithHint(fault.New(fault.Input, "%q is not TABLE.COLUMN", name), "write the table, a dot and the column, such as text.value")
	}
	return nil, "", last
}

// EachTable calls do for the table of this name, or for all that are there by name when it is "".
func (db *DB) EachTable(name string, do func(*Table) error) error {
	names := []string{name}
	if name == "" {
		var err error
		if names, err = db.names(); err != nil {
			return err
		}
	}
	for _, name := range names {
		t, err := db.Table(name)
		if err == nil {
			err = do(t)
			t.Close()
		}
		if err != nil {
			return err
		}
	}
	return nil
}
