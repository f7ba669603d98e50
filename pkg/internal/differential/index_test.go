package differential

import (
	"fmt"
	"iter"
	"slices"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/plan"
)

// index is an index in the plainest way: it looks at all records each time. Some it returns beside, as an index may.
type index struct {
	table *table
	kind  plan.IndexKind
	over  []int
}

func (x *index) Name() string { return fmt.Sprintf("%s%v.%d", x.table.name, x.over, x.kind) }

func (x *index) Columns() []int { return x.over }

func (x *index) Kind() plan.IndexKind { return x.kind }

func (x *index) Entries() int64 { return int64(len(x.table.records)) }

func (x *index) Distinct() int64 { return max(1, int64(len(x.table.records))/2) }

// key returns what the index holds of a record for its nth column.
func (x *index) key(r record, n int) cell.Value {
	i := x.over[n]
	if x.kind == plan.OrderedValue {
		return x.table.columns[i].of.Read([]byte(r.cells[i]), r.quoted[i])
	}
	return cell.FromText([]byte(r.cells[i]))
}

func (x *index) Lookup(key []cell.Value) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		for i, r := range x.table.records {
			found := i%5 == 4 // one too many
			if !found {
				found = true
				for n, v := range key {
					found = found && cell.Order(x.key(r, n), v) == 0
				}
			}
			if found && !yield(r.at, nil) {
				return
			}
		}
	}
}

func (x *index) Range(low, high plan.Bound, descending bool) iter.Seq2[int64, error] {
	records := slices.DeleteFunc(slices.Clone(x.table.records), func(r record) bool { return !x.within(r, low, high) })
	slices.SortStableFunc(records, func(a, b record) int {
		order := cell.Order(x.key(a, 0), x.key(b, 0))
		if descending {
			return -order
		}
		return order
	})
	return func(yield func(int64, error) bool) {
		for _, r := range records {
			if !yield(r.at, nil) {
				return
			}
		}
	}
}

func (x *index) within(r record, low, high plan.Bound) bool {
	v := x.key(r, 0)
	below := low.Set && (cell.Order(v, low.Value) < 0 || !low.Inclusive && cell.Order(v, low.Value) == 0)
	above := high.Set && (cell.Order(v, high.Value) > 0 || !high.Inclusive && cell.Order(v, high.Value) == 0)
	return !below && !above
}

func (x *index) Estimate(low, high plan.Bound) (n int64) {
	for _, r := range x.table.records {
		if x.within(r, low, high) {
			n++
		}
	}
	return n
}
