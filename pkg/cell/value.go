// Package cell owns what the text of a cell says as a value: typed values with the one order that schemas, indices, queries
// and merges share, what converts into what, and exact decimal numbers. It must never know rows, tables or files.
//
// Semantics are those of SQLite (https://sqlite.org/datatype3.html) where a schema says nothing else: 64-bit integers whose
// arithmetic goes on in floating point when it overflows, affinities of columns in comparisons, and NULL.
package cell

import "math"

// Kind is what a Value is.
type Kind uint8

// The kinds. Values of the three in the middle are numbers on one scale, that of a time being seconds since 1970.
const (
	KindNull Kind = iota
	KindInteger
	KindFloat
	KindTime
	KindText
)

var kindNames = [...]string{"null", "integer", "real", "timestamp", "text"}

// String returns the kind as SQL's typeof names it.
func (k Kind) String() string { return kindNames[k] }

// Value is one typed value. The zero Value is NULL. A Value read from a cell aliases the cell's bytes and is valid as long as
// they are; it is never written to, so that goroutines may share it.
type Value struct {
	kind  Kind
	nanos int32  // of a time: 0 to 999,999,999 behind the second in bits
	bits  uint64 // of an integer and the seconds of a time: an int64; of a float: math.Float64bits
	text  []byte // of a text; of anything else its spelling in a cell, or nil
}

// FromInteger returns an integer.
func FromInteger(n int64) Value { return Value{kind: KindInteger, bits: uint64(n)} }

// FromFloat returns a float, and NULL for what is no number. Infinities are kept.
func FromFloat(f float64) Value {
	if math.IsNaN(f) {
		return Value{}
	}
	return Value{kind: KindFloat, bits: math.Float64bits(f)}
}

// FromText returns a text that aliases b.
func FromText(b []byte) Value { return Value{kind: KindText, text: b} }

// FromBool returns 1 for true and 0 for false, as SQL has it.
func FromBool(b bool) Value {
	if b {
		return FromInteger(1)
	}
	return FromInteger(0)
}

// FromTime returns a point in time: seconds since 1970 and nanoseconds behind them, 0 to 999,999,999. One before the year 0 or
// behind the year 9999, which no cell can spell, is NULL.
func FromTime(seconds int64, nanos int32) Value {
	if seconds < minSeconds || seconds > maxSeconds || nanos < 0 || nanos > 999_999_999 {
		return Value{}
	}
	return Value{kind: KindTime, bits: uint64(seconds), nanos: nanos}
}

// Spelled returns v with the text of the cell that it was read from, or would be. It keeps the text.
func (v Value) Spelled(text []byte) Value {
	v.text = text
	return v
}

// Kind returns what v is.
func (v Value) Kind() Kind { return v.kind }

// IsNull reports whether v is NULL.
func (v Value) IsNull() bool { return v.kind == KindNull }

// IsNumber reports whether v is an integer, a float or a time.
func (v Value) IsNumber() bool { return v.kind != KindNull && v.kind != KindText }

// Integer returns the integer that v is.
func (v Value) Integer() int64 { return int64(v.bits) }

// Float returns the float that v is.
func (v Value) Float() float64 { return math.Float64frombits(v.bits) }

// Time returns the point in time that v is, as FromTime takes it.
func (v Value) Time() (seconds int64, nanos int32) { return int64(v.bits), v.nanos }

// Text returns the text that v is, or how the cell spells it that v was read from, or nil.
func (v Value) Text() []byte { return v.text }

// CopyTo appends the text that v is or is spelled with to dst, and returns v with that copy in place of its own, and dst.
func (v Value) CopyTo(dst []byte) (copied Value, extended []byte) {
	if v.text == nil {
		return v, dst
	}
	start := len(dst)
	dst = append(dst, v.text...)
	return v.Spelled(dst[start:len(dst):len(dst)]), dst
}
