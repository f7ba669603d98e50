package exec

import (
	"sync"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/plan"
)

// settled is what a query returns that does not depend on the row around it. It is run once, when the first row asks.
type settled struct {
	query   *query
	once    sync.Once
	root    operator
	err     error
	value   cell.Value // of the first row
	exists  bool
	members *members
}

// inner is a query that depends on the row around it, for one goroutine.
type inner struct {
	query     *query
	root      operator
	frame     *frame
	arguments []code
}

func (c compiler) subquery(x plan.Expr) (kernel, error) {
	switch x := x.(type) {
	case *plan.Exists:
		return c.query(x.Query, nil,
			func(s *settled) cell.Value { return cell.FromBool(s.exists) },
			func(_ *env, _ cell.Value, i *inner) (cell.Value, error) {
				_, exists, err := i.first()
				return cell.FromBool(exists), err
			})
	case *plan.Scalar:
		return c.query(x.Query, nil,
			func(s *settled) cell.Value { return s.value },
			func(e *env, _ cell.Value, i *inner) (cell.Value, error) {
				v, _, err := i.first()
				if err != nil {
					return v, err
				}
				return e.keep(v)
			})
	}
	return c.inQuery(x.(*plan.InQuery))
}

func (c compiler) inQuery(x *plan.InQuery) (kernel, error) {
	equal := &plan.Compare{How: x.How}
	if len(x.Query.Arguments) > 0 {
		k, err := c.query(x.Query, x.X, nil, func(_ *env, v cell.Value, i *inner) (cell.Value, error) { return i.has(v, equal) })
		if err != nil || !x.Not {
			return k, err
		}
		return func(e *env, b *batch, sel []int32, out []cell.Value) error {
			err := k(e, b, sel, out)
			for _, i := range sel {
				out[i] = negated(out[i], true)
			}
			return err
		}, nil
	}
	s, err := c.build.settledQuery(x.Query)
	if err != nil {
		return nil, err
	}
	asLeft, asRight, dual := plan.Sides(x.X.Type(), x.Query.Root.Columns()[0].Type)
	operand, err := c.expr(x.X)
	var buf []byte
	return func(e *env, b *batch, sel []int32, out []cell.Value) error {
		if len(sel) == 0 {
			return nil
		}
		s.once.Do(func() {
			s.members = &members{set: map[string]struct{}{}, as: asLeft, dual: dual == plan.LeftSide, twofold: dual == plan.RightSide}
			s.err = s.collect(asRight)
		})
		if s.err != nil {
			return s.err
		}
		top := e.top
		values, err := operand.vector(e, b, sel)
		if err != nil {
			return err
		}
		for _, i := range sel {
			out[i] = negated(s.members.has(values[i], &buf), x.Not)
		}
		e.top = top
		return nil
	}, err
}

// query makes code for a query: settled says what a query returns that is run once, each what one for each row does.
func (c compiler) query(q *plan.Subquery, x plan.Expr, once func(*settled) cell.Value, each func(*env, cell.Value, *inner) (cell.Value, error)) (kernel, error) {
	if len(q.Arguments) == 0 {
		s, err := c.build.settledQuery(q)
		return func(e *env, _ *batch, sel []int32, out []cell.Value) error {
			if len(sel) == 0 {
				return nil
			}
			s.once.Do(func() { s.err = s.run() })
			if s.err != nil {
				return s.err
			}
			v := once(s)
			for _, i := range sel {
				out[i] = v
			}
			return nil
		}, err
	}
	operand, err := c.expr(x)
	if err != nil {
		return nil, err
	}
	in, err := c.inner(q)
	if err != nil {
		return nil, err
	}
	vectors := make([][]cell.Value, len(in.arguments))
	return func(e *env, b *batch, sel []int32, out []cell.Value) error {
		top := e.top
		values, err := operand.vector(e, b, sel)
		if err != nil {
			return err
		}
		for a := range vectors {
			if vectors[a], err = in.arguments[a].vector(e, b, sel); err != nil {
				return err
			}
		}
		for _, i := range sel {
			for a := range vectors {
				in.frame.params[a] = vectors[a][i]
			}
			if out[i], err = each(e, values[i], in); err != nil {
				return err
			}
		}
		e.top = top
		return nil
	}, nil
}

// inner builds the operators of a query that runs for each row.
func (c compiler) inner(q *plan.Subquery) (*inner, error) {
	i := &inner{query: c.build.query, frame: &frame{params: make([]cell.Value, len(q.Arguments))}}
	var err error
	if i.arguments, err = c.list(q.Arguments); err != nil {
		return nil, err
	}
	b := *c.build
	b.workers, b.frame = 1, i.frame
	i.root, err = b.build(q.Root)
	return i, err
}

// settledQuery returns the state of a query that is run once, which all who ask for it share.
func (b *builder) settledQuery(q *plan.Subquery) (*settled, error) {
	type site struct{ plan.Node } // not the operators of the node themselves
	if s, ok := b.sites[site{q.Root}]; ok {
		return s.(*settled), nil
	}
	s := &settled{query: b.query}
	b.sites[site{q.Root}] = s
	once := *b
	once.frame = nil
	var err error
	s.root, err = once.build(q.Root)
	return s, err
}

// run keeps the value of the first row.
func (s *settled) run() error {
	defer s.root.close()
	if err := s.root.open(); err != nil {
		return err
	}
	for {
		b, err := nextOf(s.query, s.root)
		if err != nil || b == nil {
			return err
		}
		if len(b.sel) > 0 {
			s.exists = true
			if len(b.cols) > 0 && b.cols[0] != nil {
				s.value, _ = cell.Unpack(cell.AppendPacked(nil, b.cols[0][b.sel[0]]))
			}
			return nil
		}
	}
}

// collect keeps the values of all rows.
func (s *settled) collect(as cell.Type) error {
	defer s.root.close()
	if err := s.root.open(); err != nil {
		return err
	}
	const each = 64 // bytes that a member takes beside its own
	for {
		b, err := nextOf(s.query, s.root)
		if err != nil || b == nil {
			return err
		}
		size := 0
		for _, i := range b.sel {
			before := len(s.members.set)
			s.members.add(cell.Beside(b.cols[0][i], as))
			size += (len(s.members.set) - before) * (each + len(s.members.key))
		}
		if err := s.query.charge(int64(size)); err != nil {
			return err
		}
	}
}

// first runs the query as far as its first row. The value is valid until the next run.
func (i *inner) first() (v cell.Value, exists bool, err error) {
	defer i.root.close()
	if err := i.root.open(); err != nil {
		return v, false, err
	}
	for {
		b, err := nextOf(i.query, i.root)
		if err != nil || b == nil {
			return v, false, err
		}
		if len(b.sel) > 0 {
			if len(b.cols) > 0 && b.cols[0] != nil {
				v = b.cols[0][b.sel[0]]
			}
			return v, true, nil
		}
	}
}

// has runs the query until a value is equal to v.
func (i *inner) has(v cell.Value, equal *plan.Compare) (cell.Value, error) {
	defer i.root.close()
	if err := i.root.open(); err != nil {
		return v, err
	}
	result := cell.FromInteger(0)
	for {
		b, err := nextOf(i.query, i.root)
		if err != nil || b == nil {
			return result, err
		}
		for _, r := range b.sel {
			switch is := equal.Apply(v, b.cols[0][r]); {
			case is.IsNull():
				result = is
			case is.Integer() == 1:
				return is, nil
			}
		}
	}
}

// nextOf returns the next rows of an operator, unless nobody wants them any more.
func nextOf(q *query, o operator) (*batch, error) {
	if err := q.stopped(); err != nil {
		return nil, err
	}
	return o.next()
}

// keep copies what a value aliases to where it stays for the batch at hand.
func (e *env) keep(v cell.Value) (cell.Value, error) {
	if n := len(v.Text()); cap(e.text)-len(e.text) < n {
		if err := e.more(n); err != nil {
			return v, err
		}
	}
	e.text, v = cell.Own(e.text, v)
	return v, nil
}
