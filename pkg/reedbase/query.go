package reedbase

import (
	"context"
	"errors"
	"time"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/exec"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// Value is one value of a result, or of a parameter; the zero Value is NULL.
type Value = cell.Value

// Parameters are the values of :name and ? in statements. They are never pasted into a text.
type Parameters = plan.Parameters

// Rows is the result of a query. It is for one goroutine. The caller closes it.
type Rows struct {
	*exec.Rows
	plan      *plan.Plan
	catalogue *Catalogue
}

// Close stops the query, if it still runs, and frees what it holds.
func (r *Rows) Close() error { return errors.Join(r.Rows.Close(), r.catalogue.Close()) }

// Explain returns the query's plan: see plan.Plan.Explain.
func (r *Rows) Explain() string { return r.plan.Explain() }

// Query runs one query and returns its rows as they come. The table is read as it stands at this moment, without a lock. It ends
// when ctx does. What the text has wrong, what is not there and what goes beyond the database's settings is fault.Input or
// fault.NotFound.
func (db *DB) Query(ctx context.Context, text string, p Parameters) (*Rows, error) {
	statements, err := db.Parse(text)
	if err != nil {
		return nil, err
	}
	if len(statements) != 1 {
		return nil, fault.New(fault.Input, "one query is needed, not %d statements", len(statements))
	}
	query, ok := statements[0].(*syntax.Query)
	if !ok {
		return nil, fault.New(fault.Input, "the statement is no query: it begins with neither SELECT, VALUES nor WITH")
	}
	return db.run(ctx, query, text, p)
}

// Parse reads the statements of a text, no longer than the settings allow.
func (db *DB) Parse(text string) ([]syntax.Statement, error) {
	o, err := db.Syntax()
	if err != nil {
		return nil, err
	}
	return syntax.Parse(text, o)
}

// Syntax returns what the settings say of the texts of statements.
func (db *DB) Syntax() (syntax.Options, error) {
	c, err := db.store.Config()
	return syntax.Options{MaxLength: c.Query.MaxLength}, err
}

// Bounds returns what the settings say of the running of queries.
func (db *DB) Bounds() (exec.Options, error) {
	c, err := db.store.Config()
	return exec.Options{MaxRows: c.Query.MaxRows, MaxMemory: c.Query.MaxMemory << 20, Timeout: c.Timeout(), Now: time.Now()}, err
}

func (db *DB) run(ctx context.Context, query *syntax.Query, text string, p Parameters) (*Rows, error) {
	bounds, err := db.Bounds()
	if err != nil {
		return nil, err
	}
	r := &Rows{catalogue: db.Catalogue()}
	if r.plan, err = plan.Make(query, r.catalogue, p, plan.Options{Text: text}); err == nil {
		r.Rows, err = exec.Run(ctx, r.plan, bounds)
	}
	if err != nil {
		return nil, errors.Join(err, r.catalogue.Close())
	}
	return r, nil
}

// Validate returns what is wrong with the statements of a text, none of which is run: of each the first error in how it is written
// or, where that is right everywhere, in what its names stand for. A table that a statement before it makes is not there yet.
func (db *DB) Validate(text string, p Parameters) (found []error, err error) {
	o, err := db.Syntax()
	if err != nil {
		return nil, err
	}
	if found := syntax.Check(text, o); len(found) > 0 {
		return found, nil
	}
	statements, err := syntax.Parse(text, o)
	if err != nil {
		return nil, err
	}
	c := db.Catalogue()
	defer c.Close()
	frames := frameCheck{}
	for _, s := range statements {
		k := kept{s, text, p}
		err := frames.take(k)
		if err == nil {
			err = db.validate(s, c, k)
		}
		switch fault.KindOf(err) {
		case fault.Input, fault.NotFound:
			found = append(found, err)
		default:
			if err != nil {
				return nil, err
			}
		}
	}
	if k := frames.begin; k != nil {
		found = append(found, k.at(fault.WithHint(fault.New(fault.Input, "BEGIN without COMMIT"), "COMMIT stores what is behind it")))
	}
	return found, nil
}

// frameCheck follows the frames of statements that are not run.
type frameCheck struct{ begin *kept } // of the frame that is open

func (f *frameCheck) take(k kept) error {
	switch k.statement.(type) {
	case *syntax.Begin:
		if f.begin != nil {
			return k.beginAgain()
		}
		f.begin = &k
	case *syntax.Commit, *syntax.Rollback:
		if f.begin == nil {
			return k.neverBegun()
		}
		f.begin = nil
	}
	return nil
}

// validate returns what is wrong with one statement.
func (db *DB) validate(s syntax.Statement, c *Catalogue, k kept) error {
	switch s := s.(type) {
	case *syntax.Begin, *syntax.Commit, *syntax.Rollback:
		return nil
	case *syntax.CreateTable:
		_, err := tableOf(s, k.text)
		return err
	case *syntax.DropTable:
		if there, err := db.exists(s.Table.Name); there || s.IfExists || err != nil {
			return err
		}
		_, err := c.Table(s.Table.Name, Value{})
		return syntax.At(k.text, s.Table.Pos(), err)
	case *syntax.Explain:
		return db.validate(s.Statement, c, k)
	case *syntax.Query:
		_, err := plan.Make(s, c, k.parameters, plan.Options{Text: k.text})
		return err
	}
	return db.validateWrite(s, c, k)
}

func (db *DB) validateWrite(s syntax.Statement, c *Catalogue, k kept) error {
	query, err := db.readBy(s, c, k)
	if err != nil {
		return err
	}
	made, err := plan.Make(query, c, k.parameters, k.planned(query))
	i, ok := s.(*syntax.Insert)
	if err != nil || !ok {
		return err
	}
	t, err := c.target(i.Table, k.text)
	if err != nil {
		return err
	}
	columns, err := t.inserted(i, k.text)
	if err == nil {
		err = t.fits(columns, len(made.Columns()), i, k.text)
	}
	if err != nil {
		return err
	}
	u, err := newUpsert(&writer{db: db, catalogue: c}, t, i, k)
	if err == nil && u.query != nil {
		_, err = plan.Make(u.query, &conflicting{c, u}, k.parameters, k.planned(u.query))
	}
	return err
}
