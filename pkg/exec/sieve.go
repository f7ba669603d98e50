package exec

import (
	"sync"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/plan"
)

// sieve is what an operator above a scan has found out while it runs: that rows with some values in a column cannot matter. The
// scan then makes no values of their other columns.
type sieve interface {
	// pass leaves the rows of sel that may matter.
	pass(column []cell.Value, sel []int32, key *[]byte) []int32
}

// sieveOf is a sieve for a column of a scan.
type sieveOf struct {
	column int
	sieve  sieve
}

// addSieve has the scan that an expression over n comes from use a sieve, if it is one of its columns as they are.
func (b *builder) addSieve(n plan.Node, x plan.Expr, s sieve) bool {
	scan, f := plan.Below(n, x)
	if scan == nil {
		return false
	}
	b.sieves[scan] = append(b.sieves[scan], sieveOf{f.Index, s})
	return true
}

// threshold is the value behind which no row is among the first ones that a sort wants.
type threshold struct {
	key  plan.SortKey
	mu   sync.RWMutex
	set  bool
	last cell.Value
}

// tighten says that there are as many rows as are wanted up to v.
func (t *threshold) tighten(v cell.Value) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.set || sortOrder(v, t.last, t.key) < 0 {
		_, t.last = cell.Own(nil, v)
		t.set = true
	}
}

func (t *threshold) pass(column []cell.Value, sel []int32, _ *[]byte) []int32 {
	t.mu.RLock()
	set, last := t.set, t.last
	t.mu.RUnlock()
	if !set {
		return sel
	}
	left := sel[:0]
	for _, i := range sel {
		if sortOrder(column[i], last, t.key) <= 0 {
			left = append(left, i)
		}
	}
	return left
}

// sortOrder compares two values as a key of an order does.
func sortOrder(a, b cell.Value, k plan.SortKey) int {
	switch {
	case a.IsNull() && b.IsNull():
		return 0
	case a.IsNull() != b.IsNull():
		if a.IsNull() == k.NullsLast {
			return 1
		}
		return -1
	case k.Descending:
		return cell.Order(b, a)
	}
	return cell.Order(a, b)
}

// mostPartners is how many rows the side of a join has at most whose keys are looked for in the scan already: its table then fits
// a cache, and few rows will have a partner.
const mostPartners = 1 << 16

// partners is the keys that rows of a join can have.
type partners struct{ of *joined }

func (p *partners) pass(column []cell.Value, sel []int32, key *[]byte) []int32 {
	if len(p.of.rows) > mostPartners {
		return sel
	}
	left := sel[:0]
	for _, i := range sel {
		if column[i].IsNull() {
			continue
		}
		*key = cell.AppendEqual((*key)[:0], column[i])
		if p.of.find(*key) != noPartner {
			left = append(left, i)
		}
	}
	return left
}
