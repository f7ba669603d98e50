package cell

import "bytes"

// Comparison is how the values of two operands compare, chosen once for all of them by the operands' types. The rules are
// those of SQLite's affinities (https://sqlite.org/datatype3.html, section 4.2), and a timestamp's and a boolean's are such:
//
//   - beside a column of a type that is no string, a text that reads as a value of the type is that value;
//   - beside a column of strings, a number that is no such column's is a text, as it is spelled;
//   - a cell of a column without a type is a number beside a number, if it reads as one, and a text beside a text;
//   - otherwise values compare as they are, by Order.
type Comparison struct {
	left, right Type // what the left and the right value are read as; Expression: as they are
	cell        side // which one is a cell of no type: a text beside a text
}

type side uint8

const (
	neither side = iota
	onLeft
	onRight
)

// Comparing returns how values of these types compare. The type of an operand that is no column, nor a cast, is Expression.
func Comparing(left, right Type) Comparison {
	c := Comparison{left: Expression, right: Expression}
	switch {
	case left.isNumeric() && !right.isNumeric():
		c.right = left
	case right.isNumeric() && !left.isNumeric():
		c.left = right
	case left.isNumeric():
	case left == String && right != String:
		c.right = String
	case right == String && left != String:
		c.left = String
	case left == Undeclared && right == Expression:
		c.cell = onLeft
	case left == Expression && right == Undeclared:
		c.cell = onRight
	}
	return c
}

// Compare returns -1, 0 or 1. What SQL says of NULL is for the caller to know: here it is less than all else, and equal to NULL.
func (c Comparison) Compare(a, b Value) int {
	if a.kind == b.kind && a.kind < KindTime && c.left != String && c.right != String {
		return Order(a, b) // numbers, which nothing but a column of strings turns into something else
	}
	if c.cell == onLeft && b.kind == KindText && a.text != nil || c.cell == onRight && a.kind == KindText && b.text != nil {
		return bytes.Compare(a.text, b.text)
	}
	return Order(a.as(c.left), b.as(c.right))
}

// Beside returns v as it is compared with a column of type t, if it comes from no such column itself: a text that reads as a
// value of a type that is no string is that value, a number beside a string is the text that spells it. By what Comparing says
// of two types, Order finds a left value and a right one equal after this where Compare does before, but for a cell without a
// type and what is no column.
func Beside(v Value, t Type) Value { return v.as(t) }

// as returns what v is beside a column of type t.
func (v Value) as(t Type) Value {
	switch {
	case t == String && v.IsNumber():
		return FromText(v.AppendText(nil))
	case t.isNumeric() && v.kind == KindText:
		if n, ok := t.convert(v.text); ok {
			return n
		}
	}
	return v
}

// convert returns the value of a numeric type that a text reads as: more texts than Parse takes.
func (t Type) convert(text []byte) (v Value, ok bool) {
	switch t {
	case Boolean:
		if v, ok = anyBoolean(text); ok {
			return v, true
		}
	case Timestamp:
		if v, ok = parseMoment(text); ok {
			return v, true
		}
	}
	return NumericText(text)
}

// anyBoolean reads "true" and "false" in any case, as SQL's keywords.
func anyBoolean(text []byte) (Value, bool) {
	switch {
	case bytes.EqualFold(text, []byte("true")):
		return FromInteger(1), true
	case bytes.EqualFold(text, []byte("false")):
		return FromInteger(0), true
	}
	return Value{}, false
}
