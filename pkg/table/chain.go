package table

import (
	"io"
	"slices"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// link is one delta of a chain, parsed.
type link struct {
	line  verlog.Line
	delta *delta.Delta
}

// chain is how a version's text is made: the text of an older version, its root, and the deltas from there, newest first.
type chain struct {
	root  verlog.Line
	base  *Content
	links []link
}

// composed is the text of a version as pieces over the root's text.
type composed struct {
	text *delta.Text
	base *Content
}

func (c *composed) close() { c.base.Close() }

// content returns the text of version id, checked against its hash. Lines may be nil: then the log is read.
func (t *Table) content(id stamp.ID, x *index) (c *Content, err error) {
	if x == nil {
		lines, err := t.readLines()
		if err != nil {
			return nil, err
		}
		x = indexOf(lines)
	}
	err = t.patiently(x, func(x *index) error {
		line, ok := x.line(id)
		if !ok {
			return fault.New(fault.NotFound, "table %q has no version %s", t.name, id)
		}
		c, err = t.render(line, x, true)
		if fault.KindOf(err) == fault.Corrupt {
			// A cached base is derived and may be what is wrong: once more from the deltas alone.
			if again, err2 := t.render(line, x, false); err2 == nil {
				c, err = again, nil
			}
		}
		return err
	})
	return c, err
}

// folds is how often a read is begun anew because what it needs was folded away meanwhile.
const folds = 8

// patiently runs read, which takes no lock, and again when deltas that it needs are gone and the log has grown since: they
// were folded into a snapshot, which the log names by now.
func (t *Table) patiently(x *index, read func(x *index) error) error {
	for range folds {
		err := read(x)
		if kind := fault.KindOf(err); kind != fault.Corrupt && kind != fault.NotFound {
			return err
		}
		lines, err2 := t.readLines()
		if err2 != nil || len(lines) == len(x.lines) {
			return err
		}
		x = indexOf(lines)
	}
	return read(x)
}

func (t *Table) render(line verlog.Line, x *index, cached bool) (*Content, error) {
	c, err := t.compose(line.ID, x, cached)
	if err != nil {
		return nil, err
	}
	defer c.close()
	if c.whole() && c.base.unmap != nil {
		base := *c.base // its hash was checked when it was opened
		c.base.unmap = nil
		return &base, nil
	}
	text, err := c.bytes()
	if err != nil {
		return nil, err
	}
	if verlog.Sum(text) != line.Hash {
		return nil, fault.New(fault.Corrupt, "table %q: version %s does not have the content its line in %s names", t.name, line.ID, logFile)
	}
	return memory(text), nil
}

// whole reports whether the text is its base, unchanged.
func (c *composed) whole() bool {
	p := c.text.Pieces()
	return len(p) == 0 && c.base.Size == 0 || len(p) == 1 && p[0].Src == nil && p[0].Off == 0 && p[0].N == c.base.Size
}

func (c *composed) bytes() ([]byte, error) {
	text := durable.Buffer(c.text.Size())
	_, err := c.reader().ReadAt(text, 0)
	if err == io.EOF {
		err = nil
	}
	return text, err
}

func (c *composed) reader() io.ReaderAt { return c.text.Reader(c.base) }

// compose composes the chain of version id. Nothing of the text is touched; damage is named with its file.
func (t *Table) compose(id stamp.ID, x *index, cached bool) (*composed, error) {
	ch, err := t.chain(id, x, cached)
	if err != nil {
		return nil, err
	}
	c := &composed{text: delta.NewText(ch.base.Size), base: ch.base}
	for i := len(ch.links) - 1; i >= 0; i-- {
		if err := c.text.Apply(ch.links[i].delta); err != nil {
			c.close()
			return nil, fault.New(fault.Corrupt, "%s: %w", t.dir.Path(deltaName(ch.links[i].line.ID)), err)
		}
	}
	return c, nil
}

// Chain returns the names of the delta files that make the content of version id from nothing, in the order in which they
// apply.
func (t *Table) Chain(id stamp.ID) ([]string, error) {
	lines, err := t.readLines()
	if err != nil {
		return nil, err
	}
	ch, err := t.chain(id, indexOf(lines), false)
	if err != nil {
		return nil, err
	}
	defer ch.base.Close()
	names := []string{deltaName(ch.root.ID)}
	for _, l := range slices.Backward(ch.links) {
		names = append(names, deltaName(l.line.ID))
	}
	return names, nil
}

// chainBatch deltas are read at a time: enough to keep both cores busy, few beyond a snapshot.
const chainBatch = 256

// chain reads the deltas from version id back to the nearest snapshot, or to a version whose text the cache holds.
func (t *Table) chain(id stamp.ID, x *index, cached bool) (*chain, error) {
	ch, packed := &chain{}, &pack{}
	bases := map[stamp.ID]bool{}
	if cached {
		packed, bases = t.openPack(), t.bases()
		defer func() { t.keepPack(packed, ch.links) }()
	}
	for at := id; ; {
		var batch []verlog.Line
		for len(batch) < chainBatch && at != 0 && ch.base == nil {
			line, ok := x.line(at)
			if !ok {
				return nil, fault.New(fault.Corrupt, "table %q: version %s is the base of another but not in %s", t.name, at, logFile)
			}
			if bases[at] {
				if ch.base = t.openBase(line); ch.base != nil {
					ch.root = line
					break
				}
			}
			if snap, ok := x.folded[at]; ok {
				line, _ = x.line(snap)
			}
			batch = append(batch, line)
			if at = line.Base; x.origin(line) == at {
				at = 0
			}
			if at >= line.ID {
				return nil, fault.New(fault.Corrupt, "table %q: version %s is made from %s, which is not older", t.name, line.ID, at)
			}
		}
		done, err := t.extend(ch, batch, x, packed)
		if done || err != nil {
			return ch, err
		}
		if at == 0 {
			return nil, fault.New(fault.Corrupt, "table %q: the oldest delta, of version %s, is no snapshot", t.name, ch.links[len(ch.links)-1].line.ID)
		}
	}
}

// extend reads more deltas of the chain; done says that it has reached its root.
func (t *Table) extend(ch *chain, batch []verlog.Line, x *index, packed *pack) (done bool, err error) {
	links, err := t.readLinks(batch, x, packed)
	if err != nil {
		if ch.base != nil {
			ch.base.Close()
		}
		return false, err
	}
	for _, l := range links {
		if l.delta.IsSnapshot() {
			if ch.base != nil {
				ch.base.Close()
			}
			ch.root, ch.base = l.line, memory(l.delta.Extra)
			return true, nil
		}
		ch.links = append(ch.links, l)
	}
	return ch.base != nil, nil
}
