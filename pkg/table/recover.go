package table

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
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
	warn := t.opt.Warn
	quiet := *t
	quiet.opt.Warn = func(text string) { r.done = append(r.done, strings.TrimPrefix(text, "table "+t.name+": ")) }
	r.t = &quiet
	_ = warn
	if err := r.log(); err != nil {
		return nil, err
	}
	if r.v, err = r.t.look(true); err != nil {
		return nil, err
	}
	defer func() { r.v.close() }()
	if r.v.log.err != nil {
		return nil, r.v.log.err
	}
	if r.v.head().ID == 0 {
		return nil, nil
	}
	if err := r.orphans(); err != nil {
		return nil, err
	}
	if err := r.head(); err != nil {
		return nil, err
	}
	return nil, r.current()
}

// log makes version.log whole: torn ends and damaged lines go aside, lines are taken from the deltas where they are
// missing. After a flush that failed, the log is written anew in any case.
func (r *recovery) log() error {
	t := r.t
	l, err := t.openLog(nil, true)
	if err != nil {
		if fault.KindOf(err) != fault.Corrupt {
			return err
		}
		if err := r.moveAway(logFile, "was "+err.Error()); err != nil {
			return err
		}
		l = &logView{}
	}
	defer l.close()
	unknown := t.dir.Exists(unknownFile)
	if l.torn {
		if err := t.cutTorn(l); err != nil {
			return err
		}
	}
	records, err := r.records(l)
	if err != nil {
		return err
	}
	lines, added := l.lines, 0
	if l.err != nil || len(l.lines) == 0 || r.outlived(l, records) {
		lines, added = joinLines(l.lines, records)
	}
	if len(lines) == 0 || l.err == nil && added == 0 && !unknown {
		return r.known(unknown)
	}
	if err := r.writeLog(l, lines, added); err != nil {
		return err
	}
	return r.known(unknown)
}

// known ends the doubt about a write: the log now is what its file durably holds.
func (r *recovery) known(unknown bool) error {
	if !unknown {
		return nil
	}
	if err := r.t.dir.Remove(unknownFile); err != nil {
		return err
	}
	r.say("the log was written anew after a flush that failed")
	return r.t.dir.Sync()
}

func (r *recovery) writeLog(l *logView, lines []verlog.Line, added int) error {
	var b []byte
	for _, line := range lines {
		b = line.Append(b)
	}
	if l.err != nil && l.file != nil {
		old, err := readRange(l.file, 0, l.stat.Size)
		if err != nil {
			return err
		}
		kept, err := r.t.putAside(logFile, old)
		if err != nil {
			return err
		}
		r.say("version.log was damaged; the damaged file is kept in %s", kept)
	}
	if added > 0 {
		r.say("%s of version.log came back from the deltas", plural(int64(added), "line"))
	}
	return r.t.dir.Replace(logFile, logFile+tempSuffix, b)
}

// records returns the lines behind the patches of those deltas that the log does not hold.
func (r *recovery) records(l *logView) ([]verlog.Line, error) {
	names, err := r.t.dir.Names()
	if err != nil {
		return nil, err
	}
	have := indexOf(l.lines)
	var records []verlog.Line
	for _, name := range names {
		text, ok := strings.CutSuffix(name, deltaSuffix)
		id, err := stamp.Parse(text)
		if !ok || err != nil {
			continue
		}
		if _, ok := have.line(id); ok {
			continue
		}
		_, rec, err := r.t.readPatch(id, -1)
		if err != nil {
			continue
		}
		line, err := verlog.ParseLine(rec)
		if err == nil && line.ID == id {
			records = append(records, line)
		}
	}
	return records, nil
}

// outlived reports whether a whole log has lost its end: the state file or current.csv know a version that it does not.
// A delta alone is no proof, it may belong to a write that never counted.
func (r *recovery) outlived(l *logView, records []verlog.Line) bool {
	if len(records) == 0 {
		return false
	}
	rec, _ := r.t.readRecord()
	var hash verlog.Hash
	f, err := r.t.dir.Open(currentFile)
	if err == nil {
		hash, err = hashFile(f)
		f.Close()
	}
	last := l.head.ID
	for _, line := range records {
		if line.ID > last && (rec.head.ID >= line.ID || err == nil && line.Hash == hash) {
			return true
		}
	}
	return false
}

// joinLines adds to the log's lines the records whose base is known.
func joinLines(lines, records []verlog.Line) (joined []verlog.Line, added int) {
	byID := map[stamp.ID]verlog.Line{}
	for _, l := range records {
		byID[l.ID] = l
	}
	for _, l := range lines {
		byID[l.ID] = l
	}
	standIn(byID)
	all := slices.SortedFunc(maps.Values(byID), func(a, b verlog.Line) int { return cmp.Compare(a.ID, b.ID) })
	known := map[stamp.ID]bool{0: true}
	for _, l := range all {
		if !known[l.Base] || !known[l.Parent] {
			continue
		}
		known[l.ID] = true
		joined = append(joined, l)
	}
	return joined, len(joined) - len(lines)
}

// standIn adds the lines of versions that were folded away and are lost with the log, since no delta carries them. They are
// of user 0 and have the content of the snapshot that stands for them, so that the versions after them keep their base.
func standIn(byID map[stamp.ID]verlog.Line) {
	for _, l := range slices.SortedFunc(maps.Values(byID), func(a, b verlog.Line) int { return cmp.Compare(a.Base, b.Base) }) {
		if _, known := byID[l.Base]; known || l.Action != verlog.Compact || l.Base == 0 {
			continue
		}
		var before stamp.ID
		for id, other := range byID {
			if id < l.Base && other.Action != verlog.Compact {
				before = max(before, id)
			}
		}
		byID[l.Base] = verlog.Line{ID: l.Base, Action: verlog.Snapshot, Base: before, Hash: l.Hash}
	}
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

// head sees to it that the newest version can be read.
func (r *recovery) head() error {
	t, v := r.t, r.v
	x := indexOf(v.log.lines)
	c, err := t.content(v.head().ID, x)
	if err == nil {
		return c.Close()
	}
	if kind := fault.KindOf(err); kind != fault.Corrupt && kind != fault.NotFound {
		return err
	}
	r.say("version %s cannot be made from its deltas: %v", v.head().ID, err)
	for _, l := range x.ancestry(v.head().ID) {
		if _, err := t.readDelta(l); fault.KindOf(err) == fault.Corrupt {
			if err := r.moveAway(deltaName(l.ID), "is damaged"); err != nil {
				return err
			}
		}
	}
	if v.current != nil && v.state == Clean {
		return r.fromCurrent(x)
	}
	return r.fromHistory(x)
}

// fromCurrent stores the head, which current.csv still holds, as a snapshot.
func (r *recovery) fromCurrent(x *index) error {
	head := r.v.head()
	b, err := readRange(r.v.current, 0, r.v.stat.Size)
	if err != nil {
		return err
	}
	r.say("version %s was taken from current.csv, which holds it, and stored as a snapshot; older ones may be lost", head.ID)
	return r.store(Draft{Action: verlog.Snapshot, Delta: delta.Snapshot(b), Hash: head.Hash})
}

// fromHistory brings the newest version back that can be read.
func (r *recovery) fromHistory(x *index) error {
	for _, l := range x.ancestry(r.v.head().ID)[1:] {
		c, err := r.t.content(l.ID, x)
		if err != nil {
			continue
		}
		b, err := c.Bytes()
		c.Close()
		if err != nil {
			return err
		}
		r.say("version %s, the newest that can be read, was brought back", l.ID)
		return r.store(Draft{Action: verlog.Rollback, Delta: delta.Snapshot(b), Hash: l.Hash, Note: "recovery: newer versions cannot be read"})
	}
	err := fault.New(fault.Corrupt, "table %q: no version can be read", r.t.name)
	return fault.WithHint(err, "a backup may hold it: 'rdb backup:list'")
}

// store adds a version of user 0, the system, while the lock is held.
func (r *recovery) store(d Draft) error {
	s := &Session{t: r.t, v: r.v}
	if _, err := s.Stage(d); err != nil {
		return err
	}
	if err := s.append(); err != nil {
		s.Abort()
		return err
	}
	s.staged = nil
	r.v.close()
	var err error
	r.v, err = r.t.look(true)
	return err
}

// current makes current.csv the head again, unless it is an edit by hand that can be recorded.
func (r *recovery) current() error {
	t, v := r.t, r.v
	if v.state == Dirty {
		if _, err := t.edited(v); err == nil {
			return nil
		} else if kept, err2 := t.moveAside(currentFile, currentFile); err2 != nil {
			return err2
		} else {
			r.say("current.csv was no table (%s); it is kept in %s", firstLine(err), kept)
		}
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

// Garbage is a file that nothing needs.
type Garbage struct {
	Path  string // as a message names it
	Bytes int64
}

// Collect removes what nothing needs: what commands that were cut short left, and deltas of versions that were folded
// away. With dry nothing is removed. What recovery moved aside stays.
func (t *Table) Collect(dry bool) ([]Garbage, error) {
	s, err := t.Begin()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if err := s.v.needLines(); err != nil {
		return nil, err
	}
	names, err := t.dir.Names()
	if err != nil {
		return nil, err
	}
	x := indexOf(s.v.log.lines)
	keep, err := t.keptSnapshots(x)
	if err != nil {
		return nil, err
	}
	var list []Garbage
	for _, name := range names {
		if !garbage(name, x, keep) {
			continue
		}
		info, err := t.dir.Root().Lstat(name)
		if err != nil {
			continue
		}
		if !dry {
			if err := t.dir.Remove(name); err != nil {
				return list, err
			}
		}
		list = append(list, Garbage{t.dir.Path(name), info.Size()})
	}
	if len(list) > 0 && !dry {
		return list, t.dir.Sync()
	}
	return list, nil
}

func garbage(name string, x *index, keep map[stamp.ID]bool) bool {
	if strings.HasSuffix(name, tempSuffix) {
		return true
	}
	text, isDelta := strings.CutSuffix(name, deltaSuffix)
	if !isDelta {
		text, _ = strings.CutSuffix(name, schemaSuffix)
	}
	id, err := stamp.Parse(text)
	if err != nil || text == name {
		return false
	}
	l, logged := x.line(id)
	return !logged || isDelta && x.origin(l) <= x.compact && !keep[id]
}

// plural returns "1 line" or "3 lines".
func plural(n int64, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
