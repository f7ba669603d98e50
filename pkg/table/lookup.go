package table

import (
	"bytes"

	"github.com/zeebo/xxh3"

	rowindex "github.com/reedbase/reedbase/pkg/index"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Most of the time of a small edit of a large table went into the search for its row, as did all of a read of one row. So
// where rows are is kept in the cache, from the first search on: changes follow it, and what it says is looked at before it
// is believed.

// minIndexed is the size of a table from which an index pays, in bytes; a smaller one is searched as fast.
const minIndexed = 512 << 10

// textVersion names the text of l for an index of what of stands for.
func textVersion(l verlog.Line, size int64, of uint64) rowindex.Version {
	return rowindex.Version{ID: uint64(l.ID), Hash: l.Hash, Size: size, Of: of}
}

// ofColumns returns the number that stands for these columns of a header, for an index of them. It differs for another header.
func ofColumns(columns []string, at ...int) uint64 {
	cells := make([][]byte, len(columns))
	for i, name := range columns {
		cells[i] = []byte(name)
	}
	return rowindex.Columns(at, int(xxh3.Hash(row.AppendRecord(nil, cells, ""))))
}

// places opens the index of the head's rows; nil when there is none or it would not pay.
func (s *Session) places(head *Content, columns []string, keyAt []int) *rowindex.Map {
	if !s.asked && len(s.staged) == 0 && s.t.opt.Cache != nil && head.Size >= minIndexed {
		s.keyAt = keyAt
		s.keys = s.t.openKeys(text{ReaderAt: head, size: head.Size}, s.Head(), columns, keyAt, true)
	}
	s.asked = true
	return s.keys
}

// follow brings the index past a version that was staged as the head.
func (s *Session) follow(p staged) {
	m := p.draft.moved
	if s.keys == nil {
		return
	}
	if m != nil && p.draft.Schema == nil {
		c, err := m.keyed(s.keys.Plain(), keysOf(s.keyAt))
		if err == nil && s.keys.Follow(textVersion(p.line, p.draft.Delta.Size, s.keys.At().Of), c) {
			return
		}
	}
	s.dropKeys()
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
	if keys := e.s.places(e.head, e.columns, e.keyAt); keys != nil {
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
	if text := e.head.bytes; text != nil {
		if at, ok, err = row.Find(text, id, e.keyAt); ok {
			record = text[at.Body:at.End]
		}
		return at, record, ok, err
	}
	return row.FindReader(e.read, e.head.Size, id, e.keyAt, nil)
}

// rowAt returns the row at a place of the head if it is that of the key.
func (e *Edit) rowAt(place int64, id []byte) (at row.Row, record []byte, ok bool) {
	record, ok = recordAt(text{ReaderAt: e.head, size: e.head.Size}, place, id, e.keyAt)
	if !ok {
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

// recordAt returns the record that begins at a place behind the header if it is that of the key.
func recordAt(c text, place int64, id []byte, keyAt []int) (record []byte, ok bool) {
	if place <= 0 || place >= c.size {
		return nil, false
	}
	record, err := row.RecordAt(c, c.size, place)
	if err != nil || len(record) == 0 || record[0] == '#' || !bytes.Equal(row.Key(record, keyAt), id) {
		return nil, false
	}
	return record, true
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
