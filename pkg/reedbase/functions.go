package reedbase

import (
	"iter"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/relation"
	"github.com/reedbase/reedbase/pkg/row"
)

// tableFunction makes rows of what is known about tables.
type tableFunction struct {
	name    string
	takes   string // its arguments, for a message
	least   int    // of them
	most    int
	columns string // names, each with the initial of its type: integer, string or timestamp
	rows    func(db *DB, arguments []string, yield func(...cell.Value) bool) error
}

// tableFunctions returns those that there are; reedql(7) describes them.
func tableFunctions() []tableFunction {
	return []tableFunction{
		{"rdb_log", "a table", 1, 1, "version:i time:t action:s user:s base:i parent:i rows:i bytes:i hash:s tags:s message:s", (*DB).logRows},
		{"rdb_diff", "a table and one or two of its versions", 2, 3, "key:s change:s column:s old:s new:s", (*DB).diffRows},
		{"rdb_conflicts", "a table, or nothing for all of them", 0, 1,
			"id:s table:s kind:s key:s columns:s ours_version:i ours_user:s theirs_version:i theirs_user:s version:i base:s ours:s theirs:s now:s", (*DB).conflictRows},
		{"rdb_tables", "nothing", 0, 0, "name:s columns:s key:s rows:i bytes:i versions:i head:i time:t state:s", (*DB).tableRows},
	}
}

func functionNames() (names []string) {
	for _, f := range tableFunctions() {
		names = append(names, f.name)
	}
	return names
}

// Call returns the rows of a table function.
func (c *Catalogue) Call(function string, arguments []cell.Value) (plan.Relation, error) {
	for _, f := range tableFunctions() {
		if strings.EqualFold(f.name, function) {
			return c.db.call(f, arguments)
		}
	}
	return nil, fault.New(fault.NotFound, "there is no table function %q", function)
}

func (db *DB) call(f tableFunction, arguments []cell.Value) (plan.Relation, error) {
	if len(arguments) < f.least || len(arguments) > f.most {
		return nil, fault.New(fault.Input, "%s takes %s", f.name, f.takes)
	}
	var texts []string
	for _, a := range arguments {
		if a.IsNull() {
			return nil, fault.New(fault.Input, "%s takes %s, not NULL", f.name, f.takes)
		}
		if a.Kind() == cell.KindText && len(a.Text()) == 0 {
			return nil, fault.New(fault.Input, "%s takes %s, not an empty text", f.name, f.takes)
		}
		texts = append(texts, string(a.AppendText(nil)))
	}
	if len(texts) > 0 {
		t, err := db.Table(texts[0]) // what is not there is said before the query runs
		if err != nil {
			return nil, err
		}
		t.Close()
	}
	return relation.List(columnsOf(f.columns), -1, each(func(yield func(...cell.Value) bool) error { return f.rows(db, texts, yield) })), nil
}

// each makes what calls yield for each row, and returns an error, an iterator.
func each(rows func(yield func(...cell.Value) bool) error) iter.Seq2[[]cell.Value, error] {
	return func(yield func([]cell.Value, error) bool) {
		going := true
		err := rows(func(values ...cell.Value) bool {
			going = going && yield(values, nil)
			return going
		})
		if err != nil && going {
			yield(nil, err)
		}
	}
}

func columnsOf(words string) (columns []plan.Column) {
	for word := range strings.FieldsSeq(words) {
		name, initial, _ := strings.Cut(word, ":")
		of := cell.String
		switch initial {
		case "i":
			of = cell.Integer
		case "t":
			of = cell.Timestamp
		}
		columns = append(columns, plan.Column{Name: name, Type: of})
	}
	return columns
}

func ofText(s string) cell.Value { return cell.FromText([]byte(s)) }

// ofID returns the number of a version, NULL for none.
func ofID(id ID) cell.Value {
	if id == 0 {
		return cell.Value{}
	}
	return cell.FromInteger(int64(id))
}

func ofMoment(v Version) cell.Value { return cell.FromTime(v.Time.Unix(), int32(v.Time.Nanosecond())) }

func (db *DB) logRows(arguments []string, yield func(...cell.Value) bool) error {
	t, err := db.Table(arguments[0])
	if err != nil {
		return err
	}
	defer t.Close()
	versions, err := t.Versions(Filter{})
	for _, v := range versions {
		if !yield(ofID(v.ID), ofMoment(v), ofText(v.ActionName), ofText(v.User), ofID(v.Base), ofID(v.Parent), cell.FromInteger(v.Rows),
			cell.FromInteger(v.DeltaSize), ofText(v.Hash.String()), ofText(strings.Join(v.Tags, ",")), ofText(v.Message)) {
			break
		}
	}
	return err
}

// diffRows yields a row for each cell that differs; of a row that came or went, for each of its cells.
func (db *DB) diffRows(arguments []string, yield func(...cell.Value) bool) error {
	t, err := db.Table(arguments[0])
	if err != nil {
		return err
	}
	defer t.Close()
	var ends [2]ID
	for i, spec := range arguments[1:] {
		v, err := t.Resolve(spec)
		if err != nil {
			return err
		}
		ends[i] = v.ID
	}
	d, err := t.Diff(ends[0], ends[1])
	if err != nil {
		return err
	}
	for _, change := range d.Changes {
		if !change.yield(yield) {
			break
		}
	}
	return nil
}

func (r RowChange) yield(yield func(...cell.Value) bool) bool {
	key := ofText(joinCells(r.Key))
	switch {
	case r.Old == nil:
		for i, column := range r.New.Columns {
			if !yield(key, ofText("insert"), ofText(column), cell.Value{}, ofText(r.New.Cells[i])) {
				return false
			}
		}
	case r.New == nil:
		for i, column := range r.Old.Columns {
			if !yield(key, ofText("delete"), ofText(column), ofText(r.Old.Cells[i]), cell.Value{}) {
				return false
			}
		}
	}
	if r.Old == nil || r.New == nil {
		return true
	}
	for _, c := range r.Cells {
		if !yield(key, ofText("update"), ofText(c.Column), ofText(c.Old), ofText(c.New)) {
			return false
		}
	}
	return true
}

// joinCells returns a key in one cell.
func joinCells(key []string) string {
	cells := make([][]byte, len(key))
	for i, c := range key {
		cells[i] = []byte(c)
	}
	return string(row.JoinKey(cells))
}

func (db *DB) conflictRows(arguments []string, yield func(...cell.Value) bool) error {
	var list []Conflict
	if len(arguments) == 0 {
		all, err := db.Conflicts()
		if err != nil {
			return err
		}
		list = all
	} else {
		t, err := db.Table(arguments[0])
		if err != nil {
			return err
		}
		defer t.Close()
		if list, err = t.Conflicts(); err != nil {
			return err
		}
	}
	for _, c := range list {
		key := cell.Value{}
		if c.Key != nil {
			key = ofText(joinCells(c.Key))
		}
		if !yield(ofText(c.ID), ofText(c.Table), ofText(c.Kind.String()), key, ofText(strings.Join(c.Columns, ",")),
			ofID(c.Ours.Version.ID), ofText(c.Ours.Version.User), ofID(c.Theirs.Version.ID), ofText(c.Theirs.Version.User),
			ofID(c.Version), ofRecord(c.Base.Record), ofRecord(c.Ours.Record), ofRecord(c.Theirs.Record), ofRecord(c.Now)) {
			break
		}
	}
	return nil
}

// ofRecord returns a row as its table has it; NULL when there is none.
func ofRecord(r *Record) cell.Value {
	if r == nil {
		return cell.Value{}
	}
	cells := make([][]byte, len(r.Cells))
	for i, c := range r.Cells {
		cells[i] = []byte(c)
	}
	return cell.FromText(row.AppendRecord(nil, cells, ""))
}

func (db *DB) tableRows(_ []string, yield func(...cell.Value) bool) error {
	tables, err := db.Tables()
	for _, t := range tables {
		if !yield(ofText(t.Name), ofText(strings.Join(t.Columns, ",")), ofText(strings.Join(t.Key, ",")), cell.FromInteger(t.Rows),
			cell.FromInteger(t.Size), cell.FromInteger(int64(t.Versions)), ofID(t.Head.ID), ofMoment(t.Head), ofText(t.State.String())) {
			break
		}
	}
	return err
}
