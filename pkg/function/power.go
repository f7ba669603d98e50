package function

import (
	"math"

	"github.com/reedbase/reedbase/pkg/cell"
)

func power(_ *Context, args []cell.Value) (cell.Value, error) { return two(args, pow) }

// pow is math.Pow, which is off by the exponent in units of the last digit, but nearer for large exponents.
func pow(x, y float64) float64 {
	whole, fraction := math.Modf(math.Abs(y))
	if whole < 16 || whole >= 1<<50 || x == 0 || math.IsInf(x, 0) {
		return math.Pow(x, y)
	}
	if x < 0 && fraction == 0 {
		sign := 1 - 2*math.Mod(whole, 2)
		return sign * pow(-x, y)
	}
	mantissa, exponent := math.Frexp(x)
	base, result, of := double{mantissa, 0}, double{1, 0}, 0
	for n := int64(whole); n > 0; n >>= 1 {
		if exponent < -1<<12 || exponent > 1<<12 {
			return math.Pow(x, y) // it is 0 or an infinity
		}
		if n&1 == 1 {
			result, of = result.times(base), of+exponent
		}
		base, exponent = base.times(base), 2*exponent
		if base.high < 0.5 {
			base, exponent = double{2 * base.high, 2 * base.low}, exponent-1
		}
	}
	if y < 0 {
		return math.Ldexp(1/(result.high+result.low)*math.Pow(x, -fraction), -of)
	}
	return math.Ldexp((result.high+result.low)*math.Pow(x, fraction), of)
}

// double is a number of twice the digits of a float, the sum of both, which do not overlap.
type double struct{ high, low float64 }

func (a double) times(b double) double {
	high := a.high * b.high
	low := math.FMA(a.high, b.high, -high) + (a.high*b.low + a.low*b.high)
	sum := high + low
	return double{sum, low - (sum - high)}
}
