// Package result owns how the rows of a query are written: as a table for people, CSV, the dialect of tables, JSON, JSON lines or
// Markdown. It must never know queries, files or terminals.
package result

import (
	"io"
	"strconv"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
)

// Format is how rows are written.
type Format uint8

// The formats. What is valid in each is written whatever bytes the values have.
const (
	Table    Format = iota // aligned columns under a header, for people: what a terminal must not see is escaped
	CSV                    // RFC 4180, but that lines end in LF
	Pipe                   // the dialect of tables, reed-table(5): what comes out can be imported
	JSON                   // an array of objects, one a line
	JSONL                  // one object a line
	Markdown               // a table of GitHub Flavored Markdown
)

var names = [...]string{"table", "csv", "pipe", "json", "jsonl", "markdown"}

// String returns the format as ParseFormat reads it.
func (f Format) String() string { return names[f] }

// Names returns the names of all formats, in a slice of the caller's own.
func Names() []string { return append([]string(nil), names[:]...) }

// ParseFormat returns the format of a name.
func ParseFormat(name string) (f Format, ok bool) {
	for i, known := range names {
		if known == name {
			return Format(i), true
		}
	}
	return Table, false
}

// Column is one column of a result.
type Column struct {
	Name string
	Type cell.Type
}

// Options say how a Writer writes.
type Options struct {
	Format   Format
	NoHeader bool // no names of columns, where the format can be without
	Bold     bool // the header of a Table is bold, as a terminal shows it
}

// Writer writes rows as they come. Memory depends on the longest row, and with Table on the first rows, 1,000 of them or a megabyte:
// they set the widths of the columns, and what is longer later is out of line. A Writer is for one goroutine.
type Writer struct {
	w       io.Writer
	buf     []byte
	err     error // of w, the first
	columns []Column
	typed   []bool // columns in which an empty cell is NULL
	options Options
	keys    [][]byte // of JSON objects: what stands before each value
	rows    int64
	cells   [][]byte // of one row, reused
	text    []byte   // that cells lie in
	table   layout
}

// flushAt is how many bytes are gathered before they are written.
const flushAt = 32 << 10

// NewWriter returns a writer of rows with these columns to w. What it writes is complete after Close.
func NewWriter(w io.Writer, columns []Column, o Options) *Writer {
	r := &Writer{w: w, columns: columns, options: o, typed: make([]bool, len(columns))}
	for i, c := range columns {
		r.typed[i] = cell.Integer <= c.Type && c.Type <= cell.Timestamp
	}
	switch o.Format {
	case JSON, JSONL:
		for i, name := range distinct(columns) {
			key := append([]byte(nil), "{,"[min(i, 1)])
			r.keys = append(r.keys, append(appendString(key, []byte(name)), ':'))
		}
	case Table:
		r.table.begin(len(columns))
	}
	r.header()
	return r
}

// header writes what stands before the first row. That of a Table waits for the widths.
func (r *Writer) header() {
	switch r.options.Format {
	case JSON:
		r.buf = append(r.buf, '[')
		return
	case JSONL, Table:
		return
	}
	if r.options.NoHeader || len(r.columns) == 0 {
		return
	}
	names := make([][]byte, len(r.columns))
	for i, name := range distinct(r.columns) {
		names[i] = []byte(name)
		if r.options.Format != Pipe {
			names[i] = []byte(r.columns[i].Name)
		}
	}
	r.buf = r.appendCells(r.buf, names)
	if r.options.Format == Markdown {
		r.buf = r.appendRule(r.buf)
	}
}

// distinct returns the names of columns; of those that would be read as one each but the first gets a number, ":1" and so on.
func distinct(columns []Column) []string {
	list, seen := make([]string, len(columns)), make(map[string]bool, len(columns))
	for i, c := range columns {
		name := c.Name
		for n := 1; seen[name]; n++ {
			name = c.Name + ":" + strconv.Itoa(n)
		}
		list[i], seen[name] = name, true
	}
	return list
}

// Add writes one row, a value for every column. The values may be changed when it returns. A failure to write shows at the latest in
// Close.
func (r *Writer) Add(values []cell.Value) error {
	if len(values) != len(r.columns) {
		return fault.New(fault.Other, "a row of %d values for %d columns", len(values), len(r.columns))
	}
	r.rows++
	switch r.options.Format {
	case JSON:
		if r.rows > 1 {
			r.buf = append(r.buf, ',')
		}
		r.buf = append(r.buf, '\n')
		r.appendObject(values)
	case JSONL:
		r.appendObject(values)
		r.buf = append(r.buf, '\n')
	case Table:
		r.addRow(values)
	default:
		r.appendValues(values)
	}
	return r.flush(flushAt)
}

// Rows returns how many rows were added.
func (r *Writer) Rows() int64 { return r.rows }

// Close writes what was held back and what stands behind the last row. It leaves the writer below open.
func (r *Writer) Close() error {
	switch r.options.Format {
	case JSON:
		if r.rows > 0 {
			r.buf = append(r.buf, '\n')
		}
		r.buf = append(r.buf, "]\n"...)
	case Table:
		r.fix()
	}
	return r.flush(0)
}

// Flush writes what need not be held back, for who reads while a query runs. The first rows of a Table are held until Close.
func (r *Writer) Flush() error { return r.flush(0) }

func (r *Writer) flush(from int) error {
	if r.err == nil && len(r.buf) > 0 && len(r.buf) >= from {
		_, r.err = r.w.Write(r.buf)
		r.buf = r.buf[:0]
	}
	return r.err
}
