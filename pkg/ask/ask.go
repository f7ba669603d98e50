// Package ask owns what commands share that put questions in ReedQL: the form of a result, parameters on a command line, what --explain
// and --validate print. It must never know where tables are kept.
package ask

import (
	"io"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/exec"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/result"
)

// Form is how results are written.
type Form struct {
	Format   result.Format
	NoHeader bool
	Bold     bool
}

// ReadForm returns the form of a format's name; "" is a table on a terminal, and the dialect of tables anywhere else.
func ReadForm(e *cli.Env, name string, noHeader bool) (Form, error) {
	f := Form{NoHeader: noHeader, Bold: e.Colour()}
	if name == "" {
		if !e.IsTerminal() {
			f.Format = result.Pipe
		}
		return f, nil
	}
	var ok bool
	if f.Format, ok = result.ParseFormat(name); ok {
		return f, nil
	}
	err := fault.New(fault.Usage, "--format: there is no format %q", name)
	if near := cli.Suggest(name, result.Names()); near != "" {
		return f, fault.WithHint(err, "did you mean %s?", near)
	}
	return f, fault.WithHint(err, "the formats are table, csv, pipe, json, jsonl and markdown")
}

// Printer writes results one after the other. Between two that people read stands an empty line.
type Printer struct {
	Out  io.Writer
	Form Form
	Ends bool // an empty line stands behind each result, whatever its format
	Rows int64

	results int
}

// Print writes the rows of a query to their end.
func (p *Printer) Print(rows *exec.Rows) error {
	if err := p.part(); err != nil {
		return err
	}
	names := rows.Columns()
	columns := make([]result.Column, len(names))
	for i, c := range names {
		columns[i] = result.Column(c)
	}
	w := result.NewWriter(p.Out, columns, result.Options{Format: p.Form.Format, NoHeader: p.Form.NoHeader, Bold: p.Form.Bold})
	err := write(w, rows)
	p.Rows += w.Rows()
	if err == nil {
		err = w.Close()
	}
	if err == nil {
		err = p.end()
	}
	return err
}

func write(w *result.Writer, rows *exec.Rows) error {
	var err error
	rows.All()(func(values []cell.Value) bool {
		err = w.Add(values)
		return err == nil
	})
	if err != nil {
		return err
	}
	return rows.Err()
}

// PrintText writes what is no rows, such as a plan.
func (p *Printer) PrintText(text string) error {
	if err := p.part(); err != nil {
		return err
	}
	if _, err := io.WriteString(p.Out, text); err != nil {
		return err
	}
	return p.end()
}

// PrintNothing stands for the result of a query that failed.
func (p *Printer) PrintNothing() error { return p.end() }

func (p *Printer) part() error {
	p.results++
	if p.results == 1 || p.Ends || p.Form.Format != result.Table && p.Form.Format != result.Markdown {
		return nil
	}
	_, err := io.WriteString(p.Out, "\n")
	return err
}

func (p *Printer) end() error {
	if !p.Ends {
		return nil
	}
	_, err := io.WriteString(p.Out, "\n")
	return err
}

// PrintFindings writes what is wrong with a text, each finding with its hint. If there is any the answer is no, which is said with it.
func PrintFindings(w io.Writer, found []error) error {
	for _, err := range found {
		text := cli.EscapeLines(err.Error()) + "\n"
		if hint := fault.HintOf(err); hint != "" {
			text += "hint: " + cli.Escape(hint) + "\n"
		}
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
	if len(found) > 0 {
		return fault.New(fault.No, "")
	}
	return nil
}

// Discard runs a query to its end and drops its rows.
func Discard(rows *exec.Rows) error {
	for range rows.All() {
	}
	return rows.Err()
}
