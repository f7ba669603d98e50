package merge

import (
	"bytes"

	"github.com/reedbase/reedbase/pkg/row"
)

// look reads the cells of an item.
func (m *merger) look(it *item) {
	for side := range m.cells {
		m.cells[side] = m.cells[side][:0]
		if it.in(Side(side)) {
			m.cells[side], _ = row.Cells(m.cells[side], m.row(it, Side(side)))
		}
	}
}

// has reports whether side has the row at hand.
func (m *merger) has(side Side) bool { return len(m.cells[side]) > 0 }

// cell returns a cell of the row at hand; ok is false where side has not the row or not the column.
func (m *merger) cell(side Side, column int) (cell []byte, ok bool) {
	at := m.columns.at[side][column]
	if at < 0 || !m.has(side) {
		return nil, false
	}
	return m.cells[side][at], true
}

// edited reports whether side set a cell of the row at hand to what base has not. A cell that is not there is empty.
func (m *merger) edited(side Side) bool {
	for _, column := range m.columns.order[side] {
		is, ok := m.cell(side, column)
		was, _ := m.cell(Base, column)
		if ok && !bytes.Equal(was, is) {
			return true
		}
	}
	return false
}

// sets reports whether the side that kept a column, which the other dropped, gave it a value in the row at hand.
func (m *merger) sets(d dropped) bool {
	is, _ := m.cell(d.keeper, d.column)
	was, _ := m.cell(Base, d.column)
	return len(is) > 0 && !bytes.Equal(was, is)
}

// mergeCells returns the cells of the row at hand in the merged columns, and the columns in which the sides clash. alike
// says that both sides have the same cells.
func (m *merger) mergeCells() (cells [][]byte, clashing []int, alike bool) {
	cells, alike = m.merged[:0], true
	for _, column := range m.columns.merged {
		base, ours, theirs := m.versions(column)
		switch {
		case bytes.Equal(ours, theirs):
			cells = append(cells, ours)
			continue
		case m.has(Base) && bytes.Equal(theirs, base):
			cells = append(cells, ours)
		case m.has(Base) && bytes.Equal(ours, base):
			cells = append(cells, theirs)
		default:
			cells = append(cells, [...][]byte{Ours: ours, Theirs: theirs}[m.winner])
			clashing = append(clashing, column)
		}
		alike = false
	}
	m.merged = cells
	return cells, clashing, alike
}

// versions returns what the three have in a column of the row at hand. A side that has not the row or the column has
// left it as it was: as base has it or, in a new row, as the other side.
func (m *merger) versions(column int) (base, ours, theirs []byte) {
	base, _ = m.cell(Base, column)
	ours, inOurs := m.cell(Ours, column)
	theirs, inTheirs := m.cell(Theirs, column)
	if !inOurs {
		ours = base
		if !m.has(Base) {
			ours = theirs
		}
	}
	if !inTheirs {
		theirs = base
		if !m.has(Base) {
			theirs = ours
		}
	}
	return base, ours, theirs
}
