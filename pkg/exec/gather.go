package exec

import (
	"sync"

	"github.com/reedbase/reedbase/pkg/cell"
)

// gather runs pipelines in goroutines of their own and returns their rows in the order of their source. A pipeline returns a batch
// for each block that it has read, if an empty one, so that gather knows how far it is; it may be ahead of what is read by a few
// batches, not more, so memory stays flat.
type gather struct {
	query *query
	need  []bool
	lanes []*lane
	quit  chan struct{}
	group sync.WaitGroup
}

// lane is one pipeline.
type lane struct {
	input operator
	ready chan *parcel // closed at the end
	spare chan *parcel
	head  *parcel // what it returns next
	last  *parcel // what it has returned last, which is in use
	done  bool
}

// parcel is rows on their way from one goroutine to another.
type parcel struct {
	batch
	text []byte
	err  error
}

// ahead is how many batches of a pipeline there are.
const ahead = 4

func newGather(b *builder, inputs []operator, need []bool) *gather {
	g := &gather{query: b.query, need: need}
	for _, input := range inputs {
		g.lanes = append(g.lanes, &lane{input: input})
	}
	return g
}

func (g *gather) open() error {
	g.stop()
	g.quit = make(chan struct{})
	for _, l := range g.lanes {
		if err := l.input.open(); err != nil {
			return err
		}
	}
	for _, l := range g.lanes {
		l.ready, l.spare = make(chan *parcel, ahead), make(chan *parcel, ahead)
		l.head, l.last, l.done = nil, nil, false
		for range ahead {
			l.spare <- &parcel{}
		}
		g.group.Go(func() { g.run(l, g.quit) })
	}
	return nil
}

// run fills parcels with what a pipeline returns.
func (g *gather) run(l *lane, quit chan struct{}) {
	defer close(l.ready)
	for {
		var p *parcel
		select {
		case p = <-l.spare:
		case <-quit:
			return
		}
		b, err := l.input.next()
		if b == nil && err == nil {
			return
		}
		if p.err = err; err == nil {
			p.fill(b, g.need)
		}
		l.ready <- p // there is room: no more parcels are there than ready holds
		if err != nil {
			return
		}
	}
}

// fill copies the selected rows of b.
func (p *parcel) fill(b *batch, need []bool) {
	p.text, p.position = p.text[:0], b.position
	if cap(p.text) > 1<<20 {
		p.text = nil
	}
	p.sel = all(p.sel, len(b.sel))
	if p.cols == nil {
		p.cols = make([][]cell.Value, len(need))
	}
	for c, yes := range need {
		if !yes {
			continue
		}
		p.cols[c] = column(p.cols[c], len(p.sel))
		from, to := b.cols[c], p.cols[c]
		for n, i := range b.sel {
			p.text, to[n] = cell.Own(p.text, from[i])
		}
	}
}

func (g *gather) next() (*batch, error) {
	var first *lane
	for _, l := range g.lanes {
		if l.head == nil && !l.done {
			select {
			case p, ok := <-l.ready:
				l.head, l.done = p, !ok
			case <-g.query.ctx.Done():
				return nil, g.query.stopped()
			}
		}
		if l.head != nil && l.head.err != nil {
			return nil, l.head.err
		}
		if l.head != nil && (first == nil || l.head.position < first.head.position) {
			first = l
		}
	}
	if first == nil {
		return nil, nil
	}
	p := first.head
	first.head = nil
	for _, l := range g.lanes { // what was returned before is free again
		if l.last != nil {
			l.spare <- l.last
			l.last = nil
		}
	}
	first.last = p
	return &p.batch, nil
}

// stop ends the goroutines.
func (g *gather) stop() {
	if g.quit != nil {
		close(g.quit)
		g.group.Wait()
		g.quit = nil
	}
}

func (g *gather) close() {
	g.stop()
	for _, l := range g.lanes {
		l.input.close()
	}
}
