// Package row owns the CSV dialect of tables, byte for byte: where rows and cells begin and end, how a cell is written,
// what a table must satisfy. It must never know files, schemas or what a cell means.
//
// A text is UTF-8. The first record is the header. '|' separates cells; a cell that begins with a double quote is quoted
// as in RFC 4180 and may hold separators, line ends and doubled quotes; in any other cell a quote stands for itself.
// Records end with LF or CRLF, each its own; the last one may end with the text. A CR elsewhere is data; one
// that ends the text is half a CRLF. Empty lines and lines that begin with '#' are comments. A byte order mark may come first. reed-table(5) gives the grammar.
package row

import (
	"bytes"
	"io"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Row is one row as offsets into its text: comments and blank lines from Start, the record from Body, End behind its
// line end.
type Row struct{ Start, Body, End int }

const (
	separator = '|'
	bom       = "\ufeff"
)

// Next returns the row that begins at offset at, which is 0 or the End of another row. Comments behind the last record
// are a Row of their own whose Body is its End. At the end of the text the error is io.EOF; a quoted cell that is not
// closed, or not followed by a separator or line end, is fault.Input.
func Next(text []byte, at int) (Row, error) {
	body := skipComments(text, at)
	if body == len(text) {
		if at == body {
			return Row{at, at, at}, io.EOF
		}
		return Row{at, body, body}, nil
	}
	end, err := recordEnd(text, body, separator)
	return Row{at, body, end}, err.in(text)
}

// skipComments returns where the first record at or behind offset at begins: past a byte order mark, comments and blank
// lines. It is len(text) when there is none.
func skipComments(text []byte, at int) int {
	if at == 0 {
		at = len(mark(text))
	}
	return skipLines(text, at)
}

// skipLines is skipComments where no byte order mark can stand.
func skipLines(text []byte, at int) int {
	for at < len(text) {
		switch text[at] {
		case '\n':
			at++
		case '#':
			at = lineEnd(text, at)
		case '\r':
			if !endsLine(text[at:]) {
				return at
			}
			at = lineEnd(text, at)
		default:
			return at
		}
	}
	return at
}

// mark returns the byte order mark that text begins with, or nothing.
func mark(text []byte) []byte {
	if bytes.HasPrefix(text, []byte(bom)) {
		return text[:len(bom)]
	}
	return nil
}

// lineEnd returns the offset behind the newline at or behind at, or len(text).
func lineEnd(text []byte, at int) int {
	if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(text)
}

// recordEnd returns the offset behind the record that begins at body, its line end included.
func recordEnd(text []byte, body int, sep byte) (int, *syntaxError) {
	for at := body; ; {
		end := lineEnd(text, at)
		quote := quotedCell(text[:end], at, body, sep)
		if quote < 0 {
			return end, nil
		}
		next, err := quotedEnd(text, quote, sep)
		if err != nil || next == len(text) || text[next] != sep {
			return lineEnd(text, next), err
		}
		at = next + 1
	}
}

// quotedCell returns the offset at or behind at where a quoted cell begins, or -1. A record or the text begins at body.
func quotedCell(text []byte, at, body int, sep byte) int {
	for {
		i := bytes.IndexByte(text[at:], '"')
		if i < 0 {
			return -1
		}
		at += i
		if at == body || text[at-1] == sep {
			return at
		}
		at++
	}
}

// syntaxError says what is wrong with a quoted cell, and at which offset.
type syntaxError struct {
	at   int
	text string
	open bool // the text ends within the cell: more of it could close it
}

// Error returns the text without a place, for a record that stands alone.
func (e *syntaxError) Error() string { return e.text }

// in returns e as an error that names the line of text; nil stays nil.
func (e *syntaxError) in(text []byte) error {
	if e == nil {
		return nil
	}
	return fault.New(fault.Input, "line %d: %s", Line(text, e.at), e.text)
}

// quotedEnd returns the offset behind the closing quote of the quoted cell that begins at offset at. What follows is a
// separator, a line end or the end of the text. On an error it is where reading stopped.
func quotedEnd(text []byte, at int, sep byte) (int, *syntaxError) {
	for end := at + 1; ; end += 2 {
		i := bytes.IndexByte(text[end:], '"')
		if i < 0 {
			return len(text), &syntaxError{at: at, text: "a quote is opened and never closed", open: true}
		}
		end += i
		rest := text[end+1:]
		switch {
		case endsLine(rest), rest[0] == sep:
			return end + 1, nil
		case rest[0] != '"':
			return end + 1, &syntaxError{at: end, text: "a closing quote is not followed by a separator or a line end"}
		}
	}
}

// bareEnd returns the offset behind the unquoted cell that begins at offset at: that of a separator or of a line end, or
// len(text).
func bareEnd(text []byte, at int, sep byte) int {
	for i, c := range text[at:] {
		if c == sep || c == '\n' || c == '\r' && endsLine(text[at+i:]) {
			return at + i
		}
	}
	return len(text)
}

// endsLine reports whether rest begins with a line end or is empty.
func endsLine(rest []byte) bool {
	if len(rest) > 0 && rest[0] == '\r' {
		rest = rest[1:]
		return len(rest) == 0 || rest[0] == '\n'
	}
	return len(rest) == 0 || rest[0] == '\n'
}

// Line returns the number of the line, counted from 1, that offset lies in.
func Line(text []byte, offset int) int {
	return bytes.Count(text[:offset], []byte("\n")) + 1
}

// Count returns the number of rows in text: records without the header. Comments do not count.
func Count(text []byte) (int, error) {
	n := -1
	for at := 0; ; {
		r, err := Next(text, at)
		if err == io.EOF {
			return max(n, 0), nil
		}
		if err != nil {
			return 0, err
		}
		if r.Body < r.End {
			n++
		}
		at = r.End
	}
}

// Header returns the column names and the offset behind the header, where the first row begins. A text without a record
// has no header and is refused with fault.Input. A byte order mark is no part of the first name.
func Header(text []byte) (columns []string, end int, err error) {
	r, err := Next(text, 0)
	if err == io.EOF || err == nil && r.Body == r.End {
		return nil, r.End, fault.New(fault.Input, "there is no header line")
	}
	if err != nil {
		return nil, r.End, err
	}
	cells, err := Cells(nil, text[r.Body:r.End])
	for _, c := range cells {
		columns = append(columns, string(c))
	}
	return columns, r.End, err
}
