package exec

import "github.com/reedbase/reedbase/pkg/plan"

// filter keeps the rows for which all terms are true.
type filter struct {
	*env
	input operator
	tests []test
}

func newFilter(b *builder, n *plan.Filter, s *sharing) (operator, error) {
	input, err := b.one(n.Input, s)
	if err != nil {
		return nil, err
	}
	tests, err := b.compiler().tests(n.Terms)
	return &filter{b.env(), input, tests}, err
}

func (f *filter) open() error { return f.input.open() }
func (f *filter) close()      { f.input.close() }

func (f *filter) next() (*batch, error) {
	b, err := f.input.next()
	if b == nil || err != nil {
		return nil, err
	}
	f.reset()
	for _, t := range f.tests {
		if len(b.sel) == 0 {
			break
		}
		if b.sel, err = t(f.env, b, b.sel); err != nil {
			return nil, err
		}
	}
	return b, nil
}
