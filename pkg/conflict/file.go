package conflict

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// The two files, which reed-conflicts(5) describes, are tables: {id}.conflicts says what a version opened and
// settled, conflicts.csv what is open. Both end in a comment "# VERSION CRC" over all before it.

const (
	disputesHeader = "what|" + conflictHeader
	openHeader     = "version|" + conflictHeader
	conflictHeader = "id|key|columns|kind|base_version|ours_version|theirs_version|base_user|ours_user|theirs_user|base|ours|theirs|now"
	conflictCells  = 15
)

// MaxSize bounds a file of conflicts, in bytes.
const MaxSize = 1 << 30

// Encode returns the file of version id.
func (d *File) Encode(id stamp.ID) []byte {
	b := []byte(disputesHeader + "\n")
	if d.Headers[3] != nil {
		b = row.AppendRecord(b, [][]byte{[]byte("headers"), nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, d.Headers[0], d.Headers[1], d.Headers[2], d.Headers[3]}, "\n")
	}
	for _, c := range d.Opened {
		b = c.append(b, "opened")
	}
	for _, s := range d.Settled {
		c := Conflict{ID: s.ID, Key: s.Key, Columns: s.Columns, Now: s.Now}
		b = c.appendAs(b, "settled", s.By)
	}
	return appendTrailer(b, id)
}

func (c *Conflict) append(b []byte, first string) []byte {
	return c.appendAs(b, first, c.Kind.String())
}

func (c *Conflict) appendAs(b []byte, first, kind string) []byte {
	cells := [][]byte{[]byte(first), []byte(c.ID), c.Key, joinNames(c.Columns), []byte(kind)}
	parties := []Side{c.Base, c.Ours, c.Theirs}
	for _, p := range parties {
		cells = append(cells, number(uint64(p.Version)))
	}
	for _, p := range parties {
		cells = append(cells, number(p.User))
	}
	for _, p := range parties {
		cells = append(cells, p.Record)
	}
	return row.AppendRecord(b, append(cells, c.Now), "\n")
}

// number writes n in decimal, and nothing for 0.
func number(n uint64) []byte {
	if n == 0 {
		return nil
	}
	return strconv.AppendUint(nil, n, 10)
}

func appendTrailer(b []byte, id stamp.ID) []byte {
	return fmt.Appendf(b, "# %s %d\n", id, crc32.ChecksumIEEE(b))
}

// Parse reads the file of version id. What Encode would not have written in just these bytes is refused with
// fault.Corrupt.
func Parse(b []byte, id stamp.ID) (*File, error) {
	d := &File{}
	at, err := parseConflicts(b, disputesHeader, func(cells [][]byte) error { return d.add(cells, id) })
	if err == nil && at != id {
		err = fault.New(fault.Corrupt, "it is the file of version %s", at)
	}
	if err == nil && !bytes.Equal(d.Encode(id), b) {
		err = fault.New(fault.Corrupt, "it is not written as it should be")
	}
	return d, err
}

func (d *File) add(cells [][]byte, id stamp.ID) error {
	switch string(cells[0]) {
	case "headers":
		for i := range d.Headers {
			d.Headers[i] = present(cells[11+i])
		}
	case "opened":
		c, err := parseConflict(cells, cells[4])
		c.Version = id
		d.Opened = append(d.Opened, c)
		return err
	case "settled":
		c, err := parseConflict(cells, []byte(Update.String()))
		d.Settled = append(d.Settled, Settled{c.ID, c.Key, c.Columns, string(cells[4]), c.Now})
		return err
	default:
		return fault.New(fault.Corrupt, "a record is of no known kind, %q", cells[0])
	}
	return nil
}

// ParseOpen reads conflicts.csv; at is the version whose file of conflicts was the newest that it knows.
func ParseOpen(b []byte) (list []Conflict, at stamp.ID, err error) {
	at, err = parseConflicts(b, openHeader, func(cells [][]byte) error {
		version, err := stamp.Parse(string(cells[0]))
		if err != nil {
			return err
		}
		c, err := parseConflict(cells, cells[4])
		c.Version = version
		list = append(list, c)
		return err
	})
	if err == nil && !bytes.Equal(EncodeOpen(list, at), b) {
		err = fault.New(fault.Corrupt, "it is not written as it should be")
	}
	return list, at, err
}

// EncodeOpen writes conflicts.csv.
func EncodeOpen(list []Conflict, at stamp.ID) []byte {
	b := []byte(openHeader + "\n")
	for _, c := range list {
		b = c.append(b, c.Version.String())
	}
	return appendTrailer(b, at)
}

// parseConflicts checks a file of conflicts against its trailer and reads its records, which begin below header.
func parseConflicts(b []byte, header string, each func(cells [][]byte) error) (at stamp.ID, err error) {
	end := bytes.LastIndexByte(bytes.TrimSuffix(b, []byte("\n")), '\n') + 1
	id, sum, ok := strings.Cut(strings.TrimPrefix(string(b[end:]), "# "), " ")
	if at, err = stamp.Parse(id); err != nil || !ok || sum != fmt.Sprintf("%d\n", crc32.ChecksumIEEE(b[:end])) {
		return 0, fault.New(fault.Corrupt, "its last line does not vouch for it")
	}
	text, ok := bytes.CutPrefix(b[:end], []byte(header+"\n"))
	if !ok {
		return at, fault.New(fault.Corrupt, "its header is not %q", header)
	}
	for off := 0; off < len(text); {
		r, err := row.Next(text, off)
		if err == io.EOF {
			break
		}
		if err != nil {
			return at, fault.New(fault.Corrupt, "%w", err)
		}
		cells, err := row.Cells(nil, text[r.Body:r.End])
		if err == nil && (len(cells) != conflictCells || r.Body > r.Start) {
			err = fault.New(fault.Corrupt, "a record has %d cells, not %d", len(cells), conflictCells)
		}
		if err == nil {
			err = each(cells)
		}
		if err != nil {
			return at, fault.New(fault.Corrupt, "%w", err)
		}
		off = r.End
	}
	return at, nil
}

// parseConflict reads the cells of a record, with a kind that may stand elsewhere.
func parseConflict(cells [][]byte, kind []byte) (c Conflict, err error) {
	c = Conflict{ID: string(cells[1]), Key: bytes.Clone(cells[2]), Now: present(cells[14])}
	if len(c.ID) != 16 || strings.Trim(c.ID, "0123456789abcdef") != "" {
		return c, fault.New(fault.Corrupt, "%q is no conflict's id", c.ID)
	}
	if c.Columns, err = splitNames(cells[3]); err != nil {
		return c, err
	}
	k := slices.Index(kinds[:], string(kind))
	if k < 0 {
		return c, fault.New(fault.Corrupt, "%q is no kind of conflict", kind)
	}
	c.Kind = Kind(k)
	for i, p := range []*Side{&c.Base, &c.Ours, &c.Theirs} {
		version, err1 := parseNumber(cells[5+i])
		user, err2 := parseNumber(cells[8+i])
		if err1 != nil || err2 != nil {
			return c, fault.New(fault.Corrupt, "conflict %s: %q and %q are no version and user", c.ID, cells[5+i], cells[8+i])
		}
		*p = Side{Version: stamp.ID(version), User: user, Record: present(cells[11+i])}
	}
	return c, nil
}

func parseNumber(cell []byte) (uint64, error) {
	if len(cell) == 0 {
		return 0, nil
	}
	return strconv.ParseUint(string(cell), 10, 64)
}

// present returns a copy of a record, nil for an empty cell: no record is empty.
func present(cell []byte) []byte {
	if len(cell) == 0 {
		return nil
	}
	return bytes.Clone(cell)
}
