package schema

import (
	"bytes"
	"io"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
)

// mover goes through a table and makes the edits of a migration.
type mover struct {
	Migration
	text    []byte
	width   int // cells of a row as it is
	columns []source
	cells   [][]byte
	record  []byte

	inserted      []byte // what the edits insert, one after the other
	line, counted int    // the line that offset counted lies in
}

// run edits the header, which ends at offset at, and the rows behind it.
func (m *mover) run(at int) error {
	if err := m.edit(m.next(0), true); err != nil {
		return err
	}
	for at < len(m.text) {
		r, err := row.Next(m.text, at)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if at = r.End; r.Body == r.End {
			continue
		}
		if err := m.edit(r, false); err != nil {
			return err
		}
	}
	return nil
}

// next returns the row at an offset where there is one.
func (m *mover) next(at int) row.Row {
	r, _ := row.Next(m.text, at)
	return r
}

// edit replaces what changes of one record.
func (m *mover) edit(r row.Row, header bool) (err error) {
	m.line, m.counted = m.line+bytes.Count(m.text[m.counted:r.Body], []byte("\n")), r.Body
	old := m.text[r.Body:r.End]
	m.cells, err = row.Stored(m.cells[:0], old)
	if err != nil {
		return fault.New(fault.Input, "line %d: %w", m.line, err)
	}
	if len(m.cells) != m.width {
		return fault.New(fault.Input, "line %d: %d cells where the header has %d", m.line, len(m.cells), m.width)
	}
	m.record = m.record[:0]
	for i, column := range m.columns {
		if i > 0 {
			m.record = append(m.record, '|')
		}
		m.record = append(m.record, m.cell(i, column, header)...)
	}
	if len(m.record) == 0 {
		m.record = append(m.record, `""`...) // a single empty cell, which without quotes would be a blank line
	}
	m.record = append(m.record, old[storedLength(m.cells):]...)
	if !bytes.Equal(m.record, old) {
		m.replace(r.Body, old)
		if !header {
			m.Rows++
		}
	}
	return nil
}

// storedLength returns the length of a record without its line end.
func storedLength(cells [][]byte) int {
	n := len(cells) - 1
	for _, c := range cells {
		n += len(c)
	}
	return n
}

// replace takes the record's new bytes without those at both ends that stay.
func (m *mover) replace(at int, old []byte) {
	head := commonPrefix(old, m.record)
	tail := commonSuffix(old[head:], m.record[head:])
	start := len(m.inserted)
	m.inserted = append(m.inserted, m.record[head:len(m.record)-tail]...)
	m.Edits = append(m.Edits, Edit{int64(at + head), int64(len(old) - head - tail), m.inserted[start:len(m.inserted):len(m.inserted)]})
}

func commonPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

func commonSuffix(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[len(a)-1-i] != b[len(b)-1-i] {
			return i
		}
	}
	return n
}

// cell returns the stored bytes of a cell of the new record: those that it has, where they can stay.
func (m *mover) cell(place int, column source, header bool) []byte {
	if column.from < 0 && header {
		return storedCell(place, []byte(column.name))
	} else if column.from < 0 {
		return storedCell(place, []byte(column.fill))
	}
	stored := m.cells[column.from]
	content := row.Unquote(stored)
	becomes := []byte(column.name)
	if !header {
		becomes = m.convert(content, column)
	}
	quoted := len(content) < len(stored)
	switch {
	case !bytes.Equal(becomes, content):
		return storedCell(place, becomes)
	case quoted && len(content) == 0 && !header && becomesNull(column.types):
		return nil
	case quoted, len(m.columns) == m.width && place == column.from, staysPlain(place, content):
		return stored
	}
	return storedCell(place, content)
}

// becomesNull reports whether an empty text ends as no value: where the cells become ones of a type that has no empty text.
func becomesNull(types []cell.Type) bool {
	last := types[len(types)-1]
	return len(types) > 1 && last != cell.String && last != cell.Undeclared
}

// staysPlain reports whether content that stood without quotes can do so at another place: it must not read as a comment or a
// byte order mark at the beginning of a record, nor end it with half a CRLF.
func staysPlain(place int, content []byte) bool {
	return bytes.IndexByte(content, '\r') < 0 && (place > 0 || !bytes.HasPrefix(content, []byte("#")) && !bytes.HasPrefix(content, []byte("\ufeff")))
}

// storedCell returns content as it is stored at a place in a record.
func storedCell(place int, content []byte) []byte {
	if place == 0 && len(content) > 0 {
		return row.AppendRecord(nil, [][]byte{content}, "")
	}
	return row.AppendCell(nil, content)
}

// convert returns the cell as one of the column's new types, one after the other. What does not convert is reported and stays.
func (m *mover) convert(content []byte, column source) []byte {
	converted, ok := content, true
	for i := 1; i < len(column.types); i++ {
		if converted, ok = cell.Convert(converted, column.types[i-1], column.types[i]); !ok {
			m.refuse(column, content, column.types[i])
			return content
		}
	}
	return converted
}

func (m *mover) refuse(column source, content []byte, to cell.Type) {
	v := &m.Unconverted
	if v.Total++; len(v.List) < maxViolations {
		v.List = append(v.List, Violation{m.line, column.name, Type, quote(content) + " does not convert to " + to.String()})
	}
}
