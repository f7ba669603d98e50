package table

import (
	"bytes"
	"errors"
	"slices"

	"github.com/reedbase/reedbase/pkg/conflict"
	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/merge"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/schema"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// A write that was made from a version B, while the head is H, is kept as it is: as a side version on B. A merge of H and the
// side version, whose delta reads H, joins it.

// Clash is the error of a write that was refused because of conflicts. Its kind is fault.No.
type Clash struct {
	Table     string
	Conflicts []conflict.Conflict // their ids and versions are empty: none was stored
}

// Error returns how many conflicts there are.
func (c *Clash) Error() string {
	return "table " + c.Table + ": " + plural(int64(len(c.Conflicts)), "conflict") + "; nothing was stored"
}

// Replace stages a whole new content: as a version of its own or, where it was made from a version that is not the head any
// more, as a side version with the merge that joins it; nothing when it changes nothing. The result of the version staged last
// says what becomes of it. The errors are those of Table.Replace; nothing is staged with them.
func (s *Session) Replace(r Replacement) error {
	x, err := s.index()
	if err != nil {
		return err
	}
	base, stale, err := s.staleBase(r.Base, x)
	if err != nil {
		return err
	}
	if stale {
		return s.stageMerge(r, base, x)
	}
	d, err := s.replacement(r)
	if err == nil && d != nil {
		_, err = s.Stage(*d)
	}
	return err
}

// staleBase returns the version that a write was made from, and whether the head is another one. The head and a version with
// the same content are one to it.
func (s *Session) staleBase(id stamp.ID, x *index) (base verlog.Line, stale bool, err error) {
	head := s.Head()
	if id == 0 || id == head.ID {
		return head, false, nil
	}
	base, ok := x.line(id)
	if !ok {
		return base, false, s.t.noVersion(id.String())
	}
	if at := x.origin(base); at != id { // a snapshot of an older version stands for that
		base, _ = x.line(at)
	}
	if base.Action == verlog.Delete {
		return base, false, fault.New(fault.Input, "version %s deleted the table; nothing can be made from it", id)
	}
	if !s.Exists() {
		return base, false, fault.WithHint(s.t.notFound(), "version %s deleted it; 'rdb version:rollback %s %s' brings it back", head.ID, s.t.name, base.ID)
	}
	return base, base.ID != head.ID && base.Hash != head.Hash, nil
}

// mergeKey returns the columns of the key for a merge with the base's text, and whether they were the key of base too. Where
// the first column is the key it is named: one side may have moved it.
func (s *Session) mergeKey(base verlog.Line, old []byte, x *index) (key []string, sound bool, err error) {
	head, err := s.Content()
	if err != nil {
		return nil, false, err
	}
	now, err := head.Columns()
	if err != nil {
		return nil, false, err
	}
	if len(now) == 0 {
		return nil, false, fault.New(fault.Input, "table %q is an empty file since version %s: nothing can be merged with it", s.t.name, s.Head().ID)
	}
	was, err := s.t.keyAt(base.ID, x)
	if err != nil {
		return nil, false, err
	}
	if key = s.KeyNames(); len(key) == 0 {
		key = now[:1]
	}
	if len(was) == 0 && len(old) > 0 {
		columns, _, err := row.Header(old)
		if err != nil {
			return nil, false, err
		}
		was = columns[:1]
	}
	return key, slices.Equal(key, was), nil
}

// threeWay is a merge that was worked out.
type threeWay struct {
	base    verlog.Line
	old     []byte   // the text of base
	ours    []byte   // the head's
	sound   bool     // old is a table under the key
	key     []string // names of the key's columns
	text    []byte   // the merged one
	options MergeOptions
	clashes int // of its conflicts; those behind them came of the table's rules
	*merge.Result
}

func (s *Session) merge(r Replacement, base verlog.Line, x *index) (*threeWay, error) {
	w := &threeWay{base: base, options: r.Merge}
	rules, err := s.Rules()
	if err != nil {
		return nil, err
	}
	w.options.Rows = w.options.Rows || rules.Schema.Merge == schema.Rows
	if w.old, err = s.t.contentOrEmpty(base.ID, x); err != nil || bytes.Equal(w.old, r.Content) {
		return nil, err
	}
	var sound bool
	if w.key, sound, err = s.mergeKey(base, w.old, x); err != nil {
		return nil, err
	}
	head, err := s.Content()
	if err != nil {
		return nil, err
	}
	ours, err := head.Bytes()
	if err != nil {
		return nil, err
	}
	w.ours, w.sound = ours, sound
	if err := w.merge(r.Content); err != nil {
		return nil, s.refused(r, base, err)
	}
	return w, nil
}

// merge merges the head's text with another that was made of the base's.
func (w *threeWay) merge(theirs []byte) (err error) {
	o := merge.Options{Key: w.key, Rows: w.options.Rows, Sound: w.sound}
	if w.options.Strategy == LastWriteWins {
		o.Favor = merge.Theirs // all that is in the head was written before the version that is being made
	}
	if w.Result, err = merge.Merge(w.old, w.ours, theirs, o); err != nil {
		return err
	}
	text := bytes.NewBuffer(make([]byte, 0, w.Delta.Size))
	w.WriteTo(text)
	w.text = text.Bytes()
	return nil
}

// refused says which of three texts is no table.
func (s *Session) refused(r Replacement, base verlog.Line, err error) error {
	var refused *merge.Refused
	if !errors.As(err, &refused) {
		return err
	}
	switch refused.Side {
	case merge.Theirs:
		return inSource(r.Source, refused.Err)
	case merge.Base:
		return fault.New(fault.Input, "table %q, version %s cannot be merged under the key of today: %w", s.t.name, base.ID, refused.Err)
	}
	return fault.New(fault.Input, "table %q, version %s: %w", s.t.name, s.Head().ID, refused.Err)
}

// stageMerge stages a content that was made from base, and the merge that joins it with the head.
func (s *Session) stageMerge(r Replacement, base verlog.Line, x *index) error {
	if err := s.admit(r); err != nil {
		return err
	}
	w, err := s.merge(r, base, x)
	if err != nil || w == nil {
		return err
	}
	warning, err := s.rule(w, r, x)
	if err != nil {
		return err
	}
	disputed, err := s.t.disputes(w, s.Head(), r.User, x)
	if err != nil {
		return err
	}
	if w.options.Fail && len(disputed.Opened) > 0 {
		return fault.As(fault.No, &Clash{s.t.name, disputed.Opened})
	}
	side := Draft{Action: r.Action, User: r.User, Note: r.Note, Base: base.ID, Hash: verlog.Sum(r.Content), Counts: countsOf(w.Theirs), warning: warning}
	side.Delta = delta.Diff(w.old, r.Content)
	if side.Patch, err = smallest(&side.Delta, r.Content); err != nil {
		return err
	}
	join, err := s.joining(w, r.User)
	if err != nil {
		return err
	}
	line, err := s.Stage(side)
	if err != nil {
		return err
	}
	join.Parent = line.ID
	if len(disputed.Opened) > 0 {
		join.Action, join.conflicts = verlog.MergeConflicts, disputed
		name(disputed, s.t.name, line.ID, w.options.Strategy, w.clashes)
	}
	if _, err = s.Stage(*join); err != nil {
		s.unstage()
	}
	return err
}

// joining returns the merge's draft, but for its second parent.
func (s *Session) joining(w *threeWay, user uint64) (*Draft, error) {
	d := &Draft{Action: verlog.Automerge, User: user, Delta: w.Delta, Hash: verlog.Sum(w.text), Counts: countsOf(w.Merged)}
	var err error
	if d.Patch, err = smallest(&d.Delta, w.text); err != nil {
		return nil, err
	}
	if len(s.KeyNames()) == 0 && w.Columns[0] != w.key[0] {
		d.Schema, err = s.keyed(w.key) // the key is no longer the first column
	}
	return d, err
}

func countsOf(c merge.Counts) Counts {
	return Counts{Added: int64(c.Added), Changed: int64(c.Changed), Deleted: int64(c.Deleted)}
}

// disputes returns the conflicts of a merge of head with what user wrote, not yet named.
func (t *Table) disputes(w *threeWay, head verlog.Line, user uint64, x *index) (*conflict.File, error) {
	d := &conflict.File{}
	if len(w.Conflicts) == 0 {
		return d, nil
	}
	writer, err := t.writers(head, w.base.ID, x, w.key)
	if err != nil {
		return nil, err
	}
	d.SetHeaders([4][]string{w.Sides[merge.Base], w.Sides[merge.Ours], w.Sides[merge.Theirs], w.Columns})
	for _, c := range w.Conflicts {
		ours := writer(c.Key)
		d.Opened = append(d.Opened, conflict.Conflict{
			Kind: conflict.Kind(c.Kind), Key: bytes.Clone(c.Key), Columns: slices.Clone(c.Columns),
			Now: recordOf(c.Merged), NowColumns: w.Columns,
			Base:   conflict.Side{Version: w.base.ID, User: w.base.User, Record: recordOf(c.Base), Columns: w.Sides[merge.Base]},
			Ours:   conflict.Side{Version: ours.ID, User: ours.User, Record: recordOf(c.Ours), Columns: w.Sides[merge.Ours]},
			Theirs: conflict.Side{User: user, Record: recordOf(c.Theirs), Columns: w.Sides[merge.Theirs]},
		})
	}
	return d, nil
}

// name gives the conflicts of a merge of a table their ids, and settles them where the strategy does. The first ones are clashes;
// the others came of the table's rules, by which the head's values stand whatever was written later.
func name(f *conflict.File, table string, side stamp.ID, strategy Strategy, clashes int) {
	for i := range f.Opened {
		c := &f.Opened[i]
		c.ID, c.Theirs.Version = conflict.NewID(table, side, i+1), side
		if strategy == FirstWriteWins || strategy != Manual && i < clashes {
			f.Settled = append(f.Settled, conflict.Settled{ID: c.ID, Key: c.Key, Columns: c.Columns, By: strategy.String(), Now: c.Now})
		}
	}
}

// recordOf returns a copy of a record without its line end; nil stays nil.
func recordOf(record []byte) []byte { return bytes.Clone(trimEOL(record)) }

// SetFrom changes a row as Set does, of the table as it was at version base; 0 is the head. Where that is not the head any more
// the change is kept as its own version and merged with the head; see Replace.
func (t *Table) SetFrom(base stamp.ID, user uint64, key []string, cells []Assignment, o MergeOptions) (Result, error) {
	r := Replacement{Action: verlog.Update, User: user, Base: base, Merge: o, Existing: true}
	return t.commit(func(s *Session) error { return s.set(r, key, cells) })
}

// set stages a change of one row that was made from a version.
func (s *Session) set(r Replacement, key []string, cells []Assignment) error {
	x, err := s.index()
	if err != nil {
		return err
	}
	base, stale, err := s.staleBase(r.Base, x)
	if err != nil {
		return err
	}
	if stale {
		if r.Content, err = s.setIn(base, x, key, cells); err != nil {
			return err
		}
		return s.stageMerge(r, base, x)
	}
	e, err := s.Edit()
	if err != nil {
		return err
	}
	if err := e.Set(key, cells); err != nil {
		return err
	}
	d, err := e.Draft(r.User)
	if err == nil && d != nil {
		_, err = s.Stage(*d)
	}
	return err
}

// setIn returns the text of an older version with a row changed.
func (s *Session) setIn(base verlog.Line, x *index, key []string, cells []Assignment) ([]byte, error) {
	b, err := s.t.contentOrEmpty(base.ID, x)
	if err != nil {
		return nil, err
	}
	names, err := s.t.keyAt(base.ID, x)
	if err != nil {
		return nil, err
	}
	// A session of its own: nothing of what is known of the head's rows holds here.
	e := &Edit{s: &Session{t: s.t, v: s.v}, head: memory(b), key: names, rows: map[string]*editedRow{}}
	e.read = newHashedReader(e.head)
	if e.columns, err = e.head.Columns(); err != nil {
		return nil, err
	}
	if e.keyAt, err = keyColumns(e.columns, names); err != nil {
		return nil, err
	}
	if err := e.Set(key, cells); err != nil {
		return nil, err
	}
	return e.bytes()
}

// bytes returns the text with the changes made.
func (e *Edit) bytes() ([]byte, error) {
	old, err := e.head.Bytes()
	if err != nil {
		return nil, err
	}
	splices, _, err := e.splices()
	if err != nil {
		return nil, err
	}
	text := delta.NewText(e.head.Size)
	if err := text.Apply(delta.Edit(e.head.Size, splices)); err != nil {
		return nil, err
	}
	return text.Render(make([]byte, 0, text.Size()), old), nil
}
