package table

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// index finds lines by version, and the snapshots that stand for versions whose deltas were folded away or lost.
type index struct {
	lines    []verlog.Line
	at       map[stamp.ID]int
	folded   map[stamp.ID]stamp.ID // version → the later line whose snapshot has its content
	compact  stamp.ID              // the newest version that was folded; deltas up to it may be gone
	repaired stamp.ID              // the newest version that a recovery saved; deltas up to it may be lost
}

func indexOf(lines []verlog.Line) *index {
	x := &index{lines: lines, at: make(map[stamp.ID]int, len(lines)), folded: map[stamp.ID]stamp.ID{}}
	for i, l := range lines {
		x.at[l.ID] = i
		switch {
		case l.Action == verlog.Compact && l.Base != 0:
			x.folded[l.Base] = l.ID
			x.compact = max(x.compact, l.Base)
		case x.saves(l):
			x.folded[l.Base] = l.ID
			x.repaired = max(x.repaired, l.Base)
		case l.Action == verlog.Rollback && l.User == 0:
			x.repaired = max(x.repaired, l.Base)
		}
	}
	return x
}

// saves reports whether l is what a recovery stores of a head whose own delta is lost: its content, as a snapshot.
func (x *index) saves(l verlog.Line) bool {
	base, ok := x.line(l.Base)
	again := l.Action == verlog.Snapshot || l.Action == verlog.Delete && base.Action == verlog.Delete
	return ok && again && l.Size > 0 && l.Hash == base.Hash
}

// origin returns the version whose content l's delta makes: for a snapshot that stands for an older version that one.
func (x *index) origin(l verlog.Line) stamp.ID {
	if l.Base != 0 && (l.Action == verlog.Compact || x.folded[l.Base] == l.ID) {
		return l.Base
	}
	return l.ID
}

func (x *index) line(id stamp.ID) (verlog.Line, bool) {
	i, ok := x.at[id]
	if !ok {
		return verlog.Line{}, false
	}
	return x.lines[i], true
}

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
	text := make([]byte, c.text.Size())
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

// readLinks reads and parses deltas on all cores, in order; behind the first snapshot nothing need be right.
func (t *Table) readLinks(lines []verlog.Line, x *index, packed *pack) ([]link, error) {
	links, errs := make([]link, len(lines)), make([]error, len(lines))
	workers := min(runtime.GOMAXPROCS(0), len(lines)/4+1)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := len(lines) * w / workers; i < len(lines)*(w+1)/workers; i++ {
				links[i].line = lines[i]
				var ok bool
				if links[i].delta, ok = packed.find(lines[i]); ok {
					continue
				}
				if links[i].delta, errs[i] = t.readDelta(lines[i]); errs[i] != nil {
					return
				}
				if links[i].delta.IsSnapshot() {
					return
				}
			}
		})
	}
	wg.Wait()
	for i := range links {
		if errs[i] != nil {
			return nil, t.explain(errs[i], lines[i], x)
		}
		if links[i].delta.IsSnapshot() {
			return links[:i+1], nil
		}
	}
	return links, nil
}

// explain tells a delta that was folded away, which is as it should be, from one that is missing.
func (t *Table) explain(err error, line verlog.Line, x *index) error {
	if fault.KindOf(err) != fault.NotFound {
		return err
	}
	if x.origin(line) > x.compact {
		return fault.New(fault.Corrupt, "%s is missing: the delta of version %s", t.dir.Path(deltaName(line.ID)), line.ID)
	}
	err = fault.New(fault.NotFound, "table %q: version %s was folded away", t.name, line.ID)
	return fault.WithHint(err, "the oldest version that can be read is %s; 'rdb version:tag' keeps a version for ever", x.compact)
}

// readDelta reads and parses the delta of line's version, and checks that the file is the one the line names: the record
// behind the patch is the line.
func (t *Table) readDelta(line verlog.Line) (*delta.Delta, error) {
	patch, rec, err := t.readPatch(line.ID, line.Size)
	if err != nil {
		return nil, err
	}
	if string(rec) != string(line.Append(nil)) {
		return nil, fault.New(fault.Corrupt, "%s: the line behind the patch is not the version's line in %s", t.dir.Path(deltaName(line.ID)), logFile)
	}
	d, _, err := delta.Parse(patch, nil, delta.AnySize, MaxSize)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.dir.Path(deltaName(line.ID)), err)
	}
	return d, nil
}

// readPatch returns the patch in a version's delta file and the record behind it. A size of -1 accepts any.
func (t *Table) readPatch(id stamp.ID, size int64) (patch, rec []byte, err error) {
	name := deltaName(id)
	limit := size
	if size < 0 {
		limit = MaxSize
	}
	file, err := t.dir.ReadFile(name, limit)
	if err != nil {
		return nil, nil, err
	}
	if size >= 0 && int64(len(file)) != size {
		return nil, nil, fault.New(fault.Corrupt, "%s has %d bytes; its version has %d", t.dir.Path(name), len(file), size)
	}
	patch, rec, err = delta.Unseal(file, MaxSize)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", t.dir.Path(name), err)
	}
	return patch, rec, nil
}
