package syntax

// Query is one SELECT or VALUES, or several that set operators join from left to right, all of one precedence.
type Query struct {
	Span
	With          []CommonTable
	First         Core
	Rest          []Arm
	OrderBy       []Ordering
	Limit, Offset Expression
}

// CommonTable is one named query of a WITH.
type CommonTable struct {
	Span
	Table   Identifier
	Columns []Identifier // none: the names that the query gives
	Query   *Query
}

// SetOperator joins what stands left of it with the query right of it.
type SetOperator uint8

// The set operators.
const (
	Union SetOperator = iota
	UnionAll
	Intersect
	Except
)

// String returns the operator as it is written.
func (o SetOperator) String() string {
	return [...]string{"UNION", "UNION ALL", "INTERSECT", "EXCEPT"}[o]
}

// Arm is a set operator and what stands right of it.
type Arm struct {
	Span
	Operator SetOperator
	Core     Core
}

// Core is *Select or *Values.
type Core interface {
	Node
	core()
}

// Select is one SELECT.
type Select struct {
	Span
	Distinct bool
	Items    []Item
	From     *From // nil: one row of no columns
	Where    Expression
	GroupBy  []Expression
	Having   Expression
	Windows  []NamedWindow
}

// Values is rows written down.
type Values struct {
	Span
	Rows [][]Expression // one row at least, each of one expression at least
}

// Item is a column of a result: an expression, or a *Star in place of several.
type Item struct {
	Span
	Expression Expression
	Alias      *Identifier // nil: the column is called by its expression
}

// Ordering is one term of ORDER BY.
type Ordering struct {
	Span
	Expression Expression
	Descending bool
	Nulls      NullOrder
}

// NullOrder says where NULL is sorted.
type NullOrder uint8

// Where NULL comes. By default it is less than all others.
const (
	NullsDefault NullOrder = iota
	NullsFirst
	NullsLast
)

// NamedWindow is one window of a WINDOW clause. Its own Name is nil.
type NamedWindow struct {
	Span
	Name   Identifier
	Window *Window
}

// From is where rows come from: one source, joined with others from left to right.
type From struct {
	Span
	First Source
	Joins []Join
}

// JoinKind says what becomes of rows of the left side that have no partner.
type JoinKind uint8

// The joins. A comma is a CrossJoin.
const (
	InnerJoin JoinKind = iota
	LeftJoin
	CrossJoin
)

// String returns the kind as it is written.
func (k JoinKind) String() string { return [...]string{"INNER JOIN", "LEFT JOIN", "CROSS JOIN"}[k] }

// Join joins one more source. On is nil and Using empty where every row has every other for its partner; never are both there.
type Join struct {
	Span
	Kind   JoinKind
	Source Source
	On     Expression
	Using  []Identifier
}

// Source is one of *Table, *File, *Stdin, *TableCall and *Derived.
type Source interface {
	Node
	source()
}

// Table is a table of the database, or a query that WITH names.
type Table struct {
	Span
	Table Identifier
	AsOf  Expression  // a *Text, *Number or *Parameter that names a time or version; nil: the table as it is
	Alias *Identifier // nil: as the table is called
}

// File is a file of the dialect of tables, named by a string.
type File struct {
	Span
	Path  string
	Alias *Identifier
}

// Stdin is a table on standard input, written -.
type Stdin struct {
	Span
	Alias *Identifier
}

// TableCall is a function that makes rows, such as rdb_log('text').
type TableCall struct {
	Span
	Function  Identifier
	Arguments []Expression
	Alias     *Identifier
}

// Derived is a query in place of a table.
type Derived struct {
	Span
	Query *Query
	Alias *Identifier
}

func (*Select) core() {}
func (*Values) core() {}

func (*Table) source()     {}
func (*File) source()      {}
func (*Stdin) source()     {}
func (*TableCall) source() {}
func (*Derived) source()   {}
