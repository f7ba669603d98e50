// Package exec owns the running of plans: operators that take and give batches of rows, one in a file, and the goroutines,
// memory and limits they work under. It must never know the text of a query, nor what names mean.
package exec

import (
	"context"
	"errors"
	"hash/maphash"
	"iter"
	"runtime"
	"time"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
)

// Options bound a run. Each bound has its own error, of the kind fault.Input.
type Options struct {
	MaxRows   int64         // rows of the result; 0 is no bound
	MaxMemory int64         // bytes that operators keep of rows: what is sorted, grouped, joined, long texts that are made; 0 is DefaultMemory
	Timeout   time.Duration // 0 is no bound
	Workers   int           // goroutines that read rows; 0 is as many as there are processors
	Now       time.Time     // what "now" means, its location being what "localtime" means; zero is the time of the call, in UTC
}

// DefaultMemory is what operators keep of rows where nothing else is said, in bytes: 1 GiB.
const DefaultMemory = 1 << 30

// Rows is the result of a running query. It is used by one goroutine.
type Rows struct {
	query   *query
	root    operator
	columns []plan.Column
	row     []cell.Value
	err     error
	closed  bool
}

var errTimeout = errors.New("timeout")

// Run begins to run a plan. The caller calls Close in the end. When ctx is cancelled the rows end soon with an error of the
// kind fault.Interrupted.
func Run(ctx context.Context, p *plan.Plan, o Options) (*Rows, error) {
	if o.MaxMemory <= 0 {
		o.MaxMemory = DefaultMemory
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Now.IsZero() {
		o.Now = time.Now().UTC()
	}
	q := &query{options: o, seed: maphash.MakeSeed()}
	if o.Timeout > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, o.Timeout, errTimeout)
		q.onClose(func() error { stop(); return nil })
	}
	q.ctx, q.cancel = context.WithCancelCause(ctx)
	r := &Rows{query: q, columns: p.Columns(), row: make([]cell.Value, len(p.Columns()))}
	b := &builder{query: q, workers: o.Workers, sites: map[any]any{}, sieves: map[*plan.Scan][]sieveOf{}}
	var err error
	if r.root, err = b.build(p.Root); err == nil {
		err = r.root.open()
	}
	if err != nil {
		err = q.explain(err)
		r.Close()
		return nil, err
	}
	return r, nil
}

// Columns returns the columns of the result.
func (r *Rows) Columns() []plan.Column { return r.columns }

// All returns the rows. A row is valid until the next. It ends early on an error, which Err then returns; it can be called
// once.
func (r *Rows) All() iter.Seq[[]cell.Value] {
	return func(yield func([]cell.Value) bool) {
		left, bounded := r.query.options.MaxRows, r.query.options.MaxRows > 0
		for !r.closed {
			b, err := r.root.next()
			if err != nil {
				r.err = r.query.explain(err)
				return
			}
			if b == nil {
				return
			}
			for _, i := range b.sel {
				if left--; bounded && left < 0 {
					r.err = fault.WithHint(fault.New(fault.Input, "the result has more than %d rows", r.query.options.MaxRows), "add LIMIT, or allow more rows")
					return
				}
				for c, column := range b.cols {
					r.row[c] = column[i]
				}
				if !yield(r.row) {
					return
				}
			}
		}
	}
}

// Err returns the error that ended the rows, or nil.
func (r *Rows) Err() error { return r.err }

// Close stops the query, if it still runs, and frees what it holds. It may be called more than once.
func (r *Rows) Close() error {
	if r.closed {
		return nil
	}
	r.closed = true
	r.query.cancel(nil)
	if r.root != nil {
		r.root.close()
	}
	return r.query.close()
}
