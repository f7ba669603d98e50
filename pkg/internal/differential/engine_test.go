package differential

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/exec"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/rbks"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// engine answers queries of tables.
type engine struct {
	tables  []*table
	workers int
	indices bool
}

// ask returns the answer of a query, and its plan.
func (e *engine) ask(text string, q *syntax.Query) (a answer, explained string) {
	defer func() {
		if p := recover(); p != nil {
			a = answer{broken: fmt.Sprintf("%v\n%s", p, debug.Stack())}
		}
	}()
	p, err := plan.Make(q, e, plan.Parameters{}, plan.Options{Text: text, NoIndices: !e.indices})
	if err != nil {
		return answer{err: err.Error()}, ""
	}
	rows, err := exec.Run(context.Background(), p, exec.Options{Workers: e.workers})
	if err != nil {
		return answer{err: err.Error()}, p.Explain()
	}
	defer rows.Close()
	a.rows = copied(rows.All())
	if err := rows.Err(); err != nil {
		return answer{err: err.Error()}, p.Explain()
	}
	return a, p.Explain()
}

// copied returns rows that outlive the next ones.
func copied(rows iter.Seq[[]cell.Value]) (list [][]cell.Value) {
	for values := range rows {
		row := make([]cell.Value, len(values))
		for i, v := range values {
			row[i], _ = v.CopyTo(nil)
		}
		list = append(list, row)
	}
	return list
}

func (e *engine) Table(name string, asOf cell.Value) (plan.Relation, error) {
	for _, t := range e.tables {
		if strings.EqualFold(t.name, name) && asOf.IsNull() {
			return &relation{t, e.indices}, nil
		}
	}
	return nil, fault.New(fault.NotFound, "no table %q", name)
}

func (e *engine) File(path string) (plan.Relation, error) {
	return nil, fault.New(fault.NotFound, "no file %q", path)
}

func (e *engine) Stdin() (plan.Relation, error) {
	return nil, fault.New(fault.NotFound, "no standard input")
}

func (e *engine) Call(function string, _ []cell.Value) (plan.Relation, error) {
	return nil, fault.New(fault.NotFound, "no table function %q", function)
}

func (e *engine) Names() (tables, functions []string) {
	for _, t := range e.tables {
		tables = append(tables, t.name)
	}
	return tables, nil
}

// relation is a table as plans know one.
type relation struct {
	*table
	indexed bool
}

func (r *relation) Columns() (columns []plan.Column) {
	for _, c := range r.columns {
		columns = append(columns, plan.Column{Name: c.name, Type: c.of})
	}
	return columns
}

func (r *relation) Key() []int { return nil }

func (r *relation) Words() (w rbks.Words) { return w }

// Rows is wrong now and then: large tables are read by several goroutines.
func (r *relation) Rows() int64 { return r.guess }

func (r *relation) Open() (plan.Source, error) {
	if r.stream {
		return plan.Source{Stream: bytes.NewBuffer(slices.Clone(r.text))}, nil
	}
	return plan.Source{Text: bytes.NewReader(r.text), Size: int64(len(r.text))}, nil
}

func (r *relation) Indices(wanted plan.Wanted) (list []plan.Index) {
	if !r.indexed || r.stream {
		return nil
	}
	for i := range r.columns {
		for kind := plan.Hash; kind <= plan.OrderedValue; kind++ {
			if wanted(i, kind) {
				list = append(list, &index{r.table, kind, []int{i}})
			}
		}
	}
	if wanted(1, plan.Hash) {
		list = append(list, &index{r.table, plan.Hash, []int{1, 0}})
	}
	if wanted(0, plan.OrderedText) {
		list = append(list, &index{r.table, plan.OrderedText, []int{0, 1}})
	}
	return list
}
