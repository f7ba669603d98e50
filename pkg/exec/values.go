package exec

import (
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/plan"
)

// values is rows written down.
type values struct {
	*env
	rows  [][]code
	need  []int
	at    int
	empty batch // what the expressions are computed over: one row of no columns
	out   batch
}

func newValues(b *builder, n *plan.Values) (operator, error) {
	v := &values{env: b.env(), need: numbers(n.Need), empty: batch{sel: []int32{0}}}
	v.out.cols = make([][]cell.Value, len(n.Need))
	for _, r := range n.Rows {
		list, err := b.compiler().list(r)
		if err != nil {
			return nil, err
		}
		v.rows = append(v.rows, list)
	}
	return v, nil
}

func (v *values) open() error {
	v.at = 0
	return nil
}

func (v *values) close() {}

func (v *values) next() (*batch, error) {
	if v.at == len(v.rows) {
		return nil, nil
	}
	if err := v.query.stopped(); err != nil {
		return nil, err
	}
	v.reset()
	n := min(len(v.rows)-v.at, batchRows)
	v.out.sel, v.out.position = all(v.out.sel, n), uint64(v.at)
	v.out.room(v.need, n)
	one := v.scratch(1)
	for i, r := range v.rows[v.at : v.at+n] {
		for _, c := range v.need {
			if err := r[c].into(v.env, &v.empty, v.empty.sel, one); err != nil {
				return nil, err
			}
			var err error
			if v.out.cols[c][i], err = v.keep(one[0]); err != nil {
				return nil, err
			}
		}
	}
	v.top = 0
	v.at += n
	return &v.out, nil
}
