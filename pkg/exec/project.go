package exec

import (
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/plan"
)

// project computes columns. Those that are columns of its input it hands on as they are.
type project struct {
	*env
	input operator
	codes []code
	need  []bool
	own   [][]cell.Value
	out   batch
}

func newProject(b *builder, n *plan.Project, s *sharing) (operator, error) {
	input, err := b.one(n.Input, s)
	if err != nil {
		return nil, err
	}
	p := &project{env: b.env(), input: input, codes: make([]code, len(n.Exprs)), need: n.Need, own: make([][]cell.Value, len(n.Exprs))}
	p.out.cols = make([][]cell.Value, len(n.Exprs))
	for i, x := range n.Exprs {
		if !n.Need[i] {
			continue
		}
		if p.codes[i], err = b.compiler().expr(x); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *project) open() error { return p.input.open() }
func (p *project) close()      { p.input.close() }

func (p *project) next() (*batch, error) {
	b, err := p.input.next()
	if b == nil || err != nil {
		return nil, err
	}
	p.reset()
	for i := range p.codes {
		switch {
		case !p.need[i]:
		case p.codes[i].field >= 0:
			p.out.cols[i] = b.cols[p.codes[i].field]
		default:
			p.own[i] = column(p.own[i], rowsOf(b.sel))
			p.out.cols[i] = p.own[i]
			if err := p.codes[i].into(p.env, b, b.sel, p.own[i]); err != nil {
				return nil, err
			}
		}
	}
	p.out.sel, p.out.position = b.sel, b.position
	return &p.out, nil
}
