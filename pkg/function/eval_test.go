package function_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/function"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// statement returns a context with a clock that stands still and random numbers that are always the same.
func statement() *function.Context {
	return &function.Context{Now: time.Date(2024, 2, 29, 13, 14, 15, 678_000_000, time.FixedZone("", 3600)), Random: func() uint64 { return 7 }}
}

// parse reads one expression.
func parse(t testing.TB, text string) syntax.Expression {
	t.Helper()
	list, err := syntax.Parse("SELECT "+text, syntax.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return list[0].(*syntax.Query).First.(*syntax.Select).Items[0].Expression
}

// eval returns the value of literals and calls.
func eval(c *function.Context, x syntax.Expression) (cell.Value, error) {
	switch x := x.(type) {
	case *syntax.Null:
		return cell.Value{}, nil
	case *syntax.Number:
		return numeral(x, false), nil
	case *syntax.Text:
		return cell.FromText([]byte(x.Value)), nil
	case *syntax.Unary:
		if n, ok := x.X.(*syntax.Number); ok {
			return numeral(n, true), nil
		}
	case *syntax.Call:
		s, ok := function.Find(x.Function.Name)
		if !ok || !s.Takes(len(x.Arguments)) {
			return cell.Value{}, fmt.Errorf("no %s of %d arguments", x.Function.Name, len(x.Arguments))
		}
		var args []cell.Value
		for _, a := range x.Arguments {
			v, err := eval(c, a)
			if err != nil {
				return v, err
			}
			args = append(args, v)
		}
		return s.Call(c, args)
	}
	return cell.Value{}, fmt.Errorf("%T is no literal and no call", x)
}

func numeral(n *syntax.Number, negative bool) cell.Value {
	if i, ok := n.Int(negative); ok {
		return cell.FromInteger(i)
	}
	f := cell.FromFloat(n.Float())
	if negative {
		f = cell.FromFloat(-n.Float())
	}
	return f
}

// literal writes a value as quote does.
func literal(v cell.Value) string {
	quote, _ := function.Find("quote")
	q, err := quote.Call(&function.Context{}, []cell.Value{v})
	if err != nil {
		return err.Error()
	}
	return string(q.Text())
}
