package plan

import (
	"io"
	"iter"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/rbks"
)

// Catalogue knows what can be selected from. Make asks it for each source of a query, in the order of the text, once for each
// time that it stands there; it is used by one goroutine at a time. Its errors reach the user with the place of the source in
// the text before them. What it does not have is fault.NotFound: Make adds which of Names was meant.
type Catalogue interface {
	// Table returns a table of the database as it is, or with asOf not NULL as it was at that time or version: a text or an
	// integer, as reedcli(7) has it.
	Table(name string, asOf cell.Value) (Relation, error)
	// File returns the file of this path, which is as the text of the query has it.
	File(path string) (Relation, error)
	// Stdin returns standard input.
	Stdin() (Relation, error)
	// Call returns the rows of a table function, such as rdb_log.
	Call(function string, arguments []cell.Value) (Relation, error)
	// Names returns the tables and the table functions that there are, for a message to list them.
	Names() (tables, functions []string)
}

// Column is a column of a relation or of a result.
type Column struct {
	Name string
	Type cell.Type // Expression for what is computed
}

// Relation is what rows can be read from. It is used by several goroutines at once.
type Relation interface {
	// Columns returns the columns in the order of the cells. The slice is not written to.
	Columns() []Column
	// Key returns the columns that make up the key; none when there is no key.
	Key() []int
	// Words returns the words that the modifiers of the keys are told apart by.
	Words() rbks.Words
	// Rows estimates the number of rows; it is negative when nothing is known. It reads little.
	Rows() int64
	// Open returns the rows. A query calls it once for each time that it reads them, and closes what it gets if it has a Close.
	Open() (Source, error)
	// Indices returns those indices of a kind over a column first of all for which wanted holds and that hold for exactly the text
	// that Open returns; none is always right. To open one costs something, so nobody asks for more than a query is about.
	Indices(wanted Wanted) []Index
}

// Qualified is a Relation whose columns are meant by names with the table before them alone, where Qualified returns true.
type Qualified interface {
	Relation
	Qualified() bool
}

// Source is an open relation. One of Text, Stream and Rows is set.
type Source struct {
	// Text is a text in the dialect of tables, header included, of Size bytes; it is read at any offset, by several goroutines
	// at once, and does not change while it is open.
	Text io.ReaderAt
	Size int64
	// Stream is such a text that can be read once, from its beginning.
	Stream io.Reader
	// Rows is rows one after the other, each with a value for every column, valid until the next.
	Rows iter.Seq2[[]cell.Value, error]
	// Unchecked says of a text that nobody has looked whether each record has as many cells as the header. Then the query does, of
	// each that it reads.
	Unchecked bool
	// Close, if not nil, is called once when the query is done with it.
	Close func() error
}

// Wanted says which indices are asked for, by the first column that they are over.
type Wanted func(column int, kind IndexKind) bool

// AllIndices wants every index.
func AllIndices(int, IndexKind) bool { return true }

// IndexKind says how an index compares cells.
type IndexKind uint8

// The kinds of indices.
const (
	Hash         IndexKind = iota // equal content of the cell, byte for byte
	OrderedText                   // in the order of the bytes of the cells' contents
	OrderedValue                  // in the order that cell.Order gives the values that the columns' types read; rows that compare equal in the order of the text
	Modifier                      // modifiers of the cell's content, if it is a key
)

// Index finds the records of a relation's text by the content of cells. It is used by several goroutines at once. What it
// returns may hold too many records, which are tested again, but never too few, and those in its order in that order.
type Index interface {
	// Name is what EXPLAIN calls the index.
	Name() string
	// Columns returns the columns that the index is over, one at least.
	Columns() []int
	Kind() IndexKind
	// Entries is the number of records in the index, Distinct an estimate of how many keys they have. In one of the kind Modifier a
	// record counts once for each of its modifiers.
	Entries() int64
	Distinct() int64
	// Lookup returns the offsets in the text of the records whose cells are equal to the values, one for each column, texts but
	// for OrderedValue. Of the kind Modifier it returns those whose key, whatever words it is read by, has all of the values, one at
	// least, as modifiers.
	Lookup(key []cell.Value) iter.Seq2[int64, error]
	// Range returns the offsets of the records whose first column lies between the bounds, in the order of the index, or
	// backwards; records whose keys are equal come in the order of the text either way. A bound of NULL that is not inclusive
	// leaves out NULL alone. Indices of the kinds Hash and Modifier have no ranges.
	Range(low, high Bound, descending bool) iter.Seq2[int64, error]
	// Estimate returns about how many records Range returns, or in an index of the kind Modifier how many have the modifier that is
	// both bounds. It reads little.
	Estimate(low, high Bound) int64
}

// Bound is an end of a range. The zero Bound is open: nothing is beyond it, NULL included.
type Bound struct {
	Set       bool
	Inclusive bool // the value itself is in the range
	Value     cell.Value
}
