package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Format is how a list is written.
type Format uint8

// The formats of a list.
const (
	Table     Format = iota // aligned columns under a header, for people
	JSON                    // one object a line, its members in column order
	Porcelain               // fields separated by tabs, one record a line; tab, newline and backslash in a field are \t, \n and \\
	NUL                     // fields separated by tabs, each record ended by NUL; nothing is escaped
)

// Format binds --json, --porcelain and -z to p; Parse refuses those that contradict each other.
func (f *Flags) Format(p *Format) {
	var asJSON, porcelain, nul bool
	f.Bool(&asJSON, "json")
	f.Bool(&porcelain, "porcelain")
	f.Bool(&nul, "z")
	f.after = append(f.after, func() error {
		switch {
		case asJSON:
			*p = JSON
		case nul:
			*p = NUL
		case porcelain:
			*p = Porcelain
		}
		if err := Exclusive(f, "json", "porcelain"); err != nil {
			return err
		}
		return Exclusive(f, "json", "z")
	})
}

// tableRows is how many rows fix the widths of a table: a longer one is written as it comes.
const tableRows = 1000

// Records writes a list of records in a Format. A value is a string, a bool, an integer, a float, a time (RFC 3339, UTC), nil for
// nothing, a fmt.Stringer or an error, both written as their text; JSON takes anything else as encoding/json does.
type Records struct {
	out     *bufio.Writer
	format  Format
	colour  bool
	columns []string
	keys    [][]byte // JSON: each column's name, quoted, with its colon
	line    bytes.Buffer

	held   [][]string // Table: escaped rows that wait for the widths
	widths []int      // nil until they are fixed
	right  []bool     // columns of numbers
}

// NewRecords returns a writer of records with the named columns to e.Out.
func NewRecords(e *Env, f Format, columns ...string) *Records {
	r := &Records{out: e.Out, format: f, colour: e.Colour(), columns: columns}
	if f == JSON {
		for _, column := range columns {
			key, _ := json.Marshal(column)
			r.keys = append(r.keys, append(key, ':'))
		}
	}
	return r
}

// Add writes one record, with a value for every column. A failure to write shows at the latest in Close.
func (r *Records) Add(values ...any) error {
	if len(values) != len(r.columns) {
		return fault.New(fault.Other, "a record of %d values for %d columns", len(values), len(r.columns))
	}
	switch r.format {
	case JSON:
		return r.addJSON(values)
	case Porcelain, NUL:
		return r.addFields(values)
	default:
		return r.addRow(values)
	}
}

// Close writes what is held back. It leaves the Env's Out open and unflushed.
func (r *Records) Close() error {
	if r.format == Table && r.widths == nil && len(r.held) > 0 {
		r.fixWidths()
	}
	_, err := r.out.Write(nil)
	return err
}

func (r *Records) addJSON(values []any) error {
	r.line.Reset()
	encoder := json.NewEncoder(&r.line)
	encoder.SetEscapeHTML(false)
	for i, value := range values {
		r.line.WriteByte("{,"[min(i, 1)])
		r.line.Write(r.keys[i])
		if err := encoder.Encode(jsonValue(value)); err != nil {
			return err
		}
		r.line.Truncate(r.line.Len() - 1) // the encoder's newline
	}
	r.line.WriteString("}\n")
	_, err := r.out.Write(r.line.Bytes())
	return err
}

func (r *Records) addFields(values []any) error {
	end := byte('\n')
	if r.format == NUL {
		end = 0
	}
	for i, value := range values {
		if i > 0 {
			r.out.WriteByte('\t')
		}
		field := text(value)
		if r.format == Porcelain {
			field = EscapeField(field)
		}
		r.out.WriteString(field)
	}
	return r.out.WriteByte(end)
}

// EscapeField returns s as a field of porcelain output: tab, newline and backslash as \t, \n and \\.
func EscapeField(s string) string {
	if !strings.ContainsAny(s, "\\\t\n") {
		return s
	}
	return strings.NewReplacer(`\`, `\\`, "\t", `\t`, "\n", `\n`).Replace(s)
}

func text(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	}
	return fmt.Sprint(value)
}

func jsonValue(value any) any {
	switch v := value.(type) {
	case time.Time:
		return v.UTC()
	case json.Marshaler:
		return v
	case fmt.Stringer, error:
		return text(v)
	}
	return value
}
