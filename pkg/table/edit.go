package table

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Set changes the row of key, or inserts it at the end with the cells that are not given as the schema says, if all that only
// asks holds. Else nothing is stored and the error is fault.No; a row that breaks a strict rule is a *Breach.
func (t *Table) Set(user uint64, key []string, cells []Assignment, only ...Condition) (Result, error) {
	return t.do(request{User: user, Keys: [][]string{key}, Cells: cells, Only: only})
}

// Delete takes the rows of keys away, with the comments above them: all of them or, when one is missing, none.
func (t *Table) Delete(user uint64, keys ...[]string) (Result, error) {
	return t.do(request{User: user, Keys: keys, Delete: true})
}

// Edit is a change of known rows, worked out as splices of the head's text, which is never rewritten whole. Each change
// sees those made before it. It is for one goroutine.
type Edit struct {
	s       *Session
	head    *Content
	read    *hashedReader // of the head
	columns []string
	key     []string // names of the key's columns
	keyAt   []int
	rows    map[string]*editedRow // that were looked for, by the identity of their keys
	rules   *Rules                // of the rows; nil: those of the session's table
	added   []*editedRow          // that stand behind the others now, in their order; nil for one that was deleted again
	end     int64                 // where these are put, in the head; known once there are splices
}

// editedRow is a row that an Edit was asked for.
type editedRow struct {
	at     row.Row // in the head
	old    []byte  // its record there; nil when there was none
	now    []byte  // its record with the changes so far; nil when there is none
	moved  bool    // now stands behind the other rows, and has no line end
	place  int     // its place in Edit.added then
	behind int64   // its offset in what is put there
}

// Edit begins a change of rows; the table must be there.
func (s *Session) Edit() (*Edit, error) {
	if !s.Exists() {
		return nil, s.t.notFound()
	}
	head, err := s.Content()
	if err != nil {
		return nil, err
	}
	if head.Size < minIndexed { // read once, a small text is found in, hashed and written from memory
		if err := head.hold(); err != nil {
			return nil, err
		}
	}
	return s.editOf(head, s.KeyNames())
}

// editOf begins a change of the rows of a text with these key columns.
func (s *Session) editOf(head *Content, key []string) (e *Edit, err error) {
	e = &Edit{s: s, head: head, read: newHashedReader(head), key: key, rows: map[string]*editedRow{}}
	if e.columns, err = (text{ReaderAt: head, size: head.Size}).columns(); err != nil {
		return nil, err
	}
	if e.keyAt, err = keyColumns(e.columns, e.key); err != nil {
		return nil, err
	}
	return e, nil
}

// hurryFrom is the size from which a table is copied while the row is still being looked for, in bytes.
const hurryFrom = 1 << 20

// hurry begins to copy the head, whose most part will be in the new text, as the rows are looked for on another core.
func (e *Edit) hurry() (err error) {
	if e.s.group || e.s.next != nil || e.head.file == nil || e.head.Size < hurryFrom {
		return nil
	}
	if e.s.next, err = e.s.t.anticipate(e.head); err == nil {
		e.read.reached = e.s.next.reach
	}
	return err
}

// joinKey checks the cells of a key and returns the identity of its row.
func (e *Edit) joinKey(cells []string) ([]byte, error) { return joinKey(cells, len(e.keyAt)) }

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

// find returns the row of a key as the changes so far leave it.
func (e *Edit) find(key []string) (*editedRow, error) {
	id, err := e.joinKey(key)
	if err != nil {
		return nil, err
	}
	if r, ok := e.rows[string(id)]; ok {
		return r, nil
	}
	at, record, ok, err := e.look(id)
	if err != nil {
		return nil, err
	}
	r := &editedRow{}
	if ok {
		r.at, r.old, r.now = at, record, record
	}
	e.rows[string(id)] = r
	return r, nil
}

// manyRows is from how many rows on one pass over all keys of a table is faster than a search for each.
const manyRows = 8

// Find looks for the rows of all keys at once: where a table is to be changed in many rows, before it is.
func (e *Edit) Find(keys ...[]string) error {
	if len(keys) < manyRows {
		return nil // they are found when they are asked for
	}
	wanted := map[string]*editedRow{}
	for _, key := range keys {
		ids, err := e.identities(key)
		if err != nil {
			return nil // the change itself says so, in its place among the others
		}
		for _, id := range ids {
			if _, known := e.rows[id]; !known {
				wanted[id] = &editedRow{}
			}
		}
	}
	return e.findAll(wanted)
}

// findAll looks for rows by the identities of their keys, in one pass.
func (e *Edit) findAll(wanted map[string]*editedRow) error {
	if err := e.hurry(); err != nil {
		return err
	}
	text, err := e.readAll()
	if err != nil {
		return err
	}
	_, at, err := row.Header(text)
	for err == nil {
		var next row.Row
		if next, err = row.Next(text, at); err != nil {
			break
		}
		record := text[next.Body:next.End]
		if r := wanted[string(row.Key(record, e.keyAt))]; r != nil && r.old == nil && len(record) > 0 {
			r.at, r.old = next, bytes.Clone(record)
			r.now = r.old
		}
		at = next.End
	}
	if err != io.EOF {
		return err
	}
	for id, r := range wanted {
		e.rows[id] = r
	}
	return nil
}

// readAll returns the head's text, read as FindReader reads it.
func (e *Edit) readAll() ([]byte, error) {
	text := durable.Buffer(e.head.Size)
	for at := int64(0); at < e.head.Size; {
		n, err := e.read.ReadAt(text[at:min(at+readSize, e.head.Size)], at)
		if at += int64(n); err != nil && at < e.head.Size {
			if err == io.EOF {
				err = e.becameShorter()
			}
			return nil, err
		}
	}
	return text, nil
}

func (e *Edit) becameShorter() error {
	return fault.New(fault.Busy, "table %q: current.csv became shorter while it was read", e.s.t.name)
}

// Set changes the row of key, which may be spelled in any way, or inserts it behind the others with the cells that are not
// given as the schema says, if all that only asks holds. Else nothing is changed and the error is fault.No.
func (e *Edit) Set(key []string, cells []Assignment, only ...Condition) error {
	key, r, err := e.findSpelled(key)
	if err != nil {
		return err
	}
	if err := e.check(key, r, only); err != nil {
		return err
	}
	edits, err := e.defaults(r)
	if err == nil {
		edits, err = e.edits(key, r, cells, edits)
	}
	if err != nil {
		return err
	}
	if r.now == nil {
		e.insert(key, r, edits)
		return nil
	}
	fresh, err := row.Replace(nil, r.now, edits)
	if err == nil {
		r.now = fresh
	}
	return err
}

// Delete takes the row of key away, with the comments above it, if all that only asks holds; else the error is fault.No.
func (e *Edit) Delete(key []string, only ...Condition) error {
	key, r, err := e.findSpelled(key)
	if err != nil {
		return err
	}
	if err := e.check(key, r, only); err != nil {
		return err
	}
	switch {
	case r.now == nil && r.old != nil:
		return fault.New(fault.Input, "row %q is deleted twice", strings.Join(key, "|"))
	case r.now == nil:
		return fault.New(fault.NotFound, "table %q has no row %q", e.s.t.name, strings.Join(key, "|"))
	}
	if r.moved {
		e.added[r.place] = nil
	}
	r.now, r.moved = nil, false
	return nil
}

// insert adds a row behind the others.
func (e *Edit) insert(key []string, r *editedRow, edits []row.Edit) {
	cells := make([][]byte, len(e.columns))
	for i, at := range e.keyAt {
		cells[at] = []byte(key[i])
	}
	for _, c := range edits {
		cells[c.Column] = c.Value
	}
	e.insertRecord(r, row.AppendRecord(nil, cells, ""))
}

// insertRecord adds a row, without its line end, behind the others.
func (e *Edit) insertRecord(r *editedRow, record []byte) {
	r.now, r.moved, r.place = record, true, len(e.added)
	e.added = append(e.added, r)
}

// splices returns the changes of the text, in its order, and what they are in rows.
func (e *Edit) splices() (list []delta.Splice, c Counts, err error) {
	end := int64(-1) // of the rows that go, the one at the end of the text
	for _, r := range e.rows {
		switch gone := r.now == nil || r.moved; {
		case r.old == nil && r.now != nil:
			c.Added++
		case r.old == nil:
		case gone:
			list = append(list, delta.Splice{Off: int64(r.at.Start), Del: int64(r.at.End - r.at.Start)})
			end = max(end, int64(r.at.End))
			if !r.moved {
				c.Deleted++
			}
		case !bytes.Equal(r.old, r.now):
			list = append(list, trimmed(int64(r.at.Body), r.old, r.now))
		}
		if r.old != nil && r.now != nil && !sameCells(r.old, r.now) {
			c.Changed++
		}
	}
	slices.SortFunc(list, func(a, b delta.Splice) int { return cmp.Compare(a.Off, b.Off) })
	e.added = slices.DeleteFunc(e.added, func(r *editedRow) bool { return r == nil })
	for i, r := range e.added {
		r.place = i
	}
	if len(e.added) == 0 {
		return list, c, nil
	}
	eol, ended, err := e.lineEnd()
	if err != nil {
		return nil, c, err
	}
	if e.end, err = e.lastRowEnd(); err != nil {
		return nil, c, err
	}
	var text []byte
	if !ended && e.end == e.head.Size && end < e.end {
		text = []byte(eol)
	}
	for _, r := range e.added {
		r.behind = int64(len(text))
		text = append(append(text, r.now...), eol...)
	}
	return append(list, delta.Splice{Off: e.end, Ins: text}), c, nil
}

// lastRowEnd returns where rows that are new are put: before the comments and blank lines at the end of the text, which they would
// take for their own otherwise. Without a row the comments are about those to come, and one with a quote may be the end of a
// cell: then it is the end of the text.
func (e *Edit) lastRowEnd() (int64, error) {
	s, err := text{ReaderAt: e.head, size: e.head.Size}.withHeader()
	for at := s.size; err == nil && at > s.headed; {
		var begin int64
		var line []byte
		if begin, err = lastNewline(s, s.headed, at-1); err != nil {
			break
		}
		if line, err = s.read(begin, at); err != nil {
			break
		}
		if line = trimEOL(line); len(line) > 0 && line[0] != '#' {
			return at, nil
		}
		if bytes.IndexByte(line, '"') >= 0 {
			break
		}
		at = begin
	}
	return s.size, err
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

// lineEnd returns the last line end of the text, "\n" where there is none to see, and whether the last line has it.
func (e *Edit) lineEnd() (eol string, ended bool, err error) {
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

// Draft makes the changes a draft; nil when they come to nothing. Changes that break a strict rule are a *Breach.
func (e *Edit) Draft(user uint64) (*Draft, error) {
	warning, err := e.judge()
	if err != nil {
		return nil, err
	}
	splices, counts, err := e.splices()
	if err != nil || len(splices) == 0 {
		return nil, err
	}
	d := delta.Edit(e.head.Size, splices)
	hash, err := e.render(d, splices)
	if err != nil {
		return nil, err
	}
	return &Draft{Action: verlog.Update, User: user, Delta: d, Hash: hash, Counts: counts, moved: e.moved(splices), warning: warning}, nil
}

// render begins to write the new text on one core while it is hashed on the other, and returns the hash.
func (e *Edit) render(d *delta.Delta, splices []delta.Splice) (hash verlog.Hash, err error) {
	if e.s.group && e.s.head.bytes != nil {
		return e.s.groupHash(d)
	}
	if e.s.group {
		return e.hash(splices)
	}
	if e.s.next == nil {
		e.s.next, err = e.s.t.prepare(d, e.head)
	} else {
		e.s.next.become(d)
	}
	if err == nil {
		hash, err = e.hash(splices)
	}
	return hash, err
}

// hash returns the hash of the text with the splices made. What was read to find the rows is not read again.
func (e *Edit) hash(splices []delta.Splice) (verlog.Hash, error) {
	h, at := e.read.before(splices[0].Off)
	var buf []byte
	copyTo := func(end int64) error {
		if e.head.bytes != nil {
			h.Write(e.head.bytes[at:end])
			return nil
		}
		if buf == nil {
			buf = make([]byte, min(readSize, e.head.Size+1))
		}
		n, err := io.CopyBuffer(struct{ io.Writer }{h}, io.NewSectionReader(e.head, at, end-at), buf)
		if err == nil && n < end-at {
			err = e.becameShorter()
		}
		return err
	}
	for _, s := range splices {
		if err := copyTo(s.Off); err != nil {
			return verlog.Hash{}, err
		}
		h.Write(s.Ins)
		at = s.Off + s.Del
	}
	err := copyTo(e.head.Size)
	return sumOf(h), err
}
