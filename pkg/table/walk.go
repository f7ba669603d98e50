package table

import (
	"bytes"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// step is one version of a walk and the rows it changed.
type step struct {
	line    verlog.Line
	author  verlog.Line // the version that made the changes: the one that line merged, or line itself
	side    bool        // line is a side version, and the changes are those of its base
	changes *Changes    // nil for the first version, whose text first is
	first   *Content
}

// walk visits the versions that lead to the head, oldest readable first, with the rows that each changed. With sides it also
// visits the side versions that can be read, each before the merge that joins it.
func (t *Table) walk(sides bool, x *index, key []string, visit func(step) error) error {
	var segments []*chain
	drop := func() {
		for _, ch := range segments {
			ch.base.Close()
		}
	}
	defer func() { drop() }()
	err := t.patiently(x, func(fresh *index) (err error) {
		drop()
		x = fresh
		head, _ := verlog.Head(x.lines)
		segments, err = t.segments(head.ID, x)
		return err
	})
	if err != nil {
		return err
	}
	w := walker{key: key, plain: true}
	if sides {
		w.bases = basesOf(x)
	}
	for i := len(segments) - 1; i >= 0; i-- {
		if err := t.walkSegment(&w, segments[i], x, visit); err != nil {
			return err
		}
	}
	return nil
}

// segments are the chains that lead to id, newest first: each goes back to a snapshot, and the next is the one that
// leads to that snapshot's base. They end at the first version, or where older ones were folded away; versions that were
// lost before a recovery are passed over.
func (t *Table) segments(id stamp.ID, x *index) ([]*chain, error) {
	var list []*chain
	for id != 0 {
		ch, err := t.chain(id, x, true)
		if err != nil {
			if len(list) > 0 && fault.KindOf(err) == fault.NotFound {
				err = nil
			}
			return list, err
		}
		list = append(list, ch)
		id = ch.root.Base
		switch {
		case ch.root.Action == verlog.Compact:
			return list, nil
		case x.origin(ch.root) != ch.root.ID:
			saved, _ := x.line(id)
			id = saved.Base
		}
		if id <= x.repaired {
			if id, err = t.readable(id, x); err != nil {
				return list, err
			}
		}
		if id >= ch.root.ID {
			return list, fault.New(fault.Corrupt, "table %q: version %s is made from %s, which is not older", t.name, ch.root.ID, id)
		}
	}
	return list, nil
}

// readable returns the newest version from id back by first parents whose deltas are all there, or 0.
func (t *Table) readable(id stamp.ID, x *index) (stamp.ID, error) {
	for _, l := range x.ancestry(id) {
		if snap, ok := x.folded[l.ID]; ok {
			l, _ = x.line(snap)
		}
		d, err := t.readDelta(l)
		if err := unlessDamage(err); err != nil {
			return 0, err
		}
		if err != nil {
			id = l.Base
		} else if d.IsSnapshot() {
			return id, nil
		}
	}
	return 0, nil
}

func (t *Table) walkSegment(w *walker, ch *chain, x *index, visit func(step) error) error {
	root := x.named(ch.root)
	if err := t.walkSide(w, root, x, visit); err != nil {
		return err
	}
	s := step{line: root, author: x.author(root), first: ch.base}
	var err error
	if w.was.ReaderAt != nil {
		s.first = nil
		s.changes, err = w.jump(ch.base)
	} else {
		err = w.start(ch.base)
	}
	if err != nil {
		return t.inVersion(ch.root.ID, err)
	}
	if err := visit(s); err != nil {
		return err
	}
	w.keep(root.ID)
	for i := len(ch.links) - 1; i >= 0; i-- {
		line := ch.links[i].line
		if err := t.walkSide(w, line, x, visit); err != nil {
			return err
		}
		changes, err := w.next(ch.links[i].delta)
		if err != nil {
			return t.inVersion(line.ID, err)
		}
		if err := visit(step{line: line, author: x.author(line), changes: changes}); err != nil {
			return err
		}
		w.keep(line.ID)
	}
	return nil
}

// walkSide visits the side version that line joins, where that is asked for and its base was seen on the walk.
func (t *Table) walkSide(w *walker, line verlog.Line, x *index, visit func(step) error) error {
	side, ok := x.line(line.Parent)
	if line.Parent == 0 || !ok || w.bases == nil {
		return nil
	}
	at := w.take(side.Base)
	if at == nil {
		return nil
	}
	d, err := t.readDelta(side)
	if err != nil {
		return unlessDamage(err) // folded away, or for fsck to name
	}
	var changes *Changes
	if d.IsSnapshot() {
		changes, err = at.jump(memory(d.Extra))
	} else {
		changes, err = at.next(d)
	}
	if err != nil {
		return t.inVersion(side.ID, err)
	}
	if n := w.bases[side.ID]; n > 0 {
		w.kept[side.ID] = at
	}
	return visit(step{line: side, author: side, side: true, changes: changes})
}

// basesOf returns how many side versions are made from each version.
func basesOf(x *index) map[stamp.ID]int {
	bases := map[stamp.ID]int{}
	for id := range sidesOf(x.lines) {
		if l, ok := x.line(id); ok {
			bases[l.Base]++
		}
	}
	return bases
}

func (t *Table) inVersion(id stamp.ID, err error) error {
	return fault.New(fault.KindOf(err), "table %q, version %s: %w", t.name, id, err)
}

// walker holds the text between two steps.
type walker struct {
	text   *delta.Text
	base   *Content
	was    text
	key    []string
	plain  bool // no cell seen so far holds a newline
	quoted bool // a quote has been seen

	bases map[stamp.ID]int     // how many side versions to come are made from a version; nil when they are not asked for
	kept  map[stamp.ID]*walker // at such versions
}

// keep remembers the text of version id, where the walk is, if a side version to come is made from it.
func (w *walker) keep(id stamp.ID) {
	if w.bases[id] == 0 {
		return
	}
	if w.kept == nil {
		w.kept = map[stamp.ID]*walker{}
	}
	w.kept[id] = w.clone()
}

// take returns a walker at version id, nil when the walk did not come there. It is forgotten once no other will ask.
func (w *walker) take(id stamp.ID) *walker {
	at := w.kept[id]
	if w.bases[id]--; w.bases[id] <= 0 || at == nil {
		delete(w.kept, id)
		return at
	}
	return at.clone()
}

func (w *walker) clone() *walker {
	c := *w
	c.text, c.bases, c.kept = w.text.Clone(), nil, nil
	return &c
}

// start takes base for the text so far.
func (w *walker) start(base *Content) error {
	b, err := base.Bytes()
	if err != nil {
		return err
	}
	w.text, w.base = delta.NewText(base.Size), memory(b)
	w.plain, w.quoted = w.plain && !holdsNewlines(b), w.quoted || bytes.IndexByte(b, '"') >= 0
	w.was, err = memoryText(b).withHeader()
	w.was.room = make([]byte, 4<<10)
	return err
}

// jump goes to a text that shares nothing with the one before.
func (w *walker) jump(base *Content) (*Changes, error) {
	old, err := w.was.read(0, w.was.size)
	if err != nil {
		return nil, err
	}
	if err := w.start(base); err != nil {
		return nil, err
	}
	return compareBytes(old, w.base.bytes, delta.Diff(old, w.base.bytes).Ops, w.key)
}

// next applies d and returns the rows that it changes.
func (w *walker) next(d *delta.Delta) (*Changes, error) {
	if err := w.text.Apply(d); err != nil {
		return nil, err
	}
	is := text{ReaderAt: w.text.Reader(w.base), size: w.text.Size(), room: w.was.room}
	w.quoted = w.quoted || bytes.IndexByte(d.Extra, '"') >= 0
	if len(d.Ops) > 0 && d.Ops[0].Off == 0 && d.Ops[0].N > w.was.headed {
		is.header, is.headed = w.was.header, w.was.headed
	}
	is, err := is.withHeader()
	if err != nil {
		return nil, err
	}
	if w.plain && w.quoted {
		if w.plain, err = staysPlain(is, d.Ops); err != nil {
			return nil, err
		}
	}
	c, err := compare(w.was, is, d.Ops, w.key, w.plain)
	w.was = is
	return c, err
}
