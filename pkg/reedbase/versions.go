package reedbase

import (
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/table"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Version is one state of a table, as its log knows it.
type Version struct {
	ID, Base, Parent ID
	Action           Action
	ActionName, User string
	UserCode         uint64
	Time             time.Time // UTC
	DeltaSize, Rows  int64     // bytes; rows changed
	Hash             verlog.Hash
	Tags             []string
	Message          string
	Pruned           bool // its content was folded away
}

func (t *Table) version(l verlog.Line, names labels) Version {
	return Version{
		ID: l.ID, Base: l.Base, Parent: l.Parent, Action: l.Action, ActionName: names.action(l.Action), User: names.user(l.User),
		UserCode: l.User, Time: l.ID.Time(), DeltaSize: l.Size, Rows: l.Rows, Hash: l.Hash,
	}
}

// Filter chooses versions; zero fields choose all.
type Filter struct {
	Since, Until time.Time // both inclusive
	Action, User string    // by name
	Limit        int
}

// Versions returns the versions that f chooses, newest first.
func (t *Table) Versions(f Filter) ([]Version, error) {
	t.db.trace("rdb-log", "cat", t.path("version.log"))
	lines, err := t.t.Lines()
	if err != nil {
		return nil, err
	}
	names := t.db.labels()
	if err := f.check(names); err != nil {
		return nil, err
	}
	var list []Version
	for _, l := range slices.Backward(lines) {
		if f.passes(l, names) {
			list = append(list, t.version(l, names))
			if len(list) == f.Limit {
				break
			}
		}
	}
	return list, t.decorate(list, lines)
}

// check refuses an action or a user that nobody knows.
func (f Filter) check(names labels) error {
	if f.Action != "" && names.actions != nil {
		if _, ok := names.actions.Name(f.Action); !ok {
			return fault.New(fault.NotFound, "there is no action %q", f.Action)
		}
	}
	if f.User != "" && names.users != nil {
		if _, ok := names.users.Name(f.User); !ok {
			return fault.New(fault.NotFound, "there is no user %q", f.User)
		}
	}
	return nil
}

func (f Filter) passes(l verlog.Line, names labels) bool {
	return (f.Since.IsZero() || l.ID >= stamp.First(f.Since)) && (f.Until.IsZero() || l.ID <= stamp.Last(f.Until)) &&
		(f.Action == "" || strings.EqualFold(names.action(l.Action), f.Action)) && (f.User == "" || names.user(l.User) == f.User)
}

// decorate adds names, remarks and what was folded to versions.
func (t *Table) decorate(list []Version, lines []verlog.Line) error {
	tags, err := t.t.Tags()
	if err != nil {
		return err
	}
	notes, err := t.t.Notes()
	if err != nil {
		return err
	}
	byID := map[ID][]string{}
	for _, tag := range tags {
		byID[tag.ID] = append(byID[tag.ID], tag.Name)
	}
	gone := t.t.Folded(lines)
	for i := range list {
		v := &list[i]
		v.Tags, v.Message, v.Pruned = byID[v.ID], notes[v.ID], gone(v.ID)
	}
	return nil
}

// Resolve finds the version that a text means: an id or a unique beginning of one, a name, ~N for N steps back, a point
// in time, or "" and "head" for the head.
func (t *Table) Resolve(spec string) (Version, error) {
	lines, err := t.t.Lines()
	if err != nil {
		return Version{}, err
	}
	line, err := t.find(spec, lines)
	if err != nil {
		return Version{}, err
	}
	list := []Version{t.version(line, t.db.labels())}
	return list[0], t.decorateOne(list, lines)
}

func (t *Table) decorateOne(list []Version, lines []verlog.Line) error {
	return t.decorate(list, lines)
}

func (t *Table) find(spec string, lines []verlog.Line) (verlog.Line, error) {
	head, _ := verlog.Head(lines)
	switch {
	case spec == "" || spec == "head":
		return head, nil
	case spec[0] == '~':
		return t.stepsBack(spec, lines, head)
	case spec[0] == '@' || strings.ContainsAny(spec, "-:") && spec[0] >= '0' && spec[0] <= '9':
		return t.asOf(spec, lines, head)
	case spec[0] >= '0' && spec[0] <= '9':
		return t.byID(spec, lines)
	}
	tags, err := t.t.Tags()
	if err != nil {
		return verlog.Line{}, err
	}
	names := make([]string, len(tags))
	for i, tag := range tags {
		if tag.Name == spec {
			return t.byID(tag.ID.String(), lines)
		}
		names[i] = tag.Name
	}
	err = fault.New(fault.NotFound, "table %q has no version %q", t.Name(), spec)
	if near := nearest(spec, names); near != "" {
		return verlog.Line{}, fault.WithHint(err, "did you mean %q?", near)
	}
	return verlog.Line{}, fault.WithHint(err, "an id or its beginning, a name, ~N, or a time; 'rdb version:list %s' lists them", t.Name())
}

func (t *Table) byID(digits string, lines []verlog.Line) (found verlog.Line, err error) {
	n := 0
	for _, l := range lines {
		id := l.ID.String()
		if id == digits {
			return l, nil
		}
		if strings.HasPrefix(id, digits) {
			found, n = l, n+1
		}
	}
	switch n {
	case 1:
		return found, nil
	case 0:
		err = fault.New(fault.NotFound, "table %q has no version %s", t.Name(), digits)
		return found, fault.WithHint(err, "'rdb version:list %s' lists them", t.Name())
	}
	return verlog.Line{}, fault.New(fault.Input, "%d versions of table %q begin with %s", n, t.Name(), digits)
}

// stepsBack follows first parents from the head.
func (t *Table) stepsBack(spec string, lines []verlog.Line, head verlog.Line) (verlog.Line, error) {
	n, err := strconv.Atoi(spec[1:])
	if err != nil || n < 0 {
		return head, fault.New(fault.Input, "%q is not ~N", spec)
	}
	at := head
	for range n {
		i := slices.IndexFunc(lines, func(l verlog.Line) bool { return l.ID == at.Base })
		if i < 0 {
			return head, fault.New(fault.NotFound, "table %q has no %d steps to go back", t.Name(), n)
		}
		at = lines[i]
	}
	return at, nil
}

// asOf finds the head as it was at a point in time.
func (t *Table) asOf(spec string, lines []verlog.Line, head verlog.Line) (verlog.Line, error) {
	at, err := stamp.ParseTime(spec)
	if err != nil {
		return head, err
	}
	i := slices.IndexFunc(lines, func(l verlog.Line) bool { return l.ID > stamp.Last(at) })
	if i < 0 {
		return head, nil
	}
	then, ok := verlog.Head(lines[:i])
	if !ok {
		return head, fault.New(fault.NotFound, "table %q did not exist at %s", t.Name(), at.Format(time.RFC3339))
	}
	return then, nil
}

// Content writes the text of a version, byte for byte, after its hash has been checked. One that was folded away is
// fault.NotFound, with the oldest that can be read as a hint.
func (t *Table) Content(w io.Writer, id ID) error {
	t.traceContent(id)
	c, err := t.t.At(id)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.WriteTo(w)
	return err
}

// traceContent tells the command that makes a version's content from the deltas alone.
func (t *Table) traceContent(id ID) {
	if t.db.opt.Trace == nil {
		return
	}
	names, err := t.t.Chain(id)
	if err != nil {
		return // the call itself says why
	}
	argv := []string{"rdb-apply", "/dev/null"}
	for _, name := range names {
		argv = append(argv, t.path(name))
	}
	t.db.trace(argv...)
}

// CellChange is one cell that differs.
type CellChange = table.CellChange

// RowChange is one row that differs: Old nil is an insertion, New nil a deletion.
type RowChange struct {
	Key      []string
	Old, New *Record
	Cells    []CellChange
}

// Diff is what differs between two versions.
type Diff struct {
	From, To                       ID
	OldColumns, NewColumns         []string
	KeyColumns                     []string
	Changes                        []RowChange
	Added, Changed, Deleted, Cells int64
}

// Diff returns what differs between two versions, row by row; to 0 is the table as it stands, edits by hand included.
func (t *Table) Diff(from, to ID) (*Diff, error) {
	t.traceContent(from)
	if to != 0 {
		t.traceContent(to)
	}
	c, err := t.t.Diff(from, to)
	if err != nil {
		return nil, err
	}
	key, err := t.t.KeyNames()
	if err != nil {
		return nil, err
	}
	d := &Diff{From: from, To: to, OldColumns: c.OldColumns, NewColumns: c.NewColumns, KeyColumns: key}
	if columns := slices.Concat(c.NewColumns, c.OldColumns); len(key) == 0 && len(columns) > 0 {
		d.KeyColumns = columns[:1]
	}
	n := c.Counts()
	d.Added, d.Changed, d.Deleted = n.Added, n.Changed, n.Deleted
	d.Changes = make([]RowChange, len(c.Rows))
	for i, r := range c.Rows {
		if d.Changes[i], err = d.change(c, r); err != nil {
			return nil, err
		}
		d.Cells += int64(len(d.Changes[i].Cells))
	}
	return d, nil
}

func (d *Diff) change(c *table.Changes, r table.Change) (out RowChange, err error) {
	parts, err := row.SplitKey(r.Key, len(d.KeyColumns))
	if err != nil {
		return out, err
	}
	for _, p := range parts {
		out.Key = append(out.Key, string(p))
	}
	if out.Old, err = recordOf(c.OldColumns, d.KeyColumns, r.Old); err != nil {
		return out, err
	}
	if out.New, err = recordOf(c.NewColumns, d.KeyColumns, r.New); err != nil {
		return out, err
	}
	out.Cells, err = c.Cells(r)
	return out, err
}

// recordOf returns a record, nil for no bytes.
func recordOf(columns, key []string, raw []byte) (*Record, error) {
	if raw == nil {
		return nil, nil
	}
	at, err := keyColumns(columns, key)
	if err != nil {
		return nil, err
	}
	r, err := newRecord(columns, at, raw)
	return &r, err
}

// Line is a row and the version that last set it.
type Line struct {
	Record       Record
	Version      Version
	CellVersions []Version // that last set each cell, in the order of the columns; only for one row
}

// Blame yields all rows in the order of the table, or the one row of a key, with who last set them.
func (t *Table) Blame(key ...string) iter.Seq2[Line, error] {
	if len(key) > 0 {
		return t.blameRow(key)
	}
	return func(yield func(Line, error) bool) {
		byKey, root, err := t.t.Blame()
		if err != nil {
			yield(Line{}, err)
			return
		}
		r, err := t.open()
		if err != nil {
			yield(Line{}, err)
			return
		}
		defer r.close()
		versions := t.versionsOf()
		for rec, err := range r.rows() {
			line := Line{Record: rec}
			if err == nil {
				l, ok := byKey[string(row.Key(rec.Raw, r.keyAt))]
				if !ok {
					l = root
				}
				line.Version = versions(l)
			}
			if !yield(line, err) || err != nil {
				return
			}
		}
	}
}

// versionsOf returns a function that names a line's codes, each line once.
func (t *Table) versionsOf() func(verlog.Line) Version {
	names, known := t.db.labels(), map[ID]Version{}
	return func(l verlog.Line) Version {
		v, ok := known[l.ID]
		if !ok {
			v = t.version(l, names)
			known[l.ID] = v
		}
		return v
	}
}

func (t *Table) blameRow(key []string) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		yield(t.blameOne(key))
	}
}

func (t *Table) blameOne(key []string) (line Line, err error) {
	byColumn, err := t.t.BlameCells(key)
	if err != nil {
		return line, err
	}
	if line.Record, err = t.Get(key...); err != nil {
		return line, err
	}
	versions := t.versionsOf()
	for _, c := range line.Record.Columns {
		v := versions(byColumn[c])
		line.CellVersions = append(line.CellVersions, v)
		if v.ID > line.Version.ID {
			line.Version = v
		}
	}
	return line, nil
}

// Moment is one state of a row and the version that brought it about.
type Moment struct {
	Version Version
	Record  *Record  // nil: the version deleted the row
	Changed []string // columns whose cells it changed; none where the row came to be
}

// History returns the states of one row, newest first; fault.NotFound when it never was.
func (t *Table) History(key ...string) ([]Moment, error) {
	t.db.trace("rdb-log", "cat", t.path("version.log"))
	raw, err := t.t.History(key)
	if err != nil {
		return nil, err
	}
	names, err := t.t.KeyNames()
	if err != nil {
		return nil, err
	}
	versions := t.versionsOf()
	list := make([]Moment, len(raw))
	for i, m := range raw {
		list[i] = Moment{Version: versions(m.Line), Changed: m.Changed}
		if list[i].Record, err = recordOf(m.Columns, names, m.Record); err != nil {
			return nil, err
		}
	}
	return list, nil
}
