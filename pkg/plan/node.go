package plan

import (
	"sync/atomic"

	"github.com/reedbase/reedbase/pkg/syntax"
)

// Node is an operator of a plan: one of the types of this file.
type Node interface {
	// Columns returns what the rows consist of.
	Columns() []Column
	// Inputs returns the operators that rows come from.
	Inputs() []Node
	// Figures returns what is known of the rows.
	Figures() *Stat
}

// Stat is what is known of the rows of an operator.
type Stat struct {
	Estimate float64      // rows
	Need     []bool       // for each column, whether somebody reads it; the others have no values
	Rows     atomic.Int64 // that it has returned, in all runs of it
	Runs     atomic.Int64 // how often it was opened
}

// Figures returns s, for the operators that have it in them.
func (s *Stat) Figures() *Stat { return s }

// Scan reads a relation.
type Scan struct {
	Stat
	Name     string
	Relation Relation
	Terms    []Expr // that all hold for the rows returned
	Lookup   *IndexLookup
	table    bool // it is a table of the database as it is, which may have indices
	columns  []Column
}

// IndexLookup says how an index finds the records of a Scan; its Terms are tested still.
type IndexLookup struct {
	Index      Index
	Keys       [][]Expr // keys to look up, each a constant for every column of the index, or in one of modifiers for each that a record has; nil: a range
	Low, High  Bound
	Descending bool
	Ordered    bool    // the order of the index is the one that the query asks for
	Records    float64 // about how many it finds; negative when nothing is known
	rest       []Expr  // of modifiers: the terms that may hold for some of the records alone
}

// Values is rows written down. Their expressions have no fields.
type Values struct {
	Stat
	Rows    [][]Expr
	columns []Column
}

// Filter keeps the rows for which all terms are true.
type Filter struct {
	Stat
	Input Node
	Terms []Expr
}

// Project computes new columns.
type Project struct {
	Stat
	Input   Node
	Exprs   []Expr
	columns []Column
}

// Join puts the columns of the right side behind those of the left side.
type Join struct {
	Stat
	Kind        syntax.JoinKind // LeftJoin, or InnerJoin
	Left, Right Node
	Keys        []JoinKey
	Terms       []Expr // over the columns of both, that hold beside the keys
	BuildLeft   bool   // the left side is the one kept in memory
	columns     []Column
}

// JoinKey is an expression of either side that must be equal.
type JoinKey struct {
	Left, Right Expr
	Dual        JoinSide // which side is a cell without a type beside what is no column: it is a text beside a text
}

// JoinSide is a side of a Join, or none.
type JoinSide uint8

// The sides.
const (
	NoSide JoinSide = iota
	LeftSide
	RightSide
)

// Group puts rows together that are equal in Keys, and returns the keys and a value for each call. Without keys it returns one
// row whatever comes.
type Group struct {
	Stat
	Input   Node
	Keys    []Expr
	Calls   []*Aggregate
	Bare    []Expr // of one row of the group: the one that the only min or max is from, else the first
	columns []Column
}

// Window adds a column for each call.
type Window struct {
	Stat
	Input   Node
	Calls   []*WindowCall
	columns []Column
}

// Sort puts rows in an order. Rows that are equal in it stay in the order they come in.
type Sort struct {
	Stat
	Input Node
	Keys  []SortKey
	Limit int64 // only so many rows are wanted; -1: all
}

// SortKey is one term of an order.
type SortKey struct {
	X          Expr
	Descending bool
	NullsLast  bool
}

// Limit leaves out rows at the beginning and ends behind some.
type Limit struct {
	Stat
	Input         Node
	Count, Offset Expr // without fields; nil: all, none
}

// Distinct keeps the first of the rows that are equal in their first Width columns.
type Distinct struct {
	Stat
	Input Node
	Width int
}

// AsGroup returns the Group that does the same: its keys are the columns that differ, and those behind them are bare.
func (n *Distinct) AsGroup() *Group {
	g := &Group{Input: n.Input, columns: n.Columns()}
	g.Need = append([]bool(nil), n.Need...)
	for i, c := range n.Columns() {
		f := &Field{i, c.Name, c.Type}
		switch {
		case i < n.Width:
			g.Keys = append(g.Keys, f)
		case n.Need[i]:
			g.Bare = append(g.Bare, f)
		default:
			g.Bare = append(g.Bare, &Constant{})
		}
	}
	return g
}

// Set joins two queries by UNION ALL, INTERSECT or EXCEPT; the latter two return distinct rows.
type Set struct {
	Stat
	Operator    syntax.SetOperator
	Left, Right Node
}

// Shared is a query that is run once, however often its rows are read.
type Shared struct {
	Stat
	Name  string
	Input Node
	uses  int
}

// Probe is the rows of Input, which never changes, for which both sides of each of Keys are equal; the right one is of the row around
// a subquery. It is made once and then looked into.
type Probe struct {
	Stat
	Input Node
	Keys  []JoinKey // Left is of the rows, Right of the row around
}

// Columns returns the columns.
func (n *Scan) Columns() []Column     { return n.columns }
func (n *Values) Columns() []Column   { return n.columns }
func (n *Filter) Columns() []Column   { return n.Input.Columns() }
func (n *Project) Columns() []Column  { return n.columns }
func (n *Join) Columns() []Column     { return n.columns }
func (n *Group) Columns() []Column    { return n.columns }
func (n *Window) Columns() []Column   { return n.columns }
func (n *Sort) Columns() []Column     { return n.Input.Columns() }
func (n *Limit) Columns() []Column    { return n.Input.Columns() }
func (n *Distinct) Columns() []Column { return n.Input.Columns() }
func (n *Set) Columns() []Column      { return n.Left.Columns() }
func (n *Shared) Columns() []Column   { return n.Input.Columns() }
func (n *Probe) Columns() []Column    { return n.Input.Columns() }

// Inputs returns the operators that rows come from.
func (n *Scan) Inputs() []Node     { return nil }
func (n *Values) Inputs() []Node   { return nil }
func (n *Filter) Inputs() []Node   { return []Node{n.Input} }
func (n *Project) Inputs() []Node  { return []Node{n.Input} }
func (n *Join) Inputs() []Node     { return []Node{n.Left, n.Right} }
func (n *Group) Inputs() []Node    { return []Node{n.Input} }
func (n *Window) Inputs() []Node   { return []Node{n.Input} }
func (n *Sort) Inputs() []Node     { return []Node{n.Input} }
func (n *Limit) Inputs() []Node    { return []Node{n.Input} }
func (n *Distinct) Inputs() []Node { return []Node{n.Input} }
func (n *Set) Inputs() []Node      { return []Node{n.Left, n.Right} }
func (n *Shared) Inputs() []Node   { return []Node{n.Input} }
func (n *Probe) Inputs() []Node    { return []Node{n.Input} }
