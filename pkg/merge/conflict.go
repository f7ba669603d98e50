package merge

import "github.com/reedbase/reedbase/pkg/row"

// Kind says how two sides clash.
type Kind int

// The kinds of conflicts.
const (
	Update Kind = iota // both set the same cells, or one set cells of a column that the other dropped
	Delete             // one deleted the row, the other changed it
	Insert             // both inserted the row, with different cells
	Header             // both changed the header in the same place
)

// String returns the kind's name: update, delete, insert or header.
func (k Kind) String() string { return [...]string{"update", "delete", "insert", "header"}[k] }

// Conflict is what two sides set differently, neither having seen the other. Its slices alias the texts.
type Conflict struct {
	Kind    Kind
	Key     []byte   // as row.Key gives it; nil for the header
	Columns []string // those that clash; none when it is the whole row or the order of the columns
	// Base, Ours and Theirs are the records, with their line ends, in the columns of their own texts; nil where the
	// row is not there.
	Base, Ours, Theirs []byte
	Merged             []byte // the record in the merged text, without its line end; nil where the row is not there
	Kept               Side   // whose value is in the merged text, Ours or Theirs; Base where it has both
}

// clash notes a conflict over an item in the given columns.
func (m *merger) clash(kind Kind, it *item, clashing []int) {
	c := Conflict{Kind: kind, Base: m.row(it, Base), Ours: m.row(it, Ours), Theirs: m.row(it, Theirs), Kept: m.winner}
	for _, column := range clashing {
		c.Columns = append(c.Columns, m.columns.names[column])
	}
	if kind != Header {
		side := it.someSide()
		c.Key = row.Key(m.row(it, side), m.texts[side].key)
	}
	m.result.Conflicts = append(m.result.Conflicts, c)
}
