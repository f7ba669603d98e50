package merge

import (
	"slices"

	"github.com/reedbase/reedbase/pkg/row"
)

// columns says which columns the merged text has and where the three have them. A column is a number: base's are the
// first, in its order.
type columns struct {
	names   []string
	old     int      // how many of them base has
	order   [3][]int // the columns of each text
	at      [3][]int // where a text has each column; -1 where it has not
	merged  []int
	same    [3]bool // whether a text has the merged columns, in their order
	dropped []dropped
}

// dropped is a column of base that one side dropped and the other kept.
type dropped struct {
	column int
	keeper Side
}

// mergeColumns merges the headers' columns by name: a column that got another name is dropped and added.
func (m *merger) mergeColumns() {
	c := &m.columns
	c.number(m.texts)
	set := m.setInDropped()
	for _, column := range m.weave(c.order, c.old, len(c.names)) {
		ours, theirs := c.at[Ours][column] >= 0, c.at[Theirs][column] >= 0
		if column >= c.old || ours && theirs || set != nil && set[column] {
			c.merged = append(c.merged, column)
			m.result.Columns = append(m.result.Columns, c.names[column])
		}
	}
	for side, t := range m.texts {
		c.same[side] = slices.Equal(c.order[side], c.merged)
		m.result.Sides[side] = t.columns
	}
}

// number gives each name of a column its number.
func (c *columns) number(texts [3]*text) {
	numbers := map[string]int{}
	for side, t := range texts {
		for _, name := range t.columns {
			if _, ok := numbers[name]; !ok {
				numbers[name] = len(numbers)
				c.names = append(c.names, name)
			}
			c.order[side] = append(c.order[side], numbers[name])
		}
	}
	for side, order := range c.order {
		c.at[side] = slices.Repeat([]int{-1}, len(c.names))
		for i, column := range order {
			c.at[side][column] = i
		}
	}
	c.old = len(c.order[Base])
	for column := range c.old {
		ours, theirs := c.at[Ours][column] >= 0, c.at[Theirs][column] >= 0
		if ours && !theirs {
			c.dropped = append(c.dropped, dropped{column, Ours})
		} else if theirs && !ours {
			c.dropped = append(c.dropped, dropped{column, Theirs})
		}
	}
}

// setInDropped returns the columns that the merged text has although one side dropped them: those in which the side
// whose value stands set a cell. It returns nil when there is none.
func (m *merger) setInDropped() (set []bool) {
	keeps := func(d dropped) bool { return d.keeper == m.winner }
	if !slices.ContainsFunc(m.columns.dropped, keeps) {
		return nil
	}
	set = make([]bool, len(m.columns.names))
	for i := range m.items {
		m.look(&m.items[i])
		for _, d := range m.columns.dropped {
			set[d.column] = set[d.column] || keeps(d) && m.sets(d)
		}
	}
	return set
}

// headerItem returns the header as an item.
func (m *merger) headerItem() *item {
	it := &item{}
	for side, t := range m.texts {
		it.at[side] = t.header
	}
	return it
}

// mergeHeader returns the merged header.
func (m *merger) mergeHeader() outcome {
	it := m.headerItem()
	m.headerConflicts(it)
	out := m.around(it)
	for _, side := range m.preferred(it) {
		if it.in(side) && m.columns.same[side] {
			out.body, _ = splitEOL(m.row(it, side))
			return out
		}
	}
	names := make([][]byte, len(m.result.Columns))
	for i, name := range m.result.Columns {
		names[i] = []byte(name)
	}
	out.body = row.AppendRecord(nil, names, "")
	return out
}

// headerConflicts notes where both sides put the columns into another order, and where they gave one another name.
func (m *merger) headerConflicts(it *item) {
	c := &m.columns
	if reordered(c.order[Ours], c.old) && reordered(c.order[Theirs], c.old) && !slices.Equal(c.common(Ours, Theirs), c.common(Theirs, Ours)) {
		m.clash(Header, it, nil)
	}
	ours, theirs := c.replacements(Ours), c.replacements(Theirs)
	for column := range c.old {
		if ours[column] >= 0 && theirs[column] >= 0 && ours[column] != theirs[column] {
			m.clash(Header, it, []int{column, ours[column], theirs[column]})
			m.result.Conflicts[len(m.result.Conflicts)-1].Kept = Base
		}
	}
}

// common returns the columns of side that other has too.
func (c *columns) common(side, other Side) (list []int) {
	for _, column := range c.order[side] {
		if c.at[other][column] >= 0 {
			list = append(list, column)
		}
	}
	return list
}

// replacements returns for each column of base the one that side alone has in its place, or -1.
func (c *columns) replacements(side Side) []int {
	list := slices.Repeat([]int{-1}, c.old)
	place := 0
	for column := range c.old {
		if at := c.at[side][column]; at >= 0 {
			place = at + 1
		} else if place < len(c.order[side]) {
			if by := c.order[side][place]; by >= c.old && c.at[side.other()][by] < 0 {
				list[column] = by
				place++
			}
		}
	}
	return list
}
