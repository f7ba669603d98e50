package cell

import (
	"bytes"
	"cmp"
	"math"
)

// Order returns -1, 0 or 1 as a comes before b, stands beside it, or comes after it: NULL before numbers before texts; numbers
// by what they are, exact across the kinds; texts by their bytes. It is total and transitive. How a value is spelled does not
// matter: 1, 1.0 and 01 stand side by side, so what tells cells apart by their text compares texts.
func Order(a, b Value) int {
	if a.kind == KindInteger && b.kind == KindInteger {
		return cmp.Compare(int64(a.bits), int64(b.bits))
	}
	if c := cmp.Compare(a.rank(), b.rank()); c != 0 {
		return c
	}
	switch {
	case a.kind == KindNull:
		return 0
	case a.kind == KindText:
		return bytes.Compare(a.text, b.text)
	case a.kind == KindFloat && b.kind == KindFloat:
		return cmp.Compare(a.Float(), b.Float())
	case a.kind == KindFloat:
		return -orderFixed(int64(b.bits), b.nanos, a.Float())
	case b.kind == KindFloat:
		return orderFixed(int64(a.bits), a.nanos, b.Float())
	}
	return cmp.Or(cmp.Compare(int64(a.bits), int64(b.bits)), cmp.Compare(a.nanos, b.nanos))
}

// rank is the class that Order puts a value in.
func (v Value) rank() int {
	switch v.kind {
	case KindNull:
		return 0
	case KindText:
		return 2
	}
	return 1
}

// orderFixed compares whole + nanos/10^9 with f without rounding either.
func orderFixed(whole int64, nanos int32, f float64) int {
	switch {
	case f >= 1<<63:
		return -1
	case f < -1<<63:
		return 1
	case f < 0 && whole == math.MinInt64:
		return cmp.Compare(math.MinInt64, f)
	case f < 0:
		whole, nanos = negated(whole, nanos)
		return -orderFixed(whole, nanos, -f)
	}
	floor := math.Trunc(f)
	if c := cmp.Compare(whole, int64(floor)); c != 0 {
		return c
	}
	return orderNanos(nanos, f-floor)
}

// negated returns -(whole + nanos/10^9), whole not being the smallest integer.
func negated(whole int64, nanos int32) (int64, int32) {
	if nanos > 0 {
		return -whole - 1, 1_000_000_000 - nanos
	}
	return -whole, 0
}

// orderNanos compares nanos/10^9 with rest, which is in [0, 1).
func orderNanos(nanos int32, rest float64) int {
	scaled := rest * 1e9 // rounded; what the rounding took away is exact by FMA
	return cmp.Or(cmp.Compare(float64(nanos), scaled), cmp.Compare(0, math.FMA(rest, 1e9, -scaled)))
}
