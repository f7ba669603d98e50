package table

import (
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
)

// Assignment changes a cell, named by its column.
type Assignment struct {
	Column, Value string
	Operation     Operation
}

// Operation says what an Assignment makes of a cell.
type Operation uint8

// The operations. Both sums are exact and keep the larger number of decimals; an empty cell, and one of a row that is not
// there, counts as 0, and one that holds no number is fault.Input.
const (
	Assign   Operation = iota // the cell becomes the value
	Add                       // the value, a number, is added to the cell
	Subtract                  // it is subtracted from the cell
)

// edits adds what assignments make of the columns of a row to a list of edits: a later one sees those before it.
func (e *Edit) edits(key []string, r *editedRow, cells []Assignment, list []row.Edit) ([]row.Edit, error) {
	list = slices.Grow(list, len(cells))
	for _, c := range cells {
		at, err := e.column(c.Column)
		if err != nil {
			return nil, err
		}
		if i := slices.Index(e.keyAt, at); i >= 0 {
			if c.Operation == Assign && c.Value == key[i] {
				continue // which says no more than that the row is to be there
			}
			err := fault.New(fault.Input, "column %q is part of the key", c.Column)
			return nil, fault.WithHint(err, "delete the row and set it under its new key")
		}
		value := c.Value
		switch c.Operation {
		case Assign:
			err = checkCell(value)
		case Add, Subtract:
			value, err = e.sum(key, r.cell(at, list), c)
		default:
			err = fault.New(fault.Input, "column %q: there is no operation %d", c.Column, c.Operation)
		}
		if err != nil {
			return nil, err
		}
		list = append(list, row.Edit{Column: at, Value: []byte(value)})
	}
	return list, nil
}

// column returns the place of a column; the key's columns may be named too.
func (e *Edit) column(name string) (int, error) {
	at := slices.Index(e.columns, name)
	if at < 0 {
		err := fault.New(fault.Input, "there is no column %q", name)
		return at, fault.WithHint(err, "the columns are %s", strings.Join(e.columns, ", "))
	}
	return at, nil
}

// cell returns a cell of the row with the edits made; "" when there is no row.
func (r *editedRow) cell(at int, edits []row.Edit) string {
	for _, edit := range slices.Backward(edits) {
		if edit.Column == at {
			return string(edit.Value)
		}
	}
	value, _ := row.Cell(r.now, at)
	return string(value)
}

// sum returns what the cell of c holds after c, when it holds text before.
func (e *Edit) sum(key []string, text string, c Assignment) (string, error) {
	add, ok := cell.ParseNumber(c.Value)
	if !ok {
		return "", fault.New(fault.Input, "%q is no number to add to column %q", c.Value, c.Column)
	}
	now, err := e.number(key, c.Column, text)
	if err != nil {
		return "", err
	}
	if c.Operation == Subtract {
		add = add.Neg()
	}
	sum := now.Add(add).String()
	if _, ok := cell.ParseNumber(sum); !ok {
		return "", fault.New(fault.Input, "row %q: %s would become a number of %d digits", strings.Join(key, "|"), c.Column, len(sum))
	}
	return sum, nil
}

// number reads the number that a cell holds; an empty one counts as 0.
func (e *Edit) number(key []string, column, text string) (cell.Number, error) {
	if text == "" {
		return cell.Number{}, nil
	}
	n, ok := cell.ParseNumber(text)
	if !ok {
		return n, fault.New(fault.Input, "table %q, row %q: %s is %q, which is no number", e.s.t.name, strings.Join(key, "|"), column, text)
	}
	return n, nil
}

// checkCell refuses what no cell may hold.
func checkCell(value string) error {
	if strings.ContainsRune(value, 0) {
		return fault.New(fault.Input, "a cell may not hold a NUL")
	}
	if strings.ToValidUTF8(value, "") != value {
		return fault.New(fault.Input, "%q is not UTF-8", value)
	}
	return nil
}
