package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
)

// Validator is a schema bound to the header of a table, its patterns compiled. Any number of goroutines may use it.
type Validator struct {
	schema *Schema
	header []string
	places map[string]int
	rules  []rule // by place in the header
	sets   []Set
}

// Set is a set of columns whose values no two rows share.
type Set struct {
	Columns    []int // places in the header
	PrimaryKey bool  // the primary key, not a column that is unique
}

// Bind makes ready to check tables with this header. Columns are found by name; of two with one name the first is meant. A
// pattern that does not compile, which no schema has that Parse returned, is refused with fault.Input.
func (s *Schema) Bind(header []string) (*Validator, error) {
	v := &Validator{schema: s, header: header, places: map[string]int{}, rules: make([]rule, len(header))}
	for i := len(header) - 1; i >= 0; i-- {
		v.places[header[i]] = i
	}
	for i := range s.Columns {
		c := &s.Columns[i]
		r, err := c.rule()
		if err != nil {
			return nil, fault.New(fault.Input, "column %q: pattern %w", c.Name, err)
		}
		if at, ok := v.places[c.Name]; ok {
			v.rules[at] = r
		}
	}
	v.bindSets()
	return v, nil
}

// bindSets finds the sets of columns. A primary key that lacks a column is none.
func (v *Validator) bindSets() {
	key, complete := Set{PrimaryKey: true}, true
	for _, c := range v.schema.Columns {
		at, ok := v.places[c.Name]
		if c.PrimaryKey {
			key.Columns, complete = append(key.Columns, at), complete && ok
		}
		if c.Unique && ok {
			v.sets = append(v.sets, Set{Columns: []int{at}})
		}
	}
	if key.Columns == nil || !complete {
		return
	}
	v.sets = slices.DeleteFunc(v.sets, func(set Set) bool { return slices.Equal(set.Columns, key.Columns) })
	v.sets = slices.Insert(v.sets, 0, key)
}

// Header returns how the header, which stands at this line, breaks the schema: columns that it lacks, has beyond the schema's,
// or has in another order. A schema that names the key only asks for the columns of the key.
func (v *Validator) Header(line int) (list []Violation) {
	add := func(column, format string, args ...any) {
		list = append(list, Violation{line, column, Columns, fmt.Sprintf(format, args...)})
	}
	var wanted, found []string
	for _, c := range v.schema.Columns {
		if _, ok := v.places[c.Name]; ok {
			wanted = append(wanted, c.Name)
		} else {
			add(c.Name, "the table has no such column")
		}
	}
	if v.schema.NamesKeyOnly() {
		return list
	}
	for i, name := range v.header {
		if v.rules[i].Column == nil {
			add(name, "the schema has no such column")
		} else {
			found = append(found, name)
		}
	}
	if !slices.Equal(wanted, found) {
		add("", "the columns stand in another order than in the schema: %s instead of %s", clip(strings.Join(found, ", ")), clip(strings.Join(wanted, ", ")))
	}
	return list
}

// Row returns how a row breaks the schema by itself: all but what is unique among rows. Line is where it stands.
func (v *Validator) Row(line int, record []byte) (list []Violation) {
	v.row(record, nil, func(column string, broken Rule, text string) {
		list = append(list, Violation{line, column, broken, text})
	})
	return list
}

// row is Row with room for cells, which it returns for the next call.
func (v *Validator) row(record []byte, cells [][]byte, report func(column string, broken Rule, text string)) [][]byte {
	cells, err := row.Stored(cells[:0], record)
	if err != nil || len(cells) != len(v.rules) {
		report("", Columns, fmt.Sprintf("%d cells where the header has %d", len(cells), len(v.rules)))
		return cells
	}
	for i := range v.rules {
		if v.rules[i].Column == nil {
			continue
		}
		content := row.Unquote(cells[i])
		v.rules[i].check(content, len(content) < len(cells[i]), func(broken Rule, text string) { report(v.header[i], broken, text) })
	}
	return cells
}

// Sets returns the sets of columns whose values no two rows share, the primary key first. They are not to be changed.
func (v *Validator) Sets() []Set { return v.sets }

// Key appends what rows that hold the same values in a set of columns have in common, whatever their spelling: 1 and 01 are
// one integer. ok is false for a row that shares its values with none: an empty cell outside the primary key is no value.
func (v *Validator) Key(dst, record []byte, set Set) (key []byte, ok bool) {
	for _, at := range set.Columns {
		content, ok := row.Cell(record, at)
		if !ok || len(content) == 0 && !set.PrimaryKey {
			return dst, false
		}
		dst = v.rules[at].identity(dst, content)
	}
	return dst, true
}

// Lookup finds another row that has this key, as Key returns it, over a set of columns, and returns its line, or 0 where it
// knows none.
type Lookup func(set Set, key []byte) (line int, found bool, err error)

// Changed returns how one new or changed row breaks the schema: what Row returns, and what another row has that has to be
// unique, which lookup finds without looking at the whole table. Lookup must leave out the row that is replaced.
func (v *Validator) Changed(line int, record []byte, lookup Lookup) ([]Violation, error) {
	list := v.Row(line, record)
	if len(list) > 0 && list[0].Rule == Columns {
		return list, nil // which cell is which is not known
	}
	for _, set := range v.sets {
		key, ok := v.Key(nil, record, set)
		if !ok {
			continue
		}
		twin, found, err := lookup(set, key)
		if err != nil {
			return list, err
		}
		if found {
			violation := v.twin(set, record)
			violation.Line, violation.Text = line, violation.Text+ofLine(twin)
			list = append(list, violation)
		}
	}
	return list, nil
}

// twin returns that a row has what another row has in a set of columns; ofLine says which one.
func (v *Validator) twin(set Set, record []byte) Violation {
	values := quote(row.Key(record, set.Columns))
	switch {
	case !set.PrimaryKey:
		return Violation{Column: v.header[set.Columns[0]], Rule: Unique, Text: values}
	case len(set.Columns) > 1:
		return Violation{Rule: PrimaryKey, Text: "key " + values}
	}
	return Violation{Column: v.header[set.Columns[0]], Rule: PrimaryKey, Text: "key " + values}
}

// ofLine ends the text of a twin.
func ofLine(line int) string {
	if line == 0 {
		return " is that of another row too"
	}
	return fmt.Sprintf(" is that of line %d too", line)
}

// IsText reports whether two rows share a set of columns only where they share its texts: where no column has a type by which two
// spellings are one value.
func (v *Validator) IsText(set Set) bool {
	return !slices.ContainsFunc(set.Columns, func(at int) bool {
		return v.rules[at].Type != cell.Undeclared && v.rules[at].Type != cell.String
	})
}

// Twin returns the violation of a row that has the values of another row in a set of columns, but for its line and text.
func (v *Validator) Twin(set Set) Violation {
	violation := Violation{Rule: Unique}
	if set.PrimaryKey {
		violation.Rule = PrimaryKey
	}
	if len(set.Columns) == 1 {
		violation.Column = v.header[set.Columns[0]]
	}
	return violation
}

// Of folds the types of a set's columns into a number that stands for the columns: by it their values are told apart.
func (v *Validator) Of(set Set, columns int) uint64 {
	sum := uint64(columns)
	for _, at := range set.Columns {
		sum = sum*31 + uint64(v.rules[at].Type) + 1
	}
	return sum
}
