package function

import (
	"math"
	"math/big"
	"math/bits"

	"github.com/reedbase/reedbase/pkg/cell"
)

// says is which of the functions that add up a sum is.
type says uint8

const (
	plain   says = iota // NULL of nothing, an integer of integers
	total               // a float
	average             // NULL of nothing, a float
)

// sum is sum, total or avg. It is exact, and rounded once at the end, so that neither the order of the rows matters, nor how many
// goroutines add them, nor what was added and taken away meanwhile.
type sum struct {
	as       says
	n        int64 // values that are not NULL
	floats   int64 // those of them that are no integers
	high     int64 // of the integers, with low: 128 bits, which no number of rows overflows
	low      uint64
	positive int64 // infinities
	negative int64
	exact    expansion
}

func (a *sum) Add(args []cell.Value) { a.step(args[0], 1) }

func (a *sum) Remove(args []cell.Value) { a.step(args[0], -1) }

// step adds a value, or takes it away when sign is -1.
func (a *sum) step(v cell.Value, sign int64) {
	switch v.Kind() {
	case cell.KindNull:
		return
	case cell.KindInteger:
		a.n += sign
		a.addInteger(v.Integer(), sign)
		return
	case cell.KindFloat:
		a.n += sign
		a.addFloat(v.Float(), sign)
		return
	}
	a.n += sign
	if n, ok := number(v); ok && n.Kind() == cell.KindInteger {
		a.addInteger(n.Integer(), sign)
		return
	}
	a.addFloat(float(v), sign)
}

func (a *sum) addFloat(f float64, sign int64) {
	a.floats += sign
	switch {
	case math.IsInf(f, 1):
		a.positive += sign
	case math.IsInf(f, -1):
		a.negative += sign
	case sign < 0:
		a.exact.add(-f)
	default:
		a.exact.add(f)
	}
}

func (a *sum) addInteger(n, sign int64) {
	high, low := n>>63, uint64(n)
	var carry uint64
	if sign > 0 {
		a.low, carry = bits.Add64(a.low, low, 0)
		a.high += high + int64(carry)
		return
	}
	a.low, carry = bits.Sub64(a.low, low, 0)
	a.high -= high + int64(carry)
}

func (a *sum) Merge(other Accumulator) {
	o := other.(*sum)
	a.n, a.floats = a.n+o.n, a.floats+o.floats
	a.positive, a.negative = a.positive+o.positive, a.negative+o.negative
	var carry uint64
	a.low, carry = bits.Add64(a.low, o.low, 0)
	a.high += o.high + int64(carry)
	a.exact.merge(&o.exact)
}

func (a *sum) Result(*Context) (cell.Value, error) {
	switch {
	case a.n == 0 && a.as == total:
		return cell.FromFloat(0), nil
	case a.n == 0:
		return cell.Value{}, nil
	case a.as == average:
		return cell.FromFloat(a.value() / float64(a.n)), nil
	case a.as == total || a.floats > 0:
		return cell.FromFloat(a.value()), nil
	case a.high != int64(a.low)>>63:
		return cell.Value{}, refused("sum", "integer overflow")
	}
	return cell.FromInteger(int64(a.low)), nil
}

// value returns the sum rounded to a float.
func (a *sum) value() float64 {
	switch {
	case a.positive > 0 && a.negative > 0:
		return math.NaN()
	case a.positive > 0:
		return math.Inf(1)
	case a.negative > 0:
		return math.Inf(-1)
	}
	return a.exact.with(a.high, a.low)
}

func (a *sum) Reset() { *a = sum{as: a.as, exact: a.exact.cleared()} }

// expansion is an exact sum of floats as a list of floats that do not overlap, the smallest first (Shewchuk, Adaptive Precision
// Floating-Point Arithmetic and Fast Robust Geometric Predicates, 1997). There are 40 of them at most; mostly one to three.
type expansion struct {
	parts []float64
	large []float64 // floats beyond largest, whose sums might not be floats, scaled down; seldom there
}

const (
	largest = 0x1p900
	scale   = 800 // the power of 2 by which floats beyond are scaled down
)

func (e *expansion) add(f float64) {
	if f < -largest || f > largest {
		e.large = grow(e.large, math.Ldexp(f, -scale))
		return
	}
	e.parts = grow(e.parts, f)
}

// grow adds f to a list of parts, and what rounding takes away as a part of its own.
func grow(parts []float64, f float64) []float64 {
	kept := parts[:0]
	for _, p := range parts {
		if math.Abs(f) < math.Abs(p) {
			f, p = p, f
		}
		high := f + p
		if low := p - (high - f); low != 0 {
			kept = append(kept, low)
		}
		f = high
	}
	if f == 0 {
		return kept
	}
	return append(kept, f)
}

func (e *expansion) merge(o *expansion) {
	for _, p := range o.parts {
		e.parts = grow(e.parts, p)
	}
	for _, p := range o.large {
		e.large = grow(e.large, p)
	}
}

func (e *expansion) cleared() expansion { return expansion{parts: e.parts[:0], large: e.large[:0]} }

// with returns the sum and an integer of 128 bits, rounded to a float.
func (e *expansion) with(high int64, low uint64) float64 {
	if len(e.large) > 0 {
		return e.slow(high, low)
	}
	if high == 0 && low == 0 {
		return rounded(e.parts)
	}
	var buf [48]float64
	parts := append(buf[:0], e.parts...)
	for _, piece := range [...]float64{float64(uint32(low)), float64(low>>32) * 0x1p32, float64(uint32(high)) * 0x1p64, float64(high>>32) * 0x1p96} {
		parts = grow(parts, piece)
	}
	return rounded(parts)
}

// slow is with in arithmetic that holds any sum of floats without rounding.
func (e *expansion) slow(high int64, low uint64) float64 {
	const bits = 2300
	all := new(big.Float).SetPrec(bits).SetMantExp(new(big.Float).SetInt64(high), 64)
	all.Add(all, new(big.Float).SetUint64(low))
	for _, p := range e.parts {
		all.Add(all, big.NewFloat(p))
	}
	for _, p := range e.large {
		all.Add(all, new(big.Float).SetMantExp(big.NewFloat(p), scale))
	}
	f, _ := all.Float64()
	return f
}

// rounded returns the sum of parts as the float nearest to it, the even one of two.
func rounded(parts []float64) float64 {
	if len(parts) == 0 {
		return 0
	}
	n := len(parts) - 1
	high, low := parts[n], 0.0
	for n > 0 && low == 0 {
		n--
		f := high
		high = f + parts[n]
		low = parts[n] - (high - f)
	}
	// Half way between two floats the parts below say which one is nearer.
	if n > 0 && (low < 0 && parts[n-1] < 0 || low > 0 && parts[n-1] > 0) {
		if twice := 2 * low; high+twice-high == twice {
			high += twice
		}
	}
	return high
}
