package table

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	rowindex "github.com/reedbase/reedbase/pkg/index"
	"github.com/reedbase/reedbase/pkg/row"
)

// Which indices a table has is kept in its folder: the cache, in which they are, may be deleted at any time, and what was
// asked for is then made again. The file indices has a line "KIND|TYPE|COLUMN" for each, in the table's own dialect, and is
// replaced as a whole under the table's lock.

const (
	indicesFile = "indices"

	maxIndices     = 64      // of a table
	maxIndicesFile = 1 << 20 // bytes
)

// IndexKind is what an index answers.
type IndexKind = rowindex.Kind

// The kinds of indices that can be asked for. KeyIndex is the one that a large table has by itself.
const (
	KeyIndex      = rowindex.Keys
	HashIndex     = rowindex.Hash     // equal cells
	OrderedIndex  = rowindex.Ordered  // equal values, ranges of them, their order
	ModifierIndex = rowindex.Modifier // keys that have a modifier
)

// Index is an index that a table is to have, beside that of its key.
type Index struct {
	Column string
	Kind   IndexKind
	Type   cell.Type // of the column when it was asked for: values are ordered as it has them
}

func (x Index) compare(y Index) int {
	return cmp.Or(cmp.Compare(x.Column, y.Column), cmp.Compare(x.Kind, y.Kind))
}

// outdated reports whether the index is of no use to a column of this type: it is in the order of another.
func (x Index) outdated(t cell.Type) bool { return x.Kind == OrderedIndex && x.Type != t }

// typeWord returns the type as the file has it.
func (x Index) typeWord() string { return x.Type.String() }

func encodeIndices(list []Index) (b []byte) {
	for _, x := range list {
		b = row.AppendRecord(b, [][]byte{[]byte(x.Kind.String()), []byte(x.typeWord()), []byte(x.Column)}, "\n")
	}
	return b
}

// parseIndices reads what encodeIndices wrote; a line that it would not have written is refused with fault.Corrupt.
func parseIndices(b []byte) (list []Index, err error) {
	for rest := b; len(rest) > 0; {
		r, err := row.Next(rest, 0)
		if err != nil || r.Body > 0 {
			return nil, badIndices(b, rest)
		}
		x, ok := parseIndex(rest[:r.End])
		if !ok || len(list) == maxIndices || len(list) > 0 && list[len(list)-1].compare(x) >= 0 {
			return nil, badIndices(b, rest)
		}
		list, rest = append(list, x), rest[r.End:]
	}
	if !bytes.Equal(encodeIndices(list), b) {
		return nil, badIndices(b, b)
	}
	return list, nil
}

func badIndices(b, rest []byte) error {
	return fault.New(fault.Corrupt, "line %d is no index", bytes.Count(b[:len(b)-len(rest)], []byte("\n"))+1)
}

func parseIndex(record []byte) (x Index, ok bool) {
	cells, err := row.Cells(nil, record)
	if err != nil || len(cells) != 3 {
		return x, false
	}
	x.Column = string(cells[2])
	if x.Kind, ok = rowindex.ParseKind(string(cells[0])); !ok || x.Kind == KeyIndex {
		return x, false
	}
	if x.Type, ok = cell.ParseType(string(cells[1])); !ok {
		x.Type, ok = cell.Undeclared, string(cells[1]) == cell.Undeclared.String()
	}
	return x, ok
}

// Indices returns the indices that the table is to have, by column; fault.Corrupt when the file that says so is damaged.
func (t *Table) Indices() ([]Index, error) {
	b, err := t.dir.ReadFile(indicesFile, maxIndicesFile)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	list, err := parseIndices(b)
	if err != nil {
		err = fault.New(fault.Corrupt, "%s: %w", t.dir.Path(indicesFile), err)
		err = fault.WithHint(err, "remove the file and create the indices again: the table itself does not need it")
	}
	return list, err
}

// IndexOf returns the index of column that the table is to have. No kind stands for any.
func (t *Table) IndexOf(column string, kind IndexKind) (x Index, err error) {
	list, err := t.Indices()
	if err != nil {
		return x, err
	}
	i := slices.IndexFunc(list, func(x Index) bool { return x.Column == column && (kind == 0 || x.Kind == kind) })
	if i < 0 {
		return x, fault.WithHint(fault.New(fault.NotFound, "table %q has no such index of column %q", t.name, column), "'rdb index:list' lists them")
	}
	return list[i], nil
}

// IndexFiles returns the names of the files in the cache of the indices that the table is to have, beside that of its key.
func (t *Table) IndexFiles() (names []string) {
	list, _ := t.Indices()
	for _, x := range list {
		names = append(names, t.treeName(x))
	}
	return names
}

// CreateIndex makes an index and notes that the table is to have it; one that it has already is an error of kind fault.No, but for one
// in the order of a type that the column no longer has. Its type is that of the column in the newest schema, or Undeclared. What cannot
// be indexed is refused with fault.Input, and so is KeyIndex and what is no kind: the file of indices could not be read with it.
func (t *Table) CreateIndex(column string, kind IndexKind) (x Index, err error) {
	switch kind {
	case HashIndex, OrderedIndex, ModifierIndex:
	default:
		return x, fault.New(fault.Input, "an index of a column is of the kind %s, %s or %s", HashIndex, OrderedIndex, ModifierIndex)
	}
	s, err := t.Begin()
	if err != nil {
		return x, err
	}
	defer s.Close()
	list, err := t.Indices()
	if err != nil {
		return x, err
	}
	x = Index{Column: column, Kind: kind}
	if x.Type, err = t.typeOf(column); err != nil {
		return x, err
	}
	at, there := slices.BinarySearchFunc(list, x, Index.compare)
	switch {
	case there && !list[at].outdated(x.Type):
		err := fault.New(fault.No, "table %q has an index of column %q already, of kind %s", t.name, column, kind)
		return x, fault.WithHint(err, "'rdb index:rebuild %s' makes it anew", t.name)
	case !there && len(list) == maxIndices:
		return x, fault.New(fault.Input, "table %q has %d indices, which is as many as there may be", t.name, maxIndices)
	}
	if err := t.remake(x); err != nil {
		return x, err
	}
	if there {
		list[at] = x
	} else {
		list = slices.Insert(list, at, x)
	}
	return x, t.putIndices(list)
}

// putIndices writes the file. The table's lock must be held.
func (t *Table) putIndices(list []Index) error {
	if len(list) == 0 {
		err := t.dir.Remove(indicesFile)
		if err == nil {
			err = t.dir.Sync()
		}
		return err
	}
	return t.dir.Replace(indicesFile, indicesFile+tempSuffix, encodeIndices(list))
}

// DropIndex forgets an index and removes its file; fault.NotFound when the table has none of that column and kind. No kind
// stands for all of the column.
func (t *Table) DropIndex(column string, kind IndexKind) (dropped []Index, err error) {
	s, err := t.Begin()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if _, err := t.IndexOf(column, kind); err != nil {
		return nil, err
	}
	list, err := t.Indices()
	if err != nil {
		return nil, err
	}
	var kept []Index
	for _, x := range list {
		if x.Column == column && (kind == 0 || x.Kind == kind) {
			dropped = append(dropped, x)
		} else {
			kept = append(kept, x)
		}
	}
	if err := t.putIndices(kept); err != nil {
		return nil, err
	}
	if t.opt.Cache != nil {
		for _, x := range dropped {
			t.opt.Cache.Remove(t.treeName(x))
		}
	}
	return dropped, nil
}

// RebuildIndices makes all indices of the table anew, that of its key too if the table is large enough for one, with the
// types that the columns have now.
func (t *Table) RebuildIndices() ([]Index, error) {
	s, err := t.Begin()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	list, err := t.Indices()
	if err != nil {
		return nil, err
	}
	changed := false
	for i, x := range list {
		if list[i].Type, err = t.typeOf(x.Column); err != nil {
			return nil, err
		}
		changed = changed || list[i] != x
		if err := t.remake(list[i]); err != nil && fault.KindOf(err) != fault.NotFound { // a column that is not there now
			return nil, err
		}
	}
	if changed {
		if err := t.putIndices(list); err != nil {
			return nil, err
		}
	}
	return list, t.remakeKeys()
}
