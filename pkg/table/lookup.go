package table

import (
	"bytes"

	rowindex "github.com/reedbase/reedbase/pkg/index"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Most of the time of a small edit of a large table went into the search for its row. So where rows are is kept in the
// cache, from the first search on: edits follow it, and what it says is looked at before it is believed.

const (
	minIndexed = 512 << 10 // bytes of a table; a smaller one is searched as fast
	maxIndex   = 256 << 20 // bytes of an index, on the disk and in memory while it is built; a larger table is searched
)

// moved is what an edit did to the places of rows.
type moved struct {
	splices []rowindex.Splice
	rows    []rowindex.Inserted
}

// indexVersion names the text of l, with the columns of the key in it, for its index.
func indexVersion(l verlog.Line, size int64, keyAt []int) rowindex.Version {
	return rowindex.Version{ID: uint64(l.ID), Hash: l.Hash, Size: size, Key: keyAt}
}

// places opens the index of the head's rows; nil when there is none or it would not pay.
func (s *Session) places(head *Content, keyAt []int) *rowindex.Keys {
	if !s.asked && len(s.staged) == 0 && s.t.opt.Cache != nil && head.Size >= minIndexed {
		s.keys = rowindex.Open(s.t.opt.Cache, s.t.name, indexVersion(s.Head(), head.Size, keyAt), true)
	}
	s.asked = true
	return s.keys
}

// follow brings the index past a version that was staged as the head.
func (s *Session) follow(p staged) {
	m := p.draft.moved
	if s.keys != nil && (m == nil || !s.keys.Follow(indexVersion(p.line, p.draft.Delta.Size, nil), m.splices, m.rows)) {
		s.dropKeys()
	}
}

// dropKeys ends the use of the index, for good in this session.
func (s *Session) dropKeys() {
	if s.keys != nil {
		s.keys.Close()
		s.keys = nil
	}
	s.asked = true
}

// look finds the row of a key in the head.
func (e *Edit) look(id []byte) (at row.Row, record []byte, ok bool, err error) {
	if keys := e.s.places(e.head, e.keyAt); keys != nil {
		places, sure := keys.Find(id)
		for _, place := range places {
			if at, record, ok := e.rowAt(place, id); ok {
				return at, record, true, nil
			}
		}
		if sure && len(places) == 0 {
			return at, nil, false, nil
		}
	}
	if err := e.hurry(); err != nil {
		return at, nil, false, err
	}
	e.s.searched = true
	return row.FindReader(e.read, e.head.Size, id, e.keyAt, nil)
}

// rowAt returns the row at a place of the head if it is that of the key.
func (e *Edit) rowAt(place int64, id []byte) (at row.Row, record []byte, ok bool) {
	if place <= 0 || place >= e.head.Size {
		return at, nil, false
	}
	record, err := row.RecordAt(e.head, e.head.Size, place)
	if err != nil || len(record) == 0 || record[0] == '#' || !bytes.Equal(row.Key(record, e.keyAt), id) {
		return at, nil, false
	}
	before, err := e.lineBefore(place)
	if err != nil || len(before) < 2 || before[len(before)-1] != '\n' {
		return at, nil, false
	}
	// A comment above belongs to the row, but what looks like one may be the end of a quoted cell: a search can tell.
	if before = bytes.TrimRight(before, "\r\n"); len(before) == 0 || before[0] == '#' {
		return at, nil, false
	}
	return row.Row{Start: int(place), Body: int(place), End: int(place) + len(record)}, record, true
}

// lineBefore returns the line that ends at offset at; nil when it is longer than a window.
func (e *Edit) lineBefore(at int64) ([]byte, error) {
	const window = 4 << 10
	from := max(0, at-window)
	b, err := text{ReaderAt: e.head, size: e.head.Size}.read(from, at)
	if err != nil || len(b) == 0 {
		return nil, err
	}
	start := bytes.LastIndexByte(b[:len(b)-1], '\n') + 1
	if start == 0 && from > 0 {
		return nil, nil
	}
	return b[start:], nil
}

// keepRows writes down where the rows of the head are that was just published. Where that is not known, and a row had to be
// searched for, the index is made anew. It is best effort, like all of the cache.
func (s *Session) keepRows() {
	if s.t.opt.Cache == nil || s.v.state != Clean || s.v.deleted() || s.v.stat.Size < minIndexed {
		return
	}
	if s.keys != nil && !s.searched && s.keys.Flush() || !s.searched {
		return
	}
	s.dropKeys()
	if err := s.indexRows(); err != nil {
		rowindex.Drop(s.t.opt.Cache, s.t.name)
	}
}

// indexRows makes the index of the rows of current.csv.
func (s *Session) indexRows() error {
	v := s.v
	c := text{ReaderAt: v.current, size: v.stat.Size}
	columns, err := c.columns()
	if err != nil {
		return err
	}
	keyAt, err := keyColumns(columns, v.key)
	if err != nil {
		return err
	}
	lines, err := countLines(c)
	if err != nil {
		return err
	}
	return rowindex.Build(s.t.opt.Cache, s.t.name, indexVersion(v.head(), c.size, keyAt), c, lines, maxIndex)
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
