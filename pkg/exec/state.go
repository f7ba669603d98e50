package exec

import (
	"encoding/binary"
	"math"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/function"
	"github.com/reedbase/reedbase/pkg/plan"
)

// state is what a call has found out about each group.
type state interface {
	// grow makes room for n groups.
	grow(n int)
	// size is how many bytes a group takes.
	size() int64
	// add takes the rows of sel, whose groups numbers holds and whose arguments the vectors are.
	add(g *groups, vectors [][]cell.Value, sel []int32, numbers []int32, bare [][]cell.Value) error
	// merge takes what other has found out about some of its groups, whose numbers here are given.
	merge(g, o *groups, other state, which, numbers []int32) error
	// settle ends the taking of rows.
	settle(n int) error
	// results puts the results of some groups into a column.
	results(e *env, list []int32, column []cell.Value) error
	// empty forgets all groups and may keep their memory for others.
	empty()
	free()
}

// kind is how a call is computed.
type kind uint8

const (
	other kind = iota // by an accumulator for each group, in the order of the rows, DISTINCT or not
	counting
	adding
	least
	greatest
	unlike // DISTINCT, in any order
)

func kindOf(c *plan.Aggregate) kind {
	switch c.Function.Name {
	case "count":
		if c.Distinct {
			return unlike
		}
		return counting
	case "sum", "total", "avg":
		if c.Distinct {
			return unlike
		}
		return adding
	case "min":
		return least
	case "max":
		return greatest
	}
	return other
}

func newState(q *query, c *plan.Aggregate) state {
	switch kindOf(c) {
	case counting:
		return &counts{}
	case adding:
		return &sums{function: c.Function}
	case least, greatest:
		return &extreme{query: q, sign: map[kind]int{least: -1, greatest: 1}[kindOf(c)], store: store{query: q}}
	}
	all := accumulated{query: q, function: c.Function}
	if c.Distinct {
		return &unlikes{accumulated: all, seen: newHashes(q)}
	}
	return &all
}

// grown returns list with n elements.
func grown[T any](list []T, n int) []T {
	if n > cap(list) {
		longer := make([]T, len(list), max(n, 2*cap(list)))
		copy(longer, list)
		list = longer
	}
	touch(list[:n], len(list))
	return list[:n]
}

// roomy returns an empty list with room for n elements, that of list if it has it.
func roomy[T any](list []T, n int) []T {
	if cap(list) < n {
		return make([]T, 0, n)
	}
	return list[:0]
}

// emptied returns list without elements. Behind them all stays zero, as grown wants it.
func emptied[T any](list []T) []T {
	clear(list)
	return list[:0]
}

// counts counts rows, or values that are not NULL.
type counts struct{ n []int64 }

func (s *counts) reserve(n int)    { s.n = roomy(s.n, n) }
func (s *counts) grow(n int)       { s.n = grown(s.n, n) }
func (s *counts) size() int64      { return 8 }
func (s *counts) settle(int) error { return nil }
func (s *counts) empty()           { s.n = emptied(s.n) }
func (s *counts) free()            {}

func (s *counts) add(_ *groups, vectors [][]cell.Value, sel []int32, numbers []int32, _ [][]cell.Value) error {
	if len(vectors) == 0 {
		for _, i := range sel {
			s.n[numbers[i]]++
		}
		return nil
	}
	for _, i := range sel {
		if !vectors[0][i].IsNull() {
			s.n[numbers[i]]++
		}
	}
	return nil
}

func (s *counts) merge(_, _ *groups, other state, which, numbers []int32) error {
	for k, number := range numbers {
		n := which[k]
		s.n[number] += other.(*counts).n[n]
	}
	return nil
}

func (s *counts) results(_ *env, list []int32, column []cell.Value) error {
	for r, number := range list {
		column[r] = cell.FromInteger(s.n[number])
	}
	return nil
}

// sums adds up numbers by itself as long as that is exact, and leaves a group to an accumulator once it is not.
type sums struct {
	function *function.Aggregate
	list     []sum
}

// sum is an integer and two floats, the second one being what rounding has taken from the first.
type sum struct {
	integers, total int64 // how many, and their sum
	floats          int64
	high, low       float64
	all             function.Accumulator
}

func (s *sums) reserve(n int)    { s.list = roomy(s.list, n) }
func (s *sums) grow(n int)       { s.list = grown(s.list, n) }
func (s *sums) size() int64      { return 56 }
func (s *sums) settle(int) error { return nil }
func (s *sums) empty()           { s.list = emptied(s.list) }
func (s *sums) free()            {}

func (s *sums) add(_ *groups, vectors [][]cell.Value, sel []int32, numbers []int32, _ [][]cell.Value) error {
	var args [1]cell.Value
	for _, i := range sel {
		v, t := &vectors[0][i], &s.list[numbers[i]]
		if t.all == nil {
			if v.Kind() == cell.KindFloat && t.addFloat(v.Float(), 1) || v.Kind() == cell.KindInteger && t.addInteger(v.Integer(), 1) {
				continue
			}
		}
		if v.IsNull() {
			continue
		}
		s.leave(t)
		args[0] = *v
		t.all.Add(args[:])
	}
	return nil
}

// addInteger adds the sum of count integers if it does not overflow.
func (t *sum) addInteger(n, count int64) bool {
	total := t.total + n
	if (t.total^total)&(n^total) < 0 {
		return false
	}
	t.integers, t.total = t.integers+count, total
	return true
}

// largeFloat is where sums could come near to infinity.
const largeFloat = 0x1p900

// addFloat adds the sum of count floats if nothing is lost.
func (t *sum) addFloat(f float64, count int64) bool {
	high, lost := twoSum(t.high, f)
	low, lostMore := twoSum(t.low, lost)
	if lostMore != 0 || !(math.Abs(high) < largeFloat) || !(math.Abs(f) < largeFloat) {
		return false
	}
	t.high, t.low, t.floats = high, low, t.floats+count
	return true
}

// twoSum returns a sum and what rounding takes from it (Knuth, The Art of Computer Programming, volume 2, 4.2.2).
func twoSum(a, b float64) (sum, lost float64) {
	sum = a + b
	of := sum - a
	return sum, (a - (sum - of)) + (b - of)
}

// leave gives a sum to an accumulator, the number of what was added too.
func (s *sums) leave(t *sum) {
	if t.all != nil {
		return
	}
	t.all = s.function.New()
	add := func(v cell.Value, count int64) {
		args := []cell.Value{v}
		for ; count > 0; count-- {
			t.all.Add(args)
			args[0] = cell.FromInteger(0)
		}
	}
	add(cell.FromInteger(t.total), t.integers)
	add(cell.FromFloat(t.high), min(t.floats, 1))
	add(cell.FromFloat(t.low), t.floats-1)
	*t = sum{all: t.all}
}

func (s *sums) merge(_, _ *groups, other state, which, numbers []int32) error {
	for k, number := range numbers {
		n := which[k]
		t, o := &s.list[number], &other.(*sums).list[n]
		if t.all == nil && o.all == nil {
			both := *t
			if both.addInteger(o.total, o.integers) && both.addFloat(o.high, o.floats) && both.addFloat(o.low, 0) {
				*t = both
				continue
			}
		}
		s.leave(t)
		s.leave(o)
		t.all.Merge(o.all)
	}
	return nil
}

// exactIntegers are those that floats hold all of.
const exactIntegers = 1 << 53

func (s *sums) results(e *env, list []int32, column []cell.Value) (err error) {
	for r, number := range list {
		t := &s.list[number]
		count := t.integers + t.floats
		value := *t
		if t.all == nil && count > 0 && (t.floats > 0 || s.function.Name != "sum") {
			if t.total < -exactIntegers || t.total > exactIntegers || !value.addFloat(float64(t.total), 0) {
				s.leave(t)
			}
		}
		switch {
		case t.all != nil:
			if column[r], err = t.all.Result(&e.function); err != nil {
				return err
			}
		case count == 0 && s.function.Name != "total":
			column[r] = cell.Value{}
		case s.function.Name == "sum" && t.floats == 0:
			column[r] = cell.FromInteger(t.total)
		case s.function.Name == "avg":
			column[r] = cell.FromFloat((value.high + value.low) / float64(count))
		default:
			column[r] = cell.FromFloat(value.high + value.low)
		}
	}
	return nil
}

// extreme finds the least or the greatest value.
type extreme struct {
	query *query
	sign  int
	list  []cell.Value
	store store
	ranks bool     // bare columns are of the row of the value, the first one of several
	rows  []uint64 // then the positions of these rows
	buf   []byte
}

func (s *extreme) size() int64      { return 48 }
func (s *extreme) settle(int) error { return nil }
func (s *extreme) free()            { s.store.free() }

func (s *extreme) empty() {
	s.list, s.rows = emptied(s.list), emptied(s.rows)
	s.store.empty()
}

func (s *extreme) grow(n int) {
	s.list = grown(s.list, n)
	if s.ranks {
		s.rows = grown(s.rows, n)
	}
}

func (s *extreme) add(g *groups, vectors [][]cell.Value, sel []int32, numbers []int32, bare [][]cell.Value) error {
	for _, i := range sel {
		v, number := &vectors[0][i], numbers[i]
		best := &s.list[number]
		if v.IsNull() || !s.better(*v, number, g.positions, i) {
			continue
		}
		if err := s.set(best, *v); err != nil {
			return err
		}
		if s.ranks {
			s.rows[number] = g.positions[i]
			if err := g.setBare(int(number), bare, i); err != nil {
				return err
			}
		}
	}
	return nil
}

// better reports whether the value of a row, which is not NULL, takes the place of the one that a group has.
func (s *extreme) better(v cell.Value, number int32, positions []uint64, row int32) bool {
	best := &s.list[number]
	if best.IsNull() {
		return true
	}
	order := cell.Order(v, *best) * s.sign
	return order > 0 || order == 0 && s.ranks && positions[row] < s.rows[number]
}

// set keeps a value; its text goes where it stays.
func (s *extreme) set(best *cell.Value, v cell.Value) error {
	if v.Text() == nil {
		*best = v
		return nil
	}
	s.buf = cell.AppendPacked(s.buf[:0], v)
	p, err := s.store.add(s.buf)
	if err == nil {
		*best, _ = cell.Unpack(s.store.at(p))
	}
	return err
}

func (s *extreme) merge(g, o *groups, other state, which, numbers []int32) error {
	from := other.(*extreme)
	for k, number := range numbers {
		n := which[k]
		v := from.list[n]
		if v.IsNull() {
			if s.ranks && s.list[number].IsNull() && (g.bare[number] == noPlace || o.first[n] < g.first[number]) {
				if err := g.copyBare(o, int(n), int(number)); err != nil {
					return err
				}
			}
			continue
		}
		if !s.better(v, number, from.rows, n) {
			continue
		}
		if err := s.set(&s.list[number], v); err != nil {
			return err
		}
		if s.ranks {
			s.rows[number] = from.rows[n]
			if err := g.copyBare(o, int(n), int(number)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *extreme) results(_ *env, list []int32, column []cell.Value) error {
	for r, number := range list {
		column[r] = s.list[number]
	}
	return nil
}

// accumulated is a call whose accumulators take the rows one by one.
type accumulated struct {
	query    *query
	function *function.Aggregate
	list     []function.Accumulator
	charged  int64 // bytes of texts that the accumulators may keep
}

func (s *accumulated) size() int64      { return 64 }
func (s *accumulated) settle(int) error { return nil }

func (s *accumulated) empty() {
	s.list = emptied(s.list)
	s.free()
}

func (s *accumulated) free() {
	s.query.charge(-s.charged)
	s.charged = 0
}

func (s *accumulated) grow(n int) {
	from := len(s.list)
	s.list = grown(s.list, n)
	for i := from; i < n; i++ {
		s.list[i] = s.function.New()
	}
}

func (s *accumulated) add(_ *groups, vectors [][]cell.Value, sel []int32, numbers []int32, _ [][]cell.Value) error {
	args := make([]cell.Value, len(vectors))
	size := 0
	for _, i := range sel {
		for a := range vectors {
			args[a] = vectors[a][i]
			size += len(args[a].Text())
		}
		s.list[numbers[i]].Add(args)
	}
	s.charged += int64(size)
	return s.query.charge(int64(size))
}

func (s *accumulated) merge(_, _ *groups, other state, which, numbers []int32) error {
	for k, number := range numbers {
		n := which[k]
		s.list[number].Merge(other.(*accumulated).list[n])
	}
	return nil
}

func (s *accumulated) results(e *env, list []int32, column []cell.Value) (err error) {
	for r, number := range list {
		if column[r], err = s.list[number].Result(&e.function); err != nil {
			return err
		}
	}
	return e.hold()
}

// unlikes gives each value of a group to an accumulator once. The values are kept until all rows are read.
type unlikes struct {
	accumulated
	seen     *hashes // the number of the group, then the value
	values   []place // of each that was seen
	store    store
	key, buf []byte
}

func (s *unlikes) grow(int) {}

func (s *unlikes) free() {
	s.seen.free()
	s.store.free()
}

func (s *unlikes) empty() {
	s.accumulated.empty()
	s.seen.empty()
	s.store.empty()
	s.values = s.values[:0]
}

func (s *unlikes) add(_ *groups, vectors [][]cell.Value, sel []int32, numbers []int32, _ [][]cell.Value) error {
	for _, i := range sel {
		if v := vectors[0][i]; !v.IsNull() {
			if err := s.take(uint32(numbers[i]), v); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *unlikes) take(number uint32, v cell.Value) error {
	s.key = cell.AppendEqual(binary.LittleEndian.AppendUint32(s.key[:0], number), v)
	_, isNew, err := s.seen.insert(s.key)
	if err != nil || !isNew {
		return err
	}
	s.store.query = s.query
	s.buf = cell.AppendPacked(s.buf[:0], v)
	p, err := s.store.add(s.buf)
	s.values = append(s.values, p)
	return err
}

func (s *unlikes) merge(_, from *groups, other state, which, numbers []int32) error {
	o := other.(*unlikes)
	here := make([]int32, from.count()) // the number + 1 of each group that is merged
	for k, n := range which {
		here[n] = numbers[k] + 1
	}
	for n, p := range o.values {
		number := here[binary.LittleEndian.Uint32(o.seen.key(n))]
		if number == 0 {
			continue
		}
		v, _ := cell.Unpack(o.store.at(p))
		if err := s.take(uint32(number-1), v); err != nil {
			return err
		}
	}
	return nil
}

func (s *unlikes) settle(n int) error {
	s.accumulated.grow(n)
	var args [1]cell.Value
	for i, p := range s.values {
		args[0], _ = cell.Unpack(s.store.at(p))
		s.list[binary.LittleEndian.Uint32(s.seen.key(i))].Add(args[:])
	}
	return nil
}
