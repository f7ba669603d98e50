package reedbase

import (
	"context"
	"errors"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// Console carries out statements one after the other: each that writes is a version of its table, and those between BEGIN and COMMIT
// are a frame. It is for one goroutine.
type Console struct {
	db      *DB
	message string
	frame   []kept // what waits for COMMIT
	begin   *kept  // the BEGIN of the frame that is open
}

// kept is a statement of a frame that waits for its end.
type kept struct {
	statement  syntax.Statement
	text       string
	parameters Parameters
}

// Observer is told what statements come to, in their order; nil drops it. An error that it returns ends them.
type Observer struct {
	Rows  func(*Rows) error       // of a query, which are closed when it returns
	Plan  func(plan string) error // that EXPLAIN asked for
	Wrote func(w Written) error   // what a statement that writes did, or a frame
}

// tell calls one of an observer's functions, unless it is nil.
func tell[T any](told func(T) error, what T) error {
	if told == nil {
		return nil
	}
	return told(what)
}

// Written says what a statement that writes did; of a frame, what all of it did.
type Written struct {
	Statement string // "INSERT", "COMMIT"
	Rows      int64  // that were inserted, updated or deleted; a row may count several times in a frame
	Committed
}

// Console returns a console of the database. Message is what the author says about all that it writes.
func (db *DB) Console(message string) *Console { return &Console{db: db, message: message} }

// Open reports whether a frame is open: statements wait for COMMIT.
func (c *Console) Open() bool { return c.begin != nil }

// Run carries out the statements of a text. It stops at the first error; what came before it has been stored, but for the statements
// of a frame that was not closed. They are read when they come and carried out by COMMIT, all or none, with their tables locked: each
// sees those before it.
func (c *Console) Run(ctx context.Context, text string, p Parameters, o Observer) error {
	statements, err := c.db.Parse(text)
	if err != nil {
		return err
	}
	for _, s := range statements {
		if err := c.one(ctx, kept{s, text, p}, o); err != nil {
			return placed(err, s, text, len(statements) > 1)
		}
	}
	return nil
}

// Exec carries out statements of which none is a query, and returns what each that writes did. A frame must be closed.
func (db *DB) Exec(ctx context.Context, text string, p Parameters) (list []Written, err error) {
	c := db.Console("")
	err = c.Run(ctx, text, p, Observer{
		Rows:  func(*Rows) error { return fault.New(fault.Input, "a query is among the statements") },
		Plan:  func(string) error { return nil },
		Wrote: func(w Written) error { list = append(list, w); return nil },
	})
	return list, errors.Join(err, c.Close())
}

// ExecFrame carries out statements that write as one frame, all or none: each sees those before it. Message is what the author says
// about it. None of them may be a query, nor BEGIN, COMMIT or ROLLBACK.
func (db *DB) ExecFrame(ctx context.Context, text string, p Parameters, message string) (w Written, err error) {
	statements, err := db.Parse(text)
	if err != nil {
		return w, err
	}
	var list []kept
	for _, s := range statements {
		switch s.(type) {
		case *syntax.Begin, *syntax.Commit, *syntax.Rollback:
			err := fault.New(fault.Input, "all statements are one frame, without BEGIN and COMMIT")
			return w, syntax.At(text, s.Pos(), err)
		case *syntax.Query, *syntax.Explain:
			return w, syntax.At(text, s.Pos(), fault.New(fault.Input, "a batch only writes"))
		}
		list = append(list, kept{s, text, p})
	}
	c := db.Console(message)
	return w, c.write(ctx, list, true, Observer{Wrote: func(did Written) error { w = did; return nil }})
}

// Close drops a frame that is open, with an error at its BEGIN.
func (c *Console) Close() error {
	begin := c.begin
	if begin == nil {
		return nil
	}
	were := "statements were"
	if len(c.frame) == 1 {
		were = "statement was"
	}
	err := fault.New(fault.Input, "BEGIN without COMMIT: %d %s not carried out", len(c.frame), were)
	c.begin, c.frame = nil, nil
	return begin.at(fault.WithHint(err, "COMMIT stores them, ROLLBACK drops them"))
}

// planned returns how a query of the statement is planned.
func (k kept) planned(q *syntax.Query) plan.Options {
	o := plan.Options{Text: k.text}
	s := k.statement
	if e, ok := s.(*syntax.Explain); ok {
		s = e.Statement
	}
	switch s := s.(type) {
	case *syntax.Update:
		o.Items = "SET"
	case *syntax.Insert:
		if q != s.Query { // but that of ON CONFLICT DO UPDATE
			o.Items = "SET"
		}
	}
	return o
}

// at returns an error with the place of the statement.
func (k kept) at(err error) error { return syntax.At(k.text, k.statement.Pos(), err) }

// beginAgain is the error of a BEGIN within a frame, neverBegun that of its end without one.
func (k kept) beginAgain() error { return k.at(fault.New(fault.Input, "a frame is open already")) }

func (k kept) neverBegun() error {
	return k.at(fault.WithHint(fault.New(fault.Input, "no frame is open"), "BEGIN opens one"))
}

// placed returns an error with the place of the statement it is about, where there are several and it says no place itself.
func placed(err error, s syntax.Statement, text string, several bool) error {
	var has *syntax.Error
	if !several || errors.As(err, &has) || err.Error() == "" {
		return err
	}
	return syntax.At(text, s.Pos(), err)
}

func (c *Console) one(ctx context.Context, k kept, o Observer) error {
	switch k.statement.(type) {
	case *syntax.Begin:
		if c.begin != nil {
			return k.beginAgain()
		}
		c.begin, c.frame = &k, nil
		return nil
	case *syntax.Commit, *syntax.Rollback:
		return c.end(ctx, k, o)
	}
	if c.begin != nil {
		c.frame = append(c.frame, k)
		return nil
	}
	switch s := k.statement.(type) {
	case *syntax.Query:
		rows, err := c.db.run(ctx, s, k.text, k.parameters)
		if err != nil {
			return err
		}
		return errors.Join(tell(o.Rows, rows), rows.Close())
	case *syntax.Explain:
		text, err := c.db.explain(s, k)
		if err != nil {
			return err
		}
		return tell(o.Plan, text)
	}
	return c.write(ctx, []kept{k}, false, o)
}

// end stores or drops the open frame.
func (c *Console) end(ctx context.Context, k kept, o Observer) error {
	if c.begin == nil {
		return k.neverBegun()
	}
	list := c.frame
	c.begin, c.frame = nil, nil
	if _, ok := k.statement.(*syntax.Rollback); ok {
		return tell(o.Wrote, Written{Statement: "ROLLBACK"})
	}
	return c.write(ctx, list, true, o)
}

// explain returns the plan of a query, or of what a statement that writes reads.
func (db *DB) explain(e *syntax.Explain, k kept) (string, error) {
	c := db.Catalogue()
	defer c.Close()
	query, err := db.readBy(e.Statement, c, k)
	if err != nil {
		return "", err
	}
	p, err := plan.Make(query, c, k.parameters, k.planned(query))
	if err != nil {
		return "", err
	}
	return p.Explain(), nil
}

// readBy returns the query that a statement is, or makes to find the rows that it writes.
func (db *DB) readBy(s syntax.Statement, c *Catalogue, k kept) (*syntax.Query, error) {
	switch s := s.(type) {
	case *syntax.Insert:
		return s.Query, nil
	case *syntax.Update:
		t, err := c.target(s.Table.Table, k.text)
		if err != nil {
			return nil, err
		}
		if _, err := t.assigned(s.Set, k.text); err != nil {
			return nil, err
		}
		return updateQuery(s, t), nil
	case *syntax.Delete:
		t, err := c.target(s.Table.Table, k.text)
		if err != nil {
			return nil, err
		}
		return deleteQuery(s, t), nil
	}
	return s.(*syntax.Query), nil
}
