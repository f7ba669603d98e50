package table

import (
	"bytes"
	"io"
	"slices"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// ancestry returns the versions from id back to the first, newest first, by first parents. Lines with a missing base
// end it: they are damage that fsck names.
func (x *index) ancestry(id stamp.ID) []verlog.Line {
	var list []verlog.Line
	for len(list) <= len(x.lines) {
		l, ok := x.line(id)
		if !ok {
			break
		}
		list = append(list, l)
		id = l.Base
	}
	return list
}

// step is one version of a walk and the rows it changed.
type step struct {
	line    verlog.Line
	changes *Changes // nil for the first version, whose text first is
	first   *Content
}

// walk visits the versions that lead to the head, oldest readable first, with the rows that each changed.
func (t *Table) walk(x *index, key []string, visit func(step) error) error {
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
			id = t.readable(id, x)
		}
		if id >= ch.root.ID {
			return list, fault.New(fault.Corrupt, "table %q: version %s is made from %s, which is not older", t.name, ch.root.ID, id)
		}
	}
	return list, nil
}

// readable returns the newest version from id back by first parents whose deltas are all there, or 0.
func (t *Table) readable(id stamp.ID, x *index) stamp.ID {
	for _, l := range x.ancestry(id) {
		if snap, ok := x.folded[l.ID]; ok {
			l, _ = x.line(snap)
		}
		d, err := t.readDelta(l)
		if err != nil {
			id = l.Base
		} else if d.IsSnapshot() {
			return id
		}
	}
	return 0
}

// named returns the line of the version whose content l's snapshot has.
func (x *index) named(l verlog.Line) verlog.Line {
	named, _ := x.line(x.origin(l))
	return named
}

func (t *Table) walkSegment(w *walker, ch *chain, x *index, visit func(step) error) error {
	s := step{line: x.named(ch.root), first: ch.base}
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
	for i := len(ch.links) - 1; i >= 0; i-- {
		changes, err := w.next(ch.links[i].delta)
		if err != nil {
			return t.inVersion(ch.links[i].line.ID, err)
		}
		if err := visit(step{line: ch.links[i].line, changes: changes}); err != nil {
			return err
		}
	}
	return nil
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
	is := text{ReaderAt: w.text.Reader(w.base), size: w.text.Size()}
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

// between returns the delta from version a to version b, composed, when a leads to b without a snapshot on the way.
func (t *Table) between(a, b stamp.ID, x *index) (*delta.Text, bool) {
	var lines []verlog.Line
	for _, l := range x.ancestry(b) {
		if l.ID == a {
			return t.composeOver(lines, x)
		}
		if l.Action == verlog.Compact {
			return nil, false
		}
		lines = append(lines, l)
	}
	return nil, false
}

func (t *Table) composeOver(lines []verlog.Line, x *index) (*delta.Text, bool) {
	links, err := t.readLinks(lines, x, t.openPack())
	if err != nil || len(links) < len(lines) || len(links) == 0 || links[len(links)-1].delta.IsSnapshot() {
		return nil, false
	}
	d := delta.NewText(links[len(links)-1].delta.BaseSize)
	for i := len(links) - 1; i >= 0; i-- {
		if d.Apply(links[i].delta) != nil {
			return nil, false
		}
	}
	return d, true
}

// opsOf returns a composition as operations.
func opsOf(t *delta.Text) []delta.Op {
	ops := make([]delta.Op, 0, len(t.Pieces()))
	for _, p := range t.Pieces() {
		if p.Src != nil {
			ops = append(ops, delta.Op{Off: -1, N: p.N})
		} else {
			ops = append(ops, delta.Op{Off: p.Off, N: p.N})
		}
	}
	return ops
}

// Diff returns the rows that differ between two versions. To 0 is the table as it stands, edits by hand included; a
// from of 0 is the empty table.
func (t *Table) Diff(from, to stamp.ID) (*Changes, error) {
	lines, err := t.readLines()
	if err != nil {
		return nil, err
	}
	x := indexOf(lines)
	key, err := t.KeyNames()
	if err != nil {
		return nil, err
	}
	var c *Changes
	err = t.patiently(x, func(x *index) error {
		c, err = t.diff(from, to, x, key)
		return err
	})
	return c, err
}

func (t *Table) diff(from, to stamp.ID, x *index, key []string) (*Changes, error) {
	if from != 0 && to != 0 {
		if c, ok, err := t.diffComposed(from, to, x, key); ok || err != nil {
			return c, err
		}
	}
	old, err := t.contentOrEmpty(from, x)
	if err != nil {
		return nil, err
	}
	next, err := t.contentOrHead(to, x)
	if err != nil {
		return nil, err
	}
	if len(next) > 0 {
		if err := checkTable(t.dir.Path(currentFile), next, key); to == 0 && err != nil {
			return nil, err
		}
	}
	return compareBytes(old, next, delta.Diff(old, next).Ops, key)
}

// diffComposed answers from the deltas alone, where from leads to to: only the parts that differ are read.
func (t *Table) diffComposed(from, to stamp.ID, x *index, key []string) (*Changes, bool, error) {
	d, ok := t.between(from, to, x)
	if !ok {
		return nil, false, nil
	}
	c, err := t.compose(from, x, true)
	if err != nil {
		return nil, false, err
	}
	defer c.close()
	old := text{ReaderAt: c.reader(), size: c.text.Size()}
	next := text{ReaderAt: d.Reader(old), size: d.Size()}
	plain, err := c.plain(old, next, d)
	if err != nil {
		return nil, false, err
	}
	changes, err := compare(old, next, opsOf(d), key, plain)
	return changes, true, err
}

// plain reports whether surely no cell of old, which is c's text, and of next, which d makes of it, holds a newline.
func (c *composed) plain(old, next text, d *delta.Text) (bool, error) {
	b, err := c.base.Bytes()
	if err != nil || holdsNewlines(b) {
		return false, err
	}
	quoted := bytes.IndexByte(b, '"') >= 0
	for _, p := range slices.Concat(c.text.Pieces(), d.Pieces()) {
		quoted = quoted || bytes.IndexByte(p.Src, '"') >= 0
	}
	if !quoted {
		return true, nil
	}
	if plain, err := staysPlain(old, opsOf(c.text)); err != nil || !plain {
		return false, err
	}
	return staysPlain(next, opsOf(d))
}

// staysPlain reports whether surely no cell of s holds a newline, when none does in the text that the operations make s from. A
// quote or a newline that comes or goes can join lines that were rows: all lines that the operations begin, end or hold anew
// are read.
func staysPlain(s text, ops []delta.Op) (bool, error) {
	at, read := int64(0), int64(0)
	for _, op := range append(slices.Clip(ops), delta.Op{}) {
		from, to := at, at
		if at += op.N; op.Off < 0 {
			to = at
		}
		begin, err := lastNewline(s, read, max(from-1, read))
		if err != nil {
			return false, err
		}
		if read, err = lineEnd(s, max(to, begin)); err != nil {
			return false, err
		}
		b, err := s.read(begin, read)
		if err != nil || holdsNewlines(b) {
			return false, err
		}
	}
	return true, nil
}

// lineEnd returns where the line that holds the byte at an offset ends.
func lineEnd(s text, off int64) (int64, error) {
	for off < s.size {
		b, err := s.read(off, min(off+512, s.size))
		if err != nil {
			return 0, err
		}
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			return off + int64(i) + 1, nil
		}
		off += int64(len(b))
	}
	return s.size, nil
}

func (t *Table) contentOrEmpty(id stamp.ID, x *index) ([]byte, error) {
	if id == 0 {
		return nil, nil
	}
	c, err := t.content(id, x)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	b, err := c.Bytes()
	if c.unmap != nil {
		b = bytes.Clone(b)
	}
	return b, err
}

func (t *Table) contentOrHead(id stamp.ID, x *index) ([]byte, error) {
	if id != 0 {
		return t.contentOrEmpty(id, x)
	}
	c, err := t.Read()
	if err != nil {
		return nil, err
	}
	defer c.Close()
	b, err := c.Bytes()
	if err == io.EOF {
		err = nil
	}
	return b, err
}
