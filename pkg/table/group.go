package table

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/durable"
)

// Many writers of one table do not each read it, flush it and write it anew: who has the lock also carries out what those
// who wait for it asked for, each as a version of its own with its own user, and stores all of them with one append and one
// current.csv. A waiter that then gets the lock finds its version in the log and is done. What a holder could not do, or
// died before it did, the waiter does itself.
//
// The order: requests taken, deltas made, answers left, folder flushed, lines appended and flushed, answers confirmed. An
// answer says which line will stand where in the log; it is believed when that line stands there. Where the answer is not
// confirmed, the holder died in between, and may not have flushed the log: the waiter does.

const (
	queueFolder = "queue"

	maxGroup     = 64 // versions that one holder stores at once
	maxGroupTime = 100 * time.Millisecond
	maxGroupText = 64 << 20 // bytes of a text that is held in memory for them
)

func (t *Table) queue() durable.Queue { return t.dir.Queue(lockFile, queueFolder) }

// request is a change of known rows, as it can be left to others.
type request struct {
	User   uint64
	Delete bool
	Keys   [][]string
	Cells  []Assignment
	Only   []Condition
}

// answer says what became of a request: where in the log its line stands, if it was stored.
type answer struct {
	Offset  int64
	Line    string
	Result  Result
	Warning string `json:",omitempty"`
}

// encode returns nil where the request cannot be left to others.
func (r request) encode() []byte {
	for _, c := range r.Cells {
		if !utf8.ValidString(c.Column) || !utf8.ValidString(c.Value) {
			return nil
		}
	}
	for _, c := range r.Only {
		if !utf8.ValidString(c.Column) || !utf8.ValidString(c.Value) {
			return nil
		}
	}
	for _, key := range r.Keys {
		if slices.ContainsFunc(key, func(s string) bool { return !utf8.ValidString(s) }) {
			return nil
		}
	}
	b, err := json.Marshal(r)
	if err != nil {
		return nil
	}
	return b
}

// do carries a request out, or finds that it was carried out.
func (t *Table) do(r request) (Result, error) {
	lock, left, confirmed, err := t.queue().Ask(t.opt.Wait, r.encode)
	if err != nil {
		return Result{}, err
	}
	if res, ok := t.carriedOut(left, confirmed); ok {
		t.takeOver(lock, confirmed)
		return res, nil
	}
	s, err := t.begin(lock)
	if err != nil {
		return Result{}, err
	}
	defer s.Close()
	if err := s.RefuseDirty(); err != nil {
		return Result{}, err
	}
	waiting := s.gather()
	d, err := r.draft(s)
	if err != nil {
		return Result{}, err
	}
	if d == nil {
		return s.nothing()
	}
	if _, err := s.Stage(*d); err != nil {
		return Result{}, err
	}
	served := s.serveAll(waiting)
	results, err := s.Publish()
	if err != nil {
		return Result{}, err
	}
	for _, w := range served {
		w.Confirm()
	}
	if s.group {
		t.tell(results[:1])
	}
	return results[0], nil
}

// takeOver gives up the lock after another carried the request out. Where that one died first, what it left undone is done.
func (t *Table) takeOver(lock *durable.Lock, confirmed bool) {
	if confirmed {
		lock.Release()
		return
	}
	if s, err := t.begin(lock); err != nil {
		t.warn("the change is stored; the table could not be put in order: " + err.Error())
	} else {
		s.Close()
	}
}

// carriedOut returns the result of the request to which this was the answer, if it was stored.
func (t *Table) carriedOut(left []byte, confirmed bool) (Result, bool) {
	var a answer
	if left == nil || json.Unmarshal(left, &a) != nil || a.Line == "" || t.dir.Exists(unknownFile) {
		return Result{}, false
	}
	f, err := t.dir.OpenFile(logFile, os.O_RDWR)
	if err != nil {
		return Result{}, false
	}
	defer f.Close()
	if !a.stands(f) {
		return Result{}, false
	}
	if !confirmed && durable.Datasync(f) != nil {
		t.dir.Create(unknownFile, unknownFile+tempSuffix, []byte(a.Line))
		return Result{}, false
	}
	a.Result.warning = a.Warning
	t.tell([]Result{a.Result})
	return a.Result, true
}

// stands reports whether the line is in the log: where it was to be, or elsewhere, when the log was repaired since.
func (a *answer) stands(log *os.File) bool {
	line := make([]byte, len(a.Line))
	if _, err := log.ReadAt(line, a.Offset); err == nil && string(line) == a.Line {
		return true
	}
	all, err := io.ReadAll(io.NewSectionReader(log, 0, maxLog))
	return err == nil && bytes.Contains(all, []byte("\n"+a.Line))
}

// gather returns those who wait, with requests that can be carried out; when there are any, the session makes ready to store
// many versions.
func (s *Session) gather() []durable.Waiter {
	waiting := s.requests()
	if len(waiting) == 0 || s.v.log.file == nil || !s.Exists() {
		return nil
	}
	head, err := s.Content()
	if err != nil {
		return nil
	}
	if head.Size <= maxGroupText && head.hold() != nil {
		return nil
	}
	s.group = true
	return waiting
}

// requests returns those who wait with a request that another can carry out, and that nobody has begun with.
func (s *Session) requests() []durable.Waiter {
	waiting, err := s.t.queue().Requests()
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(waiting, func(w durable.Waiter) bool { return len(w.Request) == 0 })
}

// serveAll stages what is waited for, also by those who come meanwhile, and returns whom it served. It ends when nobody is
// left, or with maxGroup versions, or after maxGroupTime: who was served is not to wait long for the others.
func (s *Session) serveAll(waiting []durable.Waiter) (served []durable.Waiter) {
	for begun := time.Now(); len(waiting) > 0; waiting = s.requests() {
		for _, w := range waiting {
			if len(s.staged) == maxGroup || time.Since(begun) > maxGroupTime {
				return served
			}
			if s.serve(&w) {
				served = append(served, w)
			}
		}
	}
	return served
}

// serve stages what a waiter asked for, and reports whether it did. Where that comes to no version, the waiter finds out why
// by itself.
func (s *Session) serve(w *durable.Waiter) bool {
	var r request
	if !w.Take() || json.Unmarshal(w.Request, &r) != nil || len(r.Keys) == 0 {
		return false
	}
	d, err := r.draft(s)
	if err != nil || d == nil {
		return false
	}
	offset := s.v.log.end
	for _, p := range s.staged {
		offset += int64(len(p.line.Append(nil)))
	}
	line, err := s.Stage(*d)
	if err != nil {
		return false
	}
	res := Result{ID: line.ID, Stored: true, Action: line.Action, Counts: d.Counts, DeltaSize: line.Size}
	b, err := json.Marshal(answer{offset, string(line.Append(nil)), res, d.warning})
	if err == nil {
		err = w.Answer(b)
	}
	if err != nil {
		s.unstage() // without an answer the waiter stores its change itself
	}
	return err == nil
}

// draft works the request out on the session's head; nil when it changes nothing.
func (r request) draft(s *Session) (*Draft, error) {
	e, err := s.Edit()
	if err != nil {
		return nil, err
	}
	if !r.Delete {
		if err := e.Set(r.Keys[0], r.Cells, r.Only...); err != nil {
			return nil, err
		}
		return e.Draft(r.User)
	}
	if err := e.Find(r.Keys...); err != nil {
		return nil, err
	}
	for _, key := range r.Keys {
		if err := e.Delete(key); err != nil {
			return nil, err
		}
	}
	return e.Draft(r.User)
}

// prepareGroup flushes the folder, and begins to write the current.csv that the staged versions make.
func (s *Session) prepareGroup(change *delta.Delta) (err error) {
	if !s.group {
		return nil
	}
	if err := s.t.dir.Sync(); err != nil {
		return uncounted(err)
	}
	if s.next == nil && s.v.state == Clean && change != nil {
		s.next, err = s.t.prepare(change, s.head)
	}
	return err
}
