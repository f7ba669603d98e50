package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
)

// A batch is a text of statements, one JSON object a line; rdb(1) has the table of their fields. What is not exactly such a
// statement is refused, naming the line, before anything is done: an unknown field, one that stands twice, text that is not
// UTF-8. The value of a cell may be written as a string, a number or a boolean, and is the text of it.

const (
	maxStatement  = 16 << 20  // bytes of a line
	maxStatements = 1_000_000 // lines
	maxDepth      = 3         // of values: that of an operator in a condition
)

// statement is one line of a batch.
type statement struct {
	line int
	reedbase.Statement
	key     string          // where it is written as one text; Key where as an array
	version string          // of if-version
	fields  map[string]bool // that the line has
	columns map[string]bool // that cells and add name
}

// readBatch reads all statements, most at most. Blank lines are none.
func readBatch(in io.Reader, most int) ([]statement, error) {
	var list []statement
	lines, n := bufio.NewScanner(in), 1
	lines.Buffer(nil, maxStatement)
	for ; lines.Scan(); n++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		if len(list) == most {
			return nil, fault.New(fault.Input, "line %d: a batch has at most %d statements", n, most)
		}
		s, err := parseStatement(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		s.line = n
		list = append(list, s)
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return nil, fault.New(fault.Input, "line %d: it has more than %d bytes", n, maxStatement)
	}
	return list, lines.Err()
}

// parseStatement reads one line.
func parseStatement(line []byte) (s statement, err error) {
	o, err := parseObject(line, maxDepth)
	if err != nil {
		return s, err
	}
	s.fields, s.columns = map[string]bool{}, map[string]bool{}
	operation := ""
	for _, m := range o {
		s.fields[m.name] = true
		if err := s.take(m, &operation); err != nil {
			return s, err
		}
	}
	return s, s.check(operation)
}

// take takes one field of a statement.
func (s *statement) take(m member, operation *string) (err error) {
	switch m.name {
	case "op":
		*operation, err = m.text()
	case "table":
		s.Table, err = m.text()
	case "key":
		err = s.takeKey(m)
	case "cells":
		err = s.takeCells(m, reedbase.Assign)
	case "add":
		err = s.takeCells(m, reedbase.Add)
	case "if":
		err = s.takeConditions(m)
	case "if-absent":
		err = s.takeTest(m, reedbase.Absent)
	case "if-exists":
		err = s.takeTest(m, reedbase.Present)
	case "if-version":
		if s.version, err = m.scalar(); err == nil && s.version == "" {
			err = fault.New(fault.Input, "%q is empty", m.name)
		}
	default:
		err = fault.New(fault.Input, "unknown field %q", m.name)
		if near := cli.Suggest(m.name, statementFields()); near != "" {
			err = fault.WithHint(err, "did you mean %q?", near)
		}
	}
	return err
}

func statementFields() []string {
	return []string{"op", "table", "key", "cells", "add", "if", "if-absent", "if-exists", "if-version"}
}

func (s *statement) takeKey(m member) (err error) {
	list, isList := m.value.([]any)
	if !isList {
		s.key, err = m.scalar()
		return err
	}
	s.Key = make([]string, len(list))
	for i, v := range list {
		if s.Key[i], err = (member{"key", v}).scalar(); err != nil {
			return err
		}
	}
	return nil
}

func (s *statement) takeCells(m member, operation reedbase.Operation) error {
	cells, err := m.members()
	for _, c := range cells {
		value, err := c.scalar()
		if err != nil {
			return err
		}
		if s.columns[c.name] {
			return fault.New(fault.Input, "column %q is in %q and in %q", c.name, "cells", "add")
		}
		s.columns[c.name] = true
		s.Cells = append(s.Cells, reedbase.Assignment{Column: c.name, Value: value, Operation: operation})
	}
	return err
}

// takeConditions reads {"COLUMN": VALUE} and {"COLUMN": {"OPERATOR": VALUE}}.
func (s *statement) takeConditions(m member) error {
	columns, err := m.members()
	for _, column := range columns {
		tests, isObject := column.value.(object)
		if !isObject {
			tests = object{{reedbase.Equal.String(), column.value}}
		}
		for _, test := range tests {
			c := reedbase.Condition{Column: column.name}
			var known bool
			if c.Test, known = testNamed(test.name); !known {
				return fault.New(fault.Input, "column %q: %q is none of = != < <= > >=", column.name, test.name)
			}
			if c.Value, err = (member{column.name, test.value}).scalar(); err != nil {
				return err
			}
			s.If = append(s.If, c)
		}
	}
	return err
}

func (s *statement) takeTest(m member, test reedbase.Test) error {
	on, isBool := m.value.(bool)
	if !isBool {
		return fault.New(fault.Input, "%q is true or false", m.name)
	}
	if on {
		s.If = append(s.If, reedbase.Condition{Test: test})
	}
	return nil
}

// check refuses what no single field can tell.
func (s *statement) check(operation string) error {
	has := func(test reedbase.Test) bool {
		return slices.ContainsFunc(s.If, func(c reedbase.Condition) bool { return c.Test == test })
	}
	switch {
	case operation == "":
		return fault.New(fault.Input, "%q is missing: it is set or delete", "op")
	case operation != "set" && operation != "delete":
		return fault.New(fault.Input, "%q is set or delete, not %q", "op", operation)
	case s.Table == "":
		return fault.New(fault.Input, "%q is missing", "table")
	case !s.fields["key"]:
		return fault.New(fault.Input, "%q is missing", "key")
	case operation == "delete" && (s.fields["cells"] || s.fields["add"]):
		return fault.New(fault.Input, "a row that is deleted has neither %q nor %q", "cells", "add")
	case has(reedbase.Absent) && has(reedbase.Present):
		return fault.New(fault.Input, "%q and %q contradict each other", "if-absent", "if-exists")
	}
	s.Delete = operation == "delete"
	return nil
}

func (m member) text() (string, error) {
	s, ok := m.value.(string)
	if !ok {
		return "", fault.New(fault.Input, "%q is a string", m.name)
	}
	return s, nil
}

// scalar returns the text that a string, a number or a boolean stands for.
func (m member) scalar() (string, error) {
	switch v := m.value.(type) {
	case string:
		return v, nil
	case number:
		return string(v), nil
	case bool:
		return fmt.Sprint(v), nil
	}
	return "", fault.New(fault.Input, "%q is a string, a number, true or false", m.name)
}

func (m member) members() (object, error) {
	o, ok := m.value.(object)
	if !ok {
		return nil, fault.New(fault.Input, "%q is an object", m.name)
	}
	return o, nil
}
