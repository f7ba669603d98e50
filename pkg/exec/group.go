package exec

import (
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/plan"
)

// group puts rows together. Each goroutine that reads rows has groups of its own; then they are merged.
type group struct {
	query  *query
	node   *plan.Group
	parts  []*part
	wholes []*groups // all groups: one table, or one for each lot
	env    *env
	need   []int
	lot    int     // of wholes, that is returned
	order  []int32 // its groups as they were first met
	at     int
	out    batch
	ranked int // the call whose row the bare columns are of, or -1
}

// part is one goroutine's share of the reading.
type part struct {
	*env
	input  operator
	keys   []code
	calls  []callCode
	bare   []code
	groups *groups
	spill  *spill // where rows go when there are too many groups; nil: nowhere yet
	rows   int
}

// callCode is the arguments and the filter of a call, ready to be computed.
type callCode struct {
	arguments []code
	filter    test
}

func newGroup(b *builder, n *plan.Group) (operator, error) {
	g := &group{query: b.query, node: n, env: b.env(), out: batch{cols: make([][]cell.Value, len(n.Need))}, need: numbers(n.Need), ranked: rankedCall(n)}
	inputs, err := b.groupInputs(n)
	if err != nil {
		return nil, err
	}
	for _, input := range inputs {
		p := &part{env: b.env(), input: input}
		if err := p.compile(b.compiler(), n); err != nil {
			return nil, err
		}
		g.parts = append(g.parts, p)
	}
	return g, nil
}

// groupInputs divides the reading among goroutines unless the order of the rows matters.
func (b *builder) groupInputs(n *plan.Group) ([]operator, error) {
	for _, c := range n.Calls {
		if kindOf(c) == other {
			input, err := b.build(n.Input)
			return []operator{input}, err
		}
	}
	return b.pipelines(n.Input)
}

func (p *part) compile(c compiler, n *plan.Group) (err error) {
	if p.keys, err = c.list(n.Keys); err != nil {
		return err
	}
	if p.bare, err = c.list(n.Bare); err != nil {
		return err
	}
	p.calls = make([]callCode, len(n.Calls))
	for i, call := range n.Calls {
		if p.calls[i].arguments, err = c.list(call.Arguments); err != nil {
			return err
		}
		if call.Filter != nil {
			if p.calls[i].filter, err = c.test(call.Filter); err != nil {
				return err
			}
		}
	}
	return nil
}

// rankedCall returns the only min or max of a group that has bare columns, which come from the row of its value.
func rankedCall(n *plan.Group) int {
	found := -1
	for i, c := range n.Calls {
		if len(n.Bare) == 0 || kindOf(c) != least && kindOf(c) != greatest {
			continue
		}
		if found >= 0 {
			return -1
		}
		found = i
	}
	return found
}

func (g *group) open() error {
	g.free()
	g.lot, g.at, g.order = 0, 0, nil
	for _, p := range g.parts {
		p.groups = newGroups(g.query, g.node, g.ranked)
	}
	err := together(g.query, len(g.parts), func(w int) error { return g.parts[w].read(g.query) })
	if err != nil {
		return err
	}
	if err := g.gather(); err != nil {
		return err
	}
	if first := g.wholes[0]; len(g.node.Keys) == 0 && first.count() == 0 {
		if err := first.single(); err != nil {
			return err
		}
		first.sort()
	}
	for _, whole := range g.wholes {
		if err := whole.settle(); err != nil {
			return err
		}
	}
	return nil
}

// gather puts the groups of all parts together: in one table when they are few, else lot by lot.
func (g *group) gather() error {
	total := 0
	for _, p := range g.parts {
		total += p.groups.count()
		if p.spill != nil {
			return g.deal()
		}
	}
	if len(g.parts) > 1 && total > manyGroups {
		return g.deal()
	}
	whole := g.parts[0].groups
	g.wholes = []*groups{whole}
	for _, p := range g.parts[1:] {
		which := make([]int32, p.groups.count())
		for i := range which {
			which[i] = int32(i)
		}
		if err := whole.merge(p.groups, which); err != nil {
			return err
		}
		p.groups.free()
	}
	whole.sort()
	return nil
}

// deal makes a table of each lot, several goroutines one lot after the other.
func (g *group) deal() error {
	lots := make([][lotCount][]int32, len(g.parts))
	for i, p := range g.parts {
		lots[i] = p.groups.lots()
	}
	g.wholes = make([]*groups, lotCount)
	workers := len(g.parts)
	err := together(g.query, workers, func(w int) error {
		r := newReplay(g)
		for l := w; l < lotCount; l += workers {
			whole := newGroups(g.query, g.node, g.ranked)
			g.wholes[l] = whole
			expected := 0
			for i, p := range g.parts {
				if p.spill != nil {
					expected = max(expected, len(lots[i][l])) + p.spill.counts[l]/2
				}
			}
			whole.reserve(expected)
			for i, p := range g.parts {
				if err := whole.merge(p.groups, lots[i][l]); err != nil {
					return err
				}
			}
			for _, p := range g.parts {
				if p.spill == nil {
					continue
				}
				if err := r.lot(whole, &p.spill.lots[l]); err != nil {
					return err
				}
				p.spill.lots[l].free()
			}
			whole.sort()
		}
		return nil
	})
	for _, p := range g.parts {
		p.groups.free()
		p.spill = nil
	}
	return err
}

// read puts the rows of a pipeline into groups.
func (p *part) read(q *query) error {
	keys := make([][]cell.Value, len(p.keys))
	bare := make([][]cell.Value, len(p.bare))
	numbers := make([]int32, batchRows)
	var counter positions
	p.rows, p.spill = 0, nil
	return drained(q, p.input, func(b *batch) error {
		p.reset()
		var err error
		for i := range keys {
			if keys[i], err = p.keys[i].vector(p.env, b, b.sel); err != nil {
				return err
			}
		}
		for i := range bare {
			if bare[i], err = p.bare[i].vector(p.env, b, b.sel); err != nil {
				return err
			}
		}
		position := counter.take(b)
		if p.spill != nil {
			err = p.put(b, keys, bare, position)
		} else if err = p.groups.find(keys, bare, b.sel, numbers, position); err == nil {
			for i := range p.calls {
				if err = p.feed(i, b, numbers, bare); err != nil {
					break
				}
			}
		}
		p.top, p.listTop = 0, 0
		p.rows += len(b.sel)
		if n := p.groups.count(); n > manyGroups && n > p.rows/4 && p.spill == nil {
			p.spill = newSpill(q)
		}
		return err
	})
}

// feed gives the rows of b to call i of their groups.
func (p *part) feed(i int, b *batch, numbers []int32, bare [][]cell.Value) error {
	top, lists := p.top, p.listTop
	defer func() { p.top, p.listTop = top, lists }()
	vectors, sel, err := p.arguments(i, b)
	if err != nil {
		return err
	}
	return p.groups.states[i].add(p.groups, vectors, sel, numbers, bare)
}

// arguments returns those of call i, and the rows that its filter lets in.
func (p *part) arguments(i int, b *batch) (vectors [][]cell.Value, sel []int32, err error) {
	c := &p.calls[i]
	sel = b.sel
	if c.filter != nil {
		if sel, err = c.filter(p.env, b, p.list(sel)); err != nil {
			return nil, nil, err
		}
	}
	vectors = make([][]cell.Value, len(c.arguments))
	for a := range vectors {
		if vectors[a], err = c.arguments[a].vector(p.env, b, sel); err != nil {
			return nil, nil, err
		}
	}
	return vectors, sel, nil
}

func (g *group) next() (*batch, error) {
	if err := g.query.stopped(); err != nil {
		return nil, err
	}
	for g.at == len(g.order) {
		if g.lot == len(g.wholes) {
			return nil, nil
		}
		g.order, g.at = g.wholes[g.lot].order, 0
		g.lot++
	}
	whole := g.wholes[g.lot-1]
	n := min(len(g.order)-g.at, batchRows)
	g.env.reset()
	list := g.order[g.at : g.at+n]
	g.out.room(g.need, n)
	for r, number := range list {
		whole.row(int(number), g.out.cols, r)
		bare := whole.bareRow(int(number))
		for i := range g.node.Bare {
			var v cell.Value
			if bare != nil {
				v, bare = cell.Unpack(bare)
			}
			if column := g.out.cols[len(g.node.Keys)+len(g.node.Calls)+i]; column != nil {
				column[r] = v
			}
		}
	}
	for i, s := range whole.states {
		if column := g.out.cols[len(g.node.Keys)+i]; column != nil {
			if err := s.results(g.env, list, column); err != nil {
				return nil, err
			}
		}
	}
	g.out.sel, g.out.position = all(g.out.sel, n), uint64(g.lot)<<24+uint64(g.at/batchRows)
	g.at += n
	return &g.out, nil
}

func (g *group) free() {
	for _, p := range g.parts {
		if p.groups != nil {
			p.groups.free()
			p.groups = nil
		}
	}
	for _, whole := range g.wholes {
		if whole != nil {
			whole.free()
		}
	}
	g.wholes, g.order = nil, nil
}

func (g *group) close() {
	for _, p := range g.parts {
		p.input.close()
	}
	g.free()
}
