// Package merge owns the three-way merge of tables: two texts that were made of one base become one again, row by row and
// cell by cell, with what clashes as values. It must never know files, versions, or who wrote what.
package merge

import (
	"hash/maphash"
	"io"
	"sync"

	"github.com/reedbase/reedbase/pkg/delta"
)

// Side is one of the three texts of a merge.
type Side int

// The three texts: that which the two others were made of, and those two.
const (
	Base Side = iota
	Ours
	Theirs
)

// String returns the side's name: base, ours or theirs.
func (s Side) String() string { return [...]string{"base", "ours", "theirs"}[s] }

// other returns the other of ours and theirs.
func (s Side) other() Side { return Ours + Theirs - s }

// Options say how to merge. The zero value merges cells of rows that the first column names.
type Options struct {
	// Key names the columns that name a row; none means the first column of base, or of ours where base is empty.
	Key []string
	// Rows makes a conflict of a row that both sides changed, even where they changed different cells.
	Rows bool
	// Favor is the side whose value stands where the two clash. Any but Theirs means Ours.
	Favor Side
	// Sound promises that base has passed row.Check with this key. It is then read only where somebody changed it.
	Sound bool
}

// Counts are numbers of rows that one text has and another has not, or has with other cells. A column that is dropped
// changes no row.
type Counts struct{ Added, Changed, Deleted int }

// Result is a merged table and what there is to say of it.
type Result struct {
	Delta     *delta.Delta // makes the merged text of ours; it does not alias ours
	Columns   []string     // of the merged text
	Sides     [3][]string  // the columns of the three texts
	Conflicts []Conflict   // the header's, then those of rows in the order of base, rows that base has not last
	Ours      Counts       // what ours changed in base
	Theirs    Counts       // what theirs changed in base
	Merged    Counts       // what the merge changed in ours

	ours []byte
}

// WriteTo writes the merged text to w.
func (r *Result) WriteTo(w io.Writer) (n int64, err error) {
	extra := r.Delta.Extra
	for _, op := range r.Delta.Ops {
		piece := extra
		if op.Off >= 0 {
			piece = r.ours[op.Off:]
		} else {
			extra = extra[op.N:]
		}
		wrote, err := w.Write(piece[:op.N])
		n += int64(wrote)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// Merge merges ours and theirs, two tables that were made of base, by the rules of rdb-merge(1). An empty base stands for
// no table. The time is linear in the size of the three; rows that nobody changed are not looked at one by one, but for
// the check of base that Options.Sound spares. A text that is no table, or lacks a column of the key, is a *Refused.
func Merge(base, ours, theirs []byte, o Options) (*Result, error) {
	m := &merger{options: o, winner: Ours, seed: maphash.MakeSeed()}
	if o.Favor == Theirs {
		m.winner = Theirs
	}
	var err error
	for side, bytes := range [...][]byte{base, ours, theirs} {
		if m.texts[side], err = open(Side(side), bytes); err != nil {
			return nil, err
		}
	}
	if err := m.findKey(); err != nil {
		return nil, err
	}
	if err := m.align(); err != nil {
		return nil, err
	}
	m.mergeColumns()
	m.result.Delta, m.result.ours = m.write(), ours
	return &m.result, nil
}

// merger is a merge under way.
type merger struct {
	options Options
	winner  Side // whose value stands where the two clash
	texts   [3]*text

	seed   maphash.Seed // random, so that no text can be made of keys that collide
	items  []item       // those of base in its order, then the rows it has not
	inBase int          // how many items are base's
	index  *index       // of the items that are single rows
	order  [3][]int     // the items of each side

	columns columns
	cells   [3][][]byte // of the row at hand
	merged  [][]byte    // the cells it got last
	result  Result
}

// align finds out which rows of the three texts are one and the same.
func (m *merger) align() error {
	base := m.texts[Base]
	long, err := longRecords(base.bytes, base.header.End)
	if err != nil {
		return base.refuse()
	}
	base.long = long
	var outlines [3]outline
	var errs [3]error
	var work sync.WaitGroup
	for _, side := range []Side{Ours, Theirs} {
		work.Go(func() { outlines[side], errs[side] = outlineOf(base, m.texts[side]) })
	}
	known, sound := m.survey()
	work.Wait()
	if !sound {
		return base.refuse()
	}
	for _, side := range []Side{Ours, Theirs} {
		if errs[side] != nil {
			return errs[side]
		}
	}
	m.index = newIndex(len(outlines[Ours].runs)+len(outlines[Theirs].runs), m.hashOf)
	if err := m.baseItems(outlines[Ours], outlines[Theirs]); err != nil {
		return err
	}
	if err := m.sideItems(Ours, outlines[Ours], known); err != nil {
		return err
	}
	return m.sideItems(Theirs, outlines[Theirs], known)
}

// row returns the bytes of an item's record in one text, with its line end; nil where that has none.
func (m *merger) row(it *item, side Side) []byte {
	if !it.in(side) {
		return nil
	}
	return m.texts[side].record(it.at[side])
}
