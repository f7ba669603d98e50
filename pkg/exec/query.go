package exec

import (
	"context"
	"errors"
	"hash/maphash"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/reedbase/reedbase/pkg/fault"
)

// query is what the operators of a run share.
type query struct {
	ctx     context.Context
	cancel  context.CancelCauseFunc
	options Options
	memory  atomic.Int64
	seed    maphash.Seed // of all hashes

	mu      sync.Mutex
	closers []func() error
}

// charge counts bytes that an operator keeps, and refuses those that are too many.
func (q *query) charge(n int64) error {
	if q.memory.Add(n) > q.options.MaxMemory {
		return fault.WithHint(fault.New(fault.Input, "the query needs more than %d bytes of memory", q.options.MaxMemory), "ask for fewer rows or columns, or allow more memory")
	}
	return nil
}

// stopped returns an error when nobody wants the rows any more, or the time is up.
func (q *query) stopped() error {
	select {
	case <-q.ctx.Done():
		return context.Cause(q.ctx)
	default:
		return nil
	}
}

// explain gives the errors of a context their kind.
func (q *query) explain(err error) error {
	switch {
	case errors.Is(err, errTimeout), errors.Is(err, context.Canceled) && errors.Is(context.Cause(q.ctx), errTimeout):
		return fault.WithHint(fault.New(fault.Input, "the query takes longer than %s", q.options.Timeout), "narrow it with WHERE or LIMIT, or allow more time")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return fault.New(fault.Interrupted, "the query was interrupted")
	}
	return err
}

// onClose has f called when the query ends.
func (q *query) onClose(f func() error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closers = append(q.closers, f)
}

func (q *query) close() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	var errs []error
	for _, f := range q.closers {
		errs = append(errs, f())
	}
	q.closers = nil
	return errors.Join(errs...)
}

func random() uint64 { return rand.Uint64() }
