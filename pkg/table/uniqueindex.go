package table

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/zeebo/xxh3"

	rowindex "github.com/reedbase/reedbase/pkg/index"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/schema"
)

// Whether another row of a large table holds a value is asked of an index in the cache, one for each set of columns whose values no
// two rows share. It is like that of the keys: it follows the changes of the text when it is asked the next time, and what it says is
// looked at before it is believed.

// uniqueIndex is the open index of a set of columns.
type uniqueIndex struct {
	m   *rowindex.Map
	v   *schema.Validator
	set schema.Set
	c   text
}

// openUnique opens the index of a set of columns for the head, made when there is none; nil where there is none to have.
func (s *Session) openUnique(head *Content, columns []string, v *schema.Validator, set schema.Set) *uniqueIndex {
	t := s.t
	if t.opt.Cache == nil || len(s.staged) > 0 || s.v.state != Clean || head.Size < minIndexed {
		return nil
	}
	u := &uniqueIndex{v: v, set: set, c: text{ReaderAt: head, size: head.Size}}
	name, version := uniqueName(t.name, columns, set), textVersion(s.Head(), head.Size, v.Of(set, int(ofColumns(columns, set.Columns...))))
	if u.m = rowindex.Open(t.opt.Cache, name, version, true); u.m != nil && u.m.At() != version && !u.follow(s, name, version) {
		if u.m != nil {
			u.m.Close()
		}
		u.m = nil
	}
	if u.m != nil {
		return u
	}
	lines, err := countLines(u.c)
	if err != nil {
		return nil
	}
	built, err := rowindex.Build(t.opt.Cache, name, version, u.c, u.value, lines, min(t.indexSize(), t.indexMemory()))
	if err != nil || !built {
		return nil
	}
	if u.m = rowindex.Open(t.opt.Cache, name, version, true); u.m == nil {
		return nil
	}
	return u
}

// uniqueName names the file of an index. No table has a capital letter in its name.
func uniqueName(table string, columns []string, set schema.Set) string {
	cells := make([][]byte, len(set.Columns))
	for i, at := range set.Columns {
		cells[i] = []byte(columns[at])
	}
	return table + ".U" + strconv.FormatUint(xxh3.Hash(row.AppendRecord(nil, cells, "")), 16)
}

// follow brings an index up to date that is behind.
func (u *uniqueIndex) follow(s *Session, name string, to rowindex.Version) bool {
	moves, _ := s.t.movesSince(u.m.At(), s.Head(), u.c, u.m.Plain())
	if moves == nil {
		return false
	}
	change, err := moves.keyed(true, func(record []byte, add func([]byte)) error {
		add(u.value(record))
		return nil
	})
	if err != nil {
		return false
	}
	if u.m.Follow(to, change) {
		return u.m.Flush()
	}
	if !u.m.Compact(s.t.opt.Cache, name) {
		return false
	}
	u.m.Close()
	u.m = rowindex.Open(s.t.opt.Cache, name, to, true)
	return u.m != nil && u.m.At() == to
}

// value returns what is looked up to find a record. One without a value is spread over the index by its text.
func (u *uniqueIndex) value(record []byte) []byte {
	record = trimEOL(record)
	if key, ok := u.v.Key(nil, record, u.set); ok {
		return key
	}
	return record
}

// find returns where a record begins that holds a value and is none of those touched; 0 when there is none. It is sure of that, or
// says that it is not.
func (u *uniqueIndex) find(key []byte, touched map[int64]bool) (at int64, sure bool) {
	places, sure := u.m.Find(key)
	slices.Sort(places)
	for _, place := range places {
		if touched[place] || place <= 0 || place >= u.c.size {
			continue
		}
		record, err := row.RecordAt(u.c, u.c.size, place)
		if err != nil {
			return 0, false
		}
		if held, ok := u.v.Key(nil, trimEOL(record), u.set); ok && bytes.Equal(held, key) {
			return place, true
		}
	}
	return 0, sure
}
