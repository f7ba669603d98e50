package exec

import (
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/plan"
)

// probe returns the rows of a query kept in memory whose keys are equal to values of the row around.
type probe struct {
	*env
	site   *joined
	values []code
	dual   bool
	packer packer
	key    []byte
	at     int32
	second []byte
	out    batch
	count  uint64
	pace   pace
}

func newProbe(b *builder, n *plan.Probe) (operator, error) {
	site, ok := b.sites[n].(*joined)
	var keys, around []plan.Expr
	p := &probe{env: b.env(), packer: newPacker(n.Input.Figures().Need)}
	dual := false
	for _, k := range n.Keys {
		keys, around = append(keys, k.Left), append(around, k.Right)
		dual, p.dual = k.Dual == plan.LeftSide, k.Dual == plan.RightSide
	}
	var err error
	if !ok {
		once := *b
		once.frame = nil
		if site, err = once.joinedBy(n.Input, keys, dual, n.Input.Figures().Need); err != nil {
			return nil, err
		}
		b.sites[n] = site
	}
	p.site = site
	p.values, err = b.compiler().list(around)
	p.out.cols = make([][]cell.Value, len(n.Columns()))
	return p, err
}

func (p *probe) open() error {
	if err := p.site.open(1); err != nil {
		return err
	}
	p.reset()
	p.key, p.at, p.second, p.count, p.pace = p.key[:0], noPartner, nil, 0, 0
	one := p.scratch(1)
	defer func() { p.top = 0 }()
	for i := range p.values {
		if err := p.values[i].into(p.env, &batch{}, []int32{0}, one); err != nil {
			return err
		}
		v := one[0]
		if v.IsNull() {
			return nil
		}
		p.key = cell.AppendEqual(p.key, v)
		if p.dual && v.IsNumber() && v.Text() != nil {
			p.second = cell.AppendEqual(nil, cell.FromText(v.Text()))
		}
	}
	p.at = p.site.find(p.key)
	p.turn()
	return nil
}

// turn goes on with the second key when the first has no more rows.
func (p *probe) turn() {
	if p.at == noPartner && p.second != nil {
		p.at, p.second = p.site.find(p.second), nil
	}
}

func (p *probe) close() {}

func (p *probe) next() (*batch, error) {
	if err := p.query.stopped(); err != nil {
		return nil, err
	}
	n, most := 0, p.pace.next()
	p.out.room(p.packer.need, most)
	for ; n < most && p.at != noPartner; n++ {
		p.packer.read(p.site.row(p.at), p.out.cols, n)
		p.at = p.site.following(p.at)
		p.turn()
	}
	if n == 0 {
		return nil, nil
	}
	p.out.sel, p.out.position = all(p.out.sel, n), p.count
	p.count++
	return &p.out, nil
}
