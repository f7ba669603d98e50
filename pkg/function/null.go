package function

import "github.com/reedbase/reedbase/pkg/cell"

// coalesce is also ifnull.
func coalesce(_ *Context, args []cell.Value) (cell.Value, error) {
	for _, v := range args {
		if !v.IsNull() {
			return v, nil
		}
	}
	return cell.Value{}, nil
}

func nullif(_ *Context, args []cell.Value) (cell.Value, error) {
	if cell.Order(args[0], args[1]) == 0 {
		return cell.Value{}, nil
	}
	return args[0], nil
}

// iif takes conditions with what they lead to, and at the end what holds otherwise.
func iif(_ *Context, args []cell.Value) (cell.Value, error) {
	for ; len(args) > 1; args = args[2:] {
		if truth, _ := cell.Truth(args[0]); truth {
			return args[1], nil
		}
	}
	if len(args) == 1 {
		return args[0], nil
	}
	return cell.Value{}, nil
}

func typeOf(c *Context, args []cell.Value) (cell.Value, error) {
	return c.text(append(c.room(longest), args[0].Kind().String()...)), nil
}

// least returns the last of several arguments that are the least.
func least(_ *Context, args []cell.Value) (cell.Value, error) {
	return extreme(args, func(order int) bool { return order <= 0 })
}

// greatest returns the first of several arguments that are the greatest.
func greatest(_ *Context, args []cell.Value) (cell.Value, error) {
	return extreme(args, func(order int) bool { return order > 0 })
}

// extreme returns the argument that replaces all others, taken from left to right; NULL if one is.
func extreme(args []cell.Value, replaces func(order int) bool) (cell.Value, error) {
	if anyNull(args) {
		return cell.Value{}, nil
	}
	best := args[0]
	for _, v := range args[1:] {
		if replaces(cell.Order(v, best)) {
			best = v
		}
	}
	return best, nil
}
