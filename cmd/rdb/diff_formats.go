package main

import (
	"iter"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/result"
)

// changeObject is one changed row as a JSON object.
type changeObject struct {
	Op    string       `json:"op"` // insert, delete or update
	Key   []string     `json:"key"`
	Old   *rowObject   `json:"old,omitempty"` // of a deleted row
	New   *rowObject   `json:"new,omitempty"` // of an inserted row
	Cells []cellObject `json:"cells,omitempty"`
}

type cellObject struct {
	Column string `json:"column"`
	Old    string `json:"old"`
	New    string `json:"new"`
}

// writeDiffJSON prints one object for each changed row.
func (c *call) writeDiffJSON(d *reedbase.Diff) {
	for _, change := range d.Changes {
		object := changeObject{Op: operation(change), Key: change.Key}
		switch {
		case change.Old == nil:
			object.New = &rowObject{change.New}
		case change.New == nil:
			object.Old = &rowObject{change.Old}
		default:
			for _, cell := range change.Cells {
				object.Cells = append(object.Cells, cellObject(cell))
			}
		}
		c.Out.Write(append(appendJSON(nil, object), '\n'))
	}
}

// writeDiffCSV prints a line for each cell, with commas as RFC 4180 has them.
func (c *call) writeDiffCSV(d *reedbase.Diff) error {
	var out *result.Writer
	values := make([]cell.Value, 5)
	for fields := range diffFields(d) {
		if out == nil {
			columns := make([]result.Column, len(fields))
			for i, name := range fields {
				columns[i] = result.Column{Name: name, Type: cell.String}
			}
			out = result.NewWriter(c.Out, columns, result.Options{Format: result.CSV})
			continue
		}
		for i, field := range fields {
			values[i] = cell.FromText([]byte(field))
		}
		if err := out.Add(values); err != nil {
			return err
		}
	}
	return out.Close()
}

// writeDiffFields prints a record for each cell.
func (c *call) writeDiffFields(d *reedbase.Diff) error {
	var records *cli.Records
	for fields := range diffFields(d) {
		if records == nil {
			records = cli.NewRecords(c.Env, c.format, fields[:]...) // the names
			continue
		}
		if err := records.Add(fields[0], fields[1], fields[2], fields[3], fields[4]); err != nil {
			return err
		}
	}
	return records.Close()
}

// diffFields yields the names of the fields, then those of each changed cell.
func diffFields(d *reedbase.Diff) iter.Seq[[5]string] {
	return func(yield func([5]string) bool) {
		if !yield([5]string{"op", "key", "column", "old", "new"}) {
			return
		}
		for _, change := range d.Changes {
			for _, cell := range cellsOf(change) {
				if !yield([5]string{operation(change), writeKey(change.Key), cell.Column, cell.Old, cell.New}) {
					return
				}
			}
		}
	}
}

// writeStatements prints a diff as the ReedQL statements that would make it.
func (c *call) writeStatements(table string, d *reedbase.Diff) {
	name := identifier(table)
	for _, column := range append(without(d.NewColumns, d.OldColumns), without(d.OldColumns, d.NewColumns)...) {
		c.Warn("the columns differ by %q, which statements over rows do not say", column)
	}
	for _, change := range d.Changes {
		switch operation(change) {
		case "insert":
			c.Out.WriteString("INSERT INTO " + name + " (" + join(change.New.Columns, identifier) + ") VALUES (" + join(change.New.Cells, literal) + ");\n")
		case "delete":
			c.Out.WriteString("DELETE FROM " + name + where(d.KeyColumns, change.Key) + ";\n")
		default:
			var settings []string
			for _, cell := range change.Cells {
				settings = append(settings, identifier(cell.Column)+" = "+literal(cell.New))
			}
			c.Out.WriteString("UPDATE " + name + " SET " + strings.Join(settings, ", ") + where(d.KeyColumns, change.Key) + ";\n")
		}
	}
}

func where(columns, key []string) string {
	terms := make([]string, len(columns))
	for i, column := range columns {
		terms[i] = identifier(column) + " = " + literal(key[i])
	}
	return " WHERE " + strings.Join(terms, " AND ")
}

func join(words []string, write func(string) string) string {
	written := make([]string, len(words))
	for i, word := range words {
		written[i] = write(word)
	}
	return strings.Join(written, ", ")
}

func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// identifier returns a name as ReedQL has it: in double quotes unless it is a plain word.
func identifier(s string) string {
	for i, r := range s {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '_'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
		}
	}
	return s
}
