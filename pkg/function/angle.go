package function

import (
	"math"

	"github.com/reedbase/reedbase/pkg/cell"
)

func sin(_ *Context, args []cell.Value) (cell.Value, error)   { return one(args[0], math.Sin) }
func cos(_ *Context, args []cell.Value) (cell.Value, error)   { return one(args[0], math.Cos) }
func tan(_ *Context, args []cell.Value) (cell.Value, error)   { return one(args[0], math.Tan) }
func asin(_ *Context, args []cell.Value) (cell.Value, error)  { return one(args[0], math.Asin) }
func acos(_ *Context, args []cell.Value) (cell.Value, error)  { return one(args[0], math.Acos) }
func atan(_ *Context, args []cell.Value) (cell.Value, error)  { return one(args[0], math.Atan) }
func atan2(_ *Context, args []cell.Value) (cell.Value, error) { return two(args, math.Atan2) }
func sinh(_ *Context, args []cell.Value) (cell.Value, error)  { return one(args[0], sinhOf) }
func cosh(_ *Context, args []cell.Value) (cell.Value, error)  { return one(args[0], coshOf) }
func tanh(_ *Context, args []cell.Value) (cell.Value, error)  { return one(args[0], math.Tanh) }
func asinh(_ *Context, args []cell.Value) (cell.Value, error) { return one(args[0], math.Asinh) }
func acosh(_ *Context, args []cell.Value) (cell.Value, error) { return one(args[0], math.Acosh) }
func atanh(_ *Context, args []cell.Value) (cell.Value, error) { return one(args[0], math.Atanh) }

func radians(_ *Context, args []cell.Value) (cell.Value, error) {
	return one(args[0], func(x float64) float64 { return x * (math.Pi / 180) })
}

func degrees(_ *Context, args []cell.Value) (cell.Value, error) {
	return one(args[0], func(x float64) float64 { return x * (180 / math.Pi) })
}

// Both are half of an exponential that overflows before they do.
func sinhOf(x float64) float64 {
	if math.Abs(x) > 700 {
		return math.Copysign(coshOf(x), x)
	}
	return math.Sinh(x)
}

func coshOf(x float64) float64 {
	if a := math.Abs(x); a > 700 {
		root := math.Exp(a / 2)
		return root / 2 * root
	}
	return math.Cosh(x)
}
