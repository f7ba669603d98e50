package exec_test

import (
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/rbks"
	"github.com/reedbase/reedbase/pkg/row"
)

// catalogue is tables in memory.
type catalogue map[string]*table

// table is a relation with a text.
type table struct {
	columns []plan.Column
	text    string
	rows    int64 // what it says of their number
	indices []plan.Index
}

// newTable reads a text whose header may give columns types: key|n:integer.
func newTable(text string) *table {
	names, end, err := row.Header([]byte(text))
	if err != nil {
		panic(err)
	}
	t := &table{}
	for i, name := range names {
		bare, typeName, typed := strings.Cut(name, ":")
		c := plan.Column{Name: bare}
		if typed {
			c.Type, typed = cell.ParseType(typeName)
			if !typed {
				panic(typeName)
			}
		}
		names[i] = bare
		t.columns = append(t.columns, c)
	}
	t.text = strings.Join(names, "|") + "\n" + text[end:]
	t.rows = -1
	return t
}

func (t *table) Columns() []plan.Column { return t.columns }
func (t *table) Key() []int             { return []int{0} }
func (t *table) Words() rbks.Words      { return rbks.Words{} }
func (t *table) Rows() int64            { return t.rows }
func (t *table) Indices(wanted plan.Wanted) (list []plan.Index) {
	for _, x := range t.indices {
		if wanted(x.Columns()[0], x.Kind()) {
			list = append(list, x)
		}
	}
	return list
}

func (t *table) Open() (plan.Source, error) {
	return plan.Source{Text: strings.NewReader(t.text), Size: int64(len(t.text))}, nil
}

func (c catalogue) Table(name string, asOf cell.Value) (plan.Relation, error) {
	t, ok := c[name]
	switch {
	case !ok:
		return nil, fault.New(fault.NotFound, "there is no table %q", name)
	case !asOf.IsNull():
		old, ok := c[name+"~"+string(asOf.AppendText(nil))]
		if !ok {
			return nil, fault.New(fault.NotFound, "table %q has no version %q", name, asOf.AppendText(nil))
		}
		return old, nil
	}
	return t, nil
}

func (c catalogue) File(path string) (plan.Relation, error) {
	return nil, fault.New(fault.Input, "no query can read %q: only tables of the database", path)
}

func (c catalogue) Stdin() (plan.Relation, error) {
	return nil, fault.New(fault.Input, "there is no standard input here")
}

// Call has one function, numbers(n), whose rows come from no text.
func (c catalogue) Call(function string, arguments []cell.Value) (plan.Relation, error) {
	if function != "numbers" {
		return nil, fault.New(fault.NotFound, "there is no table function %q", function)
	}
	return count(arguments[0].Integer()), nil
}

func (c catalogue) Names() (tables, functions []string) {
	for name := range c {
		if !strings.Contains(name, "~") {
			tables = append(tables, name)
		}
	}
	slices.Sort(tables)
	return tables, []string{"numbers"}
}

// count is a relation of the numbers up to itself, and their names.
type count int64

func (n count) Columns() []plan.Column {
	return []plan.Column{{Name: "n", Type: cell.Integer}, {Name: "name", Type: cell.String}}
}
func (n count) Key() []int                       { return nil }
func (n count) Words() rbks.Words                { return rbks.Words{} }
func (n count) Rows() int64                      { return int64(n) }
func (n count) Indices(plan.Wanted) []plan.Index { return nil }
func (n count) Open() (plan.Source, error) {
	return plan.Source{Rows: func(yield func([]cell.Value, error) bool) {
		var name []byte
		for i := range int64(n) {
			name = cell.FromInteger(i + 1).AppendText(append(name[:0], "no "...))
			if !yield([]cell.Value{cell.FromInteger(i + 1), cell.FromText(name)}, nil) {
				return
			}
		}
	}}, nil
}
