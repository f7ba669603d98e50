package exec_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/exec"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/row"
)

// index is a sorted list of cells with the offsets of their records.
type index struct {
	column  int
	kind    plan.IndexKind
	entries []entry
}

type entry struct {
	value cell.Value
	at    int64
}

// withIndices returns the table with an index of every kind: of its first column by text, of the others by value and by hash.
func withIndices(t *table) *table {
	indexed := *t
	indexed.rows = int64(strings.Count(t.text, "\n"))
	for c := range t.columns {
		kinds := []plan.IndexKind{plan.Hash, plan.OrderedValue}
		if c == 0 {
			kinds = []plan.IndexKind{plan.Hash, plan.OrderedText}
		}
		for _, kind := range kinds {
			indexed.indices = append(indexed.indices, newIndex(t, c, kind))
		}
	}
	return &indexed
}

func newIndex(t *table, column int, kind plan.IndexKind) *index {
	x := &index{column: column, kind: kind}
	err := row.Each(strings.NewReader(t.text), int64(len(t.text)), func(at int64, record []byte) error {
		cells, err := row.Stored(nil, record)
		if err != nil {
			return err
		}
		stored := bytes.Clone(cells[column])
		v := cell.FromText(row.Unquote(stored))
		if kind == plan.OrderedValue {
			v = t.columns[column].Type.Read(row.Unquote(stored), len(stored) > 0 && stored[0] == '"')
		}
		x.entries = append(x.entries, entry{v, at})
		return nil
	})
	if err != nil {
		panic(err)
	}
	slices.SortStableFunc(x.entries, func(a, b entry) int { return cell.Order(a.value, b.value) })
	return x
}

func (x *index) Name() string {
	return fmt.Sprintf("%d.%s", x.column, [...]string{"hash", "text", "value"}[x.kind])
}
func (x *index) Columns() []int       { return []int{x.column} }
func (x *index) Kind() plan.IndexKind { return x.kind }
func (x *index) Entries() int64       { return int64(len(x.entries)) }
func (x *index) Distinct() (n int64) {
	for i := range x.entries {
		if i == 0 || cell.Order(x.entries[i-1].value, x.entries[i].value) != 0 {
			n++
		}
	}
	return n
}

func (x *index) Lookup(key []cell.Value) iter.Seq2[int64, error] {
	exact := plan.Bound{Set: true, Inclusive: true, Value: key[0]}
	return x.offsets(exact, exact, false)
}

func (x *index) Range(low, high plan.Bound, descending bool) iter.Seq2[int64, error] {
	if x.kind == plan.Hash {
		panic("a range of an index by hash")
	}
	return x.offsets(low, high, descending)
}

func (x *index) Estimate(low, high plan.Bound) int64 {
	return int64(len(x.between(low, high)))
}

func (x *index) between(low, high plan.Bound) []entry {
	from, to := 0, len(x.entries)
	for from < to && low.Set && !(cell.Order(x.entries[from].value, low.Value) > b2i(!low.Inclusive)-1) {
		from++
	}
	for to > from && high.Set && !(cell.Order(x.entries[to-1].value, high.Value) < 1-b2i(!high.Inclusive)) {
		to--
	}
	return x.entries[from:to]
}

func (x *index) offsets(low, high plan.Bound, descending bool) iter.Seq2[int64, error] {
	list := slices.Clone(x.between(low, high))
	if descending {
		slices.SortStableFunc(list, func(a, b entry) int { return cmp.Or(cell.Order(b.value, a.value), cmp.Compare(a.at, b.at)) })
	}
	return func(yield func(int64, error) bool) {
		for _, e := range list {
			if !yield(e.at, nil) {
				return
			}
		}
	}
}

func TestIndicesAreUsedWhereTheyReadLess(t *testing.T) {
	a, _ := large(1, 20_000)
	tables := catalogue{"a": withIndices(a)}
	for _, test := range []struct{ query, want string }{
		{"SELECT * FROM a WHERE id = 'k0000007'", "index 0.hash, 1 key"},
		{"SELECT * FROM a WHERE id IN ('k0000007', 'k0000008')", "index 0.hash, 2 keys"},
		{"SELECT * FROM a WHERE id > 'k00199'", "index 0.text, a range"},
		{"SELECT * FROM a WHERE id GLOB 'k000012*'", "index 0.text, a range"},
		{"SELECT * FROM a WHERE id > 'k'", "scan a"},
		{"SELECT * FROM a WHERE n = 12", "index 2.value, 1 key"},
		{"SELECT * FROM a WHERE n > 490", "index 2.value, a range"},
		{"SELECT * FROM a WHERE n > 0", "scan a"},
		{"SELECT * FROM a WHERE x = '77'", "index 3.hash, 1 key"},
		{"SELECT * FROM a WHERE x = 77", "index 3.value, 1 key"},
		{"SELECT * FROM a WHERE x > '77'", "scan a"},
		{"SELECT * FROM a WHERE x < 77", "index 3.value, a range"},
		{"SELECT * FROM a WHERE kind = 'red'", "scan a"},
		{"SELECT * FROM a ORDER BY n LIMIT 5", "index 2.value, in its order"},
		{"SELECT * FROM a ORDER BY n DESC LIMIT 5", "index 2.value, in its order"},
		{"SELECT * FROM a ORDER BY n NULLS LAST LIMIT 5", "first 5 by"},
		{"SELECT * FROM a ORDER BY n LIMIT 10000", "first 10000 by"},
		{"SELECT * FROM a ORDER BY id LIMIT 5", "first 5 by"},
	} {
		_, p, err := run(context.Background(), tables, test.query, exec.Options{})
		if err != nil || !strings.Contains(p.Explain(), test.want) {
			t.Errorf("%s: %v, no %q in:\n%s", test.query, err, test.want, p.Explain())
		}
	}
}
