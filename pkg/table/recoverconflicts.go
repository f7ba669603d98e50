package table

import (
	"github.com/reedbase/reedbase/pkg/conflict"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// conflicts makes files of conflicts anew that are lost or damaged: those of a merge by merging again, those of a resolution from
// the rows that it changed. A conflict whose settlement is lost is open again; none is settled that was not.
func (r *recovery) conflicts() error {
	lines := r.v.log.lines
	open, err := conflict.NewSet(nil), error(nil)
	for i, l := range lines {
		if !hasConflicts(l.Action) {
			continue
		}
		if open, err = r.t.applyDisputes(open, lines[:i+1], i); err == nil {
			continue
		}
		if err := unlessDamage(err); err != nil {
			return err
		}
		if open, err = r.t.applyDisputes(conflict.NewSet(nil), lines[:i], 0); err != nil {
			return err
		}
		if err := r.disputes(l, open); err != nil {
			return err
		}
		if open, err = r.t.applyDisputes(open, lines[:i+1], i); err != nil {
			return err
		}
	}
	return r.openConflicts(lines)
}

// openConflicts makes conflicts.csv what the files of versions say.
func (r *recovery) openConflicts(lines []verlog.Line) error {
	last := lastDispute(lines)
	list, err := r.t.deriveOpen(lines)
	if err != nil || last == 0 {
		return err
	}
	want := string(conflict.EncodeOpen(list, last))
	have, err := r.t.dir.ReadFile(openFile, conflict.MaxSize)
	if kind := fault.KindOf(err); kind != fault.NotFound && kind != fault.Corrupt && err != nil || err == nil && string(have) == want {
		return err
	}
	if fault.KindOf(err) == fault.Corrupt {
		if err := r.moveAway(openFile, "was no file"); err != nil {
			return err
		}
	}
	if err := r.t.dir.Put(openFile, openFile+tempSuffix, []byte(want)); err != nil {
		return err
	}
	r.say("conflicts.csv was lost, damaged or behind, and has been made anew")
	return nil
}

// disputes makes the file of conflicts of l's version anew. Open are the conflicts that it found.
func (r *recovery) disputes(l verlog.Line, open *conflict.Set) error {
	name, d := conflictsName(l.ID), (*conflict.File)(nil)
	if r.t.dir.Exists(name) {
		if err := r.moveAway(name, "is damaged"); err != nil {
			return err
		}
	}
	x := indexOf(r.v.log.lines)
	var err error
	if l.Action == verlog.Resolve {
		d, err = r.settledBy(l, open, x)
	} else {
		d, err = r.openedBy(l, x)
	}
	if err := unlessDamage(err); err != nil {
		return err
	}
	if d == nil {
		d = &conflict.File{}
	}
	if err := r.t.dir.Create(name, "delta"+tempSuffix, d.Encode(l.ID)); err != nil {
		return err
	}
	switch {
	case l.Action == verlog.Resolve:
		r.say("which conflicts version %s settled was lost: %s whose rows it changed are taken for settled", l.ID, plural(int64(len(d.Settled)), "conflict"))
	case len(d.Opened) == 0:
		r.say("the conflicts that version %s recorded are lost", l.ID)
	default:
		r.say("%s of version %s were found again by merging again", plural(int64(len(d.Opened)), "conflict"), l.ID)
	}
	return nil
}

// openedBy merges again what l merged. Whether it was by rows or cells, and for whom, shows in the text that it made.
func (r *recovery) openedBy(l verlog.Line, x *index) (*conflict.File, error) {
	side, ok := x.line(l.Parent)
	if !ok {
		return nil, nil
	}
	head, _ := x.line(l.Base)
	base, _ := x.line(side.Base)
	var texts [3][]byte
	for i, line := range []verlog.Line{base, head, side} {
		var err error
		if texts[i], err = r.t.contentOrEmpty(line.ID, x); err != nil {
			return nil, err
		}
	}
	key, err := r.t.keyAt(head.ID, x)
	if err != nil {
		return nil, err
	}
	if len(key) == 0 {
		columns, err := memory(texts[1]).Columns()
		if err != nil || len(columns) == 0 {
			return nil, err
		}
		key = columns[:1]
	}
	now, then, err := r.rulesOf(head, base, x)
	if err != nil {
		return nil, err
	}
	w, err := mergeAgain(texts, key, l.Hash, now, then)
	if err != nil {
		return nil, nil // what merged once does so again, unless the log itself was rebuilt
	}
	w.base = base
	d, err := r.t.disputes(w, head, side.User, x)
	if err == nil {
		name(d, r.t.name, side.ID, w.options.Strategy, w.clashes)
	}
	return d, err
}

// rulesOf returns the rules that held at two versions.
func (r *recovery) rulesOf(head, base verlog.Line, x *index) (now, then *Rules, err error) {
	for _, of := range []struct {
		line verlog.Line
		to   **Rules
	}{{head, &now}, {base, &then}} {
		text, err := r.t.schemaAt(of.line.ID, x)
		if err != nil {
			return nil, nil, err
		}
		if *of.to, err = rulesOf(r.t.name, text); err != nil {
			return nil, nil, err
		}
	}
	return now, then, nil
}

// mergeAgain merges, under the rules of the head and of the base, in the way that makes a text of that hash, or else in the way
// that leaves all conflicts open.
func mergeAgain(texts [3][]byte, key []string, hash verlog.Hash, now, then *Rules) (plain *threeWay, err error) {
	alone, err := then.broken(texts[2], texts[0], key)
	if err != nil {
		return nil, err
	}
	for _, o := range []MergeOptions{{}, {Rows: true}, {Strategy: LastWriteWins}, {Rows: true, Strategy: LastWriteWins}} {
		w := &threeWay{old: texts[0], ours: texts[1], key: key, options: o}
		if err := w.merge(texts[2]); err != nil {
			return nil, err
		}
		if err := w.veto(now, alone, texts[2]); err != nil {
			return nil, err
		}
		if verlog.Sum(w.text) == hash {
			return w, nil
		}
		if plain == nil {
			plain = w
		}
	}
	return plain, nil
}

// settledBy takes those conflicts for settled by l that lie in rows which it changed.
func (r *recovery) settledBy(l verlog.Line, open *conflict.Set, x *index) (*conflict.File, error) {
	key, err := r.t.keyAt(l.ID, x)
	if err != nil {
		return nil, err
	}
	changes, err := r.t.diff(l.Base, l.ID, x, key)
	if err != nil {
		return nil, err
	}
	changed := map[string][]byte{}
	for _, c := range changes.Rows {
		changed[string(c.Key)] = c.New
	}
	d := &conflict.File{}
	for _, c := range open.All() {
		if now, ok := changed[string(c.Key)]; ok && c.Kind != conflict.Header {
			d.Settled = append(d.Settled, conflict.Settled{ID: c.ID, Key: c.Key, By: TakeValue.String(), Now: recordOf(now)})
		}
	}
	return d, nil
}
