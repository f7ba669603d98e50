package cell

import (
	"math"
	"math/bits"
)

// Add, Sub, Mul, Div and Rem return what the operators + - * / and % do in SQLite: operands as Numeric takes them; NULL when one
// is; integers as long as both are and the result fits 64 bits, otherwise floats; NULL for what is divided by 0 and for what
// is no number. The quotient of integers is cut towards 0. Rem takes operands as casts to
// integers do, and its result is a float where an operand is one.
func Add(a, b Value) Value {
	return arithmetic(a, b, addIntegers, func(x, y float64) float64 { return x + y })
}

// Sub returns a - b as Add says.
func Sub(a, b Value) Value {
	return arithmetic(a, b, subtractIntegers, func(x, y float64) float64 { return x - y })
}

// Mul returns a * b as Add says.
func Mul(a, b Value) Value {
	return arithmetic(a, b, multiplyIntegers, func(x, y float64) float64 { return x * y })
}

// Neg returns 0 - a as Add says.
func Neg(a Value) Value { return Sub(FromInteger(0), a) }

// Div returns a / b as Add says.
func Div(a, b Value) Value {
	a, b = Numeric(a), Numeric(b)
	if a.IsNull() || b.IsNull() || toFloat(b) == 0 {
		return Value{}
	}
	return arithmetic(a, b, divideIntegers, func(x, y float64) float64 { return x / y })
}

// Rem returns a % b as Add says.
func Rem(a, b Value) Value {
	x, y := a.castInteger().Integer(), b.castInteger().Integer()
	if a.IsNull() || b.IsNull() || y == 0 {
		return Value{}
	}
	if y == -1 {
		y = 1 // the rest is 0 either way, and the smallest integer by -1 overflows
	}
	if Numeric(a).kind == KindInteger && Numeric(b).kind == KindInteger {
		return FromInteger(x % y)
	}
	return FromFloat(float64(x % y))
}

func arithmetic(a, b Value, integers func(x, y int64) (int64, bool), floats func(x, y float64) float64) Value {
	a, b = Numeric(a), Numeric(b)
	if a.IsNull() || b.IsNull() {
		return Value{}
	}
	if a.kind == KindInteger && b.kind == KindInteger {
		if n, ok := integers(a.Integer(), b.Integer()); ok {
			return FromInteger(n)
		}
	}
	return FromFloat(floats(toFloat(a), toFloat(b)))
}

// toFloat returns a number that Numeric returned.
func toFloat(n Value) float64 {
	if n.kind == KindInteger {
		return float64(n.Integer())
	}
	return n.Float()
}

func addIntegers(x, y int64) (int64, bool) {
	sum := x + y
	return sum, (x^sum)&(y^sum) >= 0
}

func subtractIntegers(x, y int64) (int64, bool) {
	difference := x - y
	return difference, (x^y)&(x^difference) >= 0
}

func multiplyIntegers(x, y int64) (int64, bool) {
	high, low := bits.Mul64(magnitude(x), magnitude(y))
	negative := (x < 0) != (y < 0)
	if high > 0 || low > math.MaxInt64+1 || low == math.MaxInt64+1 && !negative {
		return 0, false
	}
	return signed(low, negative), true
}

func magnitude(x int64) uint64 {
	if x < 0 {
		return -uint64(x)
	}
	return uint64(x)
}

func divideIntegers(x, y int64) (int64, bool) {
	if x == math.MinInt64 && y == -1 {
		return 0, false
	}
	return x / y, true
}
