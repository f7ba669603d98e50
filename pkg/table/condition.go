package table

import (
	"bytes"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// Condition is what must hold of a row for a change of it to be made. It is looked at under the table's lock, in the row as
// earlier changes of the same write leave it.
type Condition struct {
	Test          Test
	Column, Value string   // of a test of a cell: the cell's column, and what it is held against
	Version       stamp.ID // of Unchanged
}

// Test is a kind of condition.
type Test uint8

// The tests. No row meets the tests of a cell when there is none. Less, AtMost, AtLeast and More compare exact decimal
// numbers: an empty cell counts as 0, and a cell or a value that holds no number is fault.Input.
const (
	Equal     Test = iota // the cell holds the value, byte for byte
	NotEqual              // it holds something else
	Less                  // the cell is less than the value
	AtMost                // it is not more
	AtLeast               // it is not less
	More                  // it is more
	Present               // the row is there
	Absent                // it is not
	Unchanged             // it has the cells that it had in Version, or is in neither
)

// String returns the test as an operator between a cell and a value, or a word.
func (t Test) String() string {
	return [...]string{"=", "!=", "<", "<=", ">=", ">", "present", "absent", "unchanged"}[t]
}

// check returns fault.No, and what the row holds, unless the row meets all conditions.
func (e *Edit) check(key []string, r *editedRow, conditions []Condition) error {
	for _, c := range conditions {
		if err := e.meets(key, r, c); err != nil {
			return err
		}
	}
	return nil
}

func (e *Edit) meets(key []string, r *editedRow, c Condition) error {
	there := r.now != nil
	switch c.Test {
	case Unchanged:
		return e.unchanged(key, r, c.Version)
	case Absent:
		if there {
			return fault.New(fault.No, "table %q has a row %q already", e.s.t.name, strings.Join(key, "|"))
		}
		return nil
	case Present:
		if there {
			return nil
		}
		return e.noRow(key)
	}
	if c.Test > Unchanged {
		return fault.New(fault.Input, "column %q: there is no test %d", c.Column, c.Test)
	}
	at, err := e.column(c.Column)
	if err != nil {
		return err
	}
	if !there {
		return e.noRow(key)
	}
	held := r.cell(at, nil)
	ok, err := e.compare(key, held, c)
	if err == nil && !ok {
		err = fault.New(fault.No, "table %q, row %q: %s is %q, not %s", e.s.t.name, strings.Join(key, "|"), c.Column, held, c.wanted())
	}
	return err
}

// wanted returns what a cell should have held, behind a "not".
func (c Condition) wanted() string {
	switch c.Test {
	case Equal:
		return `"` + c.Value + `"`
	case NotEqual:
		return "something else"
	}
	return c.Test.String() + " " + c.Value
}

func (e *Edit) noRow(key []string) error {
	return fault.New(fault.No, "table %q has no row %q", e.s.t.name, strings.Join(key, "|"))
}

// compare reports whether a cell that holds this text meets a condition.
func (e *Edit) compare(key []string, held string, c Condition) (bool, error) {
	switch c.Test {
	case Equal:
		return held == c.Value, nil
	case NotEqual:
		return held != c.Value, nil
	}
	against, ok := cell.ParseNumber(c.Value)
	if !ok {
		return false, fault.New(fault.Input, "%q is no number to compare column %q with", c.Value, c.Column)
	}
	n, err := e.number(key, c.Column, held)
	if err != nil {
		return false, err
	}
	switch order := n.Compare(against); c.Test {
	case Less:
		return order < 0, nil
	case AtMost:
		return order <= 0, nil
	case AtLeast:
		return order >= 0, nil
	default:
		return order > 0, nil
	}
}

// unchanged refuses a row that is not what it was in a version: by its cells and their columns, or by being there.
func (e *Edit) unchanged(key []string, r *editedRow, id stamp.ID) error {
	was, columns := r.old, e.columns
	if id != e.s.Head().ID {
		name, err := e.joinKey(key)
		if err != nil {
			return err
		}
		if was, columns, err = e.s.t.rowAt(id, name, e.key); err != nil {
			return err
		}
	}
	if was == nil && r.now == nil || was != nil && r.now != nil && slices.Equal(columns, e.columns) && sameCells(was, r.now) {
		return nil
	}
	err := fault.New(fault.No, "table %q: row %q has changed since version %s", e.s.t.name, strings.Join(key, "|"), id)
	return fault.WithHint(err, "'rdb version:history %s' with the row's key shows how", e.s.t.name)
}

// sameCells reports whether two records have the same cells, however they are written.
func sameCells(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, errX := row.Cells(nil, a)
	y, errY := row.Cells(nil, b)
	return errX == nil && errY == nil && slices.EqualFunc(x, y, bytes.Equal)
}
