package table

import (
	"os"
	"strings"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// A snapshot is a bzip2 stream, and taking 10 MB out of one costs more than all else that reading a version does. So
// the content of the newest large snapshot is also kept plain in the cache. It is derived: believed only when its hash
// is the version's, and made again when it is gone.

// baseSuffix ends the names of plain copies of snapshots: TABLE.ID.base.
const baseSuffix = ".base"

// minCachedBase is the size from which a plain copy pays, in bytes.
const minCachedBase = 256 << 10

func (t *Table) baseName(l verlog.Line) string { return t.name + "." + l.ID.String() + baseSuffix }

// bases returns the versions of which the cache may hold plain copies.
func (t *Table) bases() map[stamp.ID]bool {
	found := map[stamp.ID]bool{}
	if t.opt.Cache == nil {
		return found
	}
	names, err := t.opt.Cache.Names()
	if err != nil {
		return found
	}
	for _, name := range names {
		text, ok := strings.CutPrefix(strings.TrimSuffix(name, baseSuffix), t.name+".")
		if id, err := stamp.Parse(text); ok && err == nil {
			found[id] = true
		}
	}
	return found
}

// openBase returns the plain copy of l's content, checked, or nil.
func (t *Table) openBase(l verlog.Line) *Content {
	if t.opt.Cache == nil {
		return nil
	}
	f, err := t.opt.Cache.Open(t.baseName(l))
	if err != nil {
		return nil
	}
	defer f.Close()
	stat, err := durable.StatOf(f)
	if err != nil {
		return nil
	}
	data, unmap, err := durable.Map(f, stat.Size)
	if err != nil {
		return nil
	}
	if verlog.Sum(data) == l.Hash {
		c := memory(data)
		c.unmap = unmap
		return c
	}
	unmap()
	t.opt.Cache.Remove(t.baseName(l))
	return nil
}

// keepBase keeps a plain copy of current, the content of the snapshot l, and drops those of other snapshots. It is best
// effort: the cache may be missing, full or read-only.
func (t *Table) keepBase(l verlog.Line, current *Content) {
	if t.opt.Cache == nil || current.Size < minCachedBase {
		return
	}
	name := t.baseName(l)
	temp := name + tempSuffix
	f, err := t.opt.Cache.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return
	}
	if current.file != nil {
		err = durable.CopyRange(f, current.file, 0, current.Size)
	} else {
		_, err = current.WriteTo(f)
	}
	if f.Close() != nil || err != nil || t.opt.Cache.Rename(temp, name) != nil {
		t.opt.Cache.Remove(temp)
		return
	}
	t.dropBases(name)
}

// dropBases removes the plain copies of the table's snapshots, except keep.
func (t *Table) dropBases(keep string) {
	names, err := t.opt.Cache.Names()
	if err != nil {
		return
	}
	for _, name := range names {
		id, ours := strings.CutPrefix(name, t.name+".")
		if ours && name != keep && strings.HasSuffix(id, baseSuffix) && strings.Count(id, ".") == 1 {
			t.opt.Cache.Remove(name)
		}
	}
}
