package function

import "github.com/reedbase/reedbase/pkg/cell"

// Aggregate is a function of the values of many rows. It is never changed, so that goroutines may share it. DISTINCT is for the
// caller to see to.
type Aggregate struct {
	Name  string // in lower case
	Least int    // arguments that it takes at least
	Most  int    // and at most

	// New returns an accumulator that has seen no row.
	New func() Accumulator
}

// Takes reports whether the function takes n arguments. count(*) has none.
func (a *Aggregate) Takes(n int) bool { return n >= a.Least && n <= a.Most }

// Accumulator is the state of one call of an aggregate over one group, for one goroutine at a time.
type Accumulator interface {
	// Add takes the arguments of one more row. It keeps nothing of them.
	Add(args []cell.Value)

	// Merge takes the rows of other, which is of the same function, as if they had been added behind the rows so far. Other must not
	// be used any more. What an aggregate says of the same rows does not depend on how they were spread over accumulators.
	Merge(other Accumulator)

	// Result returns what the function says of the rows so far; more may follow. Its text is the context's. An error is of the
	// kind fault.Input and names the function.
	Result(c *Context) (cell.Value, error)

	// Reset forgets all rows.
	Reset()
}

// Remover is an Accumulator that can forget rows, as a moving frame of a window needs. count, sum, total and avg are such.
type Remover interface {
	Accumulator

	// Remove takes back the arguments of a row that was added. The result is then that of the other rows, exactly.
	Remove(args []cell.Value)
}

// FindAggregate returns the aggregate of a name, in any case. min and max are aggregates when they have one argument.
func FindAggregate(name string) (*Aggregate, bool) {
	i, ok := search(len(aggregates), name, func(i int) string { return aggregates[i].Name })
	if !ok {
		return nil, false
	}
	return &aggregates[i], true
}

// aggregates are sorted by name.
var aggregates = [...]Aggregate{
	{"avg", 1, 1, func() Accumulator { return &sum{as: average} }},
	{"count", 0, 1, func() Accumulator { return &count{} }},
	{"group_concat", 1, 2, func() Accumulator { return &group{name: "group_concat"} }},
	{"max", 1, 1, func() Accumulator { return &bound{sign: 1} }},
	{"min", 1, 1, func() Accumulator { return &bound{sign: -1} }},
	{"string_agg", 2, 2, func() Accumulator { return &group{name: "string_agg"} }},
	{"sum", 1, 1, func() Accumulator { return &sum{as: plain} }},
	{"total", 1, 1, func() Accumulator { return &sum{as: total} }},
}

// count counts rows, or with an argument those where it is not NULL.
type count struct{ n int64 }

func (a *count) Add(args []cell.Value) { a.n += counts(args) }

func (a *count) Remove(args []cell.Value) { a.n -= counts(args) }

func counts(args []cell.Value) int64 {
	if anyNull(args) {
		return 0
	}
	return 1
}

func (a *count) Merge(other Accumulator) { a.n += other.(*count).n }

func (a *count) Result(*Context) (cell.Value, error) { return cell.FromInteger(a.n), nil }

func (a *count) Reset() { a.n = 0 }

// bound is min or max: the first of the values that are the least or greatest.
type bound struct {
	sign int // of the order of a better value beside the best so far
	best cell.Value
	text []byte // of best
}

func (a *bound) Add(args []cell.Value) {
	if v := args[0]; !v.IsNull() && (a.best.IsNull() || cell.Order(v, a.best) == a.sign) {
		a.best, a.text = v.CopyTo(a.text[:0])
	}
}

func (a *bound) Merge(other Accumulator) { a.Add([]cell.Value{other.(*bound).best}) }

func (a *bound) Result(c *Context) (cell.Value, error) {
	v, text := a.best.CopyTo(c.room(len(a.text)))
	c.own(text)
	return v, nil
}

func (a *bound) Reset() { a.best = cell.Value{} }

// group is group_concat: texts with separators between them.
type group struct {
	name string
	some bool
	lead int // bytes of the separator before the first text, which a text before that would need
	text []byte
}

// tooLong reports whether the text can be no result any more, whatever comes behind it.
func (a *group) tooLong() bool { return len(a.text)-a.lead > DefaultMaxText }

func (a *group) Add(args []cell.Value) {
	if args[0].IsNull() || a.tooLong() {
		return
	}
	before := len(a.text)
	if len(args) == 1 {
		a.text = append(a.text, ',')
	} else {
		a.text = args[1].AppendText(a.text)
	}
	if !a.some {
		a.some, a.lead = true, len(a.text)-before
	}
	a.text = args[0].AppendText(a.text)
}

func (a *group) Merge(other Accumulator) {
	o := other.(*group)
	if !a.some {
		*a = *o
		return
	}
	if a.tooLong() {
		return
	}
	a.text = append(a.text, o.text...)
}

func (a *group) Result(c *Context) (cell.Value, error) {
	if !a.some {
		return cell.Value{}, nil
	}
	text := a.text[a.lead:]
	if err := c.fits(a.name, len(text)); err != nil {
		return cell.Value{}, err
	}
	return c.text(append(c.room(len(text)), text...)), nil
}

func (a *group) Reset() { a.some, a.text = false, a.text[:0] }
