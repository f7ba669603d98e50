package exec

import (
	"slices"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/plan"
)

// group puts rows together. Each goroutine that reads rows has groups of its own; then they are merged.
type group struct {
	query  *query
	node   *plan.Group
	parts  []*part
	whole  *groups
	order  []int32 // the groups as they were first met
	env    *env
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
}

// callCode is the arguments and the filter of a call, ready to be computed.
type callCode struct {
	arguments []code
	filter    test
}

func newGroup(b *builder, n *plan.Group) (operator, error) {
	g := &group{query: b.query, node: n, env: b.env(), out: batch{cols: columns(n.Need)}, ranked: rankedCall(n)}
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
	g.at = 0
	for _, p := range g.parts {
		p.groups = newGroups(g.query, g.node, g.ranked)
	}
	err := together(g.query, len(g.parts), func(w int) error { return g.parts[w].read(g.query) })
	if err != nil {
		return err
	}
	g.whole = g.parts[0].groups
	for _, p := range g.parts[1:] {
		if err := g.whole.merge(p.groups); err != nil {
			return err
		}
		p.groups.free()
	}
	if err := g.whole.settle(); err != nil {
		return err
	}
	if len(g.node.Keys) == 0 && g.whole.count() == 0 {
		if err := g.whole.single(); err != nil {
			return err
		}
	}
	g.order = g.whole.inOrder()
	return nil
}

// read puts the rows of a pipeline into groups.
func (p *part) read(q *query) error {
	keys := make([][]cell.Value, len(p.keys))
	bare := make([][]cell.Value, len(p.bare))
	numbers := make([]int32, batchRows)
	var counter positions
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
		if err := p.groups.find(keys, bare, b.sel, numbers, counter.take(b)); err != nil {
			return err
		}
		for i := range p.calls {
			if err := p.feed(i, b, numbers, bare); err != nil {
				return err
			}
		}
		p.top, p.listTop = 0, 0
		return nil
	})
}

// feed gives the rows of b to call i of their groups.
func (p *part) feed(i int, b *batch, numbers []int32, bare [][]cell.Value) error {
	c, sel := &p.calls[i], b.sel
	top, lists := p.top, p.listTop
	defer func() { p.top, p.listTop = top, lists }()
	if c.filter != nil {
		var err error
		if sel, err = c.filter(p.env, b, p.list(sel)); err != nil {
			return err
		}
	}
	vectors := make([][]cell.Value, len(c.arguments))
	for a := range vectors {
		var err error
		if vectors[a], err = c.arguments[a].vector(p.env, b, sel); err != nil {
			return err
		}
	}
	return p.groups.states[i].add(p.groups, vectors, sel, numbers, bare)
}

func (g *group) next() (*batch, error) {
	if err := g.query.stopped(); err != nil {
		return nil, err
	}
	n := min(len(g.order)-g.at, batchRows)
	if n <= 0 {
		return nil, nil
	}
	g.env.reset()
	list := g.order[g.at : g.at+n]
	for r, number := range list {
		packed := g.whole.row(int(number))
		for i := range g.node.Keys {
			var v cell.Value
			v, packed = cell.Unpack(packed)
			if g.node.Need[i] {
				g.out.cols[i][r] = v
			}
		}
		bare := g.whole.bareRow(int(number))
		for i := range g.node.Bare {
			column := g.out.cols[len(g.node.Keys)+len(g.node.Calls)+i]
			if bare == nil {
				column[r] = cell.Value{}
				continue
			}
			column[r], bare = cell.Unpack(bare)
		}
	}
	for i, s := range g.whole.states {
		if column := g.out.cols[len(g.node.Keys)+i]; column != nil {
			if err := s.results(g.env, list, column); err != nil {
				return nil, err
			}
		}
	}
	g.out.sel, g.out.position = all(g.out.sel, n), uint64(g.at)
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
	g.whole, g.order = nil, nil
}

func (g *group) close() {
	for _, p := range g.parts {
		p.input.close()
	}
	g.free()
}

// groups is a table of groups: the numbers of their keys, and the state of each call.
type groups struct {
	query     *query
	keys      *hashes
	rows      store   // the packed keys of each group, and the bare columns
	at        []place // of each group
	bare      []place // of each group, where there are bare columns; -1: none yet
	first     []uint64
	states    []state
	width     int // keys
	bareWidth int
	hasBare   bool
	ranked    int
	key       []byte
	packed    []byte
	charged   int64
	each      int64 // bytes that a group takes beside its key
}

const noPlace = ^place(0)

func newGroups(q *query, n *plan.Group, ranked int) *groups {
	g := &groups{query: q, keys: newHashes(q), rows: store{query: q}, width: len(n.Keys), bareWidth: len(n.Bare), hasBare: len(n.Bare) > 0, ranked: ranked, each: 24}
	for i, c := range n.Calls {
		s := newState(q, c)
		if i == ranked {
			s.(*extreme).ranks = true
		}
		g.states = append(g.states, s)
		g.each += s.size()
	}
	return g
}

func (g *groups) count() int { return len(g.keys.list) }

// find sets numbers to the groups of the rows of sel, making those that are new.
func (g *groups) find(keys, bare [][]cell.Value, sel []int32, numbers []int32, position uint64) error {
	for n, i := range sel {
		g.key = g.key[:0]
		for _, column := range keys {
			g.key = cell.AppendEqual(g.key, column[i])
		}
		number, isNew, err := g.keys.insert(g.key)
		if err != nil {
			return err
		}
		if isNew {
			g.packed = g.packed[:0]
			for _, column := range keys {
				g.packed = cell.AppendPacked(g.packed, column[i])
			}
			if err := g.add(position + uint64(n)); err != nil {
				return err
			}
			if g.hasBare {
				if err := g.setBare(number, bare, i); err != nil {
					return err
				}
			}
		}
		numbers[i] = int32(number)
	}
	return g.grow()
}

// add makes a group of the keys in g.packed.
func (g *groups) add(position uint64) error {
	p, err := g.rows.add(g.packed)
	g.at, g.first = append(g.at, p), append(g.first, position)
	if g.hasBare {
		g.bare = append(g.bare, noPlace)
	}
	return err
}

func (g *groups) setBare(number int, bare [][]cell.Value, row int32) error {
	g.packed = g.packed[:0]
	for _, column := range bare {
		g.packed = cell.AppendPacked(g.packed, column[row])
	}
	p, err := g.rows.add(g.packed)
	g.bare[number] = p
	return err
}

// grow makes room for the states of new groups.
func (g *groups) grow() error {
	for _, s := range g.states {
		s.grow(g.count())
	}
	size := int64(g.count()) * g.each
	err := g.query.charge(size - g.charged)
	g.charged = size
	return err
}

func (g *groups) row(number int) []byte { return g.rows.at(g.at[number]) }

func (g *groups) bareRow(number int) []byte {
	if !g.hasBare || g.bare[number] == noPlace {
		return nil
	}
	return g.rows.at(g.bare[number])
}

// merge takes the rows of other groups.
func (g *groups) merge(o *groups) error {
	numbers := make([]int32, o.count())
	for n := range o.keys.list {
		number, isNew, err := g.keys.insert(o.keys.key(n))
		if err != nil {
			return err
		}
		if isNew {
			g.packed = append(g.packed[:0], o.packedAt(o.at[n], o.width)...)
			if err := g.add(o.first[n]); err != nil {
				return err
			}
		}
		numbers[n] = int32(number)
	}
	if err := g.grow(); err != nil {
		return err
	}
	for i := range g.states {
		if err := g.states[i].merge(g, o, o.states[i], numbers); err != nil {
			return err
		}
	}
	return g.mergeFirst(o, numbers)
}

// mergeFirst keeps the earlier of two first rows, for the order and for bare columns.
func (g *groups) mergeFirst(o *groups, numbers []int32) error {
	for n, number := range numbers {
		earlier := o.first[n] < g.first[number]
		if g.hasBare && g.ranked < 0 && (earlier || g.bare[number] == noPlace) {
			if err := g.copyBare(o, n, int(number)); err != nil {
				return err
			}
		}
		if earlier {
			g.first[number] = o.first[n]
			if err := g.copyRow(o, n, int(number)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (g *groups) copyRow(o *groups, from, to int) (err error) {
	g.at[to], err = g.rows.add(o.packedAt(o.at[from], o.width))
	return err
}

func (g *groups) copyBare(o *groups, from, to int) (err error) {
	if o.bare[from] != noPlace {
		g.bare[to], err = g.rows.add(o.packedAt(o.bare[from], o.bareWidth))
	}
	return err
}

// packedAt returns n packed values.
func (g *groups) packedAt(p place, n int) []byte {
	packed := g.rows.at(p)
	rest := packed
	for range n {
		rest = cell.SkipPacked(rest)
	}
	return packed[:len(packed)-len(rest)]
}

// settle gives what was kept apart because it is DISTINCT to the calls.
func (g *groups) settle() error {
	for _, s := range g.states {
		if err := s.settle(g.count()); err != nil {
			return err
		}
	}
	return nil
}

// single makes the only group of a query that has no keys and no rows.
func (g *groups) single() error {
	if _, _, err := g.keys.insert(nil); err != nil {
		return err
	}
	g.packed = g.packed[:0]
	if err := g.add(0); err != nil {
		return err
	}
	return g.grow()
}

// inOrder returns the numbers of the groups as they were first met.
func (g *groups) inOrder() []int32 {
	order := make([]int32, g.count())
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		if g.first[a] < g.first[b] {
			return -1
		}
		return 1
	})
	return order
}

func (g *groups) free() {
	g.keys.free()
	g.rows.free()
	g.query.charge(-g.charged)
	for _, s := range g.states {
		s.free()
	}
	*g = groups{query: g.query, keys: newHashes(g.query), rows: store{query: g.query}}
}
