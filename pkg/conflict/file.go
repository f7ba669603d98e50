package conflict

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strconv"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// A file is a table: a header, a row an event, and the line "# CRC-32 N" over all before it. A list of columns, and a row of
// the table that the conflict is about, is one cell that holds them as a record. A row that was not there is an empty cell.
const (
	fields = "id|key|kind|columns|kept|base_version|ours_version|theirs_version|ours_user|theirs_user|base|ours|theirs|base_columns|ours_columns|theirs_columns"

	openHeader  = fields + "\n"
	eventHeader = "event|" + fields + "|by\n"

	opened, settled = "opened", "settled"

	checkPrefix = "# CRC-32 "
)

// MaxSize bounds a file, in bytes.
const MaxSize = 1 << 30

// Encode returns the file.
func (f *File) Encode() []byte {
	b := []byte(eventHeader)
	for _, c := range f.Opened {
		cells := append([][]byte{[]byte(opened)}, c.cells()...)
		b = row.AppendRecord(b, append(cells, nil), "\n")
	}
	for _, s := range f.Settled {
		cells := make([][]byte, 18)
		cells[0], cells[1], cells[4], cells[17] = []byte(settled), []byte(s.ID.String()), list(s.Columns), []byte(s.By)
		b = row.AppendRecord(b, cells, "\n")
	}
	return fmt.Appendf(b, "%s%d\n", checkPrefix, crc32.ChecksumIEEE(b))
}

// Table returns the conflicts as a table.
func Table(open []Conflict) []byte {
	b := []byte(openHeader)
	for _, c := range open {
		b = row.AppendRecord(b, c.cells(), "\n")
	}
	return b
}

func (c *Conflict) cells() [][]byte {
	number := func(n uint64) []byte { return strconv.AppendUint(nil, n, 10) }
	return [][]byte{
		[]byte(c.ID.String()), c.Key, []byte(c.Kind.String()), list(c.Columns), []byte(c.Kept),
		[]byte(c.Base.Version.String()), []byte(c.Ours.Version.String()), []byte(c.Theirs.Version.String()),
		number(c.Ours.User), number(c.Theirs.User), c.Base.Record, c.Ours.Record, c.Theirs.Record,
		list(c.Base.Columns), list(c.Ours.Columns), list(c.Theirs.Columns),
	}
}

// list returns names as a record; none as nothing.
func list(names []string) []byte {
	if len(names) == 0 {
		return nil
	}
	cells := make([][]byte, len(names))
	for i, n := range names {
		cells[i] = []byte(n)
	}
	return row.AppendRecord(nil, cells, "")
}

// Parse reads a file; what Encode would not have written is fault.Corrupt.
func Parse(b []byte) (f File, err error) {
	at := bytes.LastIndexByte(b[:max(0, len(b)-1)], '\n') + 1
	if string(b[at:]) != fmt.Sprintf("%s%d\n", checkPrefix, crc32.ChecksumIEEE(b[:at])) {
		return f, fault.New(fault.Corrupt, "the checksum in its last line is not that of the lines before it")
	}
	records, err := rows(b[:at], eventHeader)
	if err != nil {
		return f, err
	}
	for n, cells := range records {
		if err := f.add(cells); err != nil {
			return File{}, fault.New(fault.Corrupt, "row %d: %w", n+1, err)
		}
	}
	if !bytes.Equal(f.Encode(), b) {
		return File{}, fault.New(fault.Corrupt, "it is not written as such files are")
	}
	return f, nil
}

// ParseTable reads what Table returns; anything else is fault.Corrupt.
func ParseTable(b []byte) (open []Conflict, err error) {
	records, err := rows(b, openHeader)
	if err != nil {
		return nil, err
	}
	for n, cells := range records {
		c, err := parse(cells)
		if err != nil {
			return nil, fault.New(fault.Corrupt, "row %d: %w", n+1, err)
		}
		open = append(open, c)
	}
	return open, nil
}

// rows returns the cells of the rows behind the header.
func rows(b []byte, header string) (records [][][]byte, err error) {
	if !bytes.HasPrefix(b, []byte(header)) {
		return nil, fault.New(fault.Corrupt, "its header is not that of conflicts")
	}
	width := bytes.Count([]byte(header), []byte("|")) + 1
	for at := len(header); ; {
		r, err := row.Next(b, at)
		if err == io.EOF {
			return records, nil
		}
		var cells [][]byte
		if err == nil {
			cells, err = row.Cells(nil, b[r.Body:r.End])
		}
		if err == nil && len(cells) != width {
			err = fault.New(fault.Corrupt, "it has %d cells, not %d", len(cells), width)
		}
		if err != nil {
			return nil, fault.New(fault.Corrupt, "row %d: %w", len(records)+1, err)
		}
		records, at = append(records, cells), r.End
	}
}

func (f *File) add(cells [][]byte) error {
	switch string(cells[0]) {
	case opened:
		c, err := parse(cells[1:])
		f.Opened = append(f.Opened, c)
		return err
	case settled:
		id, err := ParseID(string(cells[1]))
		if err != nil {
			return err
		}
		columns, err := names(cells[4])
		f.Settled = append(f.Settled, Settled{id, columns, string(cells[17])})
		return err
	}
	return fault.New(fault.Corrupt, "%q is no event", cells[0])
}

func parse(cells [][]byte) (c Conflict, err error) {
	if c.ID, err = ParseID(string(cells[0])); err != nil {
		return c, err
	}
	kind := slices.Index(kinds[:], string(cells[2]))
	if kind < 0 {
		return c, fault.New(fault.Corrupt, "%q is no kind of conflict", cells[2])
	}
	c.Kind, c.Kept = Kind(kind), string(cells[4])
	if c.Kind != Header {
		c.Key = append([]byte{}, cells[1]...)
	}
	if c.Columns, err = names(cells[3]); err != nil {
		return c, err
	}
	for i, side := range []*Side{&c.Base, &c.Ours, &c.Theirs} {
		if side.Version, err = stamp.Parse(string(cells[5+i])); err != nil {
			return c, err
		}
		if i > 0 {
			if side.User, err = strconv.ParseUint(string(cells[7+i]), 10, 64); err != nil {
				return c, err
			}
		}
		if len(cells[10+i]) > 0 {
			side.Record = bytes.Clone(cells[10+i])
		}
		if side.Columns, err = names(cells[13+i]); err != nil {
			return c, err
		}
	}
	return c, nil
}

func names(cell []byte) (list []string, err error) {
	if len(cell) == 0 {
		return nil, nil
	}
	cells, err := row.Cells(nil, cell)
	for _, c := range cells {
		list = append(list, string(c))
	}
	return list, err
}
