package merge

import (
	"bytes"
	"slices"

	"github.com/reedbase/reedbase/pkg/row"
)

// outcome is what the merged text has of an item: comments, and a record where body is not nil.
type outcome struct {
	comments, body []byte
	eol            string // of the record; "" where no text says
}

// settle merges one row.
func (m *merger) settle(it *item) outcome {
	m.look(it)
	base, ours, theirs := it.in(Base), it.in(Ours), it.in(Theirs)
	m.result.Ours.count(base, ours, m.edited(Ours))
	m.result.Theirs.count(base, theirs, m.edited(Theirs))
	switch {
	case ours && (theirs || !base), theirs && !base:
		return m.join(it)
	case ours:
		return m.outlive(it, Ours)
	case theirs:
		return m.outlive(it, Theirs)
	}
	return outcome{}
}

// count notes a row that was there or not, and is.
func (c *Counts) count(was, is, edited bool) {
	switch {
	case !was && is:
		c.Added++
	case was && !is:
		c.Deleted++
	case was && edited:
		c.Changed++
	}
}

// outlive merges a row that the other side deleted.
func (m *merger) outlive(it *item, side Side) (out outcome) {
	if m.edited(side) {
		m.clash(Delete, it, nil)
		if side == m.winner {
			return m.join(it)
		}
	}
	m.result.Merged.count(it.in(Ours), false, false)
	if comments := m.comments(it, side); !bytes.Equal(comments, m.comments(it, Base)) {
		out.comments = comments // somebody has written them since
	}
	return out
}

// join merges what the sides have of a row that stays.
func (m *merger) join(it *item) outcome {
	ours := m.cells[Ours]
	cells, clashing, alike := m.mergeCells()
	clashing = append(clashing, m.setAndDropped(it)...)
	whole := m.options.Rows && !alike && m.edited(Ours) && m.edited(Theirs)
	if whole {
		loser := m.winner.other()
		m.cells[loser] = m.cells[loser][:0]
		cells, _, _ = m.mergeCells()
		clashing = nil
	}
	if whole || len(clashing) > 0 {
		kind := Update
		if !it.in(Base) && it.in(Ours) && it.in(Theirs) {
			kind = Insert
		}
		m.clash(kind, it, clashing)
	}
	m.result.Merged.count(it.in(Ours), true, m.changes(cells, ours))
	out := m.around(it)
	out.body, _ = splitEOL(m.record(it, cells))
	return out
}

// setAndDropped returns the columns in which one side set the cell of a row, while the other dropped the column.
func (m *merger) setAndDropped(it *item) (list []int) {
	for _, d := range m.columns.dropped {
		if m.sets(d) && (it.in(d.keeper.other()) || !it.in(Base)) {
			list = append(list, d.column)
		}
	}
	return list
}

// changes reports whether merged cells are others than those of ours. A cell that is not there is empty.
func (m *merger) changes(cells, ours [][]byte) bool {
	for i, column := range m.columns.merged {
		var was []byte
		if at := m.columns.at[Ours][column]; at >= 0 && len(ours) > 0 {
			was = ours[at]
		}
		if !bytes.Equal(was, cells[i]) {
			return true
		}
	}
	return false
}

// record returns a record of the merged cells: the bytes of a side that has them so, else those of a side with its
// cells replaced.
func (m *merger) record(it *item, cells [][]byte) []byte {
	like := Base
	for _, side := range m.preferred(it) {
		if m.columns.same[side] && m.has(side) {
			if slices.EqualFunc(cells, m.cells[side], bytes.Equal) {
				return m.row(it, side)
			}
			if like == Base {
				like = side
			}
		}
	}
	if like == Base {
		return row.AppendRecord(nil, cells, "")
	}
	var edits []row.Edit
	for i, cell := range cells {
		if !bytes.Equal(cell, m.cells[like][i]) {
			edits = append(edits, row.Edit{Column: i, Value: cell})
		}
	}
	if len(edits) > fewEdits {
		return row.AppendRecord(nil, cells, "")
	}
	record, _ := row.Replace(nil, m.row(it, like), edits)
	return record
}

// fewEdits is how many cells are replaced one by one, which takes time proportional to the row for each.
const fewEdits = 64

// preferred returns the sides, first the one whose bytes of a record to take where both have the same cells: that which
// changed them, else ours.
func (m *merger) preferred(it *item) [2]Side {
	if it.in(Base) && it.in(Ours) {
		was, _ := splitEOL(m.row(it, Base))
		if is, _ := splitEOL(m.row(it, Ours)); bytes.Equal(was, is) {
			return [2]Side{Theirs, Ours}
		}
	}
	return [2]Side{Ours, Theirs}
}
