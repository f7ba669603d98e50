package merge

import (
	"slices"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/row"
)

// run is a part of a side's text: one row or, where base is not negative, all the rows that base has at that offset.
type run struct {
	at   row.Row
	base int
}

// baseEnd returns where the rows end in base.
func (r *run) baseEnd() int { return r.base + r.at.End - r.at.Start }

// outline is what a side's text is made of, in order.
type outline struct {
	runs []run
	kept []run // those with base, in the order of base
}

// outlineOf compares a side with base and reads what is not copied from there row by row. It sets the side's tail.
func outlineOf(base, side *text) (outline, error) {
	o := outliner{base: base, side: side, at: side.header.End}
	if slices.Equal(base.columns, side.columns) {
		made := 0
		for _, op := range delta.Diff(base.bytes, side.bytes).Ops {
			if op.Off >= 0 {
				if err := o.copied(int(op.Off), made, int(op.N)); err != nil {
					return o.outline, err
				}
			}
			made += int(op.N)
		}
	}
	for o.at < len(side.bytes) {
		if err := o.next(); err != nil {
			return o.outline, err
		}
	}
	slices.SortFunc(o.kept, func(a, b run) int { return a.base - b.base })
	for i := 1; i < len(o.kept); i++ {
		if o.kept[i-1].baseEnd() > o.kept[i].base {
			return o.outline, side.refuse() // a row of base stands there twice
		}
	}
	return o.outline, nil
}

// outliner walks through the text of a side.
type outliner struct {
	base, side *text
	at         int // where the next row of the side begins
	cells      [][]byte
	outline
}

// copied takes up n bytes at made that base has at off: of them the rows that lie between whole, in both texts.
func (o *outliner) copied(off, made, n int) error {
	for o.at < made+n {
		if from := off + o.at - made; o.at >= made && o.base.begins(from) {
			whole := off+n == len(o.base.bytes) && made+n == len(o.side.bytes)
			if end := o.base.lastEnd(from, off+n, whole); end > from {
				kept := run{row.Row{Start: o.at, Body: o.at, End: o.at + end - from}, from}
				o.runs, o.kept = append(o.runs, kept), append(o.kept, kept)
				o.at = kept.at.End
			}
			return nil
		}
		if err := o.next(); err != nil {
			return err
		}
	}
	return nil
}

// next reads a row of the side.
func (o *outliner) next() error {
	r, err := row.Next(o.side.bytes, o.at)
	if err != nil || !o.side.valid(r) {
		return o.side.refuse()
	}
	o.at = r.End
	if r.Body == r.End {
		o.side.tail = r
		return nil
	}
	if !o.side.fits(r, &o.cells) {
		return o.side.refuse()
	}
	o.runs = append(o.runs, run{r, -1})
	return nil
}
