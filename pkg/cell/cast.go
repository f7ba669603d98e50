package cell

import "math"

// Cast returns v as a value of type t, as CAST does in SQLite: NULL stays NULL; a text becomes the number that it begins with,
// or 0, and an integer the one nearest to it; a float is cut towards 0 to an integer. A boolean is 1 or 0: true, false, or
// whether the number is not 0. A timestamp is a text that spells one, or seconds, otherwise NULL. Undeclared and Expression
// leave v alone.
func Cast(v Value, t Type) Value {
	if v.IsNull() {
		return v
	}
	switch t {
	case String:
		return FromText(v.AppendText(nil))
	case Integer:
		return v.castInteger()
	case Float:
		return v.castFloat()
	case Boolean:
		return v.castBoolean()
	case Timestamp:
		return v.castTime()
	}
	return v
}

func (v Value) castInteger() Value {
	switch v.kind {
	case KindText:
		return FromInteger(integerPrefix(v.text))
	case KindFloat:
		return FromInteger(truncate(v.Float()))
	}
	return FromInteger(int64(v.bits))
}

// truncate returns f without its fraction, or the integer nearest to it.
func truncate(f float64) int64 {
	switch {
	case f >= 1<<63:
		return math.MaxInt64
	case f <= -1<<63:
		return math.MinInt64
	}
	return int64(f)
}

func (v Value) castFloat() Value {
	switch n := Numeric(v); n.kind {
	case KindInteger:
		return FromFloat(float64(n.Integer()))
	default:
		return FromFloat(n.Float())
	}
}

func (v Value) castBoolean() Value {
	if v.kind == KindText {
		if b, ok := anyBoolean(v.text); ok {
			return b
		}
	}
	truth, _ := Truth(v)
	return FromBool(truth)
}

func (v Value) castTime() Value {
	if v.kind == KindTime {
		return v
	}
	if v.kind == KindText {
		if t, ok := parseMoment(v.text); ok {
			return t
		}
		n, ok := NumericText(v.text)
		if !ok {
			return Value{}
		}
		v = n
	}
	return v.seconds()
}

// seconds returns the time that a number of seconds since 1970 is, to the nanosecond below, or NULL beyond the years of UTC.
func (v Value) seconds() Value {
	if v.kind == KindInteger {
		return FromTime(v.Integer(), 0)
	}
	whole := math.Floor(v.Float())
	if whole < minSeconds || whole > maxSeconds {
		return Value{}
	}
	return FromTime(int64(whole), min(int32((v.Float()-whole)*1e9), 999_999_999))
}

// Numeric returns v as arithmetic takes it: a text is the number that it begins with, or 0; a time is its seconds since 1970,
// a float where they have a fraction. NULL stays NULL. The number has no spelling.
func Numeric(v Value) Value {
	switch {
	case v.kind == KindText:
		return numericPrefix(v.text)
	case v.kind == KindTime && v.nanos > 0:
		return FromFloat(float64(int64(v.bits)) + float64(v.nanos)/1e9)
	case v.kind == KindTime:
		return FromInteger(int64(v.bits))
	}
	if v.kind != KindNull {
		v.text = nil
	}
	return v
}

// Truth returns whether v counts as true where SQL asks a question: a number that is not 0, or a text that begins with one. Of
// NULL it is not known.
func Truth(v Value) (truth, known bool) {
	n := Numeric(v)
	switch n.kind {
	case KindNull:
		return false, false
	case KindInteger:
		return n.Integer() != 0, true
	}
	return n.Float() != 0, true
}
