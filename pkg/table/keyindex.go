package table

import (
	"bytes"

	"github.com/reedbase/reedbase/pkg/delta"
	rowindex "github.com/reedbase/reedbase/pkg/index"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

const (
	defaultIndexSize   = 256 << 20 // bytes of an index, on the disk
	defaultIndexMemory = 512 << 20 // bytes of memory while one is built

	maxCaughtUp  = 256 // versions that an index may be behind
	manyCaughtUp = 16  // from so many on it is written anew, so that the next reader need not go over them
)

// openKeys opens the index of the keys of c, the text of head, and brings it up to date in memory where it is behind; nil
// when there is none of use.
func (t *Table) openKeys(c text, head verlog.Line, columns []string, keyAt []int, writable bool) *rowindex.Map {
	v := textVersion(head, c.size, ofColumns(columns, keyAt...))
	m := rowindex.Open(t.opt.Cache, t.name, v, writable)
	if m == nil || m.At() == v {
		return m
	}
	moves, behind := t.movesSince(m.At(), head, c, m.Plain())
	if moves == nil {
		m.Close()
		return nil
	}
	change, err := moves.keyed(true, keysOf(keyAt))
	if err != nil || !m.Follow(v, change) && !m.Compact(t.opt.Cache, t.name) {
		m.Close()
		return nil
	}
	if behind >= manyCaughtUp && !writable {
		m.Compact(t.opt.Cache, t.name)
	}
	return m
}

// keysOf returns what takes the one key of a record for the index of keys.
func keysOf(keyAt []int) rowindex.Take {
	return func(record []byte, add func([]byte)) error {
		add(row.Key(record, keyAt))
		return nil
	}
}

// movesSince returns what became of the rows from the version at to head, whose text is c, and how many versions lie
// between; nil when that is not known. Plain says that every record of the older text is a line.
func (t *Table) movesSince(at rowindex.Version, head verlog.Line, c text, plain bool) (m *moves, behind int) {
	if !plain || at.ID >= uint64(head.ID) {
		return nil, 0
	}
	lines := t.linesSince(stamp.ID(at.ID), head)
	if len(lines) == 0 || lines[0].Hash != at.Hash {
		return nil, 0
	}
	whole := delta.NewText(at.Size)
	for _, l := range lines[1:] {
		d, err := t.readDelta(l)
		if err != nil || d.IsSnapshot() || whole.Apply(d) != nil {
			return nil, 0
		}
	}
	if whole.Size() != c.size {
		return nil, 0
	}
	m, err := movesOf(c, at.Size, opsOf(whole))
	if err != nil {
		return nil, 0
	}
	return m, len(lines) - 1
}

// linesSince returns the lines from version id to head, each made from the one before; none when they are not so, or too
// many. It reads the end of the log alone where that is enough.
func (t *Table) linesSince(id stamp.ID, head verlog.Line) []verlog.Line {
	const end = 64 << 10
	f, err := t.dir.Open(logFile)
	if err != nil {
		return nil
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() > maxLog {
		return nil
	}
	for _, from := range []int64{max(0, info.Size()-end), 0} {
		b, err := readRange(f, from, info.Size())
		if err != nil {
			return nil
		}
		if from > 0 {
			b = b[bytes.IndexByte(b, '\n')+1:]
		}
		lines, _, err := verlog.Scan(b)
		if err != nil {
			return nil
		}
		if chain := chainTo(indexOf(lines), id, head); chain != nil || from == 0 {
			return chain
		}
	}
	return nil
}

// chainTo returns the lines from version id to head by first parents; nil when they do not lead there.
func chainTo(x *index, id stamp.ID, head verlog.Line) []verlog.Line {
	var back []verlog.Line
	for _, l := range x.ancestry(head.ID) {
		if back = append(back, l); l.ID == id {
			break
		}
		if len(back) > maxCaughtUp {
			return nil
		}
	}
	if len(back) == 0 || back[len(back)-1].ID != id {
		return nil
	}
	chain := make([]verlog.Line, len(back))
	for i, l := range back {
		chain[len(back)-1-i] = l
	}
	return chain
}

// buildKeys makes the index of the keys of c, the text of head. Where it would be larger than is allowed there is none.
func (t *Table) buildKeys(c text, head verlog.Line, columns []string, keyAt []int) error {
	lines, err := countLines(c)
	if err != nil {
		return err
	}
	limit := min(t.indexSize(), t.indexMemory())
	key := func(record []byte) []byte { return row.Key(record, keyAt) }
	_, err = rowindex.Build(t.opt.Cache, t.name, textVersion(head, c.size, ofColumns(columns, keyAt...)), c, key, lines, limit)
	return err
}

// indexSize returns how large an index may be, in bytes.
func (t *Table) indexSize() int64 { return orDefault(t.opt.IndexSize, defaultIndexSize) }

// indexMemory returns how much memory may be taken to build one, in bytes.
func (t *Table) indexMemory() int64 { return orDefault(t.opt.IndexMemory, defaultIndexMemory) }

func orDefault(n, standard int64) int64 {
	if n == 0 {
		return standard
	}
	return max(n, 0)
}

// keepRows brings the indices past what was just published: before is the head that it found, and change what it made of
// its text. Where that cannot be followed, and a row had to be searched for, the index of keys is made anew. It is best
// effort, like all of the cache.
func (s *Session) keepRows(before verlog.Line, change *delta.Delta) {
	if s.t.opt.Cache == nil || s.v.state != Clean || s.v.deleted() || change == nil {
		return
	}
	s.keepTrees(before, change)
	if s.v.stat.Size < minIndexed {
		return
	}
	if err := s.keepKeys(before, change); err != nil {
		rowindex.Drop(s.t.opt.Cache, s.t.name)
	}
}

func (s *Session) keepKeys(before verlog.Line, change *delta.Delta) error {
	if s.keys != nil && !s.searched && s.keys.Flush() {
		return nil
	}
	s.dropKeys()
	c := text{ReaderAt: s.v.current, size: s.v.stat.Size}
	columns, err := c.columns()
	if err != nil {
		return err
	}
	keyAt, err := keyColumns(columns, s.v.key)
	if err != nil {
		return err
	}
	if s.searched {
		return s.t.buildKeys(c, s.v.head(), columns, keyAt)
	}
	v := textVersion(before, change.BaseSize, ofColumns(columns, keyAt...))
	m := rowindex.Open(s.t.opt.Cache, s.t.name, v, true)
	if m == nil {
		return nil
	}
	defer m.Close()
	if moves := s.moved(c, before, change, m.Plain()); m.At() == v && moves != nil {
		entry, err := moves.keyed(m.Plain(), keysOf(keyAt))
		if err != nil {
			return err
		}
		if m.Follow(textVersion(s.v.head(), c.size, v.Of), entry) {
			m.Flush()
		} else if !m.Compact(s.t.opt.Cache, s.t.name) {
			rowindex.Drop(s.t.opt.Cache, s.t.name)
		}
	}
	return nil
}

// moved returns what the published versions did to the rows of the text, which is c now; nil when that is not known.
func (s *Session) moved(c text, before verlog.Line, change *delta.Delta, plain bool) *moves {
	if last := s.staged[len(s.staged)-1]; last.line.Base == before.ID && last.line.ID == s.v.head().ID && last.draft.moved != nil {
		return last.draft.moved
	}
	if !plain || change.IsSnapshot() {
		return nil
	}
	m, err := movesOf(c, change.BaseSize, change.Ops)
	if err != nil {
		return nil
	}
	return m
}

func countLines(c text) (n int64, err error) {
	buf := make([]byte, readSize)
	for at := int64(0); at < c.size; {
		m, err := c.ReadAt(buf[:min(readSize, c.size-at)], at)
		if n += int64(bytes.Count(buf[:m], []byte("\n"))); m == 0 {
			return n, err
		}
		at += int64(m)
	}
	return n, nil
}
