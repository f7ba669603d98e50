package plan

import (
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/function"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// windowNames are the functions that windows alone have.
var windowNames = [...]string{"row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead", "first_value", "last_value", "nth_value"}

func isWindowName(name string) bool { return slices.Contains(windowNames[:], name) }

// windowArity returns how many arguments such a function takes.
func windowArity(name string) (least, most int) {
	switch name {
	case "ntile", "first_value", "last_value":
		return 1, 1
	case "lag", "lead":
		return 1, 3
	case "nth_value":
		return 2, 2
	}
	return 0, 0
}

// windowCall binds the call of a function over a window.
func (b *binder) windowCall(c *syntax.Call, name string, sc *scope) (Expr, error) {
	if !b.windows || b.clause != "" {
		where := b.clause
		if where == "" {
			where = b.inside
		}
		if where == "" {
			where = "HAVING"
		}
		return nil, b.refuse(c, "a window function cannot stand in %s", where)
	}
	w := &WindowCall{Name: name}
	var err error
	if a, ok := function.FindAggregate(name); ok {
		w.Aggregate = a
		if c.Distinct {
			return nil, b.refuse(c, "DISTINCT is not supported over a window")
		}
		if w.Arguments, w.Filter, err = b.arguments(c, a, sc, b.inside); err != nil { // aggregates of the group among them
			return nil, err
		}
	} else if !isWindowName(name) {
		if _, ok := function.Find(name); ok {
			return nil, b.refuse(c, "%s is neither an aggregate nor a window function", name)
		}
		return nil, b.unknownFunction(c)
	} else if w.Arguments, err = b.windowArguments(c, name, sc); err != nil {
		return nil, err
	}
	return w, b.over(c, w, sc)
}

func (b *binder) windowArguments(c *syntax.Call, name string, sc *scope) ([]Expr, error) {
	least, most := windowArity(name)
	switch {
	case c.Star, c.Distinct, c.Filter != nil:
		return nil, b.refuse(c, "%s is no aggregate, so it has neither *, DISTINCT nor FILTER", name)
	case len(c.Arguments) < least || len(c.Arguments) > most:
		return nil, b.arity(c, least, most)
	}
	defer func(windows bool) { b.windows = windows }(b.windows)
	b.windows = false
	return b.exprs(c.Arguments, sc)
}

// over binds the window itself.
func (b *binder) over(c *syntax.Call, call *WindowCall, sc *scope) (err error) {
	w := c.Over
	if w.Name != nil {
		i := slices.IndexFunc(b.named, func(n syntax.NamedWindow) bool { return strings.EqualFold(n.Name.Name, w.Name.Name) })
		if i < 0 {
			var known []string
			for _, n := range b.named {
				known = append(known, n.Name.Name)
			}
			return b.at(w, suggested(fault.New(fault.NotFound, "there is no window %q", w.Name.Name), "window", w.Name.Name, known))
		}
		w = b.named[i].Window
	}
	if err := b.bounded(w, len(w.Partition), maxPartitions, "expression"); err != nil {
		return err
	}
	defer func(windows bool) { b.windows = windows }(b.windows)
	b.windows = false
	if call.Partition, err = b.exprs(w.Partition, sc); err != nil {
		return err
	}
	for _, o := range w.OrderBy {
		x, err := b.expr(o.Expression, sc)
		if err != nil {
			return err
		}
		call.Order = append(call.Order, sortKey(x, o))
	}
	call.Frame = Frame{syntax.Range, FrameBound{Kind: syntax.UnboundedPreceding}, FrameBound{Kind: syntax.CurrentRow}}
	if w.Frame == nil {
		return nil
	}
	call.Frame.Unit = w.Frame.Unit
	if call.Frame.From, err = b.bound(w.Frame, w.Frame.From, len(call.Order)); err != nil {
		return err
	}
	call.Frame.To, err = b.bound(w.Frame, w.Frame.To, len(call.Order))
	if err == nil && w.Frame.Unit == syntax.Groups && len(call.Order) == 0 {
		return b.refuse(w.Frame, "GROUPS needs an ORDER BY in the window")
	}
	return err
}

func (b *binder) bound(f *syntax.Frame, s syntax.Bound, orderings int) (FrameBound, error) {
	bound := FrameBound{Kind: s.Kind}
	if s.Offset == nil {
		return bound, nil
	}
	x, err := b.expr(s.Offset, &scope{})
	if err != nil {
		return bound, err
	}
	v := cell.Numeric(x.(*Constant).Value)
	isText := x.(*Constant).Value.Kind() == cell.KindText
	switch {
	case isText, v.IsNull(), cell.Order(v, cell.FromInteger(0)) < 0:
		return bound, b.refuse(s.Offset, "the offset of a frame is a number that is not negative")
	case f.Unit != syntax.Range && v.Kind() != cell.KindInteger:
		return bound, b.refuse(s.Offset, "the offset of a frame of %s is an integer", f.Unit)
	case f.Unit == syntax.Range && orderings != 1:
		return bound, b.refuse(f, "RANGE with an offset needs one ORDER BY term in the window")
	}
	bound.Offset = v
	return bound, nil
}
