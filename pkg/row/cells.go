package row

import (
	"bytes"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Cells appends the cells of one record, unquoted, to dst. The record may end with its line end. A cell aliases record
// unless it holds doubled quotes. What is not one record is refused with fault.Input.
func Cells(dst [][]byte, record []byte) ([][]byte, error) {
	n := len(dst)
	dst, err := Stored(dst, record)
	for i := n; i < len(dst); i++ {
		dst[i] = Unquote(dst[i])
	}
	return dst, err
}

// Stored is Cells with each cell as the record has it, quotes included: Unquote gives its content. A cell is quoted when it
// begins with a quote.
func Stored(dst [][]byte, record []byte) ([][]byte, error) {
	for at := 0; ; {
		cell, next, err := cellAt(record, at, separator)
		if err != nil {
			return dst, fault.As(fault.Input, err)
		}
		dst = append(dst, cell)
		if next == len(record) || record[next] != separator {
			return dst, oneRecord(record, next)
		}
		at = next + 1
	}
}

// oneRecord refuses what follows the line end at offset at.
func oneRecord(record []byte, at int) error {
	if lineEnd(record, at) < len(record) {
		return fault.New(fault.Input, "a second record follows the first")
	}
	return nil
}

// Cell returns cell i of a record, counted from 0, as Cells would; ok is false when the record has none or is malformed
// before its end.
func Cell(record []byte, i int) (cell []byte, ok bool) {
	for at := 0; ; i-- {
		cell, next, err := cellAt(record, at, separator)
		switch {
		case err != nil:
			return nil, false
		case i == 0:
			return Unquote(cell), true
		case next == len(record) || record[next] != separator:
			return nil, false
		}
		at = next + 1
	}
}

// cellAt returns the stored bytes of the cell that begins at offset at, and the offset behind it.
func cellAt(text []byte, at int, sep byte) (cell []byte, next int, err *syntaxError) {
	if at < len(text) && text[at] == '"' {
		next, err = quotedEnd(text, at, sep)
	} else {
		next = bareEnd(text, at, sep)
	}
	return text[at:next:next], next, err
}

// Unquote returns the content of a cell as Stored gives it: a slice of it unless quotes are doubled.
func Unquote(cell []byte) []byte {
	if len(cell) == 0 || cell[0] != '"' {
		return cell
	}
	cell = cell[1 : len(cell)-1 : len(cell)-1]
	if bytes.IndexByte(cell, '"') < 0 {
		return cell
	}
	return bytes.ReplaceAll(cell, []byte(`""`), []byte(`"`))
}

// AppendCell appends cell to dst as it is stored anywhere but at a record's beginning: quoted when it holds a
// separator, a quote or a line end.
func AppendCell(dst, cell []byte) []byte {
	return appendCell(dst, cell, wantsQuotes(cell))
}

// shortCell is the length up to which a cell is looked through byte by byte, in bytes: to begin a search takes longer.
const shortCell = 48

// wantsQuotes reports whether a cell holds what ends it, or its record, where it has no quotes.
func wantsQuotes(cell []byte) bool {
	if len(cell) > shortCell {
		return bytes.IndexByte(cell, '|') >= 0 || bytes.IndexByte(cell, '"') >= 0 || bytes.IndexByte(cell, '\n') >= 0 || bytes.IndexByte(cell, '\r') >= 0
	}
	for _, c := range cell {
		if c == '|' || c == '"' || c == '\n' || c == '\r' {
			return true
		}
	}
	return false
}

// appendFirst is AppendCell for the first cell of a record, which must not read as a comment or a byte order mark.
func appendFirst(dst, cell []byte) []byte {
	if bytes.HasPrefix(cell, []byte("#")) || bytes.HasPrefix(cell, []byte(bom)) {
		return appendCell(dst, cell, true)
	}
	return AppendCell(dst, cell)
}

func appendCell(dst, cell []byte, quoted bool) []byte {
	if !quoted {
		return append(dst, cell...)
	}
	dst = append(dst, '"')
	for {
		i := bytes.IndexByte(cell, '"')
		if i < 0 {
			break
		}
		dst = append(append(dst, cell[:i+1]...), '"')
		cell = cell[i+1:]
	}
	return append(append(dst, cell...), '"')
}

// AppendRecord appends cells as one record that ends with eol: "\n", "\r\n", or "" at the end of a text. A single empty
// cell is written as "" so that it is no blank line. Cells gives the same cells back.
func AppendRecord(dst []byte, cells [][]byte, eol string) []byte {
	if len(cells) <= 1 && (len(cells) == 0 || len(cells[0]) == 0) {
		return append(append(dst, `""`...), eol...)
	}
	for i, c := range cells {
		if i == 0 {
			dst = appendFirst(dst, c)
		} else {
			dst = AppendCell(append(dst, separator), c)
		}
	}
	return append(dst, eol...)
}

// Edit gives a cell of a record a new value.
type Edit struct {
	Column int // counted from 0
	Value  []byte
}

// Replace appends record to dst with the cells that edits name changed; of two edits of one column the later counts.
// All other bytes stay, line end and quoting included, and so do those of a cell that has its new value already. A
// malformed record and a column beyond the record's last are refused with fault.Input.
func Replace(dst, record []byte, edits []Edit) ([]byte, error) {
	start, column, at := len(dst), 0, 0
	for ; ; column++ {
		cell, next, err := cellAt(record, at, separator)
		if err != nil {
			return dst, fault.As(fault.Input, err)
		}
		dst = appendEdited(dst, cell, column, edits)
		if next == len(record) || record[next] != separator {
			at = next
			break
		}
		dst = append(dst, separator)
		at = next + 1
	}
	for _, e := range edits {
		if e.Column < 0 || e.Column > column {
			return dst, fault.New(fault.Input, "there is no column %d in a row of %d", e.Column+1, column+1)
		}
	}
	if len(dst) == start {
		dst = append(dst, `""`...)
	}
	return append(dst, record[at:]...), oneRecord(record, at)
}

func appendEdited(dst, cell []byte, column int, edits []Edit) []byte {
	for i := len(edits) - 1; i >= 0; i-- {
		switch e := edits[i]; {
		case e.Column != column:
			continue
		case bytes.Equal(e.Value, Unquote(cell)):
			return append(dst, cell...)
		case column == 0:
			return appendFirst(dst, e.Value)
		default:
			return AppendCell(dst, e.Value)
		}
	}
	return append(dst, cell...)
}
