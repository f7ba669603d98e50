package exec

import (
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/function"
)

// env is where an operator computes expressions: the memory of values on their way and of the texts it makes. It is used by one
// goroutine.
type env struct {
	query    *query
	frame    *frame
	function function.Context
	stack    [][]cell.Value
	top      int
	lists    [][]int32
	listTop  int
	text     []byte // texts made for the batch at hand
	made     int64  // bytes of memory that these have taken
	held     int64  // bytes that were charged for these and what functions made
}

// frame is the row around a subquery, whose values its expressions can use.
type frame struct{ params []cell.Value }

// reset takes back the texts of the batch before.
func (e *env) reset() {
	e.function.Reset()
	e.text = e.text[:0]
	if cap(e.text) > 1<<20 {
		e.text = nil
	}
	if e.held > 0 {
		e.query.charge(-e.held)
	}
	e.made, e.held = 0, 0
}

// hold charges what texts have taken since it was called before. A batch of large ones needs as much memory as all of them, and as
// much time.
func (e *env) hold() error {
	before := e.held
	e.held = e.made + int64(e.function.Taken())
	if err := e.query.charge(e.held - before); err != nil {
		return err
	}
	return e.query.stopped()
}

// scratch returns a column of n values at least until the stack is set back to where it was.
func (e *env) scratch(n int) []cell.Value {
	if e.top == len(e.stack) {
		e.stack = append(e.stack, nil)
	}
	e.stack[e.top] = column(e.stack[e.top], n)
	e.top++
	return e.stack[e.top-1]
}

// list returns a copy of a selection until the stack of lists is set back.
func (e *env) list(sel []int32) []int32 {
	if e.listTop == len(e.lists) {
		e.lists = append(e.lists, nil)
	}
	l := append(e.lists[e.listTop][:0], sel...)
	e.lists[e.listTop] = l
	e.listTop++
	return l
}

const maxText = function.DefaultMaxText

// concat returns the text of two values.
func (e *env) concat(a, b cell.Value) (cell.Value, error) {
	if a.IsNull() || b.IsNull() {
		return cell.Value{}, nil
	}
	need := len(a.Text()) + len(b.Text()) + 64
	if need > maxText {
		return cell.Value{}, fault.New(fault.Input, "||: the result has more than %d bytes", maxText)
	}
	if cap(e.text)-len(e.text) < need {
		if err := e.more(need); err != nil {
			return cell.Value{}, err
		}
	}
	at := len(e.text)
	e.text = b.AppendText(a.AppendText(e.text))
	return cell.FromText(e.text[at:len(e.text):len(e.text)]), nil
}

// more makes room for n bytes of text. What was made before stays where it is.
func (e *env) more(n int) error {
	e.text = make([]byte, 0, max(n, 4<<10))
	e.made += int64(cap(e.text))
	return e.hold()
}

// spell returns the text of v, valid for the batch at hand.
func (e *env) spell(v cell.Value) []byte {
	if v.Kind() == cell.KindText || v.Text() != nil {
		return v.Text()
	}
	if cap(e.text)-len(e.text) < 64 {
		e.text = make([]byte, 0, max(4<<10, min(2*cap(e.text), 64<<10)))
	}
	at := len(e.text)
	e.text = v.AppendText(e.text)
	return e.text[at:len(e.text):len(e.text)]
}
