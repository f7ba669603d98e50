package table

import (
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/zeebo/xxh3"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Problem is one finding of a check.
type Problem struct {
	File    string   // as a message names it
	Line    int      // from 1; 0 where there is none
	Offset  int64    // in the file; -1 where there is none
	Version stamp.ID // 0 where there is none
	Text    string
	Note    bool // worth saying, and no damage
}

// String returns "FILE, line N, offset N, version N: TEXT".
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ", line %d", p.Line)
	}
	if p.Offset >= 0 {
		fmt.Fprintf(&b, ", offset %d", p.Offset)
	}
	if p.Version != 0 {
		fmt.Fprintf(&b, ", version %s", p.Version)
	}
	return b.String() + ": " + p.Text
}

// Verified says how much a check has read.
type Verified struct {
	Versions int
	Bytes    int64
}

// verifier collects every finding about one table.
type verifier struct {
	t        *Table
	problems []Problem
	seen     Verified
	x        *index
	names    []string
	hole     bool // the log is not whole, so that a delta without a line is no proof of a write that never counted
	progress func(Verified)
}

// Verify reads everything the table's folder holds and reports all that is wrong, in a fixed order: the log, each
// version, the files around them. It changes nothing. Progress, unless nil, is told how far it is.
func (t *Table) Verify(progress func(Verified)) ([]Problem, Verified, error) {
	c := &verifier{t: t, progress: progress}
	var err error
	if c.names, err = t.dir.Names(); err != nil {
		return nil, c.seen, err
	}
	if err := c.log(); err != nil {
		return nil, c.seen, err
	}
	c.versions()
	c.files()
	c.current()
	return c.problems, c.seen, nil
}

func (c *verifier) add(p Problem) {
	if !strings.Contains(p.File, "/") {
		p.File = c.t.dir.Path(p.File)
	}
	c.problems = append(c.problems, p)
}

func (c *verifier) note(file, text string) {
	c.add(Problem{File: file, Offset: -1, Text: text, Note: true})
}

func (c *verifier) log() error {
	l, err := c.t.openLog(c.t.believed(), true)
	if err != nil {
		if fault.KindOf(err) != fault.Corrupt {
			return err
		}
		c.add(Problem{File: logFile, Offset: -1, Text: err.Error()})
		l = &logView{}
	}
	defer l.close()
	c.x, c.hole = indexOf(l.lines), l.err != nil
	if l.file == nil {
		if c.hole {
			c.add(Problem{File: logFile, Offset: -1, Text: "is missing, and there are deltas; 'rdb recover " + c.t.name + "' rebuilds it from them"})
		} else if err == nil {
			c.note("", "is no table: its creation was cut short before it counted")
		}
		return nil
	}
	b, err := readRange(l.file, 0, min(l.stat.Size, maxLog))
	if err != nil {
		return err
	}
	problems, torn := verlog.Check(b)
	for _, p := range problems {
		c.add(Problem{File: logFile, Line: p.Number, Offset: p.Offset, Version: p.ID, Text: p.Text})
	}
	if c.hole && len(problems) == 0 {
		c.add(Problem{File: logFile, Offset: l.stat.Size, Text: strings.TrimPrefix(l.err.Error(), c.t.dir.Path(logFile)+" ")})
	}
	if torn >= 0 {
		c.add(Problem{File: logFile, Offset: torn, Text: "the last line is torn: an append that never counted; the next write moves it aside", Note: true})
	}
	return nil
}

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
			s.gone = kept || c.x.origin(l) <= c.x.compact
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

// hashing hashes the texts of versions on all cores.
type hashing struct {
	work chan job
	wg   sync.WaitGroup
}

type job struct {
	to   *state
	text *delta.Text
	base []byte
}

func startHashing() *hashing {
	h := &hashing{work: make(chan job, 64)}
	for range runtime.GOMAXPROCS(0) {
		h.wg.Go(func() {
			for j := range h.work {
				j.to.hash = hashText(j.text, j.base)
			}
		})
	}
	return h
}

func (h *hashing) add(s *state) { h.work <- job{s, s.text, s.base} }

func (h *hashing) wait() {
	close(h.work)
	h.wg.Wait()
}

func hashText(t *delta.Text, base []byte) verlog.Hash {
	h := xxh3.New()
	for _, p := range t.Pieces() {
		if p.Src != nil {
			h.Write(p.Src)
		} else {
			h.Write(base[p.Off : p.Off+p.N])
		}
	}
	return sumOf(h)
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

// files looks at what else is in the folder.
func (c *verifier) files() {
	for _, name := range c.names {
		info, err := c.t.dir.Root().Lstat(name)
		if err != nil {
			continue
		}
		if name == asideFolder {
			if !info.IsDir() {
				c.add(Problem{File: name, Offset: -1, Text: "is no folder"})
			}
			continue
		}
		if !info.Mode().IsRegular() {
			c.add(Problem{File: name, Offset: -1, Text: "is a " + describe(info.Mode()) + ", and nothing here is to be but plain files"})
			continue
		}
		c.file(name)
	}
	if _, err := c.t.Tags(); err != nil {
		c.add(Problem{File: tagsFile, Offset: -1, Text: err.Error()})
	}
	c.tags()
}

func describe(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "folder"
	case m&fs.ModeSymlink != 0:
		return "symbolic link"
	case m&fs.ModeNamedPipe != 0:
		return "fifo"
	}
	return "special file"
}

func (c *verifier) file(name string) {
	id, isDelta := strings.CutSuffix(name, deltaSuffix)
	idOfSchema, isSchema := strings.CutSuffix(name, schemaSuffix)
	switch {
	case isDelta:
		if n, err := stamp.Parse(id); err != nil {
			c.note(name, "is not named for a version")
		} else if _, ok := c.x.line(n); !ok && !c.hole {
			c.note(name, "belongs to no version: a write that never counted; 'rdb gc' removes it")
		}
	case isSchema:
		if n, err := stamp.Parse(idOfSchema); err != nil {
			c.note(name, "is not named for a version")
		} else if _, ok := c.x.line(n); !ok {
			c.note(name, "belongs to no version: a write that never counted; 'rdb gc' removes it")
			return
		}
		b, err := c.t.dir.ReadFile(name, maxSchema)
		if err == nil {
			_, err = parseKeys(b)
		}
		if err != nil {
			c.add(Problem{File: name, Offset: -1, Text: err.Error()})
		}
	case strings.HasSuffix(name, tempSuffix):
		c.note(name, "was left by a command that was cut short; 'rdb gc' removes it")
	case name == unknownFile:
		c.add(Problem{File: name, Offset: -1, Text: "the outcome of a write is unknown; run 'rdb recover " + c.t.name + "'"})
	case !slices.Contains([]string{currentFile, logFile, stateFile, lockFile, tagsFile, notesFile}, name):
		c.note(name, "is not a file of this format")
	}
}

func (c *verifier) tags() {
	tags, _ := c.t.Tags()
	for _, tag := range tags {
		if _, ok := c.x.line(tag.ID); !ok {
			c.add(Problem{File: tagsFile, Offset: -1, Version: tag.ID, Text: fmt.Sprintf("name %q stands for a version that is not in %s", tag.Name, logFile)})
		}
	}
}

// current says what current.csv is; only a table that is not clean is worth a word.
func (c *verifier) current() {
	v, err := c.t.look(false)
	if err != nil {
		c.add(Problem{File: currentFile, Offset: -1, Text: err.Error()})
		return
	}
	defer v.close()
	if v.head().ID == 0 {
		return
	}
	switch v.state {
	case Stale, Missing:
		c.note(currentFile, "is "+v.state.String()+"; the next write makes it the head again")
	case Damaged:
		c.add(Problem{File: currentFile, Offset: -1, Text: "was damaged by a power cut; 'rdb recover " + c.t.name + "' rebuilds it"})
	case Dirty:
		c.note(currentFile, "was edited by hand and the edit is not recorded")
		c.edited(v)
	}
}

func (c *verifier) edited(v *view) {
	_, err := c.t.edited(v)
	if err == nil {
		return
	}
	if list, ok := rowProblems(err); ok {
		for _, p := range list {
			c.add(Problem{File: currentFile, Line: p.Line, Offset: int64(p.Offset), Text: p.Text, Note: true})
		}
		return
	}
	c.note(currentFile, err.Error())
}

func rowProblems(err error) ([]row.Problem, bool) {
	for err != nil {
		if p, ok := err.(*row.Problems); ok {
			return p.List, true
		}
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			return nil, false
		}
		err = u.Unwrap()
	}
	return nil, false
}
