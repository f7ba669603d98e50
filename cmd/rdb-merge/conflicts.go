package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"

	"github.com/reedbase/reedbase/pkg/merge"
	"github.com/reedbase/reedbase/pkg/row"
)

// conflict is a conflict as JSON.
type conflict struct {
	Kind    string   `json:"kind"`
	Key     []string `json:"key"`     // the cells of the key, none for the header
	Columns []string `json:"columns"` // those that clash, none for the whole row
	Base    object   `json:"base"`
	Ours    object   `json:"ours"`
	Theirs  object   `json:"theirs"`
	Kept    string   `json:"kept"` // ours, theirs or both
}

// object is a record as a JSON object, its members in the order of the columns; null where there is no row. The header
// is an array of its columns.
type object struct {
	columns []string
	record  []byte
	header  bool
}

func (o object) MarshalJSON() ([]byte, error) {
	switch {
	case o.record == nil:
		return []byte("null"), nil
	case o.header:
		return appendJSON(nil, o.columns)
	}
	cells, err := row.Cells(nil, o.record)
	var text []byte
	for i, column := range o.columns {
		if err == nil {
			text, err = appendJSON(append(text, "{,"[min(i, 1)]), column)
		}
		if err == nil {
			text, err = appendJSON(append(text, ':'), string(cells[i]))
		}
	}
	return append(text, '}'), err
}

// appendJSON appends a value without escapes for HTML.
func appendJSON(dst []byte, value any) ([]byte, error) {
	text := bytes.NewBuffer(dst)
	encoder := json.NewEncoder(text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}

// encode writes a line for each conflict.
func (o options) encode(w io.Writer, r *merge.Result) error {
	buffered := bufio.NewWriter(w)
	for _, c := range r.Conflicts {
		told, err := o.tell(r, c)
		if err != nil {
			return err
		}
		line, err := appendJSON(nil, told)
		if err != nil {
			return err
		}
		buffered.Write(append(line, '\n'))
	}
	return buffered.Flush()
}

func (o options) tell(r *merge.Result, c merge.Conflict) (told conflict, err error) {
	isHeader := c.Kind == merge.Header
	told = conflict{
		Kind: c.Kind.String(), Key: []string{}, Columns: append([]string{}, c.Columns...), Kept: "both",
		Base:   object{r.Sides[merge.Base], c.Base, isHeader},
		Ours:   object{r.Sides[merge.Ours], c.Ours, isHeader},
		Theirs: object{r.Sides[merge.Theirs], c.Theirs, isHeader},
	}
	if c.Kept != merge.Base {
		told.Kept = c.Kept.String()
	}
	if isHeader {
		return told, nil
	}
	key, err := row.SplitKey(c.Key, len(o.Key))
	for _, cell := range key {
		told.Key = append(told.Key, string(cell))
	}
	return told, err
}
