package reedbase

import (
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/schema"
	"github.com/reedbase/reedbase/pkg/syntax"
	"github.com/reedbase/reedbase/pkg/table"
)

// create carries out CREATE TABLE.
func (w *writer) create(s *syntax.CreateTable, k kept) error {
	work := w.catalogue.work[s.Table.Name]
	if work.Exists() && s.IfNotExists {
		return nil
	}
	r, err := tableOf(s, k.text)
	if err != nil {
		return err
	}
	return syntax.At(k.text, s.Table.Pos(), work.Make(r))
}

// tableOf returns the table that a statement makes. It has a schema where that says more than that the first column is the key.
func tableOf(s *syntax.CreateTable, text string) (r table.Replacement, err error) {
	of, names := schema.Schema{Level: schema.Warn}, []string{}
	says := false
	for _, d := range s.Columns {
		c, err := newColumn(d, text)
		if err == nil && slices.Contains(names, c.Name) {
			err = syntax.At(text, d.Pos(), fault.New(fault.Input, "column %q is named twice", c.Name))
		}
		if err != nil {
			return r, err
		}
		names, of.Columns, says = append(names, c.Name), append(of.Columns, c), says || c.Type != cell.Undeclared
	}
	for _, id := range s.Key {
		at := slices.Index(names, id.Name)
		if at < 0 || of.Columns[at].PrimaryKey {
			err := fault.New(fault.Input, "the key names %q, which is no other column of the table", id.Name)
			return r, syntax.At(text, id.Pos(), fault.WithHint(err, "the columns are %s", strings.Join(names, ", ")))
		}
		of.Columns[at].PrimaryKey = true
	}
	if key := of.Key(); len(key) == 0 {
		of.Columns[0].PrimaryKey = true
	} else {
		says = says || len(key) > 1 || key[0] != names[0]
	}
	if says {
		r.Schema = of.Encode()
	}
	r.Content, err = header(names)
	return r, err
}

func newColumn(d syntax.ColumnDefinition, text string) (c schema.Column, err error) {
	c.Name, c.PrimaryKey = d.Column.Name, d.Key
	if d.Type == "" {
		return c, nil
	}
	of, ok := plan.ParseType(d.Type)
	if !ok {
		err := fault.New(fault.Input, "there is no type %q", d.Type)
		err = fault.WithHint(err, "the types are text, integer, real, numeric and those of schemas: %s", strings.Join(cell.TypeNames(), ", "))
		return c, syntax.At(text, d.Pos(), err)
	}
	c.Type = of
	return c, nil
}

// drop carries out DROP TABLE.
func (w *writer) drop(s *syntax.DropTable) error {
	work := w.catalogue.work[s.Table.Name]
	if s.IfExists && (work == nil || !work.Exists()) {
		return nil
	}
	return work.Drop()
}

// CreateStatement returns the statement that would make a table such as this one is, without its rows.
func (db *DB) CreateStatement(name string) (*syntax.CreateTable, error) {
	c := db.Catalogue()
	defer c.Close()
	r, err := c.Table(name, Value{})
	if err != nil {
		return nil, db.hintMissing(err, name)
	}
	s := &syntax.CreateTable{Table: syntax.Identifier{Name: name}}
	for i, column := range r.Columns() {
		d := syntax.ColumnDefinition{Column: syntax.Identifier{Name: column.Name}, Key: len(r.Key()) == 1 && r.Key()[0] == i}
		if column.Type != cell.Undeclared {
			d.Type = column.Type.String()
		}
		s.Columns = append(s.Columns, d)
	}
	if len(r.Key()) > 1 {
		for _, at := range r.Key() {
			s.Key = append(s.Key, s.Columns[at].Column)
		}
	}
	return s, nil
}
