// Package plan owns what a query means and how it is to be run: it finds out what the names of a ReedQL tree stand for,
// chooses the operators, improves them by an ordered list of named rules, and prints the result. It must never know how an
// operator does its work, nor where tables are kept: a Catalogue says which there are.
package plan

import (
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// Parameters are the values of :name and ? in a statement. Values are never pasted into a text.
type Parameters struct {
	Named      map[string]cell.Value // without the colon
	Positional []cell.Value          // of the question marks, in their order
}

// Options say how a plan is made.
type Options struct {
	Text      string // what the statement was parsed from, for errors to show the place
	NoIndices bool   // no index is used
}

// Plan is how a query is run. It may be run once.
type Plan struct {
	columns []Column
}

// Make returns the plan of a query. What is wrong with the query is an error of the kind fault.Input, or fault.NotFound for a
// name that nothing has; its text holds line, column and a caret under the place when Options.Text is given.
func Make(query *syntax.Query, catalogue Catalogue, parameters Parameters, options Options) (*Plan, error) {
	return nil, fault.New(fault.Input, "queries are not supported")
}

// Columns returns the columns of the result.
func (p *Plan) Columns() []Column { return p.columns }

// Explain returns the plan as a tree, one operator a line, with the number of rows that each was estimated to return and,
// after a run, has returned; then the rules that have changed the plan.
func (p *Plan) Explain() string { return "" }
