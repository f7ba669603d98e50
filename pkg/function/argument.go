package function

import "github.com/reedbase/reedbase/pkg/cell"

// anyNull reports whether one of the arguments is NULL, which makes most results NULL.
func anyNull(args []cell.Value) bool {
	for _, v := range args {
		if v.IsNull() {
			return true
		}
	}
	return false
}

// float returns v as a float, a text being the number that it begins with.
func float(v cell.Value) float64 { return cell.Cast(v, cell.Float).Float() }

// integer returns v as an integer, a text being the integer that it begins with, and a fraction cut off.
func integer(v cell.Value) int64 { return cell.Cast(v, cell.Integer).Integer() }

// number returns v as an integer or a float, if it is a number or the whole of its text reads as one.
func number(v cell.Value) (n cell.Value, ok bool) {
	if v.Kind() == cell.KindText {
		return cell.NumericText(v.Text())
	}
	return cell.Numeric(v), v.IsNumber()
}

// numbers is number for both of two arguments, as floats.
func numbers(args []cell.Value) (x, y float64, ok bool) {
	a, ok := number(args[0])
	b, ok1 := number(args[1])
	return float(a), float(b), ok && ok1
}
