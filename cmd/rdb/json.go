package main

import (
	"bytes"
	"encoding/json"

	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/row"
)

// appendJSON appends any value that JSON can hold, without escapes for HTML.
func appendJSON(dst []byte, value any) []byte {
	text := bytes.NewBuffer(dst)
	encoder := json.NewEncoder(text)
	encoder.SetEscapeHTML(false)
	encoder.Encode(value) // no value of ours fails
	return bytes.TrimSuffix(text.Bytes(), []byte("\n"))
}

// objects returns what appends a row's cells as a JSON object, its members in the order of the columns, and then end.
func objects(columns []string, end string) func(dst []byte, cells [][]byte) []byte {
	names := make([][]byte, len(columns))
	for i, column := range columns {
		names[i] = append(appendJSON([]byte{"{,"[min(i, 1)]}, column), ':')
	}
	return func(dst []byte, cells [][]byte) []byte {
		for i, cell := range cells {
			dst = appendJSON(append(dst, names[i]...), string(cell))
		}
		return append(append(dst, '}'), end...)
	}
}

// rowObject is a row as one field of a record: an object in JSON, null when there is no row; elsewhere the record as the table
// writes it.
type rowObject struct{ record *reedbase.Record }

func (r rowObject) String() string {
	if r.record == nil {
		return ""
	}
	return string(row.AppendRecord(nil, byteCells(r.record.Cells), ""))
}

func (r rowObject) MarshalJSON() ([]byte, error) {
	if r.record == nil {
		return []byte("null"), nil
	}
	return objects(r.record.Columns, "")(nil, byteCells(r.record.Cells)), nil
}

func byteCells(cells []string) [][]byte {
	texts := make([][]byte, len(cells))
	for i, cell := range cells {
		texts[i] = []byte(cell)
	}
	return texts
}
