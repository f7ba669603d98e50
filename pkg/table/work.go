package table

import (
	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Work is what several statements make of a locked table, one after the other: each sees what those before it did. It comes to one
// version, or to none. It is for one goroutine.
type Work struct {
	s     *Session
	edit  *Edit        // of the table as it is or as it was made; nil until somebody asks
	made  *Replacement // the table that the work has made, without rows; nil when there is none
	rules *Rules       // of it
	gone  bool         // the table that was there was deleted
}

// Work begins with the table as it is.
func (s *Session) Work() *Work { return &Work{s: s} }

// Announce makes an empty log for a table that has none, because its first version is to be stored by a frame. What is left of a frame
// that was never committed is then not taken for the deltas of a log that was lost.
func (s *Session) Announce() error {
	if s.v.log.file != nil || s.v.log.err != nil {
		return nil
	}
	if err := s.t.dir.Create(logFile, logFile+tempSuffix, nil); err != nil {
		return uncounted(err)
	}
	s.announced = true
	l, err := s.t.openLog(nil, true)
	if err == nil {
		s.v.log = l
	}
	return err
}

// unannounce takes the empty log away again, unless its first line is there or is to come.
func (s *Session) unannounce() {
	if s.announced && s.v.head().ID == 0 {
		s.t.dir.Remove(logFile)
	}
	s.announced = false
}

// Exists reports whether the table is there, as the work so far leaves it.
func (w *Work) Exists() bool { return w.made != nil || !w.gone && w.s.Exists() }

// Edit returns the rows of the table to be changed; fault.NotFound when it is not there. It is the same one each time until the table
// is made or deleted.
func (w *Work) Edit() (e *Edit, err error) {
	switch {
	case w.edit != nil:
		return w.edit, nil
	case !w.Exists():
		return nil, w.s.t.notFound()
	case w.made != nil:
		if w.edit, err = w.s.editOf(memory(w.made.Content), w.rules.Schema.Key()); err == nil {
			w.edit.rules = w.rules
		}
	default:
		w.edit, err = w.s.Edit()
	}
	return w.edit, err
}

// Make makes the table: Content is its header. It is refused with fault.Input when it is there.
func (w *Work) Make(r Replacement) error {
	if w.Exists() {
		return fault.New(fault.Input, "table %q exists", w.s.t.name)
	}
	if err := CheckNew(w.s.t.name, r); err != nil {
		return err
	}
	text, err := r.schema(nil)
	if err != nil {
		return err
	}
	if w.gone || w.s.Exists() {
		r.Schema = orNone(text) // the one that was there had another
	}
	w.rules, err = rulesOf(w.s.t.name, text)
	w.made, w.edit = &r, nil
	return err
}

// Drop deletes the table; fault.NotFound when it is not there.
func (w *Work) Drop() error {
	if !w.Exists() {
		return w.s.t.notFound()
	}
	w.made, w.edit, w.gone = nil, nil, true
	return nil
}

// Draft makes the work a draft; nil when it comes to nothing.
func (w *Work) Draft(user uint64) (*Draft, error) {
	switch {
	case w.made != nil:
		return w.draftMade(user)
	case w.gone && w.s.Exists():
		return w.s.drop(user)
	case w.gone || w.edit == nil:
		return nil, nil
	}
	return w.edit.Draft(user)
}

// draftMade drafts a table that was made, with the rows that were put into it since.
func (w *Work) draftMade(user uint64) (*Draft, error) {
	r := *w.made
	r.Action, r.User, r.Create = verlog.Create, user, !w.s.Exists()
	if w.s.Exists() {
		r.Action = verlog.Import // the one that was there had other columns perhaps, and another key
	}
	if w.edit != nil {
		text, err := w.edit.Text()
		if err != nil {
			return nil, err
		}
		if r.Content, err = text.Bytes(); err != nil {
			return nil, err
		}
	}
	return w.s.replacement(r)
}

// Rules returns what the table asks of its rows.
func (e *Edit) Rules() (*Rules, error) {
	if e.rules != nil {
		return e.rules, nil
	}
	return e.s.Rules()
}

// Columns returns the names of the table's columns. The slice is not to be changed.
func (e *Edit) Columns() []string { return e.columns }

// KeyAt returns the places of the key's columns. The slice is not to be changed.
func (e *Edit) KeyAt() []int { return e.keyAt }

// Text returns the table as the changes so far leave it, without rewriting what they leave alone. It is good until the next change.
func (e *Edit) Text() (*Content, error) {
	splices, _, err := e.splices()
	if err != nil || len(splices) == 0 {
		return e.head, err
	}
	text := delta.NewText(e.head.Size)
	if err := text.Apply(delta.Edit(e.head.Size, splices)); err != nil {
		return nil, err
	}
	return &Content{ReaderAt: text.Reader(e.head), Size: text.Size()}, nil
}

// Record returns the row that a key means, which may be spelled in any way, as the changes so far leave it, with its line end or
// without; nil when there is none. It is not to be changed.
func (e *Edit) Record(key []string) ([]byte, error) {
	_, r, err := e.findSpelled(key)
	if err != nil {
		return nil, err
	}
	return r.now, nil
}
