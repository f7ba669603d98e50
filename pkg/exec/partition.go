package exec

import (
	"bytes"
	"sort"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/function"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// partition is the rows of a window that belong together, in their order.
type partition struct {
	*env
	call   *windowCall
	rows   []windowRow
	peers  []int // of each row, the first one that is equal to it in the order
	ends   []int // of each row, the end of those
	groups []int // of each row, the number of its peers among all such groups
	starts []int // of each group, its first row; then the end
	args   []cell.Value
}

func (p *partition) compute() error {
	p.findPeers()
	if a := p.call.plan.Aggregate; a != nil {
		sign := map[string]int{"min": -1, "max": 1}[a.Name]
		if sign != 0 && p.call.plan.Frame.From.Kind != syntax.UnboundedPreceding {
			return p.slide(sign)
		}
		return p.aggregate()
	}
	for i := range p.rows {
		if i&1023 == 0 {
			if err := p.query.stopped(); err != nil {
				return err
			}
		}
		v, err := p.value(i)
		if err != nil {
			return err
		}
		if err := p.call.set(&p.rows[i], v); err != nil {
			return err
		}
	}
	return nil
}

func (p *partition) findPeers() {
	n := len(p.rows)
	p.peers, p.ends, p.groups = make([]int, n), make([]int, n), make([]int, n)
	for i := 0; i < n; {
		end := i + 1
		for end < n && bytes.Equal(p.call.key(&p.rows[i]), p.call.key(&p.rows[end])) {
			end++
		}
		for k := i; k < end; k++ {
			p.peers[k], p.ends[k], p.groups[k] = i, end, len(p.starts)
		}
		p.starts = append(p.starts, i)
		i = end
	}
	p.starts = append(p.starts, n)
}

// arguments returns those of a row, valid until the next call.
func (p *partition) arguments(i int) []cell.Value {
	r := &p.rows[i]
	packed := p.call.store.at(r.at)[r.partition+r.order:]
	if len(p.call.order) == 1 {
		packed = cell.SkipPacked(packed)
	}
	p.args = p.args[:0]
	for range p.call.arguments {
		var v cell.Value
		v, packed = cell.Unpack(packed)
		p.args = append(p.args, v)
	}
	return p.args
}

// value computes what functions of windows alone say of a row.
func (p *partition) value(i int) (cell.Value, error) {
	n := len(p.rows)
	switch p.call.plan.Name {
	case "row_number":
		return cell.FromInteger(int64(i + 1)), nil
	case "rank":
		return cell.FromInteger(int64(p.peers[i] + 1)), nil
	case "dense_rank":
		return cell.FromInteger(int64(p.groups[i] + 1)), nil
	case "percent_rank":
		if n == 1 {
			return cell.FromFloat(0), nil
		}
		return cell.FromFloat(float64(p.peers[i]) / float64(n-1)), nil
	case "cume_dist":
		return cell.FromFloat(float64(p.ends[i]) / float64(n)), nil
	case "ntile":
		return p.tile(i)
	case "lag", "lead":
		return p.beside(i)
	}
	return p.within(i)
}

// tile numbers n parts of about the same size, the larger ones first.
func (p *partition) tile(i int) (cell.Value, error) {
	parts := cell.Cast(p.arguments(0)[0], cell.Integer)
	if parts.IsNull() || parts.Integer() <= 0 {
		return cell.Value{}, fault.New(fault.Input, "ntile: the number of parts is a positive integer")
	}
	n, rows := parts.Integer(), int64(len(p.rows))
	small, larger := rows/n, rows%n
	at := int64(i)
	if at < larger*(small+1) {
		return cell.FromInteger(at/(small+1) + 1), nil
	}
	return cell.FromInteger(larger + (at-larger*(small+1))/small + 1), nil
}

// beside returns the value of a row some rows before or behind.
func (p *partition) beside(i int) (cell.Value, error) {
	args := p.arguments(i)
	offset, otherwise := int64(1), cell.Value{}
	if len(args) > 1 {
		v := cell.Cast(args[1], cell.Integer)
		if v.IsNull() {
			return cell.Value{}, nil
		}
		offset = v.Integer()
	}
	if len(args) > 2 {
		otherwise = args[2]
	}
	if p.call.plan.Name == "lag" {
		offset = -offset
	}
	at := int64(i) + offset
	if offset > int64(len(p.rows)) || offset < -int64(len(p.rows)) || at < 0 || at >= int64(len(p.rows)) {
		return otherwise, nil
	}
	return p.arguments(int(at))[0], nil
}

// within returns the first, last or nth value of a row's frame.
func (p *partition) within(i int) (cell.Value, error) {
	from, to := p.frame(i)
	if from >= to {
		return cell.Value{}, nil
	}
	switch p.call.plan.Name {
	case "first_value":
		return p.arguments(from)[0], nil
	case "last_value":
		return p.arguments(to - 1)[0], nil
	}
	nth := cell.Numeric(p.arguments(i)[1])
	whole := cell.Cast(nth, cell.Integer)
	if nth.IsNull() || whole.Integer() <= 0 || cell.Order(whole, nth) != 0 {
		return cell.Value{}, fault.New(fault.Input, "nth_value: the number is a positive integer")
	}
	if whole.Integer() > int64(to-from) {
		return cell.Value{}, nil
	}
	return p.arguments(from + int(whole.Integer()) - 1)[0], nil
}

// aggregate computes an aggregate over the frame of each row. Rows are taken in as frames grow and taken out as they shrink; an
// accumulator that cannot forget begins anew.
func (p *partition) aggregate() error {
	acc := p.call.plan.Aggregate.New()
	remover, _ := acc.(function.Remover)
	low, high := 0, 0 // what acc holds
	var result cell.Value
	for i := range p.rows {
		if i&1023 == 0 {
			if err := p.query.stopped(); err != nil {
				return err
			}
		}
		from, to := p.frame(i)
		to = max(from, to)
		fresh := i == 0
		if from < low || to < high || from > low && (remover == nil || from >= high) {
			acc.Reset()
			low, high, fresh = from, from, true
		}
		for ; high < to; high++ {
			fresh = true
			if p.rows[high].counts {
				acc.Add(p.arguments(high))
			}
			if high&4095 == 4095 {
				if err := p.query.stopped(); err != nil {
					return err
				}
			}
		}
		for ; low < from; low++ {
			fresh = true
			if p.rows[low].counts {
				remover.Remove(p.arguments(low))
			}
		}
		if fresh {
			p.function.Reset()
			var err error
			if result, err = acc.Result(&p.function); err != nil {
				return err
			}
			if err := p.call.set(&p.rows[i], result); err != nil {
				return err
			}
			continue
		}
		p.call.results[p.rows[i].row] = p.call.results[p.rows[i-1].row]
	}
	return nil
}

// slide computes min, or max for sign 1, over frames that leave rows behind. Of the rows in the frame it keeps those that are better
// than all behind them, so that each row comes and goes once.
func (p *partition) slide(sign int) error {
	var queue []int
	low, high, before := 0, 0, -1
	for i := range p.rows {
		if i&1023 == 0 {
			if err := p.query.stopped(); err != nil {
				return err
			}
		}
		from, to := p.frame(i)
		to = max(from, to)
		if from < low || to < high || from >= high {
			queue, high = queue[:0], from
		}
		low = from
		for ; high < to; high++ {
			queue = p.queued(queue, high, sign)
		}
		for len(queue) > 0 && queue[0] < low {
			queue = queue[1:]
		}
		best, result := -1, cell.Value{}
		if len(queue) > 0 {
			best = queue[0]
			result = p.arguments(best)[0]
		}
		if i > 0 && best == before {
			p.call.results[p.rows[i].row] = p.call.results[p.rows[i-1].row]
		} else if err := p.call.set(&p.rows[i], result); err != nil {
			return err
		}
		before = best
	}
	return nil
}

// queued puts a row behind those of a queue that are as good or better, in place of the others.
func (p *partition) queued(queue []int, i, sign int) []int {
	if !p.rows[i].counts {
		return queue
	}
	v := p.arguments(i)[0]
	if v.IsNull() {
		return queue
	}
	for n := len(queue); n > 0 && cell.Order(v, p.arguments(queue[n-1])[0])*sign > 0; n-- {
		queue = queue[:n-1]
	}
	return append(queue, i)
}

// frame returns the rows that a row's frame has: from the first to before the second.
func (p *partition) frame(i int) (from, to int) {
	f := &p.call.plan.Frame
	from, to = p.edge(i, f.Unit, f.From, false), p.edge(i, f.Unit, f.To, true)
	return min(max(from, 0), len(p.rows)), min(max(to, 0), len(p.rows))
}

// edge returns where a bound lies; at the end it is behind the last row.
func (p *partition) edge(i int, unit syntax.FrameUnit, b plan.FrameBound, end bool) int {
	switch b.Kind {
	case syntax.UnboundedPreceding:
		return 0
	case syntax.UnboundedFollowing:
		return len(p.rows)
	case syntax.CurrentRow:
		switch {
		case unit == syntax.Rows && end:
			return i + 1
		case unit == syntax.Rows:
			return i
		case end:
			return p.ends[i]
		}
		return p.peers[i]
	}
	before := b.Kind == syntax.Preceding
	switch unit {
	case syntax.Rows:
		return moved(i, b.Offset.Integer(), before, len(p.rows)) + b2i(end)
	case syntax.Groups:
		g := moved(p.groups[i], b.Offset.Integer(), before, len(p.starts)-1) + b2i(end)
		return p.starts[min(max(g, 0), len(p.starts)-1)]
	}
	return p.rangeEdge(i, b.Offset, before, end)
}

// moved returns i moved by n, one step beyond the ends at most.
func moved(i int, n int64, back bool, most int) int {
	if n > int64(most) {
		n = int64(most) + 1
	}
	if back {
		return max(i-int(n), -1)
	}
	return min(i+int(n), most)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// ordering returns the value that a row is ordered by.
func (p *partition) ordering(i int) cell.Value {
	r := &p.rows[i]
	v, _ := cell.Unpack(p.call.store.at(r.at)[r.partition+r.order:])
	return v
}

// rangeEdge is for a distance from the value of the row. What is no number is at no distance but from its peers.
func (p *partition) rangeEdge(i int, offset cell.Value, before, end bool) int {
	v := p.ordering(i)
	if !v.IsNumber() {
		if end {
			return p.ends[i]
		}
		return p.peers[i]
	}
	descending := p.call.plan.Order[0].Descending
	limit := cell.Add(v, offset)
	if before != descending {
		limit = cell.Sub(v, offset)
	}
	// In the order of the rows, the numbers stand together; what comes before them is below every limit.
	return sort.Search(len(p.rows), func(k int) bool {
		o := p.ordering(k)
		c := 0
		switch {
		case o.IsNumber():
			c = cell.Order(o, limit)
			if descending {
				c = -c
			}
		case k < i:
			c = -1
		default:
			c = 1
		}
		if end {
			return c > 0
		}
		return c >= 0
	})
}
