package exec

import (
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// join keeps one side in memory and looks there for the partners of each row of the other side, in the order of that side.
type join struct {
	*env
	node     *plan.Join
	probe    operator
	built    *joined
	keys     []code // of the side that is read
	dual     bool   // its only key is a cell without a type: as a number and as the text that spells it
	terms    []test
	pairs    *env // that the terms are computed in: the texts that they make are of no use behind them
	left     bool // rows without a partner are returned too
	probeAt  int  // the first column of the side that is read
	buildAt  int
	probes   []int // columns of that side that are needed
	needed   []int // columns of out
	most     int   // rows of the next batch
	pace     pace
	kept     []bool // columns of the side in memory that are needed
	packer   packer
	round    int
	out      batch
	pending  pending
	vectors  [][]cell.Value
	key      []byte // the keys of all rows of a batch
	starts   []int  // where that of each row begins
	ends     []int  // and ends
	hashes   []uint64
	firsts   []int32 // the first partner of each row
	rowOf    []int32 // for each row of out, the row of the side that is read
	partners [][]cell.Value
	matched  bool // the row whose pairs are tested has had one for which the terms hold
}

// pending is how far the rows of a batch are done.
type pending struct {
	batch   *batch
	at      int    // in its selection
	partner int32  // the next one of the row, or noPartner
	second  []byte // a key to look for when there are no more partners, or nil
	found   bool   // the row has had one
	looked  bool
}

const noPartner = -1

func newJoin(b *builder, n *plan.Join, s *sharing) (operator, error) {
	j := &join{env: b.env(), pairs: b.env(), node: n, left: n.Kind == syntax.LeftJoin}
	width := len(n.Left.Columns())
	probe, build := n.Left, n.Right
	j.buildAt = width
	if n.BuildLeft {
		probe, build = n.Right, n.Left
		j.probeAt, j.buildAt = width, 0
	}
	var err error
	j.shape(probe, build)
	built, ok := s.sites[n].(*joined)
	if !ok {
		if built, err = newJoined(b, n, build, j.kept); err != nil {
			return nil, err
		}
		s.sites[n] = built
		if len(n.Keys) == 1 && n.Keys[0].Dual == plan.NoSide && !j.left && b.frame == nil {
			x := n.Keys[0].Left
			if n.BuildLeft {
				x = n.Keys[0].Right
			}
			b.addSieve(probe, x, &partners{built})
		}
	}
	j.built = built
	if j.probe, err = b.one(probe, s); err != nil {
		return nil, err
	}
	for _, k := range n.Keys {
		x := k.Left
		if n.BuildLeft {
			x = k.Right
		}
		c, err := b.compiler().expr(x)
		if err != nil {
			return nil, err
		}
		j.keys = append(j.keys, c)
		j.dual = k.Dual == plan.LeftSide && !n.BuildLeft || k.Dual == plan.RightSide && n.BuildLeft
	}
	if j.terms, err = b.compiler().tests(n.Terms); err != nil {
		return nil, err
	}
	return j, nil
}

// shape finds out which columns go where.
func (j *join) shape(probe, build plan.Node) {
	need := make([]bool, len(j.node.Need))
	copy(need, j.node.Need)
	for _, x := range j.node.Terms {
		plan.Visit(x, func(y plan.Expr) bool {
			if f, ok := y.(*plan.Field); ok {
				need[f.Index] = true
			}
			return true
		})
	}
	j.out.cols, j.needed = make([][]cell.Value, len(need)), numbers(need)
	j.probes = numbers(need[j.probeAt : j.probeAt+len(probe.Columns())])
	end := j.buildAt + len(build.Columns())
	j.kept, j.partners = need[j.buildAt:end], j.out.cols[j.buildAt:end] // which sees what j.out.room makes
	j.packer = newPacker(j.kept)
	j.vectors = make([][]cell.Value, len(j.node.Keys))
}

func (j *join) open() error {
	j.round++
	j.pending, j.matched = pending{}, false
	if err := j.built.open(j.round); err != nil {
		return err
	}
	return j.probe.open()
}

func (j *join) close() {
	j.probe.close()
	j.built.close()
}

func (j *join) next() (*batch, error) {
	if err := j.query.stopped(); err != nil {
		return nil, err
	}
	if !j.left && len(j.built.rows) == 0 {
		return nil, nil
	}
	if j.pending.batch == nil {
		b, err := j.probe.next()
		if b == nil || err != nil {
			return nil, err
		}
		j.reset()
		j.top = 0
		for k := range j.keys {
			if j.vectors[k], err = j.keys[k].vector(j.env, b, b.sel); err != nil {
				return nil, err
			}
		}
		j.pending = pending{batch: b, partner: noPartner}
		j.lookAll(b)
	}
	j.most = j.pace.next()
	j.out.room(j.needed, j.most)
	j.rowOf = grown(j.rowOf, j.most)
	n := j.fill()
	j.out.sel, j.out.position = all(j.out.sel, n), j.pending.batch.position
	if err := j.test(); err != nil {
		return nil, err
	}
	if p := &j.pending; p.at == len(p.batch.sel) {
		p.batch = nil
	}
	return &j.out, nil
}

// fill puts pairs into out until it is full or the batch is done, and returns how many. With terms that pairs are tested by, a row
// of a LEFT JOIN has, behind its pairs, one without a partner.
func (j *join) fill() (n int) {
	p := &j.pending
	for n < j.most && p.at < len(p.batch.sel) {
		row := p.batch.sel[p.at]
		if !p.looked {
			p.partner, p.looked, p.found = j.look(row), true, false
		}
		for p.partner != noPartner && n < j.most {
			j.pair(n, row, p.partner)
			p.partner = j.built.following(p.partner)
			if p.partner == noPartner && p.second != nil {
				p.partner, p.second = j.built.find(p.second), nil
			}
			if len(j.terms) == 0 {
				p.found = true
			}
			n++
		}
		if p.partner != noPartner || n == j.most && j.left {
			return n
		}
		if j.left && !(len(j.terms) == 0 && p.found) {
			j.alone(n, row)
			n++
		}
		p.at, p.looked = p.at+1, false
	}
	return n
}

// lookAll finds the first partner of each row. It goes over the rows several times, so that the processor waits for the memory of
// many of them at once.
func (j *join) lookAll(b *batch) {
	n := rowsOf(b.sel)
	j.key = j.key[:0]
	j.starts, j.ends = grown(j.starts, n), grown(j.ends, n)
	j.hashes, j.firsts = grown(j.hashes, n), grown(j.firsts, n)
rows:
	for _, row := range b.sel {
		from := len(j.key)
		for _, column := range j.vectors {
			if column[row].IsNull() {
				j.ends[row], j.firsts[row] = 0, noPartner
				j.key = j.key[:from]
				continue rows
			}
			j.key = cell.AppendEqual(j.key, column[row])
		}
		j.starts[row], j.ends[row] = from, len(j.key)
		j.hashes[row] = j.built.hash(j.key[from:])
		j.firsts[row] = 0
	}
	for _, row := range b.sel {
		if j.firsts[row] != noPartner {
			j.firsts[row] = j.built.likely(j.hashes[row])
		}
	}
	for _, row := range b.sel {
		if n := j.firsts[row]; n != noPartner {
			key := j.key[j.starts[row]:j.ends[row]]
			if !j.built.is(n, key, j.hashes[row]) {
				j.firsts[row] = j.built.findHashed(key, j.hashes[row])
			}
		}
	}
}

// look returns the first partner of a row, and keeps the second key that it may be found by.
func (j *join) look(row int32) int32 {
	j.pending.second = nil
	first := j.firsts[row]
	if !j.dual {
		return first
	}
	if v := &j.vectors[0][row]; v.IsNumber() && v.Text() != nil {
		second := cell.AppendEqual(nil, cell.FromText(v.Text()))
		if first == noPartner {
			return j.built.find(second)
		}
		j.pending.second = second
	}
	return first
}

// pair puts a row and a partner into row n of out.
func (j *join) pair(n int, row, partner int32) {
	for _, c := range j.probes {
		j.out.cols[j.probeAt+c][n] = j.pending.batch.cols[c][row]
	}
	if len(j.packer.need) > 0 {
		j.packer.read(j.built.row(partner), j.partners, n)
	}
	j.rowOf[n] = row
}

// alone puts a row without a partner into row n of out.
func (j *join) alone(n int, row int32) {
	for _, c := range j.probes {
		j.out.cols[j.probeAt+c][n] = j.pending.batch.cols[c][row]
	}
	for _, c := range j.packer.need {
		j.partners[c][n] = cell.Value{}
	}
	j.rowOf[n] = ^row
}

// test leaves the pairs for which the terms hold, and of a LEFT JOIN the rows that then have no partner.
func (j *join) test() (err error) {
	if len(j.terms) == 0 {
		return nil
	}
	if !j.left {
		return j.hold(&j.out)
	}
	lists := j.listTop
	defer func() { j.listTop = lists }()
	pairs := batch{cols: j.out.cols, sel: j.list(nil)}
	all := j.out.sel
	for _, n := range all {
		if j.rowOf[n] >= 0 {
			pairs.sel = append(pairs.sel, n)
		}
	}
	if err := j.hold(&pairs); err != nil {
		return err
	}
	left, k := all[:0], 0
	for _, n := range all {
		switch {
		case k < len(pairs.sel) && pairs.sel[k] == n:
			j.matched = true
			left = append(left, n)
			k++
		case j.rowOf[n] < 0:
			if !j.matched {
				left = append(left, n)
			}
			j.matched = false
		}
	}
	j.out.sel = left
	return nil
}

func (j *join) hold(b *batch) (err error) {
	j.pairs.reset()
	for _, t := range j.terms {
		if len(b.sel) == 0 {
			break
		}
		if b.sel, err = t(j.pairs, b, b.sel); err != nil {
			return err
		}
	}
	return nil
}
