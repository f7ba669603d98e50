package cell

import (
	"bytes"
	"math"
)

// Type is what a column's cells hold, or what stands where a column could.
type Type uint8

// The types of columns that a schema declares, behind the two that it does not.
const (
	Undeclared Type = iota // a column without a type: a cell that is a number is one beside a number
	String
	Integer    // 64 bits, in decimal
	Float      // 64 bits, finite, in decimal
	Boolean    // true or false
	Timestamp  // a date and time of RFC 3339, or seconds since 1970
	Expression // no column: a literal, or what is computed
)

var typeNames = [...]string{"undeclared", "string", "integer", "float", "boolean", "timestamp", "expression"}

// String returns the type as a schema names it; the two that it does not name have a name too.
func (t Type) String() string { return typeNames[t] }

// TypeNames returns the names that ParseType knows, in a slice of the caller's own.
func TypeNames() []string { return append([]string(nil), typeNames[String:Expression]...) }

// ParseType returns the type that a schema names so.
func ParseType(name string) (t Type, ok bool) {
	for t := String; t < Expression; t++ {
		if typeNames[t] == name {
			return t, true
		}
	}
	return Undeclared, false
}

// isNumeric reports whether values of the type are numbers.
func (t Type) isNumeric() bool { return t >= Integer && t <= Timestamp }

// Parse returns the value of a cell with this text, and whether the text is one that the type allows: digits with an optional
// sign for an integer; a number as SQL has it, exponent included, that is finite for a float; "true" or "false"; a date and
// time of RFC 3339 or seconds since 1970, perhaps with a fraction, in the years 0 to 9999. String and Undeclared allow any
// text. An empty text is none of the others: that an empty cell is no value is for the caller to know. The value aliases text.
func (t Type) Parse(text []byte) (v Value, ok bool) {
	switch t {
	case Integer:
		v, ok = parseWhole(text)
	case Float:
		v, ok = parseFinite(text)
	case Boolean:
		v, ok = parseBoolean(text)
	case Timestamp:
		if v, ok = parseUnix(text); !ok {
			v, ok = parseRFC3339(text)
		}
	case Undeclared:
		return readUndeclared(text), true
	default:
		return FromText(text), true
	}
	if !ok {
		return Value{}, false
	}
	return v.Spelled(text), true
}

func parseWhole(text []byte) (Value, bool) {
	end, integer := scanNumeral(text)
	if end == 0 || end < len(text) || !integer {
		return Value{}, false
	}
	n, ok := parseInteger(text)
	return FromInteger(n), ok
}

// parseFinite returns a float also where the text is an integer's.
func parseFinite(text []byte) (Value, bool) {
	end, _ := scanNumeral(text)
	if end == 0 || end < len(text) {
		return Value{}, false
	}
	v := numeralValue(text, false)
	return v, !math.IsInf(v.Float(), 0)
}

func parseBoolean(text []byte) (Value, bool) {
	switch string(text) {
	case "true":
		return FromInteger(1), true
	case "false":
		return FromInteger(0), true
	}
	return Value{}, false
}

// readUndeclared returns a number that keeps its spelling, or a text.
func readUndeclared(text []byte) Value {
	if v, known := readPlain(text); known {
		return v
	}
	end, integer := scanNumeral(text)
	if end == 0 || end < len(text) {
		return FromText(text)
	}
	return numeralValue(text, integer).Spelled(text)
}

// Read returns the value that a query sees in a cell with this text. quoted says that the cell stands in quotes. An empty cell
// is NULL in a column of a type that is no string, the empty text if it is quoted, and in other columns. A cell that the type
// does not allow is a number if it reads as one with or without blanks around it, of the column's own kind if it can be, as in
// SQLite; otherwise a text. The value aliases text.
func (t Type) Read(text []byte, quoted bool) Value {
	if t == Undeclared {
		if v, known := readPlain(text); known {
			return v
		}
	}
	if len(text) == 0 && !quoted && t.isNumeric() {
		return Value{}
	}
	if v, ok := t.Parse(text); ok {
		return v
	}
	if v, ok := NumericText(text); ok {
		return v.of(t).Spelled(text)
	}
	return FromText(text)
}

// of returns a number as one of a column of type t, if that is the same number.
func (v Value) of(t Type) Value {
	switch {
	case t == Float && v.kind == KindInteger:
		return FromFloat(float64(v.Integer()))
	case t == Integer && v.kind == KindFloat:
		if n := FromInteger(truncate(v.Float())); Order(n, v) == 0 {
			return n
		}
	}
	return v
}

// Why returns why Parse does not take this text, as words that follow the text: "is no integer".
func (t Type) Why(text []byte) string {
	end, integer := scanNumeral(text)
	number := end > 0 && end == len(text)
	switch {
	case t == Integer && number && integer:
		return "is too large for an integer of 64 bits"
	case t == Integer:
		return "is no integer"
	case t == Float && number:
		return "is too large for a float"
	case t == Float && isNamedNumber(text):
		return "is no float: a float is finite"
	case t == Float:
		return "is no float"
	case t == Boolean:
		return "is no boolean: true or false"
	case t == Timestamp && number && integer:
		return "is no timestamp: these seconds lie beyond the years 0 to 9999; milliseconds are none"
	}
	return "is no " + t.String() + ": a date and time of RFC 3339 or seconds since 1970"
}

// isNamedNumber reports whether text spells an infinity or what is no number.
func isNamedNumber(text []byte) bool {
	text = bytes.ToLower(bytes.TrimLeft(text, "+-"))
	switch string(text) {
	case "nan", "inf", "infinity":
		return true
	}
	return false
}
