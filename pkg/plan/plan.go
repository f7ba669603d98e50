// Package plan owns what a query means and how it is to be run: it finds out what the names of a ReedQL tree stand for,
// chooses the operators, improves them by an ordered list of named rules, and prints the result. It must never know how an
// operator does its work, nor where tables are kept: a Catalogue says which there are.
package plan

import (
	"github.com/reedbase/reedbase/pkg/cell"
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
	Items     string // the clause that the items of the query stand in, such as SET, where it has neither aggregates nor windows
}

// Plan is how a query is run. It may be run once.
type Plan struct {
	Root  Node
	rules []string // that have changed it, in their order
}

// Make returns the plan of a query. What is wrong with the query is an error of the kind fault.Input, or fault.NotFound for a
// name that nothing has; its text holds line, column and a caret under the place when Options.Text is given.
func Make(query *syntax.Query, catalogue Catalogue, parameters Parameters, options Options) (*Plan, error) {
	b := &binder{catalogue: catalogue, parameters: parameters, text: options.Text, items: options.Items}
	root, err := b.query(query, nil, nil)
	if err != nil {
		return nil, err
	}
	p := &Plan{Root: root}
	p.improve(options)
	return p, nil
}

// Columns returns the columns of the result.
func (p *Plan) Columns() []Column { return p.Root.Columns() }
