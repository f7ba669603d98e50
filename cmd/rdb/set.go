package main

import (
	"strings"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
)

func runSet(c *call) error {
	cells, err := c.assignments(c.operands[2:])
	if err != nil {
		return err
	}
	only, err := c.conditions()
	if err != nil {
		return err
	}
	merging, err := c.merging("base")
	if err != nil {
		return err
	}
	if err := c.baseAlone(cells); err != nil {
		return err
	}
	t, key, err := c.tableKey()
	if err != nil {
		return err
	}
	if c.on("normalize") {
		if key, err = c.normalized(t, key); err != nil {
			return err
		}
	}
	if c.flags.Given("base") {
		return c.setFrom(t, key, cells, merging)
	}
	if c.flags.Given("if-version") {
		v, err := t.Resolve(c.text("if-version"))
		if err != nil {
			return err
		}
		only = append(only, reedbase.Condition{Test: reedbase.Unchanged, Version: v.ID})
	}
	result, err := t.Set(key, cells, only...)
	if err != nil {
		return err
	}
	return c.stored(t.Name(), result)
}

// setFrom changes the row as it was in the version that --base names.
func (c *call) setFrom(t *reedbase.Table, key []string, cells []reedbase.Assignment, merging reedbase.MergeOptions) error {
	base, err := c.base(t)
	if err != nil {
		return err
	}
	result, err := t.SetFrom(base, key, cells, merging)
	if err != nil {
		return c.clashed(err)
	}
	return c.stored(t.Name(), result)
}

// baseAlone refuses beside --base what asks for the row as it is now.
func (c *call) baseAlone(cells []reedbase.Assignment) error {
	if !c.flags.Given("base") {
		return nil
	}
	for _, other := range []string{"if", "if-version", "if-absent", "if-exists"} {
		if err := cli.Exclusive(c.flags, "base", other); err != nil {
			return err
		}
	}
	for i, cell := range cells {
		if cell.Operation != reedbase.Assign {
			return fault.New(fault.Usage, "--base and %q contradict each other", c.operands[2+i])
		}
	}
	return nil
}

// assignments reads operands COLUMN=VALUE, COLUMN+=N and COLUMN-=N; a value - is what stands on standard input.
func (c *call) assignments(operands []string) ([]reedbase.Assignment, error) {
	cells := make([]reedbase.Assignment, len(operands))
	read := ""
	for i, operand := range operands {
		cell, ok := parseAssignment(operand)
		switch {
		case !ok:
			return nil, fault.New(fault.Usage, "%q is no COLUMN=VALUE", operand)
		case cell.Value == "-" && read != "":
			return nil, fault.New(fault.Usage, "%q and %q both read standard input", read, operand)
		case cell.Value == "-":
			text, err := cli.ReadInput(c.Env, "-", maxCell)
			if err != nil {
				return nil, err
			}
			read, cell.Value = operand, strings.TrimSuffix(string(text), "\n")
		}
		cells[i] = cell
	}
	return cells, nil
}

// maxCell bounds what is read from standard input into one cell, in bytes.
const maxCell = 256 << 20

// parseAssignment reads one operand; a sign before the = is the operation's and not the column's.
func parseAssignment(operand string) (a reedbase.Assignment, ok bool) {
	a.Column, a.Value, ok = strings.Cut(operand, "=")
	if column, plus := strings.CutSuffix(a.Column, "+"); plus {
		a.Column, a.Operation = column, reedbase.Add
	} else if column, minus := strings.CutSuffix(a.Column, "-"); minus {
		a.Column, a.Operation = column, reedbase.Subtract
	}
	return a, ok && a.Column != ""
}

// conditions returns those that the flags --if, --if-absent and --if-exists give.
func (c *call) conditions() (list []reedbase.Condition, err error) {
	if err := cli.Exclusive(c.flags, "if-absent", "if-exists"); err != nil {
		return nil, err
	}
	for _, text := range c.all("if") {
		condition, ok := parseCondition(text)
		if !ok {
			return nil, fault.New(fault.Usage, "--if %q is no COLUMN=VALUE, nor a comparison by != < <= > >=", text)
		}
		list = append(list, condition)
	}
	if c.on("if-absent") {
		list = append(list, reedbase.Condition{Test: reedbase.Absent})
	}
	if c.on("if-exists") {
		list = append(list, reedbase.Condition{Test: reedbase.Present})
	}
	return list, nil
}

// parseCondition reads "COLUMN OPERATOR VALUE" without the spaces; the first operator in the text counts.
func parseCondition(text string) (reedbase.Condition, bool) {
	for i := range len(text) {
		for _, test := range cellTests() {
			if value, found := strings.CutPrefix(text[i:], test.String()); found {
				return reedbase.Condition{Test: test, Column: text[:i], Value: value}, i > 0
			}
		}
	}
	return reedbase.Condition{}, false
}

// cellTests returns the tests of a cell; one that begins as another does stands before it.
func cellTests() []reedbase.Test {
	return []reedbase.Test{reedbase.NotEqual, reedbase.AtMost, reedbase.AtLeast, reedbase.Less, reedbase.More, reedbase.Equal}
}

// testNamed returns the test of a cell with this operator.
func testNamed(operator string) (reedbase.Test, bool) {
	for _, test := range cellTests() {
		if test.String() == operator {
			return test, true
		}
	}
	return 0, false
}
