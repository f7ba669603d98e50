package reedbase

import (
	"errors"
	"io"
	"slices"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/relation"
	"github.com/reedbase/reedbase/pkg/schema"
	"github.com/reedbase/reedbase/pkg/table"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Catalogue is a database as queries see it: its tables as they stand, edits by hand included, and as they were, and the functions
// that tell of versions and conflicts. It is a plan.Catalogue. What it has opened stays open until Close.
type Catalogue struct {
	db     *DB
	opened []io.Closer
	work   map[string]*table.Work // tables that are being written
}

// Catalogue returns the database as queries see it. The caller closes it when they have ended.
func (db *DB) Catalogue() *Catalogue { return &Catalogue{db: db} }

// Close closes what queries have opened.
func (c *Catalogue) Close() error {
	var err error
	for _, o := range slices.Backward(c.opened) {
		err = errors.Join(err, o.Close())
	}
	c.opened = nil
	return err
}

// Table returns a table as it stands or, with asOf, as it was: a text as Table.Resolve takes it, or the number of a version.
func (c *Catalogue) Table(name string, asOf cell.Value) (plan.Relation, error) {
	if !asOf.IsNull() {
		return known(c.asItWas(name, string(asOf.AppendText(nil))))
	}
	r, _, err := c.current(name)
	return known(r, err)
}

// known returns no relation with an error, where a pointer that is nil would be one.
func known(r *relation.Relation, err error) (plan.Relation, error) {
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (c *Catalogue) open(name string) (*Table, error) {
	t, err := c.db.store.Table(name)
	if err != nil {
		return nil, err
	}
	c.opened = append(c.opened, t)
	return &Table{db: c.db, t: t}, nil
}

func (c *Catalogue) asItStands(name string) (*relation.Relation, error) {
	t, err := c.open(name)
	if err != nil {
		return nil, err
	}
	reading, err := t.t.Reading()
	if err != nil {
		return nil, err
	}
	c.opened = append(c.opened, reading)
	rules, err := reading.Rules()
	if err != nil {
		return nil, err
	}
	r, err := relationOf(name, reading.ReaderAt, reading.Size)
	if err != nil {
		return nil, err
	}
	setRules(r, rules)
	r.Search = (&finder{r: reading, columns: r.Header, rows: max(r.Count, 1)}).indices
	return r, nil
}

func (c *Catalogue) asItWas(name, spec string) (*relation.Relation, error) {
	if spec == "" {
		return nil, fault.New(fault.Input, "AS OF with an empty text names no version")
	}
	t, err := c.open(name)
	if err != nil {
		return nil, err
	}
	v, err := t.Resolve(spec)
	if err != nil {
		return nil, err
	}
	if v.Action == verlog.Delete {
		return nil, fault.New(fault.NotFound, "table %q was deleted by version %s", t.Name(), v.ID)
	}
	t.traceContent(v.ID)
	content, err := t.t.At(v.ID)
	if err != nil {
		return nil, err
	}
	rules, err := t.rulesAt(v.ID)
	if err != nil {
		return nil, errors.Join(err, content.Close())
	}
	return c.ofContent(name, content, rules)
}

func (c *Catalogue) ofContent(name string, content *table.Content, rules *table.Rules) (*relation.Relation, error) {
	c.opened = append(c.opened, content)
	r, err := relationOf(name, content.ReaderAt, content.Size)
	if err != nil {
		return nil, err
	}
	setRules(r, rules)
	return r, nil
}

// relationOf returns the text of a table as rows. One that was emptied has no columns, and so none.
func relationOf(name string, text io.ReaderAt, size int64) (*relation.Relation, error) {
	r, err := relation.Text(text, size)
	if err != nil {
		err = fault.New(fault.KindOf(err), "table %q: %w", name, err)
	}
	if err != nil && size == 0 {
		err = fault.WithHint(err, "it was emptied; 'rdb restore %s' drops an edit by hand, 'rdb version:rollback %s ID' brings a version back", name, name)
	}
	return r, err
}

// rulesAt returns what the table asked of its rows at a version.
func (t *Table) rulesAt(id ID) (*table.Rules, error) {
	text, _, err := t.t.SchemaAt(id)
	if err != nil {
		return nil, err
	}
	s := &schema.Schema{}
	if text != nil {
		if s, err = schema.Parse(text); err != nil {
			return nil, err
		}
	}
	return table.RulesOf(t.Name(), s)
}

// setRules gives a relation the types, the key and the words of keys that a table's rules name. A column of the key that is not there
// leaves it without one.
func setRules(r *relation.Relation, rules *table.Rules) {
	r.Modifiers = rules.Words
	for i := range r.Header {
		if c, ok := rules.Schema.Column(r.Header[i].Name); ok {
			r.Header[i].Type = c.Type
		}
	}
	key := rules.Schema.Key()
	if len(key) == 0 {
		return // the first column
	}
	r.KeyAt = nil
	for _, name := range key {
		at := slices.IndexFunc(r.Header, func(c plan.Column) bool { return c.Name == name })
		if at < 0 {
			r.KeyAt = nil
			return
		}
		r.KeyAt = append(r.KeyAt, at)
	}
}

// File refuses: a query of a database reads nothing outside of it.
func (c *Catalogue) File(path string) (plan.Relation, error) {
	err := fault.New(fault.Input, "a query of a database reads no files, such as %q", path)
	return nil, fault.WithHint(err, "rdb-query, given the query on its command line, reads files beside tables")
}

// Stdin refuses likewise.
func (c *Catalogue) Stdin() (plan.Relation, error) {
	err := fault.New(fault.Input, "a query of a database does not read standard input")
	return nil, fault.WithHint(err, "rdb-query, given the query on its command line, reads it beside tables")
}

// Names returns the tables and the table functions.
func (c *Catalogue) Names() (tables, functions []string) { return c.db.Names() }

// Names returns what can be selected from: the tables that are there, sorted, and the table functions. Of a database whose tables
// cannot be listed there are none.
func (db *DB) Names() (tables, functions []string) {
	tables, _ = db.names()
	return tables, functionNames()
}

// Index is an index that queries of a table can use.
type Index struct {
	Name    string
	Columns []string
	Entries int64  // about how many there are in it
	Of      string // what each is: a row, or in an index of modifiers a modifier
}

// Indices returns the indices that queries of a table can use as it stands.
func (db *DB) Indices(table string) (list []Index, err error) {
	c := db.Catalogue()
	defer c.Close()
	r, err := c.Table(table, cell.Value{})
	if err != nil {
		return nil, db.hintMissing(err, table)
	}
	for _, x := range r.Indices(plan.AllIndices) {
		index := Index{Name: x.Name(), Entries: x.Entries(), Of: "row"}
		if x.Kind() == plan.Modifier {
			index.Of = "modifier"
		}
		for _, at := range x.Columns() {
			index.Columns = append(index.Columns, r.Columns()[at].Name)
		}
		list = append(list, index)
	}
	return list, nil
}
