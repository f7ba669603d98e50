package schema

import (
	"fmt"
	"strings"
)

// Violation is one way in which a table breaks its schema.
type Violation struct {
	Line   int    // where its row begins in the table, counted from 1; 0 for a row that stands in none
	Column string // the name of the column; "" for what is about a row or the header
	Rule   Rule   // what is broken
	Text   string // how
}

// String returns the violation as `line N, column "NAME": TEXT`, without what it does not know.
func (v Violation) String() string {
	var place []string
	if v.Line > 0 {
		place = append(place, fmt.Sprintf("line %d", v.Line))
	}
	if v.Column != "" {
		place = append(place, fmt.Sprintf("column %q", v.Column))
	}
	if place == nil {
		return v.Text
	}
	return strings.Join(place, ", ") + ": " + v.Text
}

// maxViolations is how many violations of one table are kept: a table of a hundred million bad rows must not fill the memory.
const maxViolations = 1000

// Violations is all that breaks a schema in a table. Who refuses a table for it can return it as an error.
type Violations struct {
	List  []Violation // the first thousand, in the order of the table
	Total int
}

// Error returns the violations, one a line, and how many more there are.
func (v *Violations) Error() string {
	var b strings.Builder
	for i, violation := range v.List {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(violation.String())
	}
	if more := v.Total - len(v.List); more > 0 {
		fmt.Fprintf(&b, "\nand %d more", more)
	}
	return b.String()
}
