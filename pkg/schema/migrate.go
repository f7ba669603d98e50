package schema

import (
	"slices"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
)

// Migration is what statements make of a schema and its table.
type Migration struct {
	Schema *Schema
	Edits  []Edit // of the table's text, in its order
	Rows   int64  // how many rows the edits change, the header aside

	// Unconverted is what cells do not convert to the type of their column. They stay as they are.
	Unconverted Violations
}

// Edit replaces Del bytes of a text at offset Off by Ins.
type Edit struct {
	Off, Del int64
	Ins      []byte
}

// maxStatements bounds a migration: each statement looks through all columns.
const maxStatements = 1000

// Render returns the text with the edits made, in a slice of the caller's own.
func (m *Migration) Render(text []byte) []byte {
	var out []byte
	at := int64(0)
	for _, e := range m.Edits {
		out = append(append(out, text[at:e.Off]...), e.Ins...)
		at = e.Off + e.Del
	}
	return append(out, text[at:]...)
}

// Migrate returns what the statements, made one after the other, make of the schema and of a table that has it. Bytes of cells
// that no statement is about stay, and so do comments and line ends. s and text are left alone. Refused with Problems, of kind
// fault.Input, are a column that is not there, one that is there already or is part of the key and would go, and a schema that
// would contradict itself, as where a column of strings had a min; with fault.Input a text that is no table.
func (s *Schema) Migrate(text []byte, statements []Statement) (*Migration, error) {
	header, at, err := row.Header(text)
	if err != nil {
		return nil, err
	}
	if len(statements) > maxStatements {
		return nil, fault.New(fault.Input, "there are %d statements, more than %d", len(statements), maxStatements)
	}
	p := newPlan(s.Clone(), header)
	for _, statement := range statements {
		p.step(statement)
	}
	if p.problems == nil {
		for _, f := range p.next.check() {
			p.problems = append(p.problems, Problem{Text: f.text})
		}
	}
	if p.problems != nil {
		return nil, fault.As(fault.Input, p.problems)
	}
	m := &mover{Migration: Migration{Schema: p.next}, text: text, width: len(header), columns: p.columns, line: 1}
	if err := m.run(at); err != nil {
		return nil, err
	}
	return &m.Migration, nil
}

// plan is how the columns of a table come from those that it has.
type plan struct {
	next     *Schema
	columns  []source
	problems Problems
}

// source is where a column of the new table comes from.
type source struct {
	name  string      // in the new header
	from  int         // a place in the old header; -1 for a new column
	fill  string      // what each row holds in a new column
	types []cell.Type // the types that its cells become, one after the other, behind the one that they have
}

// newPlan is a table as it is. A schema that names the key only gets all columns, so that it can be added to.
func newPlan(s *Schema, header []string) *plan {
	p := &plan{next: s}
	types := map[string]cell.Type{}
	for _, c := range s.Columns {
		types[c.Name] = c.Type
	}
	keyOnly := s.NamesKeyOnly()
	for i, name := range header {
		if _, declared := types[name]; !declared && keyOnly {
			s.Columns = append(s.Columns, Column{Name: name})
		}
		p.columns = append(p.columns, source{name: name, from: i, types: []cell.Type{types[name]}})
	}
	return p
}

func (p *plan) complain(s Statement, format string, args ...any) {
	p.problems.add(s.at, "%s: "+format, append([]any{clip(s.String())}, args...)...)
}

// step makes one statement.
func (p *plan) step(s Statement) {
	at := slices.IndexFunc(p.columns, func(c source) bool { return c.name == s.Column })
	declared := slices.IndexFunc(p.next.Columns, func(c Column) bool { return c.Name == s.Column })
	if s.Action == Add {
		if at >= 0 || declared >= 0 {
			p.complain(s, "column %q is there already", clip(s.Column))
			return
		}
		p.next.Columns = append(p.next.Columns, Column{Name: s.Column, Type: s.Type, Default: s.Default})
		p.columns = append(p.columns, source{name: s.Column, from: -1, fill: s.Default, types: []cell.Type{s.Type}})
		return
	}
	if at < 0 && declared < 0 {
		p.complain(s, "there is no column %q", clip(s.Column))
		return
	}
	switch s.Action {
	case Drop:
		p.drop(s, at, declared)
	case Rename:
		p.rename(s, at, declared)
	case Retype:
		p.retype(s, at, declared)
	}
}

func (p *plan) drop(s Statement, at, declared int) {
	switch key := p.next.Key(); {
	case slices.Contains(key, s.Column), key == nil && at == 0:
		p.complain(s, "column %q is part of the key", clip(s.Column))
		return
	}
	if at >= 0 {
		p.columns = slices.Delete(p.columns, at, at+1)
	}
	if declared >= 0 {
		p.next.Columns = slices.Delete(p.next.Columns, declared, declared+1)
	}
}

func (p *plan) rename(s Statement, at, declared int) {
	taken := slices.ContainsFunc(p.columns, func(c source) bool { return c.name == s.To })
	if _, ok := p.next.Column(s.To); (ok || taken) && s.To != s.Column {
		p.complain(s, "column %q is there already", clip(s.To))
		return
	}
	if at >= 0 {
		p.columns[at].name = s.To
	}
	if declared >= 0 {
		p.next.Columns[declared].Name = s.To
	}
}

// retype gives the column, and what its own rules say, the new type.
func (p *plan) retype(s Statement, at, declared int) {
	if declared < 0 {
		declared = len(p.next.Columns)
		p.next.Columns = append(p.next.Columns, Column{Name: s.Column})
	}
	c := &p.next.Columns[declared]
	for _, text := range c.cellTexts() {
		if converted, ok := cell.Convert([]byte(*text), c.Type, s.Type); ok {
			*text = string(converted)
		}
	}
	c.Type = s.Type
	if at < 0 {
		return
	}
	source := &p.columns[at]
	if source.from < 0 {
		converted, _ := cell.Convert([]byte(source.fill), source.types[0], s.Type)
		source.fill, source.types[0] = string(converted), s.Type
		return
	}
	source.types = append(source.types, s.Type)
}

// cellTexts returns the settings that hold what a cell may hold.
func (c *Column) cellTexts() []*string {
	texts := []*string{&c.Min, &c.Max, &c.Default}
	for i := range c.Values {
		texts = append(texts, &c.Values[i])
	}
	return texts
}
