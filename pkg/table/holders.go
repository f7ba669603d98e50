package table

import (
	"bytes"

	"github.com/reedbase/reedbase/pkg/row"
)

// Holders returns the records of the head whose cell of column has this content, byte for byte, by the table's index of that
// column; one of the kind hash is preferred. Ok is false when there is no index to ask: the text has to be read then. It is how
// a writer learns whether another row holds a value that is to be unique. Versions that are staged are not seen.
func (s *Session) Holders(column string, content []byte) (records [][]byte, ok bool, err error) {
	list, err := s.t.Indices()
	if err != nil || s.v.state != Clean || s.v.head().ID == 0 || s.v.current == nil {
		return nil, false, nil
	}
	for _, x := range list {
		if x.Column != column {
			continue
		}
		c, err := text{ReaderAt: s.v.current, size: s.v.stat.Size}.withHeader()
		if err != nil {
			return nil, false, err
		}
		if tree := s.t.openTree(x, c, s.v.head(), c.header); tree != nil {
			r := &Reading{Content: onDisk(s.v.current, c.size, false), Columns: c.header, t: s.t, head: s.v.head()}
			i := &RowIndex{Index: x, r: r, tree: tree}
			records, err = i.holders(content)
			i.opened().Close()
			return records, err == nil, err
		}
	}
	return nil, false, nil
}

// holders returns the records whose cell has this content.
func (i *RowIndex) holders(content []byte) (records [][]byte, err error) {
	at, err := i.column(i.r.Columns)
	if err != nil {
		return nil, err
	}
	for place, err := range i.Equal(content) {
		if err != nil {
			return nil, err
		}
		record, err := i.Record(place)
		if err != nil {
			return nil, err
		}
		if cell, ok := row.Cell(record, at); ok && bytes.Equal(cell, content) {
			records = append(records, record)
		}
	}
	return records, nil
}
