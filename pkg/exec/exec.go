// Package exec owns the running of plans: operators that take and give batches of rows, one in a file, and the goroutines,
// memory and limits they work under. It must never know the text of a query, nor what names mean.
package exec

import (
	"context"
	"iter"
	"time"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
)

// Options bound a run. Each bound has its own error, of the kind fault.Input.
type Options struct {
	MaxRows   int64         // rows of the result; 0 is no bound
	MaxMemory int64         // bytes that operators keep of rows: what is sorted, grouped, joined; 0 is 1 GiB
	Timeout   time.Duration // 0 is no bound
	Workers   int           // goroutines that read rows; 0 is as many as there are processors
}

// Rows is the result of a running query. It is used by one goroutine.
type Rows struct {
	columns []plan.Column
	err     error
}

// Run begins to run a plan. The caller calls Close in the end. When ctx is cancelled the rows end soon with an error of the
// kind fault.Interrupted.
func Run(ctx context.Context, p *plan.Plan, o Options) (*Rows, error) {
	return nil, fault.New(fault.Input, "queries are not supported")
}

// Columns returns the columns of the result.
func (r *Rows) Columns() []plan.Column { return r.columns }

// All returns the rows. A row is valid until the next. It ends early on an error, which Err then returns; it can be called
// once.
func (r *Rows) All() iter.Seq[[]cell.Value] { return func(func([]cell.Value) bool) {} }

// Err returns the error that ended the rows, or nil.
func (r *Rows) Err() error { return r.err }

// Close stops the query, if it still runs, and frees what it holds.
func (r *Rows) Close() error { return nil }
