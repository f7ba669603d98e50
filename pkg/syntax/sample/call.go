package sample

import (
	"strconv"

	"github.com/reedbase/reedbase/pkg/syntax"
)

// function is one that SQLite has too.
type function struct {
	name   string
	result Kind
	args   []Kind
}

var functions = []function{
	{"abs", Number, []Kind{Number}},
	{"round", Number, []Kind{Number}},
	{"length", Number, []Kind{Text}},
	{"instr", Number, []Kind{Text, Text}},
	{"coalesce", Number, []Kind{Number, Number}},
	{"nullif", Number, []Kind{Number, Number}},
	{"min", Number, []Kind{Number, Number}},
	{"max", Number, []Kind{Number, Number}},
	{"unicode", Number, []Kind{Text}},
	{"lower", Text, []Kind{Text}},
	{"upper", Text, []Kind{Text}},
	{"trim", Text, []Kind{Text}},
	{"ltrim", Text, []Kind{Text, Text}},
	{"rtrim", Text, []Kind{Text}},
	{"replace", Text, []Kind{Text, Text, Text}},
	{"substr", Text, []Kind{Text, Number, Number}},
	{"substr", Text, []Kind{Text, Number}},
	{"trim", Text, []Kind{Text, Text}},
	{"rtrim", Text, []Kind{Text, Text}},
	{"date", Text, []Kind{Text}},
	{"ifnull", Text, []Kind{Text, Text}},
	{"coalesce", Text, []Kind{Text, Text, Text}},
	{"typeof", Text, []Kind{Number}},
	{"hex", Text, []Kind{Text}},
	{"sign", Number, []Kind{Number}},
	{"ceil", Number, []Kind{Number}},
	{"floor", Number, []Kind{Number}},
	{"mod", Number, []Kind{Number, Number}},
	{"iif", Number, []Kind{truth, Number, Number}},
	{"iif", Text, []Kind{truth, Text, Text}},
	{"quote", Text, []Kind{Text}},
	{"like", Number, []Kind{Text, Text}},
	{"glob", Number, []Kind{Text, Text}},
	{"min", Text, []Kind{Text, Text, Text}},
	{"max", Text, []Kind{Text, Text}},
	{"nullif", Text, []Kind{Text, Text}},
}

// call returns the call of a function of a kind.
func (g *Generator) call(s *scope, kind Kind, d int) syntax.Expression {
	if !g.Shared {
		return g.oddCall(s, d)
	}
	var fit []function
	for _, f := range functions {
		if f.result == kind {
			fit = append(fit, f)
		}
	}
	f := pickOf(g, fit)
	c := &syntax.Call{Function: ident(f.name)}
	for _, arg := range f.args {
		x := g.expr(s, arg, d-1)
		if f.name == "substr" && arg == Number {
			x = &syntax.Binary{Operator: syntax.Modulo, X: x, Y: &syntax.Number{Text: "10"}} // SQLite before 3.46 takes it as 32 bits
		}
		c.Arguments = append(c.Arguments, x)
	}
	return c
}

func (g *Generator) oddCall(s *scope, d int) syntax.Expression {
	c := &syntax.Call{Function: ident(pickOf(g, oddFunctions))}
	switch g.n(4) {
	case 0:
		c.Star = true
	case 1:
		c.Distinct = true
		c.Arguments = times(g, 1, 2, func() syntax.Expression { return g.expr(s, Text, d-1) })
	default:
		c.Arguments = times(g, 0, 3, func() syntax.Expression { return g.expr(s, Text, d-1) })
	}
	if g.may(4) {
		c.Filter = g.expr(s, truth, d-1)
	}
	if g.may(4) {
		c.Over = g.over(&scope{}, g.may(2))
	}
	return c
}

// aggregate returns an aggregate over a group; nil if there is none of the kind.
func (g *Generator) aggregate(over *scope, kind Kind) syntax.Expression {
	c := &syntax.Call{}
	switch {
	case kind == truth:
		return &syntax.Binary{Operator: syntax.Greater, X: g.aggregate(over, Number), Y: g.leaf(nil, Number)}
	case kind == Text:
		c.Function, c.Arguments = ident(pickOf(g, []string{"min", "max"})), []syntax.Expression{g.expr(over, Text, 1)}
	case g.may(3):
		c.Function, c.Star = ident("count"), true
	case g.may(6):
		return g.joined(over)
	default:
		c.Function = ident(pickOf(g, []string{"count", "sum", "avg", "min", "max", "total"}))
		c.Distinct, c.Arguments = g.may(3), []syntax.Expression{g.expr(over, Number, 1)}
	}
	if g.may(5) {
		c.Filter = g.expr(over, truth, 1)
	}
	return c
}

// joined returns the length of all texts of a group in one, which their order does not matter to.
func (g *Generator) joined(over *scope) syntax.Expression {
	c := &syntax.Call{Function: ident("group_concat"), Arguments: []syntax.Expression{g.expr(over, Text, 1)}}
	if g.may(2) {
		c.Arguments = append(c.Arguments, &syntax.Text{Value: pickOf(g, sharedTexts)})
	}
	return &syntax.Call{Function: ident("length"), Arguments: []syntax.Expression{c}}
}

// overCall returns a value of a kind that a window function makes. Named says that there is a window w.
func (g *Generator) overCall(s *scope, kind Kind, named bool) syntax.Expression {
	if kind == Text && g.may(2) {
		return g.textOf(g.overCall(s, Number, named))
	}
	c := &syntax.Call{Arguments: []syntax.Expression{g.expr(s, kind, 1)}, Over: g.over(s, named)}
	switch pick := g.n(8); {
	case pick < 2 && kind == Number:
		c.Function, c.Arguments = ident(pickOf(g, []string{"row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile"})), nil
		if c.Function.Name == "ntile" {
			c.Arguments = []syntax.Expression{&syntax.Number{Text: strconv.Itoa(1 + g.n(4))}}
		}
	case pick < 3:
		c.Function = ident(pickOf(g, []string{"lag", "lead"}))
		if g.may(2) {
			c.Arguments = append(c.Arguments, &syntax.Number{Text: strconv.Itoa(g.n(3))})
			if g.may(2) {
				c.Arguments = append(c.Arguments, g.expr(s, kind, 1))
			}
		}
	case pick < 4:
		c.Function = ident(pickOf(g, []string{"first_value", "last_value", "nth_value"}))
		if c.Function.Name == "nth_value" {
			c.Arguments = append(c.Arguments, &syntax.Number{Text: strconv.Itoa(1 + g.n(4))})
		}
	default:
		g.overAggregate(c, s, kind)
	}
	return c
}

// overAggregate makes c the call of an aggregate, perhaps over a range of numbers.
func (g *Generator) overAggregate(c *syntax.Call, s *scope, kind Kind) {
	names := []string{"count", "sum", "avg", "min", "max", "total"}
	if kind == Text {
		names = []string{"min", "max", "group_concat"}
	}
	c.Function = ident(pickOf(g, names))
	if g.may(4) {
		c.Filter = g.expr(s, truth, 1)
	}
	if by := g.column(s, Number); c.Over.Name == nil && by != nil && kind == Number && g.may(3) {
		c.Over.OrderBy = []syntax.Ordering{g.ordering(by)}
		c.Over.Frame = g.frame(syntax.Range, true)
	}
}

func (g *Generator) over(s *scope, named bool) *syntax.Window {
	if named && !g.may(3) {
		name := ident("w")
		return &syntax.Window{Name: &name}
	}
	return g.window(s)
}

// window returns a window that orders by all columns there are, or in a statement that is not shared by any.
func (g *Generator) window(s *scope) *syntax.Window {
	w := &syntax.Window{}
	if g.may(2) {
		w.Partition = times(g, 1, 2, func() syntax.Expression { return g.expr(s, Kind(g.n(2)), 1) })
	}
	if !g.Shared {
		w.OrderBy = times(g, 0, 2, func() syntax.Ordering { return g.ordering(g.expr(s, Number, 1)) })
	}
	for _, r := range s.columns {
		w.OrderBy = append(w.OrderBy, g.ordering(r.expr()))
	}
	if !g.may(3) {
		unit := syntax.FrameUnit(g.n(3))
		w.Frame = g.frame(unit, unit != syntax.Range || !g.Shared)
	}
	return w
}

// frame returns a frame, perhaps with offsets.
func (g *Generator) frame(unit syntax.FrameUnit, offsets bool) *syntax.Frame {
	f := &syntax.Frame{Unit: unit}
	for {
		f.From, f.To = g.bound(syntax.BoundKind(g.n(4)), offsets), g.bound(1+syntax.BoundKind(g.n(4)), offsets)
		if f.From.Kind <= f.To.Kind {
			return f
		}
	}
}

func (g *Generator) bound(kind syntax.BoundKind, offsets bool) syntax.Bound {
	switch {
	case kind != syntax.Preceding && kind != syntax.Following:
		return syntax.Bound{Kind: kind}
	case !offsets:
		return syntax.Bound{Kind: syntax.CurrentRow}
	case !g.Shared && g.may(3):
		return syntax.Bound{Kind: kind, Offset: g.parameter()}
	}
	return syntax.Bound{Kind: kind, Offset: &syntax.Number{Text: strconv.Itoa(g.n(4))}}
}
