package table

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Assignment gives a cell, named by its column, a value.
type Assignment struct{ Column, Value string }

// Set updates the row of key, or inserts it at the end with the cells that are not given empty.
func (t *Table) Set(user uint64, key []string, cells []Assignment) (Result, error) {
	return t.Write(func(s *Session) (*Draft, error) {
		e, err := s.edit()
		if err != nil {
			return nil, err
		}
		if err := e.set(key, cells); err != nil {
			return nil, err
		}
		return e.draft(user)
	})
}

// Delete takes the rows of keys away, with the comments above them: all of them or, when one is missing, none.
func (t *Table) Delete(user uint64, keys ...[]string) (Result, error) {
	return t.Write(func(s *Session) (*Draft, error) {
		e, err := s.edit()
		if err != nil {
			return nil, err
		}
		for _, key := range keys {
			if err := e.delete(key); err != nil {
				return nil, err
			}
		}
		return e.draft(user)
	})
}

// edit is a change of known rows, worked out as splices of the head's text, which is never rewritten whole.
type edit struct {
	s       *Session
	head    *Content
	read    *hashedReader // of the head
	columns []string
	key     []string // names of the key's columns
	keyAt   []int
	splices []delta.Splice
	counts  Counts
}

// edit begins a change of rows; the table must be there.
func (s *Session) edit() (*edit, error) {
	if !s.Exists() {
		return nil, s.t.notFound()
	}
	head, err := s.Content()
	if err != nil {
		return nil, err
	}
	e := &edit{s: s, head: head, read: newHashedReader(head), key: s.KeyNames()}
	if e.columns, err = (text{ReaderAt: head, size: head.Size}).columns(); err != nil {
		return nil, err
	}
	if e.keyAt, err = keyColumns(e.columns, e.key); err != nil {
		return nil, err
	}
	return e, e.hurry()
}

// hurryFrom is the size from which a table is copied while the row is still being looked for, in bytes.
const hurryFrom = 1 << 20

// hurry begins to copy the head, whose most part will be in the new text, as the rows are looked for on another core.
func (e *edit) hurry() (err error) {
	if e.head.file == nil || e.head.Size < hurryFrom {
		return nil
	}
	if e.s.next, err = e.s.t.anticipate(e.head); err == nil {
		e.read.reached = e.s.next.reach
	}
	return err
}

// joinKey checks the cells of a key and returns the identity of its row.
func (e *edit) joinKey(cells []string) ([]byte, error) { return joinKey(cells, len(e.keyAt)) }

func joinKey(cells []string, n int) ([]byte, error) {
	if len(cells) != n {
		return nil, fault.New(fault.Input, "the key has %d cells, %d were given", n, len(cells))
	}
	parts := make([][]byte, n)
	for i, c := range cells {
		parts[i] = []byte(c)
		if err := checkCell(c); err != nil {
			return nil, err
		}
	}
	return row.JoinKey(parts), nil
}

func (e *edit) set(key []string, cells []Assignment) error {
	id, err := e.joinKey(key)
	if err != nil {
		return err
	}
	edits, err := e.edits(cells)
	if err != nil {
		return err
	}
	found, record, ok, err := row.FindReader(e.read, e.head.Size, id, e.keyAt, nil)
	if err != nil {
		return err
	}
	if !ok {
		return e.insert(key, edits)
	}
	fresh, err := row.Replace(nil, record, edits)
	if err != nil {
		return err
	}
	if bytes.Equal(fresh, record) {
		return nil
	}
	e.counts.Changed++
	return e.splice(trimmed(int64(found.Body), record, fresh))
}

// trimmed returns the splice that makes fresh of record at off, without what they share at both ends.
func trimmed(off int64, record, fresh []byte) delta.Splice {
	n := min(len(record), len(fresh))
	head := 0
	for head < n && record[head] == fresh[head] {
		head++
	}
	tail := 0
	for tail < n-head && record[len(record)-1-tail] == fresh[len(fresh)-1-tail] {
		tail++
	}
	return delta.Splice{Off: off + int64(head), Del: int64(len(record) - head - tail), Ins: fresh[head : len(fresh)-tail]}
}

// edits turns assignments into edits of columns.
func (e *edit) edits(cells []Assignment) ([]row.Edit, error) {
	list := make([]row.Edit, 0, len(cells))
	for _, c := range cells {
		at := slices.Index(e.columns, c.Column)
		if at < 0 {
			return nil, unknownColumn(c.Column, e.columns)
		}
		if slices.Contains(e.keyAt, at) {
			err := fault.New(fault.Input, "column %q is part of the key", c.Column)
			return nil, fault.WithHint(err, "delete the row and set it under its new key")
		}
		if err := checkCell(c.Value); err != nil {
			return nil, err
		}
		list = append(list, row.Edit{Column: at, Value: []byte(c.Value)})
	}
	return list, nil
}

func unknownColumn(name string, columns []string) error {
	err := fault.New(fault.Input, "there is no column %q", name)
	return fault.WithHint(err, "the columns are %s", strings.Join(columns, ", "))
}

// insert adds a row at the end of the text.
func (e *edit) insert(key []string, edits []row.Edit) error {
	cells := make([][]byte, len(e.columns))
	for i, at := range e.keyAt {
		cells[at] = []byte(key[i])
	}
	for _, c := range edits {
		cells[c.Column] = c.Value
	}
	return e.insertRecord(row.AppendRecord(nil, cells, ""))
}

// insertRecord adds a row, without its line end, at the end of the text.
func (e *edit) insertRecord(record []byte) error {
	eol, ended, err := e.lineEnd()
	if err != nil {
		return err
	}
	record = append(slices.Clip(record), eol...)
	if !ended {
		record = append([]byte(eol), record...)
	}
	e.counts.Added++
	return e.splice(delta.Splice{Off: e.head.Size, Ins: record})
}

// lineEnd returns the last line end of the text, "\n" where there is none to see, and whether the last line has it.
func (e *edit) lineEnd() (eol string, ended bool, err error) {
	s := text{ReaderAt: e.head, size: e.head.Size}
	end, err := lastNewline(s, 0, s.size)
	if err != nil {
		return "", false, err
	}
	tail, err := s.read(max(0, end-2), end)
	if bytes.HasSuffix(tail, []byte("\r\n")) {
		return "\r\n", end == s.size, err
	}
	return "\n", end == s.size, err
}

func (e *edit) delete(key []string) error {
	id, err := e.joinKey(key)
	if err != nil {
		return err
	}
	found, _, ok, err := row.FindReader(e.read, e.head.Size, id, e.keyAt, nil)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.NotFound, "table %q has no row %q", e.s.t.name, strings.Join(key, "|"))
	}
	e.counts.Deleted++
	return e.splice(delta.Splice{Off: int64(found.Start), Del: int64(found.End - found.Start)})
}

// splice adds p in its place; two changes of one row are refused.
func (e *edit) splice(p delta.Splice) error {
	i, _ := slices.BinarySearchFunc(e.splices, p.Off, func(s delta.Splice, off int64) int { return int(s.Off - off) })
	for ; i < len(e.splices) && e.splices[i].Off == p.Off && p.Del == 0; i++ {
		// Insertions at one place stay in the order they came.
	}
	overlap := i > 0 && e.splices[i-1].Off+e.splices[i-1].Del > p.Off || i < len(e.splices) && p.Off+p.Del > e.splices[i].Off
	if overlap {
		return fault.New(fault.Input, "one row is named twice")
	}
	e.splices = slices.Insert(e.splices, i, p)
	return nil
}

// draft makes the change a draft; nil when there is none.
func (e *edit) draft(user uint64) (*Draft, error) {
	if len(e.splices) == 0 {
		return nil, nil
	}
	d := delta.Edit(e.head.Size, e.splices)
	// The new text is written on one core while it is hashed on the other.
	if err := e.write(d); err != nil {
		return nil, err
	}
	hash, err := e.hash()
	if err != nil {
		return nil, err
	}
	return &Draft{Action: verlog.Update, User: user, Delta: d, Hash: hash, Counts: e.counts}, nil
}

func (e *edit) write(d *delta.Delta) (err error) {
	if e.s.next == nil {
		e.s.next, err = e.s.t.prepare(d, e.head)
		return err
	}
	e.s.next.become(d)
	return nil
}

// hash returns the hash of the text with the splices made. What was read to find the rows is not read again.
func (e *edit) hash() (verlog.Hash, error) {
	h, at := e.read.before(e.splices[0].Off)
	buf := make([]byte, min(readSize, e.head.Size+1))
	copyTo := func(end int64) error {
		n, err := io.CopyBuffer(struct{ io.Writer }{h}, io.NewSectionReader(e.head, at, end-at), buf)
		if err == nil && n < end-at {
			err = fault.New(fault.Busy, "current.csv became shorter while it was read")
		}
		return err
	}
	for _, s := range e.splices {
		if err := copyTo(s.Off); err != nil {
			return verlog.Hash{}, err
		}
		h.Write(s.Ins)
		at = s.Off + s.Del
	}
	err := copyTo(e.head.Size)
	return sumOf(h), err
}

// checkCell refuses what no cell may hold.
func checkCell(value string) error {
	if strings.ContainsRune(value, 0) {
		return fault.New(fault.Input, "a cell may not hold a NUL")
	}
	if strings.ToValidUTF8(value, "") != value {
		return fault.New(fault.Input, "%q is not UTF-8", value)
	}
	return nil
}
