package main

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/row"
)

func runExport(c *call) error {
	format, err := c.choice("format", "exact", "csv", "pipe", "json", "jsonl")
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

// convert writes the records of a table in another format.
func convert(w io.Writer, text []byte, format string) error {
	columns, at, err := row.Header(text)
	if err != nil {
		return err
	}
	write := newExporter(w, format, columns)
	for {
		r, err := row.Next(text, at)
		if errors.Is(err, io.EOF) {
			return write.end()
		}
		if err != nil {
			return err
		}
		if at = r.End; r.Body == r.End {
			continue
		}
		cells, err := row.Cells(nil, text[r.Body:r.End])
		if err != nil {
			return err
		}
		if err := write.record(cells); err != nil {
			return err
		}
	}
}

// exporter writes records in one format: a head, each record behind a separator, a tail.
type exporter struct {
	w         io.Writer
	line      []byte
	append    func(dst []byte, cells [][]byte) []byte
	separator string // between two records
	tail      string
	started   bool
}

func newExporter(w io.Writer, format string, columns []string) *exporter {
	header := make([][]byte, len(columns))
	for i, column := range columns {
		header[i] = []byte(column)
	}
	e := &exporter{w: w}
	switch format {
	case "csv":
		e.append = appendCSV
		e.line = appendCSV(nil, header)
	case "pipe":
		e.append = func(dst []byte, cells [][]byte) []byte { return row.AppendRecord(dst, cells, "\n") }
		e.line = e.append(nil, header)
	case "json":
		e.append, e.separator, e.tail = objects(columns, ""), ",\n", "\n]\n"
		e.line = []byte("[\n")
	default:
		e.append = objects(columns, "\n")
	}
	return e
}

func (e *exporter) record(cells [][]byte) error {
	if e.started {
		e.line = append(e.line, e.separator...)
	}
	e.started = true
	e.line = e.append(e.line, cells)
	return e.flush()
}

func (e *exporter) end() error {
	e.line = append(e.line, e.tail...)
	return e.flush()
}

func (e *exporter) flush() error {
	_, err := e.w.Write(e.line)
	e.line = e.line[:0]
	return err
}

// appendCSV appends a record as RFC 4180 has it, but that it ends with LF.
func appendCSV(dst []byte, cells [][]byte) []byte {
	for i, cell := range cells {
		if i > 0 {
			dst = append(dst, ',')
		}
		text := string(cell)
		if strings.ContainsAny(text, ",\"\r\n") || text == "" && len(cells) == 1 {
			text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
		}
		dst = append(dst, text...)
	}
	return append(dst, '\n')
}
