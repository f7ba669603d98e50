package table

import (
	"runtime"
	"sync"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// versions checks each delta and the content it makes. Deltas are read and contents hashed on all cores; what is found is
// told in the order of the log.
func (c *verifier) versions() {
	lines := c.x.lines
	states := make([]*state, len(lines))
	last := make([]int, len(lines)) // the last child of a version, which needs its text
	for i, l := range lines {
		last[i] = -1
		if base, ok := c.x.at[l.Base]; ok {
			last[base] = i
		}
	}
	hashes := startHashing()
	for from := 0; from < len(lines); from += verifyBatch {
		batch := lines[from:min(from+verifyBatch, len(lines))]
		deltas := c.read(batch)
		for i := range batch {
			c.version(states, from+i, deltas[i], hashes)
			base, ok := c.x.at[batch[i].Base]
			if ok && last[base] == from+i {
				states[base] = states[base].forget()
			}
			if last[from+i] < 0 {
				states[from+i] = states[from+i].forget()
			}
		}
		if c.progress != nil {
			c.progress(c.seen)
		}
	}
	hashes.wait()
	for i, l := range lines {
		c.judge(states, i, l)
	}
}

// verifyBatch deltas are read at a time.
const verifyBatch = 256

// state is what is known of a version while its children are checked.
type state struct {
	text *delta.Text
	base []byte
	size int64
	err  error       // of its delta
	gone bool        // folded away, as it should be
	lost bool        // a delta before it is damaged: told once, where it stands
	hash verlog.Hash // of the text, once hashing has come to it
}

// forget drops the text and keeps what was found.
func (s *state) forget() *state {
	if s != nil {
		s.text, s.base = nil, nil
	}
	return s
}

// parsed is a delta that was read, or why it could not be.
type parsed struct {
	delta *delta.Delta
	err   error
}

// read reads deltas on all cores.
func (c *verifier) read(lines []verlog.Line) []parsed {
	list := make([]parsed, len(lines))
	workers := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(lines); i += workers {
				list[i].delta, list[i].err = c.delta(lines[i])
			}
		})
	}
	wg.Wait()
	return list
}

// maxPieces is how many pieces a text may have before it is put together: more cost more than the copy.
const maxPieces = 4096

// version works out the text of line i and has it hashed.
func (c *verifier) version(states []*state, i int, p parsed, hashes *hashing) {
	l, s := c.x.lines[i], &state{}
	states[i] = s
	c.seen.Versions++
	if s.err = p.err; s.err != nil {
		missing := fault.KindOf(s.err) == fault.NotFound
		if missing {
			_, kept := c.x.folded[l.ID]
			s.gone = kept || c.x.mayBeGone(l)
			s.err = fault.New(fault.Corrupt, "is missing")
		}
		return
	}
	s.text = delta.NewText(0)
	if !p.delta.IsSnapshot() {
		base := c.baseOf(states, l)
		if base == nil || base.text == nil {
			s.text, s.lost = nil, true
			return
		}
		s.text, s.base = base.text.Clone(), base.base
	}
	if s.err = s.text.Apply(p.delta); s.err != nil {
		s.text = nil
		return
	}
	if len(s.text.Pieces()) > maxPieces {
		flat := s.text.Render(make([]byte, 0, s.text.Size()), s.base)
		s.text, s.base = delta.NewText(int64(len(flat))), flat
	}
	s.size = s.text.Size()
	c.seen.Bytes += s.size
	hashes.add(s)
}

// baseOf returns the state that l's delta reads: its base's, or that of the snapshot which stands for it.
func (c *verifier) baseOf(states []*state, l verlog.Line) *state {
	if i, ok := c.x.at[l.Base]; ok && states[i] != nil && !states[i].gone {
		return states[i]
	}
	if snap, ok := c.x.folded[l.Base]; ok {
		return c.snapshot(snap)
	}
	return nil
}

// judge tells what was found out about line i.
func (c *verifier) judge(states []*state, i int, l verlog.Line) {
	s := states[i]
	add := func(text string) {
		s.lost = true
		c.add(Problem{File: deltaName(l.ID), Offset: -1, Version: l.ID, Text: text})
	}
	switch {
	case s.gone || s.lost:
	case s.err != nil && l.ID <= c.x.repaired && !c.t.dir.Exists(deltaName(l.ID)):
		s.lost = true
		c.note(deltaName(l.ID), "was lost before a recovery: version "+l.ID.String()+", and those made from it, cannot be read")
	case s.err != nil:
		add(s.err.Error())
	case s.hash != l.Hash:
		base, ok := c.x.at[l.Base]
		if ok && states[base].lost {
			s.lost = true
			return
		}
		add("makes a content with another hash than " + logFile + " names")
	}
}

// snapshot returns the text of a compact line, which comes later in the log than the versions that build on it.
func (c *verifier) snapshot(id stamp.ID) *state {
	l, ok := c.x.line(id)
	if !ok {
		return nil
	}
	d, err := c.t.readDelta(l)
	if err != nil || !d.IsSnapshot() {
		return nil
	}
	return &state{text: delta.NewText(int64(len(d.Extra))), base: d.Extra}
}

// delta reads a version's delta and checks that the record behind its patch is the version's line.
func (c *verifier) delta(l verlog.Line) (*delta.Delta, error) {
	patch, rec, err := c.t.readPatch(l.ID, l.Size)
	if err != nil {
		return nil, err
	}
	if string(rec) != string(l.Append(nil)) {
		return nil, fault.New(fault.Corrupt, "the line behind the patch is not the version's line in %s", logFile)
	}
	d, _, err := delta.Parse(patch, nil, delta.AnySize, MaxSize)
	return d, err
}
