package main

import (
	"bytes"
	"errors"
	"io"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/result"
	"github.com/reedbase/reedbase/pkg/row"
)

func runExport(c *call) error {
	format, err := c.choice("format", "exact", "csv", "pipe", "json", "jsonl", "markdown")
	if err != nil {
		return err
	}
	t, err := c.table()
	if err != nil {
		return err
	}
	content, err := c.contentWriter(t)
	if err != nil {
		return err
	}
	return cli.WriteOutput(c.Env, c.text("output"), func(w io.Writer) error {
		if format == "exact" {
			return content(w)
		}
		var text bytes.Buffer
		if err := content(&text); err != nil {
			return err
		}
		return convert(w, text.Bytes(), format)
	})
}

// contentWriter returns what writes the table's bytes, as it is or as it was --at a version.
func (c *call) contentWriter(t *reedbase.Table) (func(io.Writer) error, error) {
	if c.text("at") == "" {
		return t.Export, nil
	}
	version, err := t.Resolve(c.text("at"))
	return func(w io.Writer) error { return t.Content(w, version.ID) }, err
}

// convert writes the records of a table in another format: every cell as the text that it is.
func convert(w io.Writer, text []byte, format string) error {
	names, at, err := row.Header(text)
	if err != nil {
		return err
	}
	columns := make([]result.Column, len(names))
	for i, name := range names {
		columns[i] = result.Column{Name: name, Type: cell.String}
	}
	f, _ := result.ParseFormat(format)
	out := result.NewWriter(w, columns, result.Options{Format: f})
	var cells [][]byte
	var values []cell.Value
	for {
		r, err := row.Next(text, at)
		if errors.Is(err, io.EOF) {
			return out.Close()
		}
		if err != nil {
			return err
		}
		if at = r.End; r.Body == r.End {
			continue
		}
		if cells, err = row.Cells(cells[:0], text[r.Body:r.End]); err != nil {
			return err
		}
		values = values[:0]
		for _, c := range cells {
			values = append(values, cell.FromText(c))
		}
		if err := out.Add(values); err != nil {
			return err
		}
	}
}
