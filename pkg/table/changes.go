package table

import (
	"bytes"
	"io"
	"slices"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
)

// Change is one row that differs between two texts. Old and New are records with their line end, without comments;
// nil says that the row is not there. They are the caller's.
type Change struct {
	Key      []byte // as row.Key gives it
	Old, New []byte
}

// Changes are the rows that differ between two texts, in the order of the new text, deleted rows last in the order of
// the old one, and both headers.
type Changes struct {
	OldColumns, NewColumns []string
	Rows                   []Change
}

// Counts returns how many rows were added, changed and deleted.
func (c *Changes) Counts() (n Counts) {
	for _, r := range c.Rows {
		switch {
		case r.Old == nil:
			n.Added++
		case r.New == nil:
			n.Deleted++
		default:
			n.Changed++
		}
	}
	return n
}

// fill compares the rows in the spans of both texts by key.
func (c *Changes) fill(old, next text, oldSpans, newSpans []span, key []string) error {
	was, err := rowsIn(old, oldSpans, c.OldColumns, key)
	if err != nil {
		return err
	}
	is, err := rowsIn(next, newSpans, c.NewColumns, key)
	if err != nil {
		return err
	}
	same := slices.Equal(c.OldColumns, c.NewColumns)
	if len(was) == 1 && len(is) == 1 && bytes.Equal(was[0].Key, is[0].Key) { // most versions are of one row
		return c.changed(was[0], is[0], same)
	}
	byKey := make(map[string]int, len(was))
	for i, r := range was {
		byKey[string(r.Key)] = i
	}
	for _, r := range is {
		i, ok := byKey[string(r.Key)]
		if !ok {
			c.Rows = append(c.Rows, Change{Key: r.Key, New: r.New})
			continue
		}
		delete(byKey, string(r.Key))
		if err := c.changed(was[i], r, same); err != nil {
			return err
		}
	}
	for i, r := range was {
		if j, ok := byKey[string(r.Key)]; ok && i == j {
			c.Rows = append(c.Rows, Change{Key: r.Key, Old: r.New})
		}
	}
	return nil
}

// changed adds the change between two rows of one key, if there is any.
func (c *Changes) changed(was, is Change, sameColumns bool) error {
	equal, err := c.equal(was.New, is.New, sameColumns)
	if err == nil && !equal {
		c.Rows = append(c.Rows, Change{Key: is.Key, Old: was.New, New: is.New})
	}
	return err
}

// equal compares two records by their cells; under different headers by the cells of the columns' names.
func (c *Changes) equal(a, b []byte, sameColumns bool) (bool, error) {
	if sameColumns {
		a, b := trimEOL(a), trimEOL(b)
		if same := bytes.Equal(a, b); same || isBare(a) && isBare(b) {
			return same, nil
		}
	}
	was, err := row.Cells(nil, a)
	if err != nil {
		return false, err
	}
	is, err := row.Cells(nil, b)
	if err != nil {
		return false, err
	}
	if sameColumns {
		return slices.EqualFunc(was, is, bytes.Equal), nil
	}
	return len(cellChanges(c.OldColumns, c.NewColumns, was, is)) == 0, nil
}

// CellChange is one cell that differs between two states of a row.
type CellChange struct{ Column, Old, New string }

// cellChanges compares cells by the names of their columns, in the order of the new header, dropped columns last. A
// cell that is not there is empty.
func cellChanges(oldColumns, newColumns []string, was, is [][]byte) (list []CellChange) {
	cell := func(cells [][]byte, i int) string {
		if i < 0 || i >= len(cells) {
			return ""
		}
		return string(cells[i])
	}
	add := func(column, a, b string) {
		if a != b {
			list = append(list, CellChange{column, a, b})
		}
	}
	for i, name := range newColumns {
		add(name, cell(was, slices.Index(oldColumns, name)), cell(is, i))
	}
	for i, name := range oldColumns {
		if !slices.Contains(newColumns, name) {
			add(name, cell(was, i), "")
		}
	}
	return list
}

// Cells compares a change's two records cell by cell.
func (c *Changes) Cells(r Change) ([]CellChange, error) {
	var was, is [][]byte
	var err error
	if r.Old != nil {
		if was, err = row.Cells(nil, r.Old); err != nil {
			return nil, err
		}
	}
	if r.New != nil {
		if is, err = row.Cells(nil, r.New); err != nil {
			return nil, err
		}
	}
	return cellChanges(c.OldColumns, c.NewColumns, was, is), nil
}

// isBare reports whether the bytes of a record, trimmed, are those of its cells: there is no quote, and no half of a CRLF.
func isBare(record []byte) bool {
	return bytes.IndexByte(record, '"') < 0 && !bytes.HasSuffix(record, []byte("\r"))
}

func trimEOL(record []byte) []byte {
	record, cut := bytes.CutSuffix(record, []byte("\n"))
	if cut {
		record = bytes.TrimSuffix(record, []byte("\r"))
	}
	return record
}

// rowsIn returns the records in the spans, the header left out, with their keys; Old is unused.
func rowsIn(s text, spans []span, columns, key []string) ([]Change, error) {
	if s.size == 0 {
		return nil, nil
	}
	keyAt := keyIn(columns, key)
	var list []Change
	for _, p := range spans {
		b, err := s.read(p.from, p.to)
		if err != nil {
			return nil, err
		}
		header := p.from == 0
		for at := 0; at < len(b); {
			r, err := row.Next(b, at)
			if err == io.EOF {
				break
			}
			if err != nil {
				return nil, err
			}
			at = r.End
			if r.Body == r.End {
				break
			}
			if header {
				header = false
				continue
			}
			record := b[r.Body:r.End:r.End]
			list = append(list, Change{Key: row.Key(record, keyAt), New: record})
		}
	}
	return list, nil
}

// keyIn is keyColumns for a text of another time, which may have had another key: where it lacks a column of this one, its
// first columns stand in.
func keyIn(columns, key []string) []int {
	at, err := keyColumns(columns, key)
	if err != nil {
		at = make([]int, len(key))
		for i := range at {
			at[i] = min(i, len(columns)-1)
		}
	}
	return at
}

// KeyColumns finds the columns of a key in a header; no names mean the first column. A name that is not there is refused
// with fault.Input.
func KeyColumns(columns, key []string) ([]int, error) { return keyColumns(columns, key) }

// keyColumns finds the columns of the key in a header; no names mean the first column.
func keyColumns(columns, key []string) ([]int, error) {
	if len(key) == 0 {
		return []int{0}, nil
	}
	at := make([]int, len(key))
	for i, name := range key {
		if at[i] = slices.Index(columns, name); at[i] < 0 {
			return nil, fault.New(fault.Input, "the key's column %q is not in the header", name)
		}
	}
	return at, nil
}
