package exec

import (
	"fmt"
	"slices"

	"github.com/reedbase/reedbase/pkg/plan"
)

// builder makes operators of the nodes of a plan.
type builder struct {
	query   *query
	workers int
	frame   *frame      // the row around the query that is built, if it depends on one
	sites   map[any]any // what several operators of one node share
	sieves  map[*plan.Scan][]sieveOf
}

func (b *builder) env() *env {
	e := &env{query: b.query, frame: b.frame}
	e.function.Now, e.function.Random = b.query.options.Now, random
	return e
}

func (b *builder) compiler() compiler { return compiler{b} }

// build makes the operator of a node, all rows of which it returns.
func (b *builder) build(n plan.Node) (operator, error) {
	if b.workers > 1 && divisible(n) {
		list, err := b.pipelines(n)
		if err != nil {
			return nil, err
		}
		return newGather(b, list, n.Figures().Need), nil
	}
	return b.one(n, &sharing{sites: map[plan.Node]any{}})
}

// pipelines makes several operators of a node, each for a goroutine of its own, which return all rows together; one where the
// node's work cannot be divided.
func (b *builder) pipelines(n plan.Node) ([]operator, error) {
	count := 1
	if divisible(n) {
		count = b.workers
	}
	s := &sharing{sites: map[plan.Node]any{}}
	var list []operator
	for i := range count {
		s.again = i > 0
		o, err := b.one(n, s)
		if err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, nil
}

// sharing is what the pipelines of one node share: where they read from, and what they join with.
type sharing struct {
	sites map[plan.Node]any
	again bool // a pipeline is built that is not the first: their runs count as one
}

// divisible reports whether several goroutines can return the rows of a node together, and it is worth while.
func divisible(n plan.Node) bool {
	const least = 4000 // rows
	switch n := n.(type) {
	case *plan.Scan:
		rows := n.Relation.Rows()
		return n.Lookup == nil && (rows < 0 || rows >= least)
	case *plan.Filter:
		return divisible(n.Input)
	case *plan.Project:
		return divisible(n.Input)
	case *plan.Join:
		if len(n.Keys) == 0 {
			return false
		}
		if n.BuildLeft {
			return divisible(n.Right)
		}
		return divisible(n.Left)
	}
	return false
}

// one makes one operator of a node, and counts what it returns.
func (b *builder) one(n plan.Node, s *sharing) (operator, error) {
	o, err := b.operator(n, s)
	if err != nil {
		return nil, err
	}
	return &counted{operator: o, stat: n.Figures(), again: s.again}, nil
}

func (b *builder) operator(n plan.Node, s *sharing) (operator, error) {
	switch n := n.(type) {
	case *plan.Scan:
		return newScan(b, n, s)
	case *plan.Values:
		return newValues(b, n)
	case *plan.Filter:
		return newFilter(b, n, s)
	case *plan.Project:
		return newProject(b, n, s)
	case *plan.Join:
		return newJoin(b, n, s)
	case *plan.Group:
		return newGroup(b, n)
	case *plan.Window:
		return newWindow(b, n)
	case *plan.Sort:
		return newSort(b, n)
	case *plan.Limit:
		return newLimit(b, n)
	case *plan.Distinct:
		return newDistinct(b, n)
	case *plan.Set:
		return newSet(b, n)
	case *plan.Shared:
		return newShared(b, n)
	case *plan.Probe:
		return newProbe(b, n)
	}
	return nil, fmt.Errorf("there is no operator for %T", n)
}

// counted counts the rows that an operator returns.
type counted struct {
	operator
	stat  *plan.Stat
	again bool
}

func (o *counted) open() error {
	if !o.again {
		o.stat.Runs.Add(1)
	}
	return o.operator.open()
}

func (o *counted) next() (*batch, error) {
	b, err := o.operator.next()
	if b != nil {
		o.stat.Rows.Add(int64(len(b.sel)))
	}
	return b, err
}

// needed returns the columns of a selection as numbers.
func numbers(need []bool) (list []int) {
	for i, yes := range need {
		if yes {
			list = append(list, i)
		}
	}
	return slices.Clip(list)
}
