package table

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// recovery puts one table's folder in order. It only ever moves things aside; what it does is said in done.
type recovery struct {
	t    *Table
	v    *view
	done []string
}

func (r *recovery) say(format string, args ...any) {
	r.done = append(r.done, fmt.Sprintf(format, args...))
}

// Recover rebuilds what can be rebuilt from what is intact: the log from the lines that the deltas carry, current.csv
// from the deltas, a head whose delta is lost from current.csv. What is damaged is moved to aside/. It returns what was
// done, one sentence each; run again it finds nothing to do. It must not lose an acknowledged write, so it only takes
// from the log what was never a whole line.
func (t *Table) Recover() (done []string, err error) {
	lock, err := t.dir.Lock(lockFile, t.opt.Wait)
	if err != nil {
		return nil, err
	}
	defer lock.Release()
	r := &recovery{t: t}
	defer func() { done = r.done }()
	quiet := *t
	quiet.opt.Warn = func(text string) { r.done = append(r.done, strings.TrimPrefix(text, "table "+t.name+": ")) }
	r.t = &quiet
	if err := r.log(); err != nil {
		return nil, err
	}
	if err := r.noFile(); err != nil {
		return nil, err
	}
	if err := r.schemas(); err != nil {
		return nil, err
	}
	if err := r.look(); err != nil {
		return nil, err
	}
	defer func() { r.v.close() }()
	if r.v.log.err != nil {
		return nil, r.v.log.err
	}
	if r.v.head().ID == 0 {
		return nil, nil
	}
	if err := r.t.settleLeftover(r.v); err != nil {
		return nil, err
	}
	s := &Session{t: r.t, v: r.v}
	if err := s.addPending(); err != nil {
		return nil, err
	}
	if err := r.orphans(); err != nil {
		return nil, err
	}
	x := indexOf(r.v.log.lines)
	if err := r.deltas(x); err != nil {
		return nil, err
	}
	if err := r.head(x); err != nil {
		return nil, err
	}
	if err := r.conflicts(); err != nil {
		return nil, err
	}
	if err := r.schema(); err != nil {
		return nil, err
	}
	return nil, r.current()
}

// schema makes the copy of the schema anew where it is missing or behind. An edit by hand stays.
func (r *recovery) schema() error {
	edited, err := r.t.EditedSchema()
	if err != nil || edited != nil {
		return err
	}
	var text []byte
	if !r.v.deleted() {
		if text, err = r.t.readSchema(r.v.schema); err != nil {
			return err
		}
	}
	changed, err := r.t.writeCopy(text)
	if changed {
		r.say("the copy of the schema was made anew")
	}
	return err
}

// orphans moves deltas aside that belong to no version.
func (r *recovery) orphans() error {
	names, err := r.t.dir.Names()
	if err != nil {
		return err
	}
	x := indexOf(r.v.log.lines)
	for _, name := range names {
		text, ok := strings.CutSuffix(name, deltaSuffix)
		id, err := stamp.Parse(text)
		if _, logged := x.line(id); !ok || err != nil || logged {
			continue
		}
		if err := r.moveAway(name, "belongs to a write that never counted"); err != nil {
			return err
		}
	}
	return nil
}

func (r *recovery) moveAway(name, why string) error {
	kept, err := r.t.moveAside(name, name)
	if err == nil {
		r.say("%s %s and is kept in %s", name, why, kept)
	}
	return err
}

// noFile moves aside what stands in the place of current.csv and is no file.
func (r *recovery) noFile() error {
	f, err := r.t.dir.Open(currentFile)
	if err == nil {
		return f.Close()
	}
	if fault.KindOf(err) != fault.Corrupt {
		return nil
	}
	return r.moveAway(currentFile, "was no file")
}

// deltas moves those aside that are damaged: what they hold can no longer be told from what they held.
func (r *recovery) deltas(x *index) error {
	for _, l := range x.lines {
		_, err := r.t.readDelta(l)
		if err := unlessDamage(err); err != nil {
			return err
		}
		if fault.KindOf(err) == fault.Corrupt {
			if err := r.moveAway(deltaName(l.ID), "is damaged"); err != nil {
				return err
			}
		}
	}
	return nil
}

// head sees to it that the newest version can be read, from the deltas alone.
func (r *recovery) head(x *index) error {
	head := r.v.head()
	c, err := r.t.render(head, x, false)
	if err == nil {
		return c.Close()
	}
	if err := unlessDamage(err); err != nil {
		return err
	}
	r.say("version %s cannot be made from its deltas: %v", head.ID, err)
	content, from, err := r.saved(x)
	if err != nil {
		return err
	}
	if from != "" {
		r.say("version %s was taken from %s, which holds it, and stored as a snapshot; older ones may be lost", head.ID, from)
		d := Draft{Action: verlog.Snapshot, Delta: delta.Snapshot(content), Hash: head.Hash}
		if r.v.deleted() {
			d.Action = verlog.Delete
		}
		return r.store(d)
	}
	return r.fromHistory(x)
}

// saved returns the head's content from where it is beside the deltas, and says from where; "" when it is nowhere.
func (r *recovery) saved(x *index) (content []byte, from string, err error) {
	head := r.v.head()
	if r.v.deleted() {
		return nil, "the log", nil
	}
	if r.v.current != nil {
		b, err := r.t.readEdited(r.v)
		if fault.KindOf(err) == fault.Input {
			err = nil // a file with NULs, which no version is
		}
		if err != nil || verlog.Sum(b) == head.Hash {
			return b, currentFile, err
		}
	}
	c, err := r.t.render(head, x, true)
	if err != nil {
		return nil, "", unlessDamage(err)
	}
	defer c.Close()
	b, err := c.Bytes()
	return bytes.Clone(b), "the cache", err
}

// unlessDamage returns err unless it says that stored data is damaged or gone: what cannot be read only now, as when the
// system refuses a call, is no reason to give anything up.
func unlessDamage(err error) error {
	if kind := fault.KindOf(err); kind == fault.Corrupt || kind == fault.NotFound {
		return nil
	}
	return err
}

// fromHistory brings the newest version back that can be read.
func (r *recovery) fromHistory(x *index) error {
	for l := r.v.head(); ; {
		id, err := r.t.readable(l.Base, x)
		if err != nil {
			return err
		}
		if id == 0 {
			break
		}
		if l, _ = x.line(id); l.Action == verlog.Delete {
			continue
		}
		c, err := r.t.content(id, x)
		if err := unlessDamage(err); err != nil {
			return err
		}
		if err != nil {
			continue
		}
		err = r.bringBack(l, c, x)
		return errors.Join(err, c.Close())
	}
	err := fault.New(fault.Corrupt, "table %q: no version can be read", r.t.name)
	return fault.WithHint(err, "a backup may hold it: 'rdb backup:list'")
}

// bringBack stores an older version's content, under the schema that it had, as the newest.
func (r *recovery) bringBack(l verlog.Line, c *Content, x *index) error {
	b, err := c.Bytes()
	if err != nil {
		return err
	}
	was, err := r.t.schemaAt(l.ID, x)
	if err != nil {
		return err
	}
	now, err := r.t.readSchema(r.v.schema)
	if err != nil {
		return err
	}
	d := Draft{Action: verlog.Rollback, Delta: delta.Snapshot(b), Hash: l.Hash, Note: "recovery: newer versions cannot be read"}
	if !sameSchema(was, now) {
		d.Schema = orNone(was)
	}
	r.say("version %s, the newest that can be read, was brought back", l.ID)
	return r.store(d)
}

// store adds a version of user 0, the system, while the lock is held.
func (r *recovery) store(d Draft) error {
	s := &Session{t: r.t, v: r.v}
	if _, err := s.Stage(d); err != nil {
		return err
	}
	if err := s.append(); err != nil {
		return err
	}
	r.v.close()
	return r.look()
}

// look sees the folder anew. After an error the view is an empty one.
func (r *recovery) look() error {
	v, err := r.t.look(true)
	if err != nil {
		v = &view{log: &logView{}}
	}
	r.v = v
	return err
}

// current makes current.csv the head again, unless it is an edit by hand that can be recorded.
func (r *recovery) current() error {
	t, v := r.t, r.v
	if v.state == Dirty {
		_, err := t.edited(v)
		if err == nil && v.stat.Size == 0 {
			err = errors.New("it was empty")
		}
		if err == nil {
			return nil
		}
		kept, err2 := t.moveAside(currentFile, currentFile)
		if err2 != nil {
			return err2
		}
		r.say("current.csv was no table (%s); it is kept in %s", firstLine(err), kept)
		v.current.Close()
		v.current, v.state = nil, Missing
	}
	if v.state == Stale || v.state == Missing || v.state == Damaged {
		was := v.state
		if err := t.rebuild(v, nil); err != nil {
			return err
		}
		if was != Damaged {
			r.say("current.csv was %s and has been rebuilt", was)
		}
	}
	t.refresh(v)
	return nil
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
