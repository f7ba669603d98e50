// Package relation owns texts and lists as relations that a query reads: files of tables or other CSV, standard input, text that is
// at hand, rows made on the fly. It must never know databases, nor what a query asks.
package relation

import (
	"bytes"
	"io"
	"iter"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/rbks"
	"github.com/reedbase/reedbase/pkg/row"
)

// Relation is a plan.Relation put together from its parts. It is not changed once a query has it.
type Relation struct {
	Header    []plan.Column
	KeyAt     []int // the columns that make up the key
	Modifiers rbks.Words
	Named     bool                                  // its columns are meant by names with the table before them alone
	Count     int64                                 // an estimate of the number of rows; negative when nothing is known
	Search    func(wanted plan.Wanted) []plan.Index // the indices; nil when there are none
	Begin     func() (plan.Source, error)
}

// Columns returns the columns.
func (r *Relation) Columns() []plan.Column { return r.Header }

// Key returns the columns that make up the key.
func (r *Relation) Key() []int { return r.KeyAt }

// Words returns the words that the modifiers of the keys are told apart by.
func (r *Relation) Words() rbks.Words { return r.Modifiers }

// Qualified reports whether names without the table mean none of the columns.
func (r *Relation) Qualified() bool { return r.Named }

// Rows returns the estimate of the number of rows.
func (r *Relation) Rows() int64 { return r.Count }

// Open returns the rows.
func (r *Relation) Open() (plan.Source, error) { return r.Begin() }

// Indices returns the indices that are wanted.
func (r *Relation) Indices(wanted plan.Wanted) []plan.Index {
	if r.Search == nil {
		return nil
	}
	return r.Search(wanted)
}

// Untyped returns columns of these names without a type.
func Untyped(names []string) []plan.Column {
	columns := make([]plan.Column, len(names))
	for i, name := range names {
		columns[i] = plan.Column{Name: name, Type: cell.Undeclared}
	}
	return columns
}

// List returns rows that are made each time they are read, count of them, or about so many.
func List(columns []plan.Column, count int64, rows iter.Seq2[[]cell.Value, error]) *Relation {
	return &Relation{Header: columns, Count: count, Begin: func() (plan.Source, error) { return plan.Source{Rows: rows}, nil }}
}

// Text returns a text in the dialect of tables, of size bytes, that stays as it is, with columns of no type, the first of which is the
// key.
func Text(text io.ReaderAt, size int64) (*Relation, error) {
	names, behind, err := Header(io.NewSectionReader(text, 0, size))
	if err != nil {
		return nil, err
	}
	return &Relation{Header: Untyped(names), KeyAt: []int{0}, Count: estimate(behind, size), Begin: func() (plan.Source, error) {
		return plan.Source{Text: text, Size: size}, nil
	}}, nil
}

const (
	headSize = 16 << 10 // that is read for the header, and for an estimate of what follows
	maxHead  = 64 << 20 // bytes that a header may take
)

// Header reads as much of a text as has its header, and returns the names of the columns with all that it has read.
func Header(r io.Reader) (names []string, read []byte, err error) {
	for more := headSize; ; more = len(read) {
		read = append(read, make([]byte, more)...)
		n, err := io.ReadFull(r, read[len(read)-more:])
		read = read[:len(read)-more+n]
		ended := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !ended {
			return nil, read, err
		}
		names, end, err := row.Header(read)
		switch {
		case ended, err == nil && (end < len(read) || bytes.HasSuffix(read, newline)):
			return names, read, err
		case len(read) > maxHead:
			return nil, read, fault.New(fault.Input, "the header has more than %d bytes", maxHead)
		}
	}
}

// estimate returns about how many rows a text has that begins with head.
func estimate(head []byte, size int64) int64 {
	lines := int64(bytes.Count(head, newline))
	if int64(len(head)) >= size || lines < 2 {
		return max(lines-1, 0)
	}
	return size*lines/int64(len(head)) - 1
}

// OfRecords returns records of a table, with line ends or without, as the text of a table with these columns.
func OfRecords(columns []plan.Column, records [][]byte) plan.Source {
	names := make([][]byte, len(columns))
	for i, c := range columns {
		names[i] = []byte(c.Name)
	}
	text := row.AppendRecord(nil, names, "\n")
	for _, r := range records {
		if text = append(text, r...); !bytes.HasSuffix(r, []byte("\n")) {
			text = append(text, '\n')
		}
	}
	return plan.Source{Text: bytes.NewReader(text), Size: int64(len(text))}
}

// Values returns what a query sees in the cells of a record.
func Values(columns []plan.Column, record []byte) ([]cell.Value, error) {
	cells, err := row.Stored(nil, record)
	if err != nil {
		return nil, err
	}
	values := make([]cell.Value, 0, len(columns)+1)
	for i, c := range cells[:min(len(cells), len(columns))] {
		quoted := len(c) > 0 && c[0] == '"'
		values = append(values, columns[i].Type.Read(row.Unquote(c), quoted))
	}
	return values, nil
}
