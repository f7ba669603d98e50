package exec

import (
	"sync"

	"github.com/reedbase/reedbase/pkg/plan"
)

// memory is the rows of a query that is run once, when somebody first asks for them.
type memory struct {
	once  sync.Once
	query *query
	input operator
	kept  *kept
	err   error
}

func (m *memory) fill() error {
	m.once.Do(func() { m.err = drained(m.query, m.input, m.kept.add) })
	return m.err
}

// memoryOf returns what all operators of a node share that keep its input in memory.
func (b *builder) memoryOf(n, input plan.Node) (*memory, error) {
	if m, ok := b.sites[n]; ok {
		return m.(*memory), nil
	}
	m := &memory{query: b.query, kept: newKept(b.query, input.Figures().Need)}
	b.sites[n] = m
	once := *b
	once.frame = nil
	var err error
	m.input, err = once.build(input)
	return m, err
}

// shared returns the rows of a memory.
type shared struct {
	*memory
	reader
}

func newShared(b *builder, n *plan.Shared) (operator, error) {
	if dependsOnRow(n) {
		return b.build(n.Input)
	}
	m, err := b.memoryOf(n, n.Input)
	return &shared{m, newReader(n.Input.Figures().Need)}, err
}

// dependsOnRow reports whether a query of WITH depends on the row around it, so that it is run each time.
func dependsOnRow(n *plan.Shared) bool { return plan.Dependent(n.Input) }

func (s *shared) open() error {
	s.at = 0
	return s.fill()
}

func (s *shared) close() {}

func (s *shared) next() (*batch, error) { return s.reader.next(s.kept, s.kept.places), nil }
