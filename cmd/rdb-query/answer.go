package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/reedbase/reedbase/pkg/ask"
	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/exec"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// asker answers queries.
type asker struct {
	*cli.Env
	options
	catalogue  *catalogue
	parameters plan.Parameters
	ctx        context.Context
}

// answerTo writes the answer to a text.
func (a *asker) answerTo(w io.Writer, text string) error {
	a.ctx = a.Context()
	p := &ask.Printer{Out: w, Form: a.form, Ends: a.batch}
	var err error
	switch {
	case a.batch:
		err = a.answerLines(p, text)
	case a.validate:
		err = a.check(w, text, 1)
	default:
		err = a.answer(p, text)
	}
	if err == nil && a.exitCode && p.Rows == 0 {
		err = fault.New(fault.No, "")
	}
	return err
}

// answerLines answers each line. What is wrong with one is said, and the first of such errors sets the exit code.
func (a *asker) answerLines(p *ask.Printer, text string) (first error) {
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(line, "\r\n")
		if syntax.Blank(line) {
			continue
		}
		var err error
		if a.validate {
			err = a.check(p.Out, line, number)
		} else {
			err = a.answer(p, line)
		}
		if a.ctx.Err() != nil {
			return err
		}
		if err == nil {
			continue
		}
		if err.Error() != "" {
			a.Report(placed(err, number))
			if err := p.PrintNothing(); err != nil {
				return err
			}
		}
		if first == nil {
			first = fault.New(fault.KindOf(err), "")
		}
	}
	return first
}

// placed gives an error of a text the number of its line, where the text begins with this one.
func placed(err error, number int) error {
	var at *syntax.Error
	if errors.As(err, &at) && at.Line > 0 {
		at.Line += number - 1
		return err
	}
	return fault.WithHint(fmt.Errorf("line %d: %w", number, err), "%s", fault.HintOf(err))
}

// answer runs the queries of a text.
func (a *asker) answer(p *ask.Printer, text string) error {
	statements, err := syntax.Parse(text, syntax.Options{})
	if err != nil {
		return err
	}
	if len(statements) == 0 {
		return fault.WithHint(fault.New(fault.Input, "there is no query"), "rdb-query -h shows the usage")
	}
	for _, s := range statements {
		if err := a.one(p, s, text); err != nil {
			return err
		}
	}
	return nil
}

func (a *asker) one(p *ask.Printer, s syntax.Statement, text string) error {
	query, explained, err := queryOf(s, text)
	if err != nil {
		return err
	}
	defer a.catalogue.release()
	made, err := plan.Make(query, a.catalogue, a.parameters, plan.Options{Text: text})
	if err != nil {
		return err
	}
	if explained {
		return p.PrintText(made.Explain())
	}
	bounds, err := a.catalogue.bounds()
	if err != nil {
		return err
	}
	ask.Thrifty(bounds)
	rows, err := exec.Run(a.ctx, made, bounds)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !a.explain {
		return p.Print(rows)
	}
	if err := ask.Discard(rows); err != nil {
		return err
	}
	return p.PrintText(made.Explain())
}

// queryOf returns the query that a statement is, or asks the plan of.
func queryOf(s syntax.Statement, text string) (query *syntax.Query, explained bool, err error) {
	if e, ok := s.(*syntax.Explain); ok {
		s, explained = e.Statement, true
	}
	if query, ok := s.(*syntax.Query); ok {
		return query, explained, nil
	}
	err = fault.New(fault.Input, "rdb-query only reads: a statement that writes is none of its queries")
	return nil, false, syntax.At(text, s.Pos(), fault.WithHint(err, "rdb query carries it out"))
}

// check prints what is wrong with a text, which is not run and begins with this line; then the answer is no.
func (a *asker) check(w io.Writer, text string, number int) error {
	found := syntax.Check(text, syntax.Options{})
	if len(found) == 0 {
		statements, err := syntax.Parse(text, syntax.Options{})
		if err != nil {
			return err
		}
		for _, s := range statements {
			query, _, err := queryOf(s, text)
			if err == nil {
				_, err = plan.Make(query, a.catalogue, a.parameters, plan.Options{Text: text})
				a.catalogue.release()
			}
			switch fault.KindOf(err) {
			case fault.Input, fault.NotFound:
				found = append(found, err)
			default:
				if err != nil {
					return err
				}
			}
		}
	}
	for i, err := range found {
		if a.batch {
			found[i] = placed(err, number)
		}
	}
	return ask.PrintFindings(w, found)
}
