package function

import (
	"math"

	"github.com/reedbase/reedbase/pkg/cell"
)

func abs(_ *Context, args []cell.Value) (cell.Value, error) {
	v := args[0]
	switch n := cell.Numeric(v); {
	case v.IsNull():
		return v, nil
	case v.Kind() == cell.KindText || n.Kind() == cell.KindFloat:
		return cell.FromFloat(math.Abs(float(v))), nil
	case n.Integer() == math.MinInt64:
		return cell.Value{}, refused("abs", "integer overflow")
	default:
		return cell.FromInteger(max(n.Integer(), -n.Integer())), nil
	}
}

func sign(_ *Context, args []cell.Value) (cell.Value, error) {
	n, ok := number(args[0])
	if !ok {
		return cell.Value{}, nil
	}
	return cell.FromInteger(int64(cell.Order(n, cell.FromInteger(0)))), nil
}

// ceil, floor and trunc leave integers alone and return floats for floats.
func ceil(_ *Context, args []cell.Value) (cell.Value, error) { return whole(args[0], math.Ceil) }

func floor(_ *Context, args []cell.Value) (cell.Value, error) { return whole(args[0], math.Floor) }

func trunc(_ *Context, args []cell.Value) (cell.Value, error) { return whole(args[0], math.Trunc) }

func whole(v cell.Value, of func(float64) float64) (cell.Value, error) {
	n, ok := number(v)
	switch {
	case !ok:
		return cell.Value{}, nil
	case n.Kind() == cell.KindInteger:
		return n, nil
	}
	return cell.FromFloat(of(n.Float())), nil
}

// one makes a function of one float; the result is NULL for what is no number, going in or coming out.
func one(v cell.Value, of func(float64) float64) (cell.Value, error) {
	n, ok := number(v)
	if !ok {
		return cell.Value{}, nil
	}
	return cell.FromFloat(of(float(n))), nil
}

// two is one for two floats.
func two(args []cell.Value, of func(x, y float64) float64) (cell.Value, error) {
	x, y, ok := numbers(args)
	if !ok {
		return cell.Value{}, nil
	}
	return cell.FromFloat(of(x, y)), nil
}

func sqrt(_ *Context, args []cell.Value) (cell.Value, error) { return one(args[0], math.Sqrt) }

func exp(_ *Context, args []cell.Value) (cell.Value, error) { return one(args[0], math.Exp) }

func mod(_ *Context, args []cell.Value) (cell.Value, error) { return two(args, math.Mod) }

func pi(_ *Context, _ []cell.Value) (cell.Value, error) { return cell.FromFloat(math.Pi), nil }

func ln(_ *Context, args []cell.Value) (cell.Value, error) { return one(args[0], positive(math.Log)) }

func log2(_ *Context, args []cell.Value) (cell.Value, error) {
	return one(args[0], positive(math.Log2))
}

func log10(_ *Context, args []cell.Value) (cell.Value, error) {
	return one(args[0], positive(math.Log10))
}

// log is to the base 10, or to that of a first argument, which is greater than 1.
func log(c *Context, args []cell.Value) (cell.Value, error) {
	if len(args) == 1 {
		return log10(c, args)
	}
	return two(args, func(base, x float64) float64 {
		if base <= 1 || x <= 0 {
			return math.NaN()
		}
		return math.Log(x) / math.Log(base)
	})
}

// positive returns a logarithm that has no value at 0.
func positive(log func(float64) float64) func(float64) float64 {
	return func(x float64) float64 {
		if x <= 0 {
			return math.NaN()
		}
		return log(x)
	}
}

// random returns any integer.
func random(c *Context, _ []cell.Value) (cell.Value, error) {
	if c.Random == nil {
		return cell.Value{}, refused("random", "there are no random numbers here")
	}
	return cell.FromInteger(int64(c.Random())), nil
}

// round rounds to a number of digits behind the point, 0 to 30, none if it is not said. The result is a float.
func round(_ *Context, args []cell.Value) (cell.Value, error) {
	if anyNull(args) {
		return cell.Value{}, nil
	}
	digits := int64(0)
	if len(args) > 1 {
		digits = min(max(integer(args[1]), 0), 30)
	}
	return cell.FromFloat(roundHalf(float(args[0]), int(digits))), nil
}
