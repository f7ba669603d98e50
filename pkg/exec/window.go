package exec

import (
	"bytes"
	"slices"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/plan"
)

// window keeps all rows and adds to each the values of its windows. The rows stay in their order.
type window struct {
	*env
	node  *plan.Window
	input operator
	calls []*windowCall
	rows  *kept
	reader
	inputs int // columns of the input
}

// windowCall is the work of one call: the keys and arguments of each row, then a value for each.
type windowCall struct {
	plan      *plan.WindowCall
	partition []code
	order     []code
	arguments []code
	filter    *code
	store     store
	rows      []windowRow
	results   []cell.Value
	kept      store // the texts of results
	buf       []byte
}

// windowRow is what a call knows of a row: in the store, its partition, its place in the order, the value that it is ordered by
// and the arguments.
type windowRow struct {
	at               place
	partition, order uint32 // sizes of the keys
	row              int32
	counts           bool // the filter lets it in
}

const windowRowSize = 24 + 40

func newWindow(b *builder, n *plan.Window) (operator, error) {
	input, err := b.build(n.Input)
	if err != nil {
		return nil, err
	}
	w := &window{env: b.env(), node: n, input: input, reader: newReader(n.Need), inputs: len(n.Input.Columns())}
	for _, c := range n.Calls {
		call := &windowCall{plan: c}
		if err := call.compile(b.compiler()); err != nil {
			return nil, err
		}
		w.calls = append(w.calls, call)
	}
	return w, nil
}

func (c *windowCall) compile(k compiler) (err error) {
	if c.partition, err = k.list(c.plan.Partition); err != nil {
		return err
	}
	for _, o := range c.plan.Order {
		x, err := k.expr(o.X)
		if err != nil {
			return err
		}
		c.order = append(c.order, x)
	}
	if c.plan.Filter != nil {
		x, err := k.expr(c.plan.Filter)
		if err != nil {
			return err
		}
		c.filter = &x
	}
	c.arguments, err = k.list(c.plan.Arguments)
	return err
}

func (w *window) open() error {
	w.free()
	w.at = 0
	w.rows = newKept(w.query, w.node.Need[:w.inputs])
	for _, c := range w.calls {
		c.store.query, c.kept.query = w.query, w.query
	}
	err := drained(w.query, w.input, func(b *batch) error {
		w.reset()
		for _, c := range w.calls {
			if err := c.take(w.env, b, len(w.rows.places)); err != nil {
				return err
			}
		}
		return w.rows.add(b)
	})
	if err != nil {
		return err
	}
	for _, c := range w.calls {
		if err := c.compute(w.env); err != nil {
			return err
		}
	}
	return nil
}

func vectorsOf(e *env, b *batch, list []code) ([][]cell.Value, error) {
	vectors := make([][]cell.Value, len(list))
	for i := range list {
		v, err := list[i].vector(e, b, b.sel)
		if err != nil {
			return nil, err
		}
		vectors[i] = v
	}
	return vectors, nil
}

// take keeps the keys and arguments of the rows of b, the first of which is row number from.
func (c *windowCall) take(e *env, b *batch, from int) error {
	defer func() { e.top = 0 }()
	partition, err := vectorsOf(e, b, c.partition)
	if err != nil {
		return err
	}
	order, err := vectorsOf(e, b, c.order)
	if err != nil {
		return err
	}
	arguments, err := vectorsOf(e, b, c.arguments)
	if err != nil {
		return err
	}
	var filter []cell.Value
	if c.filter != nil {
		if filter, err = c.filter.vector(e, b, b.sel); err != nil {
			return err
		}
	}
	for n, i := range b.sel {
		r := windowRow{row: int32(from + n), counts: true}
		c.buf = c.buf[:0]
		for _, v := range partition {
			c.buf = cell.AppendKey(c.buf, v[i])
		}
		r.partition = uint32(len(c.buf))
		for k, v := range order {
			c.buf = appendSortKey(c.buf, v[i], c.plan.Order[k])
		}
		r.order = uint32(len(c.buf)) - r.partition
		if len(order) == 1 {
			c.buf = cell.AppendPacked(c.buf, order[0][i])
		}
		for _, v := range arguments {
			c.buf = cell.AppendPacked(c.buf, v[i])
		}
		if filter != nil {
			truth, known := cell.Truth(filter[i])
			r.counts = truth && known
		}
		if r.at, err = c.store.add(c.buf); err != nil {
			return err
		}
		c.rows = append(c.rows, r)
	}
	return e.query.charge(int64(len(b.sel)) * windowRowSize)
}

func (c *windowCall) key(r *windowRow) []byte { return c.store.at(r.at)[:r.partition+r.order] }

// compute sorts the rows and computes partition by partition.
func (c *windowCall) compute(e *env) error {
	slices.SortFunc(c.rows, func(a, b windowRow) int {
		if o := bytes.Compare(c.key(&a), c.key(&b)); o != 0 {
			return o
		}
		return int(a.row) - int(b.row)
	})
	c.results = make([]cell.Value, len(c.rows))
	for from := 0; from < len(c.rows); {
		to := from + 1
		first := c.key(&c.rows[from])[:c.rows[from].partition]
		for to < len(c.rows) && bytes.Equal(first, c.key(&c.rows[to])[:c.rows[to].partition]) {
			to++
		}
		p := &partition{env: e, call: c, rows: c.rows[from:to]}
		if err := p.compute(); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// set keeps the result of a row.
func (c *windowCall) set(r *windowRow, v cell.Value) error {
	if v.Text() == nil {
		c.results[r.row] = v
		return nil
	}
	c.buf = cell.AppendPacked(c.buf[:0], v)
	at, err := c.kept.add(c.buf)
	if err == nil {
		c.results[r.row], _ = cell.Unpack(c.kept.at(at))
	}
	return err
}

func (w *window) next() (*batch, error) {
	at := w.at
	b := w.reader.next(w.rows, w.rows.places)
	if b == nil {
		return nil, w.query.stopped()
	}
	for k, c := range w.calls {
		if column := b.cols[w.inputs+k]; column != nil {
			copy(column, c.results[at:at+len(b.sel)])
		}
	}
	return b, nil
}

func (w *window) free() {
	if w.rows != nil {
		w.rows.free()
		w.rows = nil
	}
	for _, c := range w.calls {
		w.query.charge(-int64(len(c.rows)) * windowRowSize)
		if c.store.query != nil {
			c.store.free()
			c.kept.free()
		}
		c.rows, c.results = nil, nil
	}
}

func (w *window) close() {
	w.input.close()
	w.free()
}
