package table

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/reedbase/reedbase/pkg/conflict"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Take says what a conflict's row is to be.
type Take uint8

// The takes. TakeLater and TakeEarlier take the side that was written later or earlier.
const (
	TakeOurs Take = iota
	TakeTheirs
	TakeBase
	TakeBoth // theirs becomes a row of its own, under a new key
	TakeValue
	TakeLater
	TakeEarlier
)

// String returns the choice in a word.
func (c Take) String() string {
	return [...]string{"ours", "theirs", "base", "both", "value", LastWriteWins.String(), FirstWriteWins.String()}[c]
}

// Resolution settles one conflict.
type Resolution struct {
	ID     string
	Take   Take
	Column string       // only this one of those that clash; "": all, of TakeValue those that have a value
	Values []Assignment // of TakeValue
	Force  bool         // also where the row is not what the conflict saw
}

// columns returns those to settle; none stand for all. Of given values these are the columns that get one: others stay open.
func (r *Resolution) columns(c *conflict.Conflict) ([]string, error) {
	switch {
	case r.Column != "":
		return []string{r.Column}, nil
	case r.Take != TakeValue || len(r.Values) == 0 || len(c.Columns) == 0:
		return nil, nil
	}
	valued := slices.DeleteFunc(slices.Clone(c.Columns), func(name string) bool {
		return !slices.ContainsFunc(r.Values, func(a Assignment) bool { return a.Column == name })
	})
	switch len(valued) {
	case 0:
		return nil, notOver(c, r.Values[0].Column)
	case len(c.Columns):
		return nil, nil
	}
	return valued, nil
}

// notOver refuses to settle a column that does not clash.
func notOver(c *conflict.Conflict, name string) error {
	err := fault.New(fault.Input, "conflict %s is not over a column %q of its own", c.ID, name)
	if c.IsWhole() || c.Kind == conflict.Header {
		return fault.WithHint(err, "it can only be settled as a whole")
	}
	return fault.WithHint(err, "the columns are %s", strings.Join(c.Columns, ", "))
}

// Resolved is a conflict, as it was, and what settled it.
type Resolved struct {
	conflict.Conflict
	By      string   // what took its place: as Take.String says
	Settled []string // columns that were settled; none for all
	NewKey  []byte   // of the row that TakeBoth added; nil else
}

// Resolve settles conflicts, all of them or none, in one version: also where no byte of the table changes. A row that somebody
// has changed since the conflict was recorded is refused with fault.No, and what it is now, unless Force is set. A conflict
// that is not open is fault.NotFound, a choice that it does not offer fault.Input.
func (t *Table) Resolve(user uint64, list ...Resolution) (res Result, done []Resolved, err error) {
	res, err = t.commit(func(s *Session) (err error) {
		done, err = s.stageResolve(user, list)
		return err
	})
	if err != nil {
		done = nil
	}
	return res, done, err
}

// Describe fills in the columns of the records in conflicts of this table.
func (t *Table) Describe(list []conflict.Conflict) error {
	var d *conflict.File
	for i := range list {
		c := &list[i]
		if i == 0 || list[i-1].Version != c.Version {
			var err error
			if d, err = t.readDisputes(c.Version); err != nil {
				return fault.WithHint(err, "run 'rdb recover %s'", t.name)
			}
		}
		if err := d.Describe(c); err != nil {
			return err
		}
	}
	return nil
}

// resolver settles conflicts one after the other.
type resolver struct {
	e       *Edit
	open    *conflict.Set
	columns []string // that the table gets; nil: those it has
	settled []conflict.Settled
	done    []Resolved
}

func (s *Session) stageResolve(user uint64, list []Resolution) ([]Resolved, error) {
	x, err := s.index()
	if err != nil {
		return nil, err
	}
	open, _, err := s.t.openConflicts(x.lines)
	if err != nil {
		return nil, err
	}
	r := &resolver{open: conflict.NewSet(open)}
	if r.e, err = s.Edit(); err != nil {
		return nil, err
	}
	for _, resolution := range list {
		if err := r.resolve(resolution); err != nil {
			return nil, err
		}
	}
	d, err := r.draft(user)
	if err != nil {
		return nil, err
	}
	d.Action, d.User, d.conflicts = verlog.Resolve, user, &conflict.File{Settled: r.settled}
	_, err = s.Stage(*d)
	return r.done, err
}

// draft returns the change of the table, even where it is none.
func (r *resolver) draft(user uint64) (d *Draft, err error) {
	e := r.e
	if r.columns == nil {
		d, err = e.Draft(user)
	} else {
		d, err = r.reformed()
	}
	if err != nil || d != nil {
		return d, err
	}
	return e.s.unchanged()
}

// find returns the open conflict that a resolution means.
func (r *resolver) find(want Resolution) (c conflict.Conflict, err error) {
	c, ok := r.open.Find(want.ID)
	if !ok {
		return c, fault.New(fault.NotFound, "table %q has no open conflict %s", r.e.s.t.name, want.ID)
	}
	if name := want.Column; name != "" && (!slices.Contains(c.Columns, name) || c.Kind == conflict.Header) {
		return c, notOver(&c, name)
	}
	described := []conflict.Conflict{c}
	err = r.e.s.t.Describe(described)
	return described[0], err
}

func (r *resolver) resolve(want Resolution) error {
	if want.Take > TakeEarlier {
		return fault.New(fault.Input, "conflict %s: there is no take %d", want.ID, want.Take)
	}
	c, err := r.find(want)
	if err != nil {
		return err
	}
	done := Resolved{Conflict: c, By: want.Take.String()}
	if c.Kind != conflict.Header {
		if done.Settled, err = want.columns(&c); err != nil {
			return err
		}
	}
	s := conflict.Settled{ID: c.ID, Key: c.Key, Columns: done.Settled, By: done.By}
	if c.Kind == conflict.Header {
		if err := r.header(c, want); err != nil {
			return err
		}
		s.Now = c.Now
	} else if s.Now, done.NewKey, err = r.row(c, want); err != nil {
		return err
	}
	r.open.Settle(s)
	r.settled, r.done = append(r.settled, s), append(r.done, done)
	return nil
}

// row settles a conflict over a row, and returns the record as it is then under the columns of the merge.
func (r *resolver) row(c conflict.Conflict, want Resolution) (now, newKey []byte, err error) {
	e := r.e
	key, err := keyCells(c.Key, len(e.keyAt))
	if err != nil {
		return nil, nil, fault.New(fault.No, "conflict %s: the table has another key now: %w", c.ID, err)
	}
	at, err := e.find(key)
	if err != nil {
		return nil, nil, err
	}
	if !want.Force {
		if err := r.fresh(c, key, at); err != nil {
			return nil, nil, err
		}
	}
	switch want.Take {
	case TakeBoth:
		newKey, err = r.both(c, key, want)
	case TakeValue:
		err = r.values(c, key, at, want)
	default:
		err = r.take(sideOf(&c, want.Take), c, key, at, want.Column)
	}
	if err != nil {
		return nil, nil, err
	}
	now, err = project(at.now, e.columns, c.NowColumns)
	return now, newKey, err
}

// keyCells returns the cells of a key as a caller gives them.
func keyCells(key []byte, n int) ([]string, error) {
	cells, err := row.SplitKey(key, n)
	list := make([]string, len(cells))
	for i, c := range cells {
		list[i] = string(c)
	}
	return list, err
}

// fresh refuses a row that is not what the conflict saw.
func (r *resolver) fresh(c conflict.Conflict, key []string, at *editedRow) error {
	is, err := project(at.old, r.e.columns, c.NowColumns)
	if err != nil || bytes.Equal(is, c.Now) {
		return err
	}
	was, err := project(c.Now, c.NowColumns, c.NowColumns) // the same cells may be quoted in other ways
	if err != nil || bytes.Equal(is, was) {
		return err
	}
	text := "it is not there now"
	if at.old != nil {
		text = "it is now " + string(trimEOL(at.old))
	}
	err = fault.New(fault.No, "table %q: row %q was changed since conflict %s was recorded; %s", r.e.s.t.name, strings.Join(key, "|"), c.ID, text)
	return fault.WithHint(err, "'rdb conflict:show %s' shows it; --force settles the conflict all the same", c.ID)
}

// sideOf returns the side that a choice takes.
func sideOf(c *conflict.Conflict, choice Take) *conflict.Side {
	later := c.Theirs.Version > c.Ours.Version
	switch {
	case choice == TakeBase:
		return &c.Base
	case choice == TakeTheirs, choice == TakeLater && later, choice == TakeEarlier && !later:
		return &c.Theirs
	}
	return &c.Ours
}

// take gives the row, or those columns of it that clash, the values of a party. Columns that the party did not know stay.
func (r *resolver) take(p *conflict.Side, c conflict.Conflict, key []string, at *editedRow, column string) error {
	e, partly, columns := r.e, column != "", c.Columns
	if partly {
		columns = []string{column}
	}
	if p.Record == nil && !partly {
		if at.now == nil {
			return nil
		}
		return e.Delete(key)
	}
	if at.now == nil || c.IsWhole() {
		return r.put(p, key, at)
	}
	cells, err := row.Cells(nil, p.Record)
	if err != nil {
		return err
	}
	var edits []row.Edit
	for _, name := range columns {
		to, from := slices.Index(e.columns, name), slices.Index(p.Columns, name)
		if to < 0 && from < 0 {
			continue // it was the party that dropped the column
		}
		if to < 0 {
			return noColumn(c, name)
		}
		edit := row.Edit{Column: to}
		if from >= 0 && from < len(cells) {
			edit.Value = cells[from]
		}
		edits = append(edits, edit)
	}
	at.now, err = row.Replace(nil, at.now, edits)
	return err
}

func noColumn(c conflict.Conflict, name string) error {
	err := fault.New(fault.Input, "conflict %s: the table has no column %q any more", c.ID, name)
	return fault.WithHint(err, "--ours leaves it so; or add the column first")
}

// put gives a row all cells of a party's record, or inserts it.
func (r *resolver) put(p *conflict.Side, key []string, at *editedRow) error {
	e := r.e
	if at.now == nil && slices.Equal(p.Columns, e.columns) {
		e.insertRecord(at, bytes.Clone(p.Record))
		return nil
	}
	edits, err := r.editsOf(p)
	if err != nil {
		return err
	}
	if at.now == nil {
		e.insert(key, at, edits)
		return nil
	}
	at.now, err = row.Replace(nil, at.now, edits)
	return err
}

// editsOf returns the cells of a party's record in today's columns, the key's left out.
func (r *resolver) editsOf(p *conflict.Side) (edits []row.Edit, err error) {
	cells, err := row.Cells(nil, p.Record)
	for i, name := range r.e.columns {
		if from := slices.Index(p.Columns, name); from >= 0 && from < len(cells) && !slices.Contains(r.e.keyAt, i) {
			edits = append(edits, row.Edit{Column: i, Value: cells[from]})
		}
	}
	return edits, err
}

// values gives the row the values that somebody thought of; where it is gone, on top of what is left of it.
func (r *resolver) values(c conflict.Conflict, key []string, at *editedRow, want Resolution) error {
	if at.now == nil {
		p := &c.Ours
		if p.Record == nil {
			p = &c.Theirs
		}
		if err := r.put(p, key, at); err != nil {
			return err
		}
	}
	return r.e.Set(key, want.Values)
}

// both leaves the row as it is, and adds theirs under a key of its own, which it returns.
func (r *resolver) both(c conflict.Conflict, key []string, want Resolution) ([]byte, error) {
	switch {
	case want.Column != "":
		return nil, fault.New(fault.Input, "conflict %s: both rows cannot be kept for some columns only", c.ID)
	case c.Ours.Record == nil || c.Theirs.Record == nil:
		return nil, fault.New(fault.Input, "conflict %s: one side deleted the row, so that there is but one to keep", c.ID)
	}
	for _, name := range c.Columns {
		if !slices.Contains(r.e.columns, name) { // what theirs set there would be in neither row
			return nil, noColumn(c, name)
		}
	}
	edits, err := r.editsOf(&c.Theirs)
	if err != nil {
		return nil, err
	}
	for n := 2; ; n++ {
		other := slices.Clone(key)
		other[0] = anotherKey(key[0], n)
		at, err := r.e.find(other)
		if err != nil {
			return nil, err
		}
		if at.old == nil && at.now == nil {
			r.e.insert(other, at, edits)
			return r.e.joinKey(other)
		}
	}
}

// anotherKey returns a key made of one by a number: behind the name where modifiers follow it, so that "page.title@en" becomes
// "page.title2@en". Letters and digits are legal in every kind of key.
func anotherKey(key string, n int) string {
	at := strings.IndexAny(key, "@<")
	if at < 0 {
		at = len(key)
	}
	return key[:at] + strconv.Itoa(n) + key[at:]
}

// project writes a record's cells under other columns, by their names; nil stays nil.
func project(record []byte, from, to []string) ([]byte, error) {
	if record == nil {
		return nil, nil
	}
	cells, err := row.Cells(nil, record)
	if err != nil {
		return nil, err
	}
	list := make([][]byte, len(to))
	for i, name := range to {
		if at := slices.Index(from, name); at >= 0 && at < len(cells) {
			list[i] = cells[at]
		}
	}
	return row.AppendRecord(nil, list, ""), nil
}
