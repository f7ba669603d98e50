package table

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/reedbase/reedbase/pkg/conflict"
	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/merge"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// A write that was made from an older version than the head is kept as a side version, which is based on that one, and
// joined to the head by a merge: a version with both for parents, whose delta reads the head. Both lines go into the log in
// one append.

// Strategy says what becomes of conflicts.
type Strategy uint8

// The strategies. By the recorded time of two writes one of them comes last: its id is the larger.
const (
	Manual         Strategy = iota // the head's value stays, and the conflict is open
	LastWriteWins                  // the later write's value stands
	FirstWriteWins                 // the earlier one's
)

var strategies = [...]string{"manual", "last-write-wins", "first-write-wins"}

// String returns the strategy's name.
func (s Strategy) String() string { return strategies[s] }

// ParseStrategy reads a strategy's name; another word is fault.Input.
func ParseStrategy(name string) (Strategy, error) {
	i := slices.Index(strategies[:], name)
	if i < 0 {
		return 0, fault.New(fault.Input, "%q is no strategy; it is \"manual\", \"last-write-wins\" or \"first-write-wins\"", name)
	}
	return Strategy(i), nil
}

// MergeOptions say how a stale write is merged.
type MergeOptions struct {
	Rows     bool     // rows that both sides changed are a conflict, even in different cells
	Strategy Strategy // for what clashes
	Fail     bool     // conflicts refuse the write
}

// Clash is the error of a write that was refused because of conflicts: fault.No. They have no ids.
type Clash struct {
	Table     string
	Conflicts []conflict.Conflict
}

// Error says how many conflicts there are, and names the first.
func (c *Clash) Error() string {
	first := c.Conflicts[0]
	where := fmt.Sprintf("row %q", first.Key)
	if first.Kind == conflict.Header {
		where = "the header"
	}
	return fmt.Sprintf("table %q: %s with what others wrote meanwhile, the first in %s; nothing was stored", c.Table, plural(int64(len(c.Conflicts)), "conflict"), where)
}

// Unwrap gives the error its kind.
func (c *Clash) Unwrap() error { return fault.New(fault.No, "there are conflicts") }

// side is a stale write that is being merged.
type side struct {
	s       *Session
	from    stamp.ID // the version it was made from
	key     []string
	base    []byte // texts
	ours    []byte
	theirs  []byte
	merging *merge.Result
}

// stageStale stages the write r, which was made from a version that is not the head, and the merge that joins it. Nothing is
// staged when it changes nothing.
func (s *Session) stageStale(r Replacement) error {
	if len(s.staged) > 0 {
		return fault.New(fault.Other, "table %q: a write that was made from an older version comes first", s.t.name)
	}
	w, err := s.sideOf(r)
	if err != nil || bytes.Equal(w.base, w.theirs) || bytes.Equal(w.ours, w.theirs) {
		return err
	}
	side, err := w.draft(r)
	if err != nil {
		return err
	}
	line, err := s.Stage(*side)
	if err != nil {
		return err
	}
	// The other write's id decides by time, and is known only now.
	merged, err := w.merge(r, line)
	if err == nil {
		_, err = s.Stage(*merged)
	}
	if err != nil {
		s.Abort()
	}
	return err
}

// SetFrom is Set in the rows of an older version, merged with the head as Replace merges; 0 is the head.
func (t *Table) SetFrom(base stamp.ID, user uint64, key []string, cells []Assignment, o MergeOptions) (Result, error) {
	s, err := t.Begin()
	if err != nil {
		return Result{}, err
	}
	defer s.Close()
	if err := s.RefuseDirty(); err != nil {
		return Result{}, err
	}
	content, err := s.setIn(base, key, cells)
	if err != nil {
		return Result{}, err
	}
	if err := s.Replace(Replacement{Content: content, Action: verlog.Update, User: user, Base: base, Existing: true, Merge: o}); err != nil {
		return Result{}, err
	}
	return s.publishLast()
}

// setIn returns the text of version base with a row changed.
func (s *Session) setIn(base stamp.ID, key []string, cells []Assignment) ([]byte, error) {
	if !s.Exists() {
		return nil, s.t.notFound()
	}
	x, err := s.index()
	if err != nil {
		return nil, err
	}
	if _, ok := x.line(base); !ok {
		return nil, s.t.noVersion(base.String())
	}
	text, err := s.t.contentOrEmpty(base, x)
	if err != nil {
		return nil, err
	}
	s.dropKeys() // they are of the head
	e, err := s.editOf(memory(text))
	if err != nil {
		return nil, err
	}
	if err := e.Set(key, cells); err != nil {
		return nil, err
	}
	splices, _, err := e.splices()
	if err != nil {
		return nil, err
	}
	changed := delta.NewText(int64(len(text)))
	err = changed.Apply(delta.Edit(int64(len(text)), splices))
	return changed.Render(nil, text), err
}

// sideOf reads the three texts.
func (s *Session) sideOf(r Replacement) (w *side, err error) {
	w = &side{s: s, from: r.Base, theirs: r.Content, key: s.KeyNames()}
	x, err := s.index()
	if err != nil {
		return nil, err
	}
	line, ok := x.line(r.Base)
	if !ok {
		return nil, s.t.noVersion(r.Base.String())
	}
	if line.Action == verlog.Delete {
		return nil, fault.New(fault.Input, "table %q: version %s deleted the table; nothing is made from it", s.t.name, r.Base)
	}
	if w.base, err = s.t.contentOrEmpty(r.Base, x); err != nil {
		return nil, err
	}
	head, err := s.Content()
	if err != nil {
		return nil, err
	}
	w.ours, err = head.Bytes()
	return w, err
}

// draft returns the side version.
func (w *side) draft(r Replacement) (*Draft, error) {
	d := delta.Diff(w.base, w.theirs)
	c, err := compareBytes(w.base, w.theirs, d.Ops, w.key)
	if err != nil {
		return nil, err
	}
	patch, err := smallest(&d, w.theirs)
	return &Draft{
		Action: r.Action, User: r.User, Note: r.Note, Base: w.from, Delta: d, Patch: patch, Hash: verlog.Sum(w.theirs), Counts: c.Counts(),
	}, err
}

// merge returns the version that joins the side version line to the head.
func (w *side) merge(r Replacement, line verlog.Line) (*Draft, error) {
	favor := merge.Ours
	if r.Merge.Strategy == LastWriteWins {
		favor = merge.Theirs // it is stored after all that it clashes with
	}
	var err error
	w.merging, err = merge.Merge(w.base, w.ours, w.theirs, merge.Options{Key: w.key, Rows: r.Merge.Rows, Favor: favor, Sound: true})
	if err != nil {
		return nil, fmt.Errorf("table %q cannot be merged: %w", w.s.t.name, err)
	}
	opened, err := w.conflicts(line)
	if err != nil {
		return nil, err
	}
	if len(opened) > 0 && r.Merge.Fail {
		return nil, &Clash{w.s.t.name, opened}
	}
	var text bytes.Buffer
	if _, err := w.merging.WriteTo(&text); err != nil {
		return nil, err
	}
	m := w.merging.Merged
	d := &Draft{
		Action: verlog.Automerge, User: r.User, Parent: line.ID, Delta: w.merging.Delta, Hash: verlog.Sum(text.Bytes()),
		Counts: Counts{int64(m.Added), int64(m.Changed), int64(m.Deleted)},
	}
	if len(opened) > 0 {
		d.Action, d.Conflicts = verlog.MergeConflicts, conflict.File{Opened: opened}
		if r.Merge.Strategy != Manual {
			d.Action, d.settle = verlog.Automerge, r.Merge.Strategy.side()
		}
	}
	return d, nil
}

// side returns whose value stands when a stale write is merged.
func (s Strategy) side() string {
	if s == LastWriteWins {
		return merge.Theirs.String()
	}
	return merge.Ours.String()
}

// conflicts returns what clashes, with who wrote it.
func (w *side) conflicts(line verlog.Line) ([]conflict.Conflict, error) {
	if len(w.merging.Conflicts) == 0 {
		return nil, nil
	}
	authors, err := w.s.authorsSince(w.from, w.key)
	if err != nil {
		return nil, err
	}
	list := make([]conflict.Conflict, len(w.merging.Conflicts))
	for i, m := range w.merging.Conflicts {
		ours := authors(m.Key)
		list[i] = conflict.Conflict{
			Kind: conflict.Kind(m.Kind), Key: bytes.Clone(m.Key), Columns: m.Columns, Kept: keptSide(m),
			Base:   w.record(merge.Base, w.from, 0, m.Base),
			Ours:   w.record(merge.Ours, ours.ID, ours.User, m.Ours),
			Theirs: w.record(merge.Theirs, line.ID, line.User, m.Theirs),
		}
	}
	return list, nil
}

func keptSide(m merge.Conflict) string {
	if m.Kept == merge.Base {
		return "both"
	}
	return m.Kept.String()
}

func (w *side) record(side merge.Side, id stamp.ID, user uint64, record []byte) conflict.Side {
	s := conflict.Side{Version: id, User: user, Columns: w.merging.Sides[side]}
	if len(record) > 0 {
		s.Record = bytes.Clone(trimEOL(record))
	}
	return s
}

// authorsSince returns a function that says which version since the older one from last wrote a row of the head; for a row
// that none of them wrote, and for the header, the head.
func (s *Session) authorsSince(from stamp.ID, key []string) (func(key []byte) verlog.Line, error) {
	x, err := s.index()
	if err != nil {
		return nil, err
	}
	wrote := map[string]verlog.Line{}
	all := x.ancestry(s.v.head().ID)
	if n := slices.IndexFunc(all, func(l verlog.Line) bool { return l.ID == from }); n > 0 {
		if err := s.t.follow(from, all[:n], x, key, func(l verlog.Line, row []byte) { wrote[string(row)] = l }); err != nil {
			return nil, err
		}
	}
	return func(row []byte) verlog.Line {
		if l, ok := wrote[string(row)]; ok && row != nil {
			return l
		}
		return s.v.head()
	}, nil
}

// follow tells which rows each of the versions that come after from, newest first, wrote: by its author.
func (t *Table) follow(from stamp.ID, after []verlog.Line, x *index, key []string, wrote func(l verlog.Line, row []byte)) error {
	base, err := t.content(from, x)
	if err != nil {
		return err
	}
	defer base.Close()
	w := walker{key: key, plain: true}
	if err := w.start(base); err != nil {
		return err
	}
	for _, l := range slices.Backward(after) {
		changes, err := t.step(&w, l, x)
		if err != nil {
			return t.inVersion(l.ID, err)
		}
		for _, c := range changes.Rows {
			wrote(x.author(l), c.Key)
		}
	}
	return nil
}

// step takes the walker on to version l.
func (t *Table) step(w *walker, l verlog.Line, x *index) (*Changes, error) {
	d, err := t.readDelta(l)
	if err == nil && !d.IsSnapshot() {
		return w.next(d)
	}
	if err != nil && unlessDamage(err) != nil {
		return nil, err
	}
	c, err := t.content(l.ID, x)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return w.jump(c)
}

// author returns the version whose writer brought about what l did: of a merge the side version that it joined.
func (x *index) author(l verlog.Line) verlog.Line {
	if side, ok := x.line(l.Parent); ok && l.Parent != 0 {
		return side
	}
	return l
}
