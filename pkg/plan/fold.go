package plan

import (
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/function"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// Fold returns x with what is computed from constants alone computed, where that cannot fail.
func Fold(x Expr) Expr {
	x = mapped(x, Fold)
	switch x := x.(type) {
	case *Unary:
		if c, ok := x.X.(*Constant); ok {
			return &Constant{x.Apply(c.Value)}
		}
	case *Arithmetic:
		if a, b, ok := constants(x.X, x.Y); ok && x.Operator != syntax.Concat {
			return &Constant{x.Apply(a, b)}
		}
	case *Compare:
		if a, b, ok := constants(x.X, x.Y); ok {
			return &Constant{x.Apply(a, b)}
		}
	case *Logical:
		return foldLogical(x)
	case *Numeric:
		if c, ok := x.X.(*Constant); ok {
			return &Constant{ToNumeric(c.Value)}
		}
	case *Call:
		return foldCall(x)
	}
	return x
}

func constants(x, y Expr) (a, b cell.Value, ok bool) {
	c, ok := x.(*Constant)
	d, ok1 := y.(*Constant)
	if !ok || !ok1 {
		return a, b, false
	}
	return c.Value, d.Value, true
}

// foldLogical leaves out terms that do not matter, and returns what one term settles.
func foldLogical(l *Logical) Expr {
	var terms []Expr
	unknown := false
	for _, term := range l.Terms {
		c, ok := term.(*Constant)
		if !ok {
			terms = append(terms, term)
			continue
		}
		switch truth, known := cell.Truth(c.Value); {
		case !known:
			unknown = true
		case truth == l.Or:
			return &Constant{cell.FromBool(l.Or)}
		}
	}
	switch {
	case len(terms) == len(l.Terms):
		return l
	case len(terms) == 0 && unknown:
		return &Constant{}
	case len(terms) == 0:
		return &Constant{cell.FromBool(!l.Or)}
	case unknown:
		terms = append(terms, &Constant{})
	}
	return &Logical{l.Or, terms}
}

func foldCall(c *Call) Expr {
	if !c.Function.Pure {
		return c
	}
	args := make([]cell.Value, len(c.Arguments))
	for i, a := range c.Arguments {
		k, ok := a.(*Constant)
		if !ok {
			return c
		}
		args[i] = k.Value
	}
	const most = 1 << 16 // bytes; a larger result is left to the limits of a run
	v, err := c.Function.Call(&function.Context{MaxText: most}, args)
	if err != nil {
		return c
	}
	return &Constant{v}
}
