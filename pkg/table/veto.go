package table

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/merge"
	"github.com/reedbase/reedbase/pkg/rbks"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/schema"
)

// Two writes that each keep the rules of a table may break them together: both insert a row with one value that has to be unique,
// or one changes the schema. A merge is never refused for that. Where a row came to break a rule by it the head's cells stand, and
// what the other side wrote is a conflict.

// maxVetoes is how often a merge is tried without what breaks a rule, before all of the other side's rows that are in question are
// left out.
const maxVetoes = 8

// rule holds a merge against the table's rules: what is wrong with the write by itself refuses it or is said; what the merge brings
// about becomes a conflict in w.
func (s *Session) rule(w *threeWay, r Replacement, x *index) (warning string, err error) {
	now, err := s.Rules()
	if err != nil {
		return "", err
	}
	text, err := s.t.schemaAt(w.base.ID, x)
	if err != nil {
		return "", err
	}
	then, err := rulesOf(s.t.name, text)
	if err != nil || now.none() && then.none() {
		w.clashes = len(w.Conflicts)
		return "", err
	}
	alone, err := then.broken(r.Content, w.old, w.key)
	if err != nil {
		return "", err
	}
	v := verdict{table: s.t.name, source: r.Source}
	if err := then.header(&v, r.Content, w.old); err != nil {
		return "", err
	}
	for _, row := range alone.list {
		row.judge(&v, then)
	}
	if warning, err = v.settle(); err != nil {
		return "", err
	}
	return warning, w.veto(now, alone, r.Content)
}

// veto takes out of the merge what breaks rules by it, and adds the conflicts. Alone are the rows that broke rules in theirs, the text
// that was merged, by themselves: those stand.
func (w *threeWay) veto(rules *Rules, alone *brokenRows, theirs []byte) error {
	w.clashes = len(w.Conflicts)
	if rules.none() {
		return nil
	}
	v := &veto{w: w, rules: rules, theirs: theirs, alone: alone, cells: map[string][]string{}}
	if err := v.run(); err != nil {
		return err
	}
	w.clashes = len(w.Conflicts)
	return v.clash()
}

// header judges the columns of a text, where they are not those of an older one.
func (r *Rules) header(v *verdict, content, old []byte) error {
	if !r.ofCells() {
		return nil
	}
	columns, _, err := row.Header(content)
	if err != nil {
		return err
	}
	if before, _, err := row.Header(old); err == nil && slices.Equal(columns, before) {
		return nil
	}
	bound, err := r.Schema.Bind(columns)
	if err == nil {
		v.cells(r.Schema.Level, "", bound.Header(1))
	}
	return err
}

// brokenRow is a row that breaks rules.
type brokenRow struct {
	key   string
	cells []schema.Violation
	name  error // what is wrong with its key, or nil
	line  int
}

func (b *brokenRow) judge(v *verdict, r *Rules) {
	v.cells(r.Schema.Level, "", b.cells)
	if b.name != nil {
		v.key(r.Keys, Break{Violation: schema.Violation{Line: b.line}}, b.name)
	}
}

// brokenRows are those of a text, in its order.
type brokenRows struct {
	list []*brokenRow
	at   map[string]*brokenRow
}

func (b *brokenRows) add(key []byte, line int) *brokenRow {
	if b.at[string(key)] == nil {
		r := &brokenRow{key: string(key), line: line}
		b.at[r.key] = r
		b.list = append(b.list, r)
	}
	return b.at[string(key)]
}

// broken returns the rows of a text that are new or have other cells than in an older one, and break rules there.
func (r *Rules) broken(content, old []byte, key []string) (*brokenRows, error) {
	found := &brokenRows{at: map[string]*brokenRow{}}
	before, err := recordsOf(old, key)
	if err != nil {
		return nil, err
	}
	columns, _, err := row.Header(content)
	if err != nil || r.none() {
		return found, err
	}
	v, err := r.Schema.Bind(columns)
	if err != nil {
		return nil, err
	}
	oldColumns, _, err := row.Header(old)
	if err != nil && len(old) > 0 {
		return nil, err
	}
	s := &survey{rules: r, v: v, keyAt: keyIn(columns, key), found: found, lines: lineCounter{text: content, line: 1}, seen: make([]map[string]*holding, len(v.Sets())+1)}
	s.isNew = func(id, record []byte) (added, changed bool) {
		was, there := before[string(id)]
		return !there, !there || !slices.Equal(columns, oldColumns) || !sameCells(was, record)
	}
	for i := range s.seen {
		s.seen[i] = map[string]*holding{}
	}
	return found, row.Each(bytes.NewReader(content), int64(len(content)), s.row)
}

// recordsOf returns the records of a text by the identity of their keys.
func recordsOf(content []byte, key []string) (map[string][]byte, error) {
	records := map[string][]byte{}
	columns, at, err := row.Header(content)
	if len(content) == 0 {
		return records, nil
	}
	keyAt := keyIn(columns, key)
	for err == nil {
		var r row.Row
		if r, err = row.Next(content, at); err != nil {
			break
		}
		if at = r.End; r.Body < r.End {
			record := trimEOL(content[r.Body:r.End])
			records[string(row.Key(record, keyAt))] = record
		}
	}
	if err == io.EOF {
		err = nil
	}
	return records, err
}

// survey goes through the rows of a text.
type survey struct {
	rules *Rules
	v     *schema.Validator
	keyAt []int
	found *brokenRows
	lines lineCounter
	isNew func(id, record []byte) (added, changed bool)
	seen  []map[string]*holding // by set of columns, the spelling of keys last; then by value
}

// holding is a row that holds a value.
type holding struct {
	key     string
	line    int
	changed bool
}

func (s *survey) row(at int64, record []byte) error {
	record = trimEOL(record)
	id := row.Key(record, s.keyAt)
	added, changed := s.isNew(id, record)
	line := 0
	if changed {
		line = s.lines.at(at)
	}
	if changed && s.rules.ofCells() {
		if list := s.v.Row(line, record); len(list) > 0 {
			b := s.found.add(id, line)
			b.cells = append(b.cells, list...)
		}
	}
	if s.rules.ofCells() {
		for i, set := range s.v.Sets() {
			if value, ok := s.v.Key(nil, record, set); ok && !(set.PrimaryKey && s.v.IsText(set)) {
				s.twins(s.seen[i], value, id, line, changed, func(b *brokenRow, other string) {
					b.cells = append(b.cells, s.twin(set, b.line, other))
				})
			}
		}
	}
	if s.rules.Keys == rbks.Off || len(s.keyAt) != 1 {
		return nil
	}
	if problem := rbks.Check(id, s.rules.Words); added && problem != nil {
		s.found.add(id, line).name = problem
	}
	if k, ok := rbks.ParseLegacy(id, s.rules.Words); ok {
		s.twins(s.seen[len(s.seen)-1], k.Append(nil), id, line, added, func(b *brokenRow, other string) {
			b.name = fault.New(fault.Input, "key %q spells the key of row %q in another way", b.key, other)
		})
	}
	return nil
}

// twins calls do for a changed row that holds the value of another one, and for that if it is changed too.
func (s *survey) twins(seen map[string]*holding, value, id []byte, line int, changed bool, do func(b *brokenRow, other string)) {
	before := seen[string(value)]
	if before == nil {
		seen[string(value)] = &holding{string(id), line, changed}
		return
	}
	if changed {
		do(s.found.add(id, line), before.key)
	} else if before.changed {
		do(s.found.add([]byte(before.key), before.line), string(id))
	}
}

func (s *survey) twin(set schema.Set, line int, other string) schema.Violation {
	v := s.v.Twin(set)
	v.Line, v.Text = line, fmt.Sprintf("row %q has that value too", other)
	return v
}

// veto takes what breaks rules out of a merge.
type veto struct {
	w      *threeWay
	rules  *Rules
	theirs []byte // as it was written
	alone  *brokenRows
	cells  map[string][]string // by the key of a row, the columns that are left as they were; none: all of it
	order  []string            // the keys, in the order in which they came up
}

func (v *veto) run() error {
	w := v.w
	for n := 0; ; n++ {
		broken, err := v.rules.broken(w.text, w.ours, w.key)
		if err != nil {
			return err
		}
		more := false
		for _, b := range broken.list {
			if v.alone.at[b.key] == nil {
				more = v.add(b, n >= maxVetoes) || more
			}
		}
		if !more {
			break
		}
		theirs, err := v.without()
		if err != nil {
			return err
		}
		if err := w.merge(theirs); err != nil {
			return err
		}
	}
	return nil
}

// add leaves a row out, or those of its cells that break a rule; it reports whether it was not left out so far.
func (v *veto) add(b *brokenRow, whole bool) bool {
	columns, known := v.cells[b.key]
	if known && columns == nil {
		return false
	}
	whole = whole || b.name != nil
	for _, violation := range b.cells {
		if violation.Column == "" || slices.Contains(columns, violation.Column) {
			whole = true
		} else {
			columns = append(columns, violation.Column)
		}
	}
	if whole {
		columns = nil
	}
	if v.cells[b.key] = columns; !known {
		v.order = append(v.order, b.key)
	}
	return true
}

// without returns theirs without what is left out: as base has it.
func (v *veto) without() ([]byte, error) {
	w := v.w
	base, err := recordsOf(w.old, w.key)
	if err != nil {
		return nil, err
	}
	columns, at, err := row.Header(v.theirs)
	if err != nil {
		return nil, err
	}
	keyAt := keyIn(columns, w.key)
	var splices []delta.Splice
	for at < len(v.theirs) {
		r, err := row.Next(v.theirs, at)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if at = r.End; r.Body == r.End {
			continue
		}
		record := trimEOL(v.theirs[r.Body:r.End])
		id := row.Key(record, keyAt)
		cells, out := v.cells[string(id)]
		if !out {
			continue
		}
		was, there := base[string(id)]
		if !there {
			splices = append(splices, delta.Splice{Off: int64(r.Start), Del: int64(r.End - r.Start)})
			continue
		}
		fresh, err := mixed(record, was, columns, w.Sides[merge.Base], cells)
		if err != nil {
			return nil, err
		}
		splices = append(splices, delta.Splice{Off: int64(r.Body), Del: int64(len(record)), Ins: fresh})
	}
	text := delta.NewText(int64(len(v.theirs)))
	if err := text.Apply(delta.Edit(int64(len(v.theirs)), splices)); err != nil {
		return nil, err
	}
	return text.Render(make([]byte, 0, text.Size()), v.theirs), nil
}

// mixed returns a record with the cells of these columns, or all if there are none, as an older record has them.
func mixed(record, was []byte, columns, wasColumns, cells []string) ([]byte, error) {
	if cells == nil {
		return project(was, wasColumns, columns)
	}
	old, err := row.Cells(nil, was)
	if err != nil {
		return nil, err
	}
	var edits []row.Edit
	for _, name := range cells {
		edit := row.Edit{Column: slices.Index(columns, name)}
		if from := slices.Index(wasColumns, name); from >= 0 && from < len(old) {
			edit.Value = old[from]
		}
		if edit.Column >= 0 {
			edits = append(edits, edit)
		}
	}
	return row.Replace(nil, record, edits)
}

// clash adds a conflict to the merge for each row that was left out.
func (v *veto) clash() error {
	if len(v.order) == 0 {
		return nil
	}
	w := v.w
	var sides [4]map[string][]byte
	for i, content := range [...][]byte{w.old, w.ours, v.theirs, w.text} {
		var err error
		if sides[i], err = recordsOf(content, w.key); err != nil {
			return err
		}
	}
	for _, key := range v.order {
		c := merge.Conflict{
			Kind: merge.Update, Key: []byte(key), Columns: v.cells[key], Kept: merge.Ours,
			Base: sides[0][key], Ours: sides[1][key], Theirs: sides[2][key], Merged: sides[3][key],
		}
		switch {
		case c.Base == nil:
			c.Kind = merge.Insert
		case c.Ours == nil:
			c.Kind = merge.Delete
		}
		if c.Base == nil || c.Ours == nil || c.Theirs == nil {
			c.Columns = nil
		}
		w.Conflicts = append(w.Conflicts, c)
	}
	return nil
}
