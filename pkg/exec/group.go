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
	whole  *groups  // all groups, or those of a lot
	dealt  *dealing // where there are lots
	env    *env
	need   []int
	lot    int     // that comes next
	order  []int32 // the groups of whole as they were first met
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
	return g.gather()
}

// gather puts the groups of all parts together: in one table when they are few, else lot by lot.
func (g *group) gather() error {
	total, spilled := 0, false
	for _, p := range g.parts {
		total += p.groups.count()
		spilled = spilled || p.spill != nil
	}
	if spilled || len(g.parts) > 1 && total > manyGroups {
		g.dealt = g.deal()
		return nil
	}
	g.whole = g.parts[0].groups
	g.parts[0].groups = nil
	for _, p := range g.parts[1:] {
		which := make([]int32, p.groups.count())
		for i := range which {
			which[i] = int32(i)
		}
		if err := g.whole.merge(p.groups, which); err != nil {
			return err
		}
		p.groups.free()
	}
	if len(g.node.Keys) == 0 && g.whole.count() == 0 {
		if err := g.whole.single(); err != nil {
			return err
		}
	}
	g.whole.sort()
	g.order = g.whole.order
	return g.whole.settle()
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
		if g.dealt == nil || g.lot == lotCount {
			return nil, nil
		}
		if err := g.nextLot(); err != nil {
			return nil, err
		}
	}
	whole := g.whole
	n := min(len(g.order)-g.at, batchRows)
	g.env.reset()
	list := g.order[g.at : g.at+n]
	g.out.room(g.need, n)
	for r, number := range list {
		whole.row(g.env, int(number), g.out.cols, r)
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

// nextLot gives up the table at hand for the one of the next lot.
func (g *group) nextLot() (err error) {
	if g.whole != nil {
		g.dealt.giveBack(g.whole)
	}
	if g.whole, err = g.dealt.take(g.lot); err != nil {
		return err
	}
	g.order, g.at = g.whole.order, 0
	g.lot++
	return nil
}

func (g *group) free() {
	if g.dealt != nil {
		g.dealt.end()
		g.dealt = nil
	}
	for _, p := range g.parts {
		if p.groups != nil {
			p.groups.free()
		}
		if p.spill != nil {
			p.spill.free()
		}
		p.groups, p.spill = nil, nil
	}
	if g.whole != nil {
		g.whole.free()
	}
	g.whole, g.order = nil, nil
}

func (g *group) close() {
	for _, p := range g.parts {
		p.input.close()
	}
	g.free()
}
