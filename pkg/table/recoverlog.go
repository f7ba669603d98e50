package table

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

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
	lines, added, standIns := l.lines, 0, 0
	outlived, err := r.outlived(l, records)
	if err != nil {
		return err
	}
	if l.err != nil || len(l.lines) == 0 && !r.announced(l) || outlived || lacks(l.lines, records) {
		rec, _ := r.t.readRecord()
		lines, added, standIns = joinLines(l.lines, records, rec.head.ID)
	}
	if len(lines) == 0 || l.err == nil && added == 0 && !unknown {
		return r.known(unknown)
	}
	if err := r.writeLog(l, lines); err != nil {
		return err
	}
	if added > 0 {
		r.say("%s of version.log came back from the deltas", plural(int64(added), "line"))
	}
	if standIns > 0 {
		r.say("%s of version.log cannot be had back: who made these versions is lost", plural(int64(standIns), "line"))
	}
	return r.known(unknown)
}

// announced reports whether an empty log is one that a frame made for a table that was to be born: nothing else is there then that
// comes to be after a log's first line.
func (r *recovery) announced(l *logView) bool {
	return l.file != nil && l.stat.Size == 0 && !r.t.dir.Exists(currentFile) && !r.t.dir.Exists(stateFile)
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

func (r *recovery) writeLog(l *logView, lines []verlog.Line) error {
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
	return r.t.dir.Replace(logFile, logFile+tempSuffix, b)
}

// records returns the lines behind the patches of those deltas that the log does not hold, and the one that the state file
// has of the head.
func (r *recovery) records(l *logView) ([]verlog.Line, error) {
	names, err := r.t.dir.Names()
	if err != nil {
		return nil, err
	}
	have := indexOf(l.lines)
	var records []verlog.Line
	rec, _ := r.t.readRecord()
	if _, ok := have.line(rec.head.ID); !ok && rec.head.ID != 0 {
		records = append(records, rec.head)
	}
	for _, name := range names {
		text, ok := strings.CutSuffix(name, deltaSuffix)
		id, err := stamp.Parse(text)
		if !ok || err != nil {
			continue
		}
		if _, ok := have.line(id); ok || id == rec.head.ID {
			continue
		}
		line, ok, err := r.t.carriedLine(id)
		if err != nil {
			return nil, err
		}
		if ok {
			records = append(records, line)
		}
	}
	return records, nil
}

// carriedLine returns the line behind the patch in the delta of version id; false when the file is damaged or has none.
func (t *Table) carriedLine(id stamp.ID) (line verlog.Line, ok bool, err error) {
	if ok, err := t.sealed(deltaName(id)); !ok {
		return line, false, err
	}
	_, rec, err := t.readPatch(id, -1)
	if err := unlessDamage(err); err != nil {
		return line, false, err
	}
	line, err = verlog.ParseLine(rec)
	return line, err == nil && line.ID == id, nil
}

// sealed reports whether a file begins and ends as an .xz file does. What the log does not name may be anything, such as a
// hole of a size that no memory holds, and is looked at before it is read.
func (t *Table) sealed(name string) (bool, error) {
	f, err := t.dir.Open(name)
	if err != nil {
		return false, unlessDamage(err)
	}
	defer f.Close()
	stat, err := durable.StatOf(f)
	if err != nil || stat.Size < 32 {
		return false, err
	}
	head, err := readRange(f, 0, 6)
	if err != nil {
		return false, err
	}
	tail, err := readRange(f, stat.Size-2, stat.Size)
	return string(head) == "\xfd7zXZ\x00" && string(tail) == "YZ", err
}

// outlived reports whether a whole log has lost its end: the state file or current.csv know a version that it does not.
// A delta alone is no proof, it may belong to a write that never counted.
func (r *recovery) outlived(l *logView, records []verlog.Line) (bool, error) {
	if len(records) == 0 {
		return false, nil
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
			return true, nil
		}
	}
	return false, unlessDamage(err)
}

// lacks reports whether a version that one of lines was made from, or merged, is among records.
func lacks(lines, records []verlog.Line) bool {
	named := map[stamp.ID]bool{}
	for _, l := range lines {
		named[l.Base], named[l.Parent] = true, true
	}
	return slices.ContainsFunc(records, func(l verlog.Line) bool { return named[l.ID] })
}

// joinLines adds to the log's lines those of records that counted, known among them. Of a line that neither holds, and whose version others
// were made from, nothing is known but that: an empty one stands in for it.
func joinLines(lines, records []verlog.Line, known stamp.ID) (joined []verlog.Line, added, standIns int) {
	byID := map[stamp.ID]verlog.Line{}
	for _, l := range counted(lines, records, known) {
		byID[l.ID] = l
	}
	for _, l := range lines {
		byID[l.ID] = l
	}
	real := len(byID)
	standIn(byID)
	joined = slices.SortedFunc(maps.Values(byID), func(a, b verlog.Line) int { return cmp.Compare(a.ID, b.ID) })
	standIns = len(joined) - real
	joined = withoutLoneSides(joined, lines)
	return joined, len(joined) - standIns - len(lines), standIns
}

// withoutLoneSides leaves out side versions that no merge joins and that are not among logged: their write was cut short.
func withoutLoneSides(all, logged []verlog.Line) []verlog.Line {
	have, sides := indexOf(logged), sidesOf(all)
	head := verlog.Line{}
	return slices.DeleteFunc(all, func(l verlog.Line) bool {
		if head.ID == 0 || l.Base == head.ID {
			head = l
			return false
		}
		_, known := have.line(l.ID)
		return !known && l.Action != verlog.Compact && !sides[l.ID]
	})
}

// counted leaves out the records of writes that never counted, as far as that shows: no version was made from theirs, and
// a later one was made from what theirs was. It also leaves out those that cannot be: made from what is not older.
func counted(lines, records []verlog.Line, known stamp.ID) []verlog.Line {
	used, next := map[stamp.ID]bool{known: true}, map[stamp.ID]stamp.ID{}
	for _, l := range slices.Concat(lines, records) {
		used[l.Base], used[l.Parent] = true, true
		if l.Action != verlog.Compact {
			next[l.Base] = max(next[l.Base], l.ID)
		}
	}
	return slices.DeleteFunc(slices.Clone(records), func(l verlog.Line) bool {
		return l.Base >= l.ID || l.Action != verlog.Compact && !used[l.ID] && l.ID < next[l.Base]
	})
}

// standIn adds lines for versions that others were made from and that are lost with the log: their deltas were folded away,
// or are lost too. They are of user 0, and have the content of the snapshot that stands for them where there is one.
func standIn(byID map[stamp.ID]verlog.Line) {
	var last stamp.ID // of the versions before
	for _, l := range slices.SortedFunc(maps.Values(byID), func(a, b verlog.Line) int { return cmp.Compare(a.Base, b.Base) }) {
		if _, known := byID[l.Base]; known || l.Base == 0 || l.Base >= l.ID {
			continue
		}
		for id, other := range byID {
			if id < l.Base && other.Action != verlog.Compact {
				last = max(last, id)
			}
		}
		lost := verlog.Line{ID: l.Base, Action: verlog.Snapshot, Base: last}
		for _, other := range byID {
			if other.Base == l.Base && other.Action == verlog.Compact {
				lost.Hash = other.Hash
			}
		}
		byID[l.Base] = lost
	}
}

// plural returns "1 line" or "3 lines".
func plural(n int64, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
