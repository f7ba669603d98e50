package table

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// readLinks reads and parses deltas on all cores, in order; behind the first snapshot nothing need be right.
func (t *Table) readLinks(lines []verlog.Line, x *index, packed *pack) ([]link, error) {
	links, errs := make([]link, len(lines)), make([]error, len(lines))
	workers := min(runtime.GOMAXPROCS(0), len(lines)/4+1)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := len(lines) * w / workers; i < len(lines)*(w+1)/workers; i++ {
				links[i].line = lines[i]
				var ok bool
				if links[i].delta, ok = packed.find(lines[i]); ok {
					continue
				}
				if links[i].delta, errs[i] = t.readDelta(lines[i]); errs[i] != nil {
					return
				}
				if links[i].delta.IsSnapshot() {
					return
				}
			}
		})
	}
	wg.Wait()
	for i := range links {
		if errs[i] != nil {
			return nil, t.explain(errs[i], lines[i], x)
		}
		if links[i].delta.IsSnapshot() {
			return links[:i+1], nil
		}
	}
	return links, nil
}

// explain tells a delta that was folded away, which is as it should be, from one that is missing.
func (t *Table) explain(err error, line verlog.Line, x *index) error {
	if fault.KindOf(err) != fault.NotFound {
		return err
	}
	if !x.mayBeGone(line) {
		return fault.New(fault.Corrupt, "%s is missing: the delta of version %s", t.dir.Path(deltaName(line.ID)), line.ID)
	}
	err = fault.New(fault.NotFound, "table %q: version %s was folded away", t.name, x.origin(line))
	return fault.WithHint(err, "the oldest version that can be read is %s; 'rdb version:tag' keeps a version for ever", x.compact)
}

// readDelta reads and parses the delta of line's version, and checks that the file is the one the line names: the record
// behind the patch is the line.
func (t *Table) readDelta(line verlog.Line) (*delta.Delta, error) {
	patch, rec, err := t.readPatch(line.ID, line.Size)
	if err != nil {
		return nil, err
	}
	if string(rec) != string(line.Append(nil)) {
		return nil, fault.New(fault.Corrupt, "%s: the line behind the patch is not the version's line in %s", t.dir.Path(deltaName(line.ID)), logFile)
	}
	d, _, err := delta.Parse(patch, nil, delta.AnySize, MaxSize)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.dir.Path(deltaName(line.ID)), err)
	}
	return d, nil
}

// readPatch returns the patch in a version's delta file and the record behind it. A size of -1 accepts any.
func (t *Table) readPatch(id stamp.ID, size int64) (patch, rec []byte, err error) {
	name := deltaName(id)
	limit := size
	if size < 0 {
		limit = MaxSize
	}
	file, err := t.dir.ReadFile(name, limit)
	if err != nil {
		return nil, nil, err
	}
	if size >= 0 && int64(len(file)) != size {
		return nil, nil, fault.New(fault.Corrupt, "%s has %d bytes; its version has %d", t.dir.Path(name), len(file), size)
	}
	patch, rec, err = delta.Unseal(file, MaxSize)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", t.dir.Path(name), err)
	}
	return patch, rec, nil
}
