package result

import (
	"bytes"
	"unicode/utf8"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/row"
)

// appendValues writes a row of a format whose records are lines of cells.
func (r *Writer) appendValues(values []cell.Value) {
	r.text, r.cells = r.text[:0], r.cells[:0]
	for i, v := range values {
		from := len(r.text)
		r.text = v.AppendText(r.text)
		c := r.text[from:]
		if len(c) == 0 && !v.IsNull() && r.typed[i] {
			c = emptyText
		}
		r.cells = append(r.cells, c)
	}
	r.buf = r.appendCells(r.buf, r.cells)
}

func (r *Writer) appendCells(dst []byte, cells [][]byte) []byte {
	switch r.options.Format {
	case CSV:
		return appendCSV(dst, cells)
	case Pipe:
		return appendPipe(dst, cells)
	}
	return appendMarkdown(dst, cells)
}

// emptyText stands for the empty text in a column where an empty cell is NULL.
var emptyText = []byte{'"', '"'}

func isEmptyText(c []byte) bool { return len(c) == 2 && &c[0] == &emptyText[0] }

// appendCSV appends a record of RFC 4180, section 2, but that it ends in LF.
func appendCSV(dst []byte, cells [][]byte) []byte {
	for i, c := range cells {
		if i > 0 {
			dst = append(dst, ',')
		}
		switch {
		case isEmptyText(c), len(c) == 0 && len(cells) == 1:
			dst = append(dst, emptyText...)
		case bytes.ContainsAny(c, ",\"\r\n"):
			dst = appendQuoted(dst, c)
		default:
			dst = append(dst, c...)
		}
	}
	return append(dst, '\n')
}

func appendQuoted(dst, c []byte) []byte {
	dst = append(dst, '"')
	for {
		quote := bytes.IndexByte(c, '"')
		if quote < 0 {
			return append(append(dst, c...), '"')
		}
		dst = append(append(dst, c[:quote+1]...), '"')
		c = c[quote+1:]
	}
}

// appendPipe appends a record as tables have it.
func appendPipe(dst []byte, cells [][]byte) []byte {
	for i, c := range cells {
		switch {
		case i == 0 && !isEmptyText(c):
			dst = row.AppendRecord(dst, cells[:1], "")
			if len(c) == 0 && len(cells) > 1 {
				dst = dst[:len(dst)-len(emptyText)] // a record of one empty cell has quotes
			}
			continue
		case i > 0:
			dst = append(dst, '|')
		}
		if isEmptyText(c) {
			dst = append(dst, emptyText...)
		} else {
			dst = row.AppendCell(dst, c)
		}
	}
	return append(dst, '\n')
}

// appendMarkdown appends a row of a table; https://github.github.com/gfm/#tables-extension-.
func appendMarkdown(dst []byte, cells [][]byte) []byte {
	dst = append(dst, '|')
	for _, c := range cells {
		dst = append(dst, ' ')
		if !isEmptyText(c) {
			dst = appendMarkdownText(dst, c)
		}
		dst = append(dst, " |"...)
	}
	return append(dst, '\n')
}

// appendMarkdownText escapes what Markdown or HTML would take for more than text. A line break is <br>; other control characters are
// left out.
func appendMarkdownText(dst, c []byte) []byte {
	if !utf8.Valid(c) {
		c = bytes.ToValidUTF8(c, []byte("\ufffd"))
	}
	for _, b := range c {
		switch b {
		case '\\', '|', '`', '*', '_', '[', ']', '~':
			dst = append(dst, '\\', b)
		case '<':
			dst = append(dst, "&lt;"...)
		case '>':
			dst = append(dst, "&gt;"...)
		case '&':
			dst = append(dst, "&amp;"...)
		case '\n':
			dst = append(dst, "<br>"...)
		case '\t':
			dst = append(dst, ' ')
		default:
			if b >= ' ' && b != 0x7f {
				dst = append(dst, b)
			}
		}
	}
	return dst
}

// appendRule appends the line between the header and the rows, with columns of numbers to the right.
func (r *Writer) appendRule(dst []byte) []byte {
	dst = append(dst, '|')
	for _, c := range r.columns {
		if c.isNumber() {
			dst = append(dst, " ---: |"...)
		} else {
			dst = append(dst, " --- |"...)
		}
	}
	return append(dst, '\n')
}

// isNumber reports whether the column stands to the right whatever it holds.
func (c Column) isNumber() bool { return c.Type == cell.Integer || c.Type == cell.Float }
