package table

import (
	"bytes"
	"io"
	"slices"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

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
		b, err := s.peek(begin, read)
		if err != nil || holdsNewlines(b) {
			return false, err
		}
	}
	return true, nil
}

// lineEnd returns where the line that holds the byte at an offset ends.
func lineEnd(s text, off int64) (int64, error) {
	for off < s.size {
		b, err := s.peek(off, min(off+512, s.size))
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
