package merge

import (
	"bytes"
	"hash/maphash"
	"slices"
	"unicode/utf8"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
)

// Refused is the error for a text that is no table or has not the columns of the key. Its kind is fault.Input.
type Refused struct {
	Side Side
	Err  error // of row.Check, where it is no table
}

// Error returns the side and what is wrong with it.
func (r *Refused) Error() string { return r.Side.String() + ": " + r.Err.Error() }

// Unwrap returns what is wrong.
func (r *Refused) Unwrap() error { return r.Err }

// text is one of the three texts.
type text struct {
	side    Side
	bytes   []byte
	header  row.Row // empty for a base that is
	columns []string
	key     []int // the columns that name a row
	tail    row.Row
	long    []row.Row // records of several lines, where somebody looked for them
}

// open reads the header of a text.
func open(side Side, bytes []byte) (*text, error) {
	t := &text{side: side, bytes: bytes}
	if side == Base && len(bytes) == 0 {
		return t, nil
	}
	columns, _, err := row.Header(bytes)
	if err != nil {
		return t, t.refuse()
	}
	t.columns = columns
	t.header, err = row.Next(bytes, 0)
	return t, err
}

func hasTwins(columns []string) bool {
	sorted := slices.Sorted(slices.Values(columns))
	return len(slices.Compact(sorted)) < len(columns)
}

// refuse returns all that is wrong with a text of which something is.
func (t *text) refuse() error { return &Refused{t.side, row.Check(t.bytes, t.key)} }

// findKey finds the columns of the key in all texts, and checks the headers.
func (m *merger) findKey() error {
	names := m.options.Key
	if len(names) == 0 {
		first := m.texts[Base]
		if len(first.columns) == 0 {
			first = m.texts[Ours]
		}
		names = first.columns[:1]
	}
	for _, t := range m.texts {
		if len(t.columns) == 0 {
			continue
		}
		for _, name := range names {
			at := slices.Index(t.columns, name)
			if at < 0 {
				return &Refused{t.side, fault.New(fault.Input, "the key's column %q is not in the header", name)}
			}
			t.key = append(t.key, at)
		}
		if !t.valid(t.header) || hasTwins(t.columns) {
			return t.refuse()
		}
	}
	return nil
}

// record returns the bytes of r without its comments.
func (t *text) record(r row.Row) []byte { return t.bytes[r.Body:r.End:r.End] }

// valid reports whether the bytes of r are what a table may hold.
func (t *text) valid(r row.Row) bool {
	b := t.bytes[r.Start:r.End]
	return utf8.Valid(b) && bytes.IndexByte(b, 0) < 0
}

// fits reports whether the record at r has as many cells as the header. buf is for the cells.
func (t *text) fits(r row.Row, buf *[][]byte) bool {
	record := t.record(r)
	if bytes.IndexByte(record, '"') < 0 {
		return bytes.Count(record, []byte("|"))+1 == len(t.columns)
	}
	cells, err := row.Cells((*buf)[:0], record)
	*buf = cells
	return err == nil && len(cells) == len(t.columns)
}

// hash mixes the key of the record that begins at offset body.
func (t *text) hash(seed maphash.Seed, body int) (sum uint64) {
	for _, column := range t.key {
		sum = sum*0x9e3779b97f4a7c15 + maphash.Bytes(seed, t.cell(body, column))
	}
	return sum
}

// cell returns a cell of the record that begins at offset body and fits the header.
func (t *text) cell(body, column int) []byte {
	record := t.bytes[body:]
	if column == 0 && len(t.columns) > 1 && record[0] != '"' {
		return record[:bytes.IndexByte(record, '|')]
	}
	cell, _ := row.Cell(record, column)
	return cell
}

// sameKey reports whether the records that begin at these offsets of two texts have one key.
func sameKey(a *text, at int, b *text, bt int) bool {
	for i := range a.key {
		if !bytes.Equal(a.cell(at, a.key[i]), b.cell(bt, b.key[i])) {
			return false
		}
	}
	return true
}
