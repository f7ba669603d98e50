package result

import (
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/screen"
)

// The rows of a table that set its widths.
const (
	heldRows  = 1000
	heldBytes = 1 << 20
)

// layout is how a table is laid out, and the cells that wait for that.
type layout struct {
	widths []int
	right  []bool // columns that hold nothing but numbers
	fixed  bool
	held   []byte // the cells that wait, as they are shown, one behind the other
	ends   []int  // in held, of each
	sizes  []int  // their widths
}

func (t *layout) begin(columns int) {
	t.widths, t.right = make([]int, columns), make([]bool, columns)
	for i := range t.right {
		t.right[i] = true
	}
}

func (r *Writer) addRow(values []cell.Value) {
	t := &r.table
	from := len(t.held)
	for i, v := range values {
		r.text = v.AppendText(r.text[:0])
		var width int
		t.held, width = screen.Append(t.held, r.text)
		t.ends, t.sizes = append(t.ends, len(t.held)), append(t.sizes, width)
		if !t.fixed {
			t.widths[i] = max(t.widths[i], width)
			t.right[i] = t.right[i] && (width == 0 || v.Kind() == cell.KindInteger || v.Kind() == cell.KindFloat)
		}
	}
	if t.fixed {
		r.appendLine(t.held[from:], t.ends, t.sizes)
		t.held, t.ends, t.sizes = t.held[:0], t.ends[:0], t.sizes[:0]
	} else if r.rows >= heldRows || len(t.held) >= heldBytes {
		r.fix()
	}
}

// fix settles the widths by the rows so far, and writes the header and those rows.
func (r *Writer) fix() {
	t := &r.table
	if t.fixed {
		return
	}
	t.fixed = true
	r.tableHeader()
	columns, from := len(r.columns), 0
	for len(t.ends) > 0 {
		for i := range columns {
			t.ends[i] -= from
		}
		end := t.ends[columns-1]
		r.appendLine(t.held[from:from+end], t.ends[:columns], t.sizes[:columns])
		t.ends, t.sizes, from = t.ends[columns:], t.sizes[columns:], from+end
	}
	t.held, t.ends, t.sizes = nil, nil, nil
}

func (r *Writer) tableHeader() {
	t := &r.table
	var text []byte
	var ends, sizes []int
	for i, c := range r.columns {
		t.right[i] = t.right[i] && r.rows > 0 || c.isNumber()
		if r.options.NoHeader {
			continue
		}
		var width int
		text, width = screen.Append(text, c.Name)
		ends, sizes = append(ends, len(text)), append(sizes, width)
		t.widths[i] = max(t.widths[i], width)
	}
	if len(ends) == 0 {
		return
	}
	if r.options.Bold {
		r.buf = append(r.buf, "\x1b[1m"...)
	}
	r.appendLine(text, ends, sizes)
	if r.options.Bold {
		r.buf = append(r.buf, "\x1b[0m"...)
	}
}

// appendLine appends one line of cells, which lie in text one behind the other, with two spaces between and none at its end.
func (r *Writer) appendLine(text []byte, ends, sizes []int) {
	start, from, written := len(r.buf), 0, 0
	for i, end := range ends {
		pad := max(0, r.table.widths[i]-sizes[i])
		if i > 0 {
			r.buf = append(r.buf, "  "...)
		}
		if r.table.right[i] {
			r.buf = appendSpaces(r.buf, pad)
			pad = 0
		}
		if r.buf = append(r.buf, text[from:end]...); end > from {
			written = len(r.buf) - start
		}
		r.buf = appendSpaces(r.buf, pad)
		from = end
	}
	r.buf = append(r.buf[:start+written], '\n')
}

func appendSpaces(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, ' ')
	}
	return dst
}
