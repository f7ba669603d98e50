package reedbase

import (
	"errors"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/schema"
	"github.com/reedbase/reedbase/pkg/table"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// ImportOptions is how a file is read.
type ImportOptions struct {
	Delimiter  byte     // 0 is '|'; with another one the file is rewritten into the dialect
	Key        []string // names of the key's columns; nil keeps the table's key, column 0 for a new one
	Schema     []byte   // the schema that it gets, which names the key too; nil keeps the table's
	Duplicates string   // what to do with a second row of a key: "fail" (the default), or keep the "first" or the "last"
	Source     string   // what the content is, for messages
}

// Create makes a table with these columns and no rows. It is refused with fault.Input when the table exists.
func (db *DB) Create(name string, columns []string) (*Table, Result, error) {
	return db.create(name, columns, nil)
}

// CreateWith makes a table with the columns of a schema, and no rows.
func (db *DB) CreateWith(name string, text []byte) (*Table, Result, error) {
	s, err := schema.Parse(text)
	if err != nil {
		return nil, Result{}, err
	}
	columns := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		columns[i] = c.Name
	}
	return db.create(name, columns, text)
}

func (db *DB) create(name string, columns []string, text []byte) (*Table, Result, error) {
	content, err := header(columns)
	if err != nil {
		return nil, Result{}, err
	}
	return db.replace(name, table.Replacement{Content: content, Action: verlog.Create, Schema: text, Create: true})
}

// Import makes a table from src, or a new version of one that exists.
func (db *DB) Import(name string, src []byte, o ImportOptions) (*Table, Result, error) {
	key, err := db.keyFor(name, o)
	if err != nil {
		return nil, Result{}, err
	}
	content, err := convert(src, o, key)
	if err != nil {
		return nil, Result{}, err
	}
	return db.replace(name, table.Replacement{Content: content, Action: verlog.Import, Key: o.Key, Schema: o.Schema, Source: o.Source})
}

// keyFor returns the key that the rows of an import will have: the one it is told, or else the table's.
func (db *DB) keyFor(name string, o ImportOptions) ([]string, error) {
	if o.Key != nil {
		return o.Key, nil
	}
	if o.Schema != nil {
		s, err := schema.Parse(o.Schema)
		if err != nil {
			return nil, err
		}
		return s.Key(), nil
	}
	t, err := db.store.Table(name)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer t.Close()
	if there, err := t.Exists(); !there {
		return nil, err
	}
	return t.KeyNames()
}

func (db *DB) replace(name string, r table.Replacement) (t *Table, res Result, err error) {
	if r.User, err = db.user(); err != nil {
		return nil, res, err
	}
	made, err := db.tableFor(name, r)
	if err != nil {
		return nil, res, err
	}
	t = &Table{db: db, t: made}
	raw, err := made.Replace(r)
	if err != nil {
		return nil, res, errors.Join(err, made.Close())
	}
	return t, t.result(raw), nil
}

// tableFor opens the table that r is for. Its folder is made only for content that is a table.
func (db *DB) tableFor(name string, r table.Replacement) (*table.Table, error) {
	t, err := db.store.Table(name)
	if fault.KindOf(err) != fault.NotFound {
		return t, err
	}
	if err := table.CheckNew(name, r); err != nil {
		return nil, err
	}
	return db.store.MakeTable(name)
}
