package table

import (
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/schema"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// typeOf returns the type that the newest schema gives a column; Undeclared when none does.
func (t *Table) typeOf(column string) (cell.Type, error) {
	lines, err := t.readLines()
	if err != nil {
		return cell.Undeclared, err
	}
	text, err := t.schemaAt(stamp.Max, indexOf(lines))
	if err != nil || text == nil {
		return cell.Undeclared, err
	}
	s, err := schema.Parse(text)
	if err != nil {
		return cell.Undeclared, fault.New(fault.Corrupt, "the schema of table %q: %w", t.name, err)
	}
	for _, c := range s.Columns {
		if c.Name == column {
			return c.Type, nil
		}
	}
	return cell.Undeclared, nil
}
