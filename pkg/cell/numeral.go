package cell

import (
	"math"
	"strconv"
)

// scanNumeral returns the end of the longest number that b begins with, 0 when there is none: an optional sign, digits with an
// optional point among, before or behind them, and an optional exponent. integer says that it has neither point nor exponent.
func scanNumeral(b []byte) (end int, integer bool) {
	at := 0
	if at < len(b) && (b[at] == '+' || b[at] == '-') {
		at++
	}
	whole := countDigits(b[at:])
	at += whole
	integer = true
	if at < len(b) && b[at] == '.' {
		fraction := countDigits(b[at+1:])
		if whole+fraction > 0 {
			at, integer = at+1+fraction, false
		}
		whole += fraction
	}
	if whole == 0 {
		return 0, false
	}
	if n := exponent(b[at:]); n > 0 {
		return at + n, false
	}
	return at, integer
}

// exponent returns the length of the exponent that b begins with, or 0.
func exponent(b []byte) int {
	if len(b) == 0 || b[0] != 'e' && b[0] != 'E' {
		return 0
	}
	at := 1
	if at < len(b) && (b[at] == '+' || b[at] == '-') {
		at++
	}
	if n := countDigits(b[at:]); n > 0 {
		return at + n
	}
	return 0
}

func countDigits(b []byte) int {
	for i, c := range b {
		if c < '0' || c > '9' {
			return i
		}
	}
	return len(b)
}

// powers are those of ten that floats hold exactly, as far as readPlain needs them.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// readPlain reads, in one pass, what most cells without a type are: a text that cannot begin a number, nor with blanks, or a number
// of up to 15 digits without an exponent. The quotient of two integers that floats hold is the float nearest to it (Clinger,
// How to Read Floating Point Numbers Accurately, 1990). Of anything else it does not know.
func readPlain(text []byte) (v Value, known bool) {
	if len(text) == 0 {
		return FromText(text), true
	}
	if c := text[0]; c > '9' || c == '"' || c == '#' {
		return FromText(text), true
	}
	at := 0
	if text[0] == '-' {
		at = 1
	}
	var n int64
	digits, point := 0, -1
	for i, c := range text[at:] {
		switch {
		case c >= '0' && c <= '9':
			n = n*10 + int64(c-'0')
			digits++
		case c == '.' && point < 0:
			point = at + i
		default:
			return v, false
		}
		if digits > 15 {
			return v, false
		}
	}
	if digits == 0 {
		return v, false
	}
	if point < 0 {
		if at > 0 {
			n = -n
		}
		return FromInteger(n).Spelled(text), true
	}
	f := float64(n) / powers[len(text)-1-point]
	if at > 0 {
		f = -f
	}
	return FromFloat(f).Spelled(text), true
}

// numeralValue returns what scanNumeral found: an integer that fits 64 bits, else a float.
func numeralValue(b []byte, integer bool) Value {
	if integer {
		if n, ok := parseInteger(b); ok {
			return FromInteger(n)
		}
	}
	f, _ := strconv.ParseFloat(string(b), 64) // beyond the range it is an infinity, as SQLite has it
	return FromFloat(f)
}

// parseInteger reads an optional sign and digits. What does not fit 64 bits is the nearest that does, and not ok.
func parseInteger(b []byte) (n int64, ok bool) {
	negative := b[0] == '-'
	if negative || b[0] == '+' {
		b = b[1:]
	}
	limit := uint64(math.MaxInt64)
	if negative {
		limit++
	}
	var u uint64
	for _, c := range b {
		digit := uint64(c - '0')
		if u > limit/10 || u*10 > limit-digit {
			return signed(limit, negative), false
		}
		u = u*10 + digit
	}
	return signed(u, negative), true
}

func signed(u uint64, negative bool) int64 {
	if negative {
		return int64(-u)
	}
	return int64(u)
}

// NumericText returns the number that the whole of a text is, blanks around it aside, as the numeric affinity of SQLite takes it:
// an integer where it is spelled as one and fits, otherwise a float. Of any other text ok is false.
func NumericText(b []byte) (v Value, ok bool) {
	b = trimBlanks(b)
	end, integer := scanNumeral(b)
	if end == 0 || trimmedEnd(b) != end {
		return Value{}, false
	}
	return numeralValue(b[:end], integer), true
}

// numericPrefix returns the number that b begins with behind blanks, as arithmetic takes a text; 0 when there is none.
func numericPrefix(b []byte) Value {
	b = trimBlanks(b)
	end, integer := scanNumeral(b)
	if end == 0 {
		return FromInteger(0)
	}
	return numeralValue(b[:end], integer)
}

// integerPrefix returns the integer that b begins with behind blanks, as a cast to an integer takes a text: 0 when there is
// none, the nearest one when it does not fit.
func integerPrefix(b []byte) int64 {
	b = trimBlanks(b)
	at := 0
	if len(b) > 0 && (b[0] == '+' || b[0] == '-') {
		at++
	}
	end := at + countDigits(b[at:])
	if end == at {
		return 0
	}
	n, _ := parseInteger(b[:end])
	return n
}

func trimBlanks(b []byte) []byte {
	for len(b) > 0 && isBlank(b[0]) {
		b = b[1:]
	}
	return b
}

// trimmedEnd returns the length of b without blanks at its end.
func trimmedEnd(b []byte) int {
	n := len(b)
	for n > 0 && isBlank(b[n-1]) {
		n--
	}
	return n
}

func isBlank(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }
