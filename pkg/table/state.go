package table

import (
	"fmt"
	"hash/crc32"
	"os"
	"strconv"
	"strings"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// stateSize is the length of the state file: one write of one length, so that no reader finds two states mixed
// without the checksum showing it.
const stateSize = 1024

// record is the state file: what the folder's files looked like when they were last known to agree. It is derived; a
// record that is missing, torn or of another boot costs a reader one pass over current.csv, never an answer.
type record struct {
	boot    string
	current durable.Stat // of current.csv; zero when there is none
	version stamp.ID     // the version current.csv stands for
	log     durable.Stat // of version.log, all of it verified
	head    verlog.Line  // the head at that moment
	key     []string     // names of the key's columns; none: the first column
	schema  stamp.ID     // the version that set the table's schema; 0: none did
}

func (r record) encode() []byte {
	b := fmt.Appendf(nil, "%s\n%s\n%s\n%s\n", r.boot, r.current, r.version, r.log)
	b = r.head.Append(b)
	for i, k := range r.key {
		if i > 0 {
			b = append(b, '|')
		}
		b = append(b, strconv.Quote(k)...)
	}
	b = fmt.Appendf(b, "\n%s\n", r.schema)
	b = fmt.Appendf(b, "%d\n", crc32.ChecksumIEEE(b))
	if len(b) > stateSize {
		return nil
	}
	return append(b, make([]byte, stateSize-len(b))...)
}

func parseRecord(b []byte) (r record, ok bool) {
	text := strings.TrimRight(string(b), "\x00")
	f := strings.SplitAfter(text, "\n")
	if len(f) != 9 || f[8] != "" {
		return r, false
	}
	sum := crc32.ChecksumIEEE([]byte(text[:len(text)-len(f[7])]))
	if f[7] != fmt.Sprintf("%d\n", sum) {
		return r, false
	}
	for i := range f {
		f[i] = strings.TrimSuffix(f[i], "\n")
	}
	var err error
	r.boot = f[0]
	if r.current, err = durable.ParseStat(f[1]); err != nil {
		return r, false
	}
	if r.version, err = stamp.Parse(f[2]); err != nil {
		return r, false
	}
	if r.log, err = durable.ParseStat(f[3]); err != nil {
		return r, false
	}
	if r.head, err = verlog.ParseLine([]byte(f[4])); err != nil {
		return r, false
	}
	if r.schema, err = stamp.Parse(f[6]); err != nil {
		return r, false
	}
	r.key, ok = unquoteAll(f[5])
	return r, ok
}

func unquoteAll(s string) (list []string, ok bool) {
	for s != "" {
		q, err := strconv.QuotedPrefix(s)
		if err != nil {
			return nil, false
		}
		word, err := strconv.Unquote(q)
		if err != nil {
			return nil, false
		}
		list = append(list, word)
		s = strings.TrimPrefix(s[len(q):], "|")
	}
	return list, true
}

// readRecord returns the state file's record, and whether it is one of this boot that can be believed.
func (t *Table) readRecord() (r record, ok bool) {
	f, err := t.dir.Open(stateFile)
	if err != nil {
		return r, false
	}
	defer f.Close()
	buf := make([]byte, stateSize)
	n, _ := f.ReadAt(buf, 0)
	r, ok = parseRecord(buf[:n])
	return r, ok && r.boot == durable.BootID() && r.boot != ""
}

// believed is the record of readRecord, or nil.
func (t *Table) believed() *record {
	if r, ok := t.readRecord(); ok {
		return &r
	}
	return nil
}

// writeRecord stores r in place and without a flush. Not being able to is no one's loss: readers then hash.
func (t *Table) writeRecord(r record) {
	b := r.encode()
	f, err := t.dir.OpenFile(stateFile, os.O_WRONLY|os.O_CREATE)
	if err != nil {
		return
	}
	defer f.Close()
	if b == nil {
		b = make([]byte, stateSize)
	}
	f.WriteAt(b, 0)
}
