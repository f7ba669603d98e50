package exec

import (
	"cmp"
	"slices"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/plan"
)

// groups is a table of groups: the numbers of their keys, and the state of each call.
type groups struct {
	query     *query
	keys      *hashes
	rows      store   // the packed keys of each group, and the bare columns
	at        []place // of each group
	bare      []place // of each group, where there are bare columns; -1: none yet
	first     []uint64
	order     []int32
	states    []state
	width     int    // keys
	untyped   []bool // of each key, whether it is a cell without a type, which is a text beside a text by its spelling
	bareWidth int
	hasBare   bool
	ranked    int
	positions []uint64 // of the rows at hand, by their numbers, where a call is ranked
	key       []byte
	packed    []byte
	charged   int64
	each      int64 // bytes that a group takes beside its key
}

const noPlace = ^place(0)

func newGroups(q *query, n *plan.Group, ranked int) *groups {
	g := &groups{query: q, keys: newHashes(q), rows: store{query: q}, width: len(n.Keys), bareWidth: len(n.Bare), hasBare: len(n.Bare) > 0, ranked: ranked, each: 24}
	for _, x := range n.Keys {
		g.untyped = append(g.untyped, x.Type() == cell.Undeclared)
	}
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

// reserve makes room for n groups, which are known to come.
func (g *groups) reserve(n int) {
	g.keys.reserve(n)
	g.at, g.first = roomy(g.at, n), roomy(g.first, n)
	for _, s := range g.states {
		if s, ok := s.(interface{ reserve(n int) }); ok {
			s.reserve(n)
		}
	}
}

func (g *groups) count() int { return len(g.keys.list) }

// find sets numbers to the groups of the rows of sel, making those that are new.
func (g *groups) find(keys, bare [][]cell.Value, sel []int32, numbers []int32, position uint64) error {
	if g.ranked >= 0 {
		g.positions = grown(g.positions, batchRows)
		for n, i := range sel {
			g.positions[i] = position + uint64(n)
		}
	}
	if len(keys) == 0 && g.count() > 0 {
		for _, i := range sel {
			numbers[i] = 0
		}
		return nil
	}
	for n, i := range sel {
		g.key = g.key[:0]
		for _, column := range keys {
			g.key = cell.AppendEqual(g.key, column[i])
		}
		number, err := g.number(g.keys.hash(g.key), keys, bare, i, position+uint64(n))
		if err != nil {
			return err
		}
		numbers[i] = int32(number)
	}
	return g.grow()
}

// number returns the group of a row whose key is in g.key, and makes it if it is new.
func (g *groups) number(hash uint64, keys, bare [][]cell.Value, row int32, position uint64) (int, error) {
	number, isNew, err := g.keys.insertHashed(g.key, hash)
	if err != nil || !isNew && g.first[number] <= position {
		return number, err
	}
	g.packed = g.packed[:0]
	if !g.plain(keys, row) {
		for _, column := range keys {
			g.packed = cell.AppendPacked(g.packed, column[row])
		}
	}
	if isNew {
		err = g.add(position)
	} else { // a row of another goroutine that comes before those so far
		g.first[number] = position
		g.at[number], err = g.keep()
	}
	if err != nil || !g.hasBare || !isNew && g.isRanked(number) {
		return number, err
	}
	return number, g.setBare(number, bare, row)
}

// isRanked reports whether the bare columns of a group are of the row of its least or greatest value. Until there is one that is not
// NULL they are of the first row.
func (g *groups) isRanked(number int) bool {
	if g.ranked < 0 {
		return false
	}
	values := g.states[g.ranked].(*extreme).list
	return number < len(values) && !values[number].IsNull()
}

// plain reports whether the values of a row can be read back from the bytes that tell its group from others.
func (g *groups) plain(keys [][]cell.Value, row int32) bool {
	for i, column := range keys {
		v := &column[row]
		if !v.IsPlain() || g.untyped[i] && v.Kind() == cell.KindInteger && v.Text() == nil {
			return false
		}
	}
	return true
}

// keep stores the keys in g.packed, if there are any.
func (g *groups) keep() (place, error) {
	if len(g.packed) == 0 {
		return noPlace, nil
	}
	return g.rows.add(g.packed)
}

// add makes a group of the keys in g.packed, or of plain ones.
func (g *groups) add(position uint64) error {
	p, err := g.keep()
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

// row reads the keys of a group into row r of columns, those that there are. Spellings are in the memory of e.
func (g *groups) row(e *env, number int, columns [][]cell.Value, r int) {
	packed, isPlain := []byte(nil), g.at[number] == noPlace
	if isPlain {
		packed = g.keys.key(number)
	} else {
		packed = g.rows.at(g.at[number])
	}
	for i := range g.width {
		var v cell.Value
		if isPlain {
			v, packed, _ = cell.FromEqual(packed)
		} else {
			v, packed = cell.Unpack(packed)
		}
		if columns[i] == nil {
			continue
		}
		if isPlain && g.untyped[i] && v.Kind() == cell.KindInteger {
			v = v.Spelled(e.spell(v))
		}
		columns[i][r] = v
	}
}

func (g *groups) bareRow(number int) []byte {
	if !g.hasBare || g.bare[number] == noPlace {
		return nil
	}
	return g.rows.at(g.bare[number])
}

// merge takes the rows of some of the groups of another table.
func (g *groups) merge(o *groups, which []int32) error {
	numbers := make([]int32, len(which))
	for k, n := range which {
		number, isNew, err := g.keys.insertHashed(o.keys.key(int(n)), o.keys.list[n].hash)
		if err != nil {
			return err
		}
		if isNew {
			g.packed = g.packed[:0]
			if o.at[n] != noPlace {
				g.packed = append(g.packed, o.packedAt(o.at[n], o.width)...)
			}
			if err := g.add(o.first[n]); err != nil {
				return err
			}
		}
		numbers[k] = int32(number)
	}
	if err := g.grow(); err != nil {
		return err
	}
	for i := range g.states {
		if err := g.states[i].merge(g, o, o.states[i], which, numbers); err != nil {
			return err
		}
	}
	return g.mergeFirst(o, which, numbers)
}

// mergeFirst keeps the earlier of two first rows, for the order and for bare columns.
func (g *groups) mergeFirst(o *groups, which, numbers []int32) error {
	for k, number := range numbers {
		n := which[k]
		earlier := o.first[n] < g.first[number]
		if g.hasBare && g.ranked < 0 && (earlier || g.bare[number] == noPlace) {
			if err := g.copyBare(o, int(n), int(number)); err != nil {
				return err
			}
		}
		if earlier {
			g.first[number] = o.first[n]
			if err := g.copyRow(o, int(n), int(number)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (g *groups) copyRow(o *groups, from, to int) (err error) {
	g.at[to] = noPlace
	if o.at[from] != noPlace {
		g.at[to], err = g.rows.add(o.packedAt(o.at[from], o.width))
	}
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

// sort puts the groups in the order in which they were first met.
func (g *groups) sort() {
	g.enumerate()
	if slices.IsSorted(g.first) {
		return
	}
	slices.SortFunc(g.order, func(a, b int32) int { return cmp.Compare(g.first[a], g.first[b]) })
}

// enumerate puts the groups in the order of their numbers.
func (g *groups) enumerate() {
	g.order = roomy(g.order, g.count())[:g.count()]
	for i := range g.order {
		g.order[i] = int32(i)
	}
}

// empty forgets all groups and keeps their memory for others.
func (g *groups) empty() {
	g.keys.empty()
	g.rows.empty()
	g.query.charge(-g.charged)
	g.at, g.bare, g.first, g.order, g.charged = g.at[:0], g.bare[:0], g.first[:0], g.order[:0], 0
	for _, s := range g.states {
		s.empty()
	}
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

// lots deals the groups out by hash.
func (g *groups) lots() (lots [lotCount][]int32) {
	for n := range g.keys.list {
		l := g.keys.list[n].hash >> lotShift
		lots[l] = append(lots[l], int32(n))
	}
	return lots
}
