// Package schema owns what a table's schema says: its TOML, the rules it lays on cells and rows and all that breaks them, the
// schema that a table suggests, and statements that change a schema together with its table. It must never know where a
// schema is kept, nor what is done about a table that breaks one.
//
// reed-schema(5) describes the file.
package schema

import (
	"slices"

	"github.com/reedbase/reedbase/pkg/cell"
)

// Schema is what a schema file says. The zero Schema has no columns, and no rules.
type Schema struct {
	Merge   Merge
	Level   Level // of what breaks the rules; Parse makes it Warn where the file says nothing
	RBKS    bool  // the key is one of RBKS
	Keys    Keys
	Columns []Column

	Comment []string // lines above [schema], each from its # on
	Closing []string // lines of comments at the end
}

// Column is what a schema says of a column. Rules are checked of cells that are not empty, Required aside.
type Column struct {
	Name       string
	Type       cell.Type // Undeclared where the schema names none
	PrimaryKey bool      // part of the key, in the order of the columns
	Required   bool      // no cell is empty
	Unique     bool      // no two cells hold one value
	Min, Max   string    // as a cell spells them; "" is no bound
	MinLength  int       // characters
	MaxLength  int       // characters; 0 is no bound
	Pattern    string    // a regular expression of RE2 that a whole cell matches; "" is none
	Default    string    // what a new row holds that names no value; "" is nothing
	Values     []string  // all that a cell may hold; none is no limit

	Comment []string // lines above the column
}

// Keys is what a schema says of RBKS keys: how strictly they are taken, and words that extend the lists of modifiers.
type Keys struct {
	Level        Level // Unset where the schema says nothing
	Languages    []string
	Environments []string
	Seasons      []string
	Variants     []string

	Comment []string
}

// Level is how strictly rules are taken.
type Level uint8

// The levels.
const (
	Unset  Level = iota // nothing is said
	Off                 // nothing is checked
	Warn                // what breaks a rule is stored, with a warning
	Strict              // what breaks a rule is refused
)

var levelNames = [...]string{"", "off", "warn", "strict"}

// String returns the level as a schema writes it, "" for Unset.
func (l Level) String() string { return levelNames[l] }

// ParseLevel reads what String writes of a level that is set.
func ParseLevel(s string) (l Level, ok bool) {
	i := slices.Index(levelNames[Off:], s)
	return Level(i + 1), i >= 0
}

// Merge is what is merged when two writes change one row.
type Merge uint8

// What is merged.
const (
	Cells Merge = iota // each cell by itself
	Rows               // the row as a whole
)

var mergeNames = [...]string{"cells", "rows"}

// String returns the unit as a schema writes it.
func (m Merge) String() string { return mergeNames[m] }

// Key returns the names of the primary key's columns in their order; none where the key is column 0.
func (s *Schema) Key() []string {
	var names []string
	for _, c := range s.Columns {
		if c.PrimaryKey {
			names = append(names, c.Name)
		}
	}
	return names
}

// Column returns the column of this name.
func (s *Schema) Column(name string) (*Column, bool) {
	for i := range s.Columns {
		if s.Columns[i].Name == name {
			return &s.Columns[i], true
		}
	}
	return nil, false
}

// NamesKeyOnly reports whether no column has more than a name and a place in the key. Such a schema does not list the columns
// of its table: others may be there, in any order.
func (s *Schema) NamesKeyOnly() bool {
	for _, c := range s.Columns {
		if !c.hasNoRules() {
			return false
		}
	}
	return true
}

// hasNoRules reports whether the column has no more than a name and a place in the key.
func (c *Column) hasNoRules() bool {
	return c.Type == cell.Undeclared && !c.Required && !c.Unique && c.Min == "" && c.Max == "" && c.MinLength == 0 &&
		c.MaxLength == 0 && c.Pattern == "" && c.Default == "" && len(c.Values) == 0
}

// Clone returns a copy that shares nothing with s.
func (s *Schema) Clone() *Schema {
	n := *s
	n.Comment, n.Closing = slices.Clone(s.Comment), slices.Clone(s.Closing)
	n.Keys.Comment = slices.Clone(s.Keys.Comment)
	for _, list := range n.Keys.lists() {
		*list.words = slices.Clone(*list.words)
	}
	n.Columns = slices.Clone(s.Columns)
	for i := range n.Columns {
		c := &n.Columns[i]
		c.Values, c.Comment = slices.Clone(c.Values), slices.Clone(c.Comment)
	}
	return &n
}

// wordList is a list of modifiers under the name that a schema gives it.
type wordList struct {
	name  string
	words *[]string
}

func (k *Keys) lists() [4]wordList {
	return [4]wordList{{"languages", &k.Languages}, {"environments", &k.Environments}, {"seasons", &k.Seasons}, {"variants", &k.Variants}}
}
