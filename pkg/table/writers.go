package table

import (
	"slices"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// writers returns a function that says which version last wrote a row after version base, on the way to head; no key is the
// header's. A row that a merge brought in was written by the version merged. Where nobody can tell it is head.
func (t *Table) writers(head verlog.Line, base stamp.ID, x *index, key []string) (func(key []byte) verlog.Line, error) {
	byKey, header := map[string]verlog.Line{}, head
	err := t.walkFrom(head.ID, base, x, key, func(l verlog.Line, c *Changes) {
		if l.Parent == base && base != 0 {
			return // it brought in what base wrote
		}
		for _, r := range c.Rows {
			byKey[string(r.Key)] = x.author(l)
		}
		if !slices.Equal(c.OldColumns, c.NewColumns) {
			header = x.author(l)
		}
	})
	writer := func(key []byte) verlog.Line {
		if key == nil {
			return header
		}
		if l, ok := byKey[string(key)]; ok {
			return l
		}
		return head
	}
	return writer, unlessDamage(err)
}

// walkFrom visits the versions on the way to head that are newer than base, oldest first.
func (t *Table) walkFrom(head, base stamp.ID, x *index, key []string, visit func(verlog.Line, *Changes)) error {
	var lines []verlog.Line // newest first
	from := stamp.ID(0)
	for _, l := range x.ancestry(head) {
		if from = l.ID; l.ID <= base {
			break
		}
		lines = append(lines, l)
	}
	text, err := t.contentOrEmpty(from, x)
	if err != nil {
		return err
	}
	deltas, err := t.deltasOf(lines, x)
	if err != nil {
		return err
	}
	w := walker{key: key, plain: true}
	if err := w.start(memory(text)); err != nil {
		return err
	}
	for i, d := range slices.Backward(deltas) {
		var c *Changes
		if d.IsSnapshot() {
			c, err = w.jump(memory(d.Extra))
		} else {
			c, err = w.next(d)
		}
		if err != nil {
			return t.inVersion(lines[i].ID, err)
		}
		visit(lines[i], c)
	}
	return nil
}

// deltasOf reads the deltas of versions, in their order.
func (t *Table) deltasOf(lines []verlog.Line, x *index) ([]*delta.Delta, error) {
	deltas := make([]*delta.Delta, 0, len(lines))
	packed := t.openPack()
	for len(deltas) < len(lines) {
		links, err := t.readLinks(lines[len(deltas):], x, packed) // as far as the next snapshot
		if err != nil {
			return nil, err
		}
		for _, l := range links {
			deltas = append(deltas, l.delta)
		}
	}
	return deltas, nil
}
