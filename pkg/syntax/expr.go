package syntax

import "strconv"

// Expression is one of *Number, *Text, *Null, *Bool, *Parameter, *Column, *Star, *Unary, *Binary, *Logical, *Match, *Between, *In,
// *Exists, *Subquery, *Case, *Cast and *Call.
type Expression interface {
	Node
	expr()
}

// Number is a number without a sign.
type Number struct {
	Span
	Text string // as it is written: decimal with or without fraction and exponent, or hexadecimal
}

// Int returns the value of an integer, negated if negative is true, and whether it is one that 64 bits hold. Hexadecimal numbers
// are two's complement. -9223372036854775808 is an integer only when it is asked for with its sign.
func (n *Number) Int(negative bool) (int64, bool) {
	if len(n.Text) > 2 && n.Text[1]|0x20 == 'x' {
		bits, err := strconv.ParseUint(n.Text[2:], 16, 64)
		value := int64(bits)
		if negative {
			value = -value
		}
		return value, err == nil
	}
	digits := n.Text
	if negative {
		digits = "-" + digits
	}
	value, err := strconv.ParseInt(digits, 10, 64)
	return value, err == nil
}

// Float returns the value as the nearest floating-point number, which is infinite when it is beyond all of them.
func (n *Number) Float() float64 {
	if value, ok := n.Int(false); ok {
		return float64(value)
	}
	value, _ := strconv.ParseFloat(n.Text, 64) // the only error is the one that comes with an infinity
	return value
}

// Text is a string, as it is meant.
type Text struct {
	Span
	Value string
}

// Null is NULL.
type Null struct{ Span }

// Bool is TRUE or FALSE.
type Bool struct {
	Span
	Value bool
}

// Parameter stands for a value that is given beside the statement.
type Parameter struct {
	Span
	Name  string // of :name; "" for ?
	Index int    // of ?, counted from 1 in its statement; 0 for :name
}

// Column is a name: a column, or a column of a table, whose own name may have dots. key.language is a part of a column.
type Column struct {
	Span
	Path []Identifier
}

// Star is * or table.*, in place of the expression of an Item.
type Star struct {
	Span
	Table []Identifier // none: of all tables
}

// Unary is an operator before its operand.
type Unary struct {
	Span
	Operator UnaryOperator
	X        Expression
}

// UnaryOperator is an operator before its operand.
type UnaryOperator uint8

// The operators with one operand.
const (
	Negate UnaryOperator = iota
	Plus
	BitNot
	Not
)

// String returns the operator as it is written.
func (o UnaryOperator) String() string { return [...]string{"-", "+", "~", "NOT"}[o] }

// Binary is an operator between its operands.
type Binary struct {
	Span
	Operator BinaryOperator
	X, Y     Expression
}

// BinaryOperator is an operator between its operands.
type BinaryOperator uint8

// The operators with two operands. Is and IsNot compare NULL like a value; IS NULL, ISNULL and IS NOT DISTINCT FROM are Is.
const (
	Equal BinaryOperator = iota
	NotEqual
	Is
	IsNot
	Less
	LessEqual
	Greater
	GreaterEqual
	BitAnd
	BitOr
	ShiftLeft
	ShiftRight
	Add
	Subtract
	Multiply
	Divide
	Modulo
	Concat
)

// String returns the operator as it is written.
func (o BinaryOperator) String() string {
	return [...]string{"=", "<>", "IS", "IS NOT", "<", "<=", ">", ">=", "&", "|", "<<", ">>", "+", "-", "*", "/", "%", "||"}[o]
}

// Logical joins two terms or more by AND, or by OR.
type Logical struct {
	Span
	Or    bool
	Terms []Expression
}

// Match compares X with a pattern.
type Match struct {
	Span
	Operator MatchOperator
	Not      bool
	X        Expression
	Pattern  Expression
	Escape   Expression // of Like; may be nil
}

// MatchOperator is a kind of pattern.
type MatchOperator uint8

// The kinds of patterns.
const (
	Like MatchOperator = iota
	Glob
	Regexp
)

// String returns the operator as it is written.
func (o MatchOperator) String() string { return [...]string{"LIKE", "GLOB", "REGEXP"}[o] }

// Between is X BETWEEN Low AND High.
type Between struct {
	Span
	Not          bool
	X, Low, High Expression
}

// In is X IN (…).
type In struct {
	Span
	Not   bool
	X     Expression
	List  []Expression // may be empty
	Query *Query       // in place of List
}

// Exists asks whether a query has a row.
type Exists struct {
	Span
	Query *Query
}

// Subquery is a query in place of a value.
type Subquery struct {
	Span
	Query *Query
}

// Case is CASE … END.
type Case struct {
	Span
	Operand Expression // nil: the first When whose If holds counts
	Whens   []When
	Else    Expression
}

// When is one WHEN … THEN … of a Case.
type When struct {
	Span
	If, Then Expression
}

// Cast is CAST(X AS Type).
type Cast struct {
	Span
	X    Expression
	Type string // as it is written
}

// Call is the call of a function, also of one over a group or a window.
type Call struct {
	Span
	Function  Identifier
	Distinct  bool
	Star      bool // (*) in place of arguments
	Arguments []Expression
	Filter    Expression
	Over      *Window
}

// Window is what stands behind OVER, or in WINDOW. With a Name it is the window of that name and nothing else.
type Window struct {
	Span
	Name      *Identifier
	Partition []Expression
	OrderBy   []Ordering
	Frame     *Frame
}

// Frame is the part of a partition that an aggregate is over.
type Frame struct {
	Span
	Unit     FrameUnit
	From, To Bound
}

// FrameUnit says what the bounds of a frame count.
type FrameUnit uint8

// The units.
const (
	Rows FrameUnit = iota
	Range
	Groups
)

// String returns the unit as it is written.
func (u FrameUnit) String() string { return [...]string{"ROWS", "RANGE", "GROUPS"}[u] }

// Bound is an end of a frame.
type Bound struct {
	Span
	Kind   BoundKind
	Offset Expression // a *Number or *Parameter with Preceding and Following, else nil
}

// BoundKind says where a frame ends. The kinds stand in the order of the rows.
type BoundKind uint8

// The kinds of bounds.
const (
	UnboundedPreceding BoundKind = iota
	Preceding
	CurrentRow
	Following
	UnboundedFollowing
)

// String returns the kind as it is written behind its offset, if it has one.
func (k BoundKind) String() string {
	return [...]string{"UNBOUNDED PRECEDING", "PRECEDING", "CURRENT ROW", "FOLLOWING", "UNBOUNDED FOLLOWING"}[k]
}

func (*Number) expr()    {}
func (*Text) expr()      {}
func (*Null) expr()      {}
func (*Bool) expr()      {}
func (*Parameter) expr() {}
func (*Column) expr()    {}
func (*Star) expr()      {}
func (*Unary) expr()     {}
func (*Binary) expr()    {}
func (*Logical) expr()   {}
func (*Match) expr()     {}
func (*Between) expr()   {}
func (*In) expr()        {}
func (*Exists) expr()    {}
func (*Subquery) expr()  {}
func (*Case) expr()      {}
func (*Cast) expr()      {}
func (*Call) expr()      {}
