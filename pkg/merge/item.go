package merge

import (
	"sort"

	"github.com/reedbase/reedbase/pkg/row"
)

// item is a row of the three texts or, where it is plain, some rows that all three have alike.
type item struct {
	at    [3]row.Row // where each text has it; End is 0 where it has not
	plain bool
}

func (it *item) in(side Side) bool { return it.at[side].End > 0 }

// baseItems makes the items of base: single rows where not both sides kept them.
func (m *merger) baseItems(ours, theirs outline) error {
	base := m.texts[Base]
	kept := [3]cursor{Ours: {ours.kept}, Theirs: {theirs.kept}}
	for at := base.header.End; at < len(base.bytes); {
		o, t := kept[Ours].at(at), kept[Theirs].at(at)
		it := item{plain: o != nil && t != nil}
		if it.plain {
			it.at[Base] = row.Row{Start: at, Body: at, End: min(o.baseEnd(), t.baseEnd())}
		} else {
			r, err := row.Next(base.bytes, at)
			if err != nil || !base.valid(r) {
				return base.refuse()
			}
			it.at[Base] = r
		}
		at = it.at[Base].End
		it.at[Ours], it.at[Theirs] = o.counterpart(it.at[Base]), t.counterpart(it.at[Base])
		if it.at[Base].Body == at {
			base.tail = it.at[Base]
		} else if !m.enter(it) {
			return base.refuse()
		}
	}
	m.inBase = len(m.items)
	return nil
}

// enter adds an item of base. It reports whether its row fits the header and has a key that no other has.
func (m *merger) enter(it item) bool {
	if !it.plain {
		base := m.texts[Base]
		if !base.fits(it.at[Base], &m.cells[Base]) {
			return false
		}
		hash := base.hash(m.seed, it.at[Base].Body)
		if _, twin := m.lookUp(base, it.at[Base], hash); twin {
			return false
		}
		m.index.add(hash, len(m.items))
	}
	m.items = append(m.items, it)
	return true
}

// lookUp returns the item whose key is that of a row of t.
func (m *merger) lookUp(t *text, r row.Row, hash uint64) (id int, ok bool) {
	return m.index.find(hash, func(id int) bool {
		side := m.items[id].someSide()
		return sameKey(t, r.Body, m.texts[side], m.items[id].at[side].Body)
	})
}

// hashOf returns the hash of an item's key.
func (m *merger) hashOf(id int) uint64 {
	side := m.items[id].someSide()
	return m.texts[side].hash(m.seed, m.items[id].at[side].Body)
}

// someSide returns a text that has the item.
func (it *item) someSide() Side {
	side := Base
	for !it.in(side) {
		side++
	}
	return side
}

// sideItems finds the items of a side's rows, makes those that base has not, and notes their order. known holds the keys
// of base, where they are known.
func (m *merger) sideItems(side Side, o outline, known *index) error {
	order := make([]int, 0, len(o.runs)+len(m.items))
	for _, r := range o.runs {
		if r.base >= 0 {
			order = m.appendKept(order, r)
			continue
		}
		id, ok := m.place(side, r.at, known)
		if !ok {
			return m.texts[side].refuse()
		}
		order = append(order, id)
	}
	m.order[side] = order
	return nil
}

// appendKept appends the items of base that lie in r.
func (m *merger) appendKept(order []int, r run) []int {
	id := sort.Search(m.inBase, func(i int) bool { return m.items[i].at[Base].Start >= r.base })
	for ; id < m.inBase && m.items[id].at[Base].Start < r.baseEnd(); id++ {
		order = append(order, id)
	}
	return order
}

// place finds or makes the item of a row that side did not keep from base. It fails when the side has that key twice.
func (m *merger) place(side Side, r row.Row, known *index) (id int, ok bool) {
	t, base := m.texts[side], m.texts[Base]
	hash := t.hash(m.seed, r.Body)
	if id, ok := m.lookUp(t, r, hash); ok {
		it := &m.items[id]
		twin := it.in(side)
		it.at[side] = r
		return id, !twin
	}
	if _, twin := known.find(hash, func(at int) bool { return sameKey(t, r.Body, base, at) }); twin {
		return 0, false
	}
	it := item{}
	it.at[side] = r
	m.index.add(hash, len(m.items))
	m.items = append(m.items, it)
	return len(m.items) - 1, true
}

// cursor goes through the parts of base that a side kept.
type cursor struct{ kept []run }

// at returns the run that offset at of base is in, or nil. Offsets only grow from call to call.
func (c *cursor) at(at int) *run {
	for len(c.kept) > 0 && c.kept[0].baseEnd() <= at {
		c.kept = c.kept[1:]
	}
	if len(c.kept) == 0 || c.kept[0].base > at {
		return nil
	}
	return &c.kept[0]
}

// counterpart returns where a side has the rows that base has at r, which lie in k; nothing when k is nil.
func (k *run) counterpart(r row.Row) row.Row {
	if k == nil {
		return row.Row{}
	}
	by := k.at.Start - k.base
	return row.Row{Start: r.Start + by, Body: r.Body + by, End: r.End + by}
}
