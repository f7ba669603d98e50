package reedbase

import "github.com/reedbase/reedbase/pkg/table"

// Assignment changes a cell, named by its column.
type Assignment = table.Assignment

// Operation says what an Assignment makes of a cell. Sums are exact and keep the larger number of decimals; an empty cell,
// and one of a row that is not there, counts as 0, and one that holds no number is fault.Input.
type Operation = table.Operation

// The operations.
const (
	Assign   = table.Assign   // the cell becomes the value
	Add      = table.Add      // the value, a number, is added to the cell
	Subtract = table.Subtract // it is subtracted from the cell
)

// Condition is what must hold of a row for a change of it to be made. It is looked at under the table's lock, in the row as
// earlier statements of the same batch leave it.
type Condition = table.Condition

// Test is a kind of condition.
type Test = table.Test

// The tests. No row meets the tests of a cell when there is none. Less, AtMost, AtLeast and More compare exact decimal
// numbers: an empty cell counts as 0, and a cell or a value that holds no number is fault.Input.
const (
	Equal     = table.Equal     // the cell holds the value, byte for byte
	NotEqual  = table.NotEqual  // it holds something else
	Less      = table.Less      // the cell is less than the value
	AtMost    = table.AtMost    // it is not more
	AtLeast   = table.AtLeast   // it is not less
	More      = table.More      // it is more
	Present   = table.Present   // the row is there
	Absent    = table.Absent    // it is not
	Unchanged = table.Unchanged // it has the cells that it had in Version, or is in neither
)
