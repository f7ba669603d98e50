package table

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"strconv"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// A long chain is many small files, and opening and unpacking each of them costs more than all else that a question about
// history does. So the operations of small deltas that were read are also kept in one file of the cache, TABLE.deltas.
// It is derived: an entry counts only for the very version, by id, size and hash, whose delta it was made from, and what
// it leads to is checked as it is without it. A check of the database does not look at it.
//
// The file: packMagic, then entries of
//
//	id 8 | size of the delta file 8 | hash 16 | length 4 | operations | CRC-32 of all that 4
//
// little-endian; the operations are unsigned varints: base size, size, count, then per operation its offset plus one (0
// inserts) and length; the extra bytes follow.

const (
	packSuffix = ".deltas"
	packMagic  = "reed-deltas 1\n"
	packHead   = 8 + 8 + 16 + 4
	packTail   = 4

	maxPack      = 64 << 20 // bytes of the file; a larger one begins anew
	maxPacked    = 16 << 10 // bytes of an entry: larger deltas are few, and read as fast from their files
	worthPacking = 64       // deltas read from their files before the pack is written again
)

// pack is an open pack.
type pack struct {
	data    []byte
	entries map[stamp.ID]int // offsets in data
}

func (t *Table) packName() string { return t.name + packSuffix }

// openPack reads the table's pack; an empty one when there is none that can be read. Entries behind damage are left out.
func (t *Table) openPack() *pack {
	p := &pack{entries: map[stamp.ID]int{}}
	if t.opt.Cache == nil {
		return p
	}
	data, err := t.opt.Cache.ReadFile(t.packName(), maxPack)
	if err != nil || len(data) < len(packMagic) || string(data[:len(packMagic)]) != packMagic {
		return p
	}
	at := len(packMagic)
	for at+packHead+packTail <= len(data) {
		n := int(binary.LittleEndian.Uint32(data[at+packHead-4:]))
		end := at + packHead + n
		if n > maxPacked || end+packTail > len(data) || crc32.ChecksumIEEE(data[at:end]) != binary.LittleEndian.Uint32(data[end:]) {
			break
		}
		p.entries[stamp.ID(binary.LittleEndian.Uint64(data[at:]))] = at
		at = end + packTail
	}
	p.data = data[:at]
	return p
}

// find returns the delta of l's version, if it is in the pack.
func (p *pack) find(l verlog.Line) (*delta.Delta, bool) {
	at, ok := p.entries[l.ID]
	if !ok {
		return nil, false
	}
	e := p.data[at:]
	if int64(binary.LittleEndian.Uint64(e[8:])) != l.Size || verlog.Hash(e[16:32]) != l.Hash {
		return nil, false
	}
	return parsePacked(e[packHead : packHead+int(binary.LittleEndian.Uint32(e[32:]))])
}

// add appends the delta of l's version, unless it is large.
func (p *pack) add(l verlog.Line, d *delta.Delta) {
	body := appendPacked(nil, d)
	if len(body) > maxPacked {
		return
	}
	if len(p.data) == 0 {
		p.data = append(p.data, packMagic...)
	}
	at := len(p.data)
	b := binary.LittleEndian.AppendUint64(p.data, uint64(l.ID))
	b = binary.LittleEndian.AppendUint64(b, uint64(l.Size))
	b = append(b, l.Hash[:]...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(body)))
	b = append(b, body...)
	p.data = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b[at:]))
	p.entries[l.ID] = at
}

// keep writes the pack with the links it did not hold, when they are many. It is best effort, like all of the cache.
func (t *Table) keepPack(p *pack, links []link) {
	if t.opt.Cache == nil {
		return
	}
	var fresh []link
	for _, l := range links {
		if _, ok := p.find(l.line); !ok {
			fresh = append(fresh, l)
		}
	}
	if len(fresh) < worthPacking {
		return
	}
	grown := len(p.data)
	for _, l := range fresh {
		p.add(l.line, l.delta)
	}
	if len(p.data) == grown {
		return
	}
	if len(p.data) > maxPack {
		p.data, p.entries = nil, map[stamp.ID]int{}
	}
	t.opt.Cache.Put(t.packName(), t.packName()+"."+strconv.Itoa(os.Getpid())+tempSuffix, p.data)
}

func appendPacked(b []byte, d *delta.Delta) []byte {
	b = binary.AppendUvarint(b, uint64(d.BaseSize))
	b = binary.AppendUvarint(b, uint64(d.Size))
	b = binary.AppendUvarint(b, uint64(len(d.Ops)))
	for _, op := range d.Ops {
		b = binary.AppendUvarint(b, uint64(max(op.Off, -1)+1))
		b = binary.AppendUvarint(b, uint64(op.N))
	}
	return append(b, d.Extra...)
}

// parsePacked reads what appendPacked wrote; whether the operations fit a text is for Text.Apply to see.
func parsePacked(b []byte) (*delta.Delta, bool) {
	ok := true
	next := func() int64 {
		v, n := binary.Uvarint(b)
		if n <= 0 || v > MaxSize {
			ok = false
			return 0
		}
		b = b[n:]
		return int64(v)
	}
	d := &delta.Delta{BaseSize: next(), Size: next()}
	count := next()
	if !ok || count > int64(len(b)/2) {
		return nil, false
	}
	d.Ops = make([]delta.Op, count)
	for i := range d.Ops {
		d.Ops[i] = delta.Op{Off: next() - 1, N: next()}
	}
	d.Extra = b
	return d, ok
}
