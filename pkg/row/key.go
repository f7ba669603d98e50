package row

import (
	"slices"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Key returns the identity of a record: the content of its key cell, or for several key columns what JoinKey makes of
// theirs. No columns mean column 0. It may alias record, and is nil when a cell is missing or the record is malformed
// before it.
func Key(record []byte, columns []int) []byte {
	if len(columns) == 0 {
		columns = []int{0}
	}
	if len(columns) == 1 {
		key, ok := Cell(record, columns[0])
		if ok && key == nil {
			return []byte{}
		}
		return key
	}
	cells := make([][]byte, len(columns))
	for i, c := range columns {
		cell, ok := Cell(record, c)
		if !ok {
			return nil
		}
		cells[i] = cell
	}
	return JoinKey(cells)
}

// JoinKey returns the key of a row with these key cells, in the order of the key columns: a single cell itself, several
// as the record AppendRecord makes of them, without a line end.
func JoinKey(cells [][]byte) []byte {
	if len(cells) == 1 {
		return slices.Clone(cells[0])
	}
	return AppendRecord(nil, cells, "")
}

// SplitKey returns the cells that JoinKey made key of, n of them. A key that has not n cells is refused with fault.Input.
func SplitKey(key []byte, n int) ([][]byte, error) {
	if n <= 1 {
		return [][]byte{key}, nil
	}
	cells, err := Cells(nil, key)
	if err == nil && len(cells) != n {
		err = keyCells(key, n)
	}
	return cells, err
}

func keyCells(key []byte, n int) error {
	return fault.WithHint(fault.New(fault.Input, "key %q has not %d cells", key, n), "join the cells with '|'")
}
