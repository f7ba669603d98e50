package table

import (
	"bytes"
	"cmp"
	"io"
	"slices"

	"github.com/reedbase/reedbase/pkg/delta"
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

// text is a table's content that is read in parts.
type text struct {
	io.ReaderAt
	size   int64
	header []string // its columns, where they are known
	headed int64    // bytes that the header takes, then
}

func (s text) read(from, to int64) ([]byte, error) {
	b := make([]byte, to-from)
	n, err := s.ReadAt(b, from)
	if err == io.EOF && int64(n) == to-from {
		err = nil
	}
	return b[:n], err
}

// columns returns the header of s.
func (s text) columns() ([]string, error) {
	s, err := s.withHeader()
	return s.header, err
}

// withHeader returns s with its header known.
func (s text) withHeader() (text, error) {
	if s.size == 0 || s.header != nil {
		return s, nil
	}
	for n := int64(4 << 10); ; n *= 8 {
		b, err := s.read(0, min(n, s.size))
		if err != nil {
			return s, err
		}
		columns, end, err := row.Header(b)
		if n >= s.size || err == nil && end < len(b) {
			s.header, s.headed = columns, int64(end)
			return s, err
		}
	}
}

// span is a range of a text that begins and ends between rows.
type span struct{ from, to int64 }

// kept is a range of whole rows that stands in both texts.
type kept struct{ old, new, n int64 }

// compare finds the rows that differ. The operations make next from old; only what they do not copy is read. Where cells
// hold newlines, a line is no row and both texts are read whole: plain says that none does.
func compare(old, next text, ops []delta.Op, key []string, plain bool) (*Changes, error) {
	var c Changes
	var err error
	if c.OldColumns, err = old.columns(); err != nil {
		return nil, err
	}
	if c.NewColumns, err = next.columns(); err != nil {
		return nil, err
	}
	oldSpans, newSpans := []span{{0, old.size}}, []span{{0, next.size}}
	if plain && slices.Equal(c.OldColumns, c.NewColumns) {
		rows, err := wholeRows(old, next, ops)
		if err != nil {
			return nil, err
		}
		oldSpans, newSpans = complements(rows, old.size, next.size)
	}
	return &c, c.fill(old, next, oldSpans, newSpans, key)
}

// wholeRows trims every copied range to the rows that lie in it whole, in both texts.
func wholeRows(old, next text, ops []delta.Op) ([]kept, error) {
	rows := make([]kept, 0, len(ops))
	at := int64(0)
	for _, op := range ops {
		if op.Off >= 0 {
			k, err := trim(old, next, op, at)
			if err != nil {
				return nil, err
			}
			if k.n > 0 {
				rows = append(rows, k)
			}
		}
		at += op.N
	}
	return rows, nil
}

func trim(old, next text, op delta.Op, at int64) (kept, error) {
	start, err := rowStart(old, next, op, at)
	if err != nil || start == op.N {
		return kept{}, err
	}
	end := op.N
	if op.Off+end < old.size || at+end < next.size {
		if end, err = lastNewline(next, at+start, at+op.N); err != nil {
			return kept{}, err
		}
		end -= at
	}
	return kept{op.Off + start, at + start, end - start}, nil
}

// rowStart returns how far into a copied range the first row begins that is whole in both texts.
func rowStart(old, next text, op delta.Op, at int64) (int64, error) {
	a, err := afterNewline(old, op.Off)
	if err != nil {
		return 0, err
	}
	b, err := afterNewline(next, at)
	if err != nil || a && b {
		return 0, err
	}
	for from := at; from < at+op.N; from += 512 {
		chunk, err := next.read(from, min(from+512, at+op.N))
		if err != nil {
			return 0, err
		}
		if i := bytes.IndexByte(chunk, '\n'); i >= 0 {
			return from + int64(i) + 1 - at, nil
		}
	}
	return op.N, nil
}

func afterNewline(s text, off int64) (bool, error) {
	if off == 0 {
		return true, nil
	}
	var b [1]byte
	_, err := s.ReadAt(b[:], off-1)
	if err == io.EOF {
		err = nil
	}
	return b[0] == '\n', err
}

// lastNewline returns the offset behind the last newline in a range, or its beginning when there is none.
func lastNewline(s text, from, to int64) (int64, error) {
	for end := to; end > from; {
		begin := max(from, end-512)
		chunk, err := s.read(begin, end)
		if err != nil {
			return 0, err
		}
		if i := bytes.LastIndexByte(chunk, '\n'); i >= 0 {
			return begin + int64(i) + 1, nil
		}
		end = begin
	}
	return from, nil
}

// complements returns what the kept rows leave of both texts.
func complements(rows []kept, oldSize, newSize int64) (old, next []span) {
	at := int64(0)
	for _, k := range rows {
		if k.new > at {
			next = append(next, span{at, k.new})
		}
		at = k.new + k.n
	}
	if at < newSize {
		next = append(next, span{at, newSize})
	}
	slices.SortFunc(rows, func(a, b kept) int { return cmp.Compare(a.old, b.old) })
	at = 0
	for _, k := range rows {
		if k.old > at {
			old = append(old, span{at, k.old})
		}
		at = max(at, k.old+k.n)
	}
	if at < oldSize {
		old = append(old, span{at, oldSize})
	}
	return old, next
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
		equal, err := c.equal(was[i].New, r.New, same)
		if err != nil {
			return err
		}
		if !equal {
			c.Rows = append(c.Rows, Change{Key: r.Key, Old: was[i].New, New: r.New})
		}
	}
	for i, r := range was {
		if j, ok := byKey[string(r.Key)]; ok && i == j {
			c.Rows = append(c.Rows, Change{Key: r.Key, Old: r.New})
		}
	}
	return nil
}

// equal compares two records by their cells; under different headers by the cells of the columns' names.
func (c *Changes) equal(a, b []byte, sameColumns bool) (bool, error) {
	if sameColumns && bytes.Equal(trimEOL(a), trimEOL(b)) {
		return true, nil
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
