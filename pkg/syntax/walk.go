package syntax

import (
	"iter"
	"slices"
)

// Walk visits a node and all nodes below it, in the order of the text. It calls enter, and when that returns true visits what is
// below the node and then calls leave. Either may be nil, which is true. A tree that Parse made is no deeper than
// Options.MaxDepth, so neither is the stack.
func Walk(n Node, enter func(Node) bool, leave func(Node)) {
	if enter != nil && !enter(n) {
		return
	}
	children(n, func(child Node) { Walk(child, enter, leave) })
	if leave != nil {
		leave(n)
	}
}

// All returns a node and all nodes below it, each before those below itself, in the order of the text.
func All(n Node) iter.Seq[Node] {
	return func(yield func(Node) bool) {
		going := true
		Walk(n, func(n Node) bool {
			going = going && yield(n)
			return going
		}, nil)
	}
}

// Parameters returns the parameters of a statement in the order of the text, each as often as it stands there.
func Parameters(n Node) (list []*Parameter) {
	for n := range All(n) {
		if x, ok := n.(*Parameter); ok {
			list = append(list, x)
		}
	}
	return list
}

// checkDepth fails if the tree is too deep. It needs no stack of calls itself.
func (p *parser) checkDepth(n Node) {
	type level struct {
		node  Node
		depth int
	}
	for todo := []level{{n, 1}}; len(todo) > 0; {
		last := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if last.depth > p.options.MaxDepth {
			p.tooDeep(last.node.Pos())
			return
		}
		start := len(todo)
		children(last.node, func(child Node) { todo = append(todo, level{child, last.depth + 1}) })
		slices.Reverse(todo[start:])
	}
}

// children calls f with every node directly below n.
func children(n Node, f func(Node)) {
	switch n := n.(type) {
	case Statement:
		ofStatement(n, f)
	case Core:
		ofCore(n, f)
	case Source:
		ofSource(n, f)
	case Expression:
		ofExpr(n, f)
	case *Window:
		ofExprs(n.Partition, f)
		ofOrderings(n.OrderBy, f)
		if n.Frame != nil {
			ofExprs([]Expression{n.Frame.From.Offset, n.Frame.To.Offset}, f)
		}
	}
}

func ofStatement(n Statement, f func(Node)) {
	switch n := n.(type) {
	case *Query:
		ofQuery(n, f)
	case *Insert:
		f(n.Query)
		if n.Conflict != nil {
			ofAssignments(n.Conflict.Set, f)
			ofExprs([]Expression{n.Conflict.Where}, f)
		}
	case *Update:
		f(n.Table)
		ofAssignments(n.Set, f)
		ofExprs([]Expression{n.Where}, f)
	case *Delete:
		f(n.Table)
		ofExprs([]Expression{n.Where}, f)
	case *Explain:
		f(n.Statement)
	}
}

func ofQuery(n *Query, f func(Node)) {
	for _, t := range n.With {
		f(t.Query)
	}
	f(n.First)
	for _, arm := range n.Rest {
		f(arm.Core)
	}
	ofOrderings(n.OrderBy, f)
	ofExprs([]Expression{n.Limit, n.Offset}, f)
}

func ofCore(n Core, f func(Node)) {
	switch n := n.(type) {
	case *Select:
		for _, item := range n.Items {
			f(item.Expression)
		}
		if n.From != nil {
			ofFrom(n.From, f)
		}
		ofExprs([]Expression{n.Where}, f)
		ofExprs(n.GroupBy, f)
		ofExprs([]Expression{n.Having}, f)
		for _, w := range n.Windows {
			f(w.Window)
		}
	case *Values:
		for _, row := range n.Rows {
			ofExprs(row, f)
		}
	}
}

func ofFrom(n *From, f func(Node)) {
	f(n.First)
	for _, j := range n.Joins {
		f(j.Source)
		ofExprs([]Expression{j.On}, f)
	}
}

func ofSource(n Source, f func(Node)) {
	switch n := n.(type) {
	case *Table:
		ofExprs([]Expression{n.AsOf}, f)
	case *TableCall:
		ofExprs(n.Arguments, f)
	case *Derived:
		f(n.Query)
	}
}

func ofExpr(n Expression, f func(Node)) {
	switch n := n.(type) {
	case *Unary:
		f(n.X)
	case *Binary:
		f(n.X)
		f(n.Y)
	case *Logical:
		ofExprs(n.Terms, f)
	case *Match:
		ofExprs([]Expression{n.X, n.Pattern, n.Escape}, f)
	case *Between:
		ofExprs([]Expression{n.X, n.Low, n.High}, f)
	case *In:
		f(n.X)
		ofExprs(n.List, f)
		if n.Query != nil {
			f(n.Query)
		}
	case *Exists:
		f(n.Query)
	case *Subquery:
		f(n.Query)
	case *Case:
		ofExprs([]Expression{n.Operand}, f)
		for _, w := range n.Whens {
			f(w.If)
			f(w.Then)
		}
		ofExprs([]Expression{n.Else}, f)
	case *Cast:
		f(n.X)
	case *Call:
		ofExprs(n.Arguments, f)
		ofExprs([]Expression{n.Filter}, f)
		if n.Over != nil {
			f(n.Over)
		}
	}
}

// ofExprs calls f with each expression that is there.
func ofExprs(list []Expression, f func(Node)) {
	for _, x := range list {
		if x != nil {
			f(x)
		}
	}
}

func ofOrderings(list []Ordering, f func(Node)) {
	for _, o := range list {
		f(o.Expression)
	}
}

func ofAssignments(list []Assignment, f func(Node)) {
	for _, a := range list {
		f(a.Value)
	}
}
