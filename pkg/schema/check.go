package schema

import (
	"fmt"
	"unicode/utf8"

	"github.com/reedbase/reedbase/pkg/cell"
)

// finding is one thing that is wrong with a schema, at the path of a setting.
type finding struct{ path, text string }

// check returns what is wrong with a schema as a whole; that each setting has a value of its kind, Parse has seen to.
func (s *Schema) check() (found []finding) {
	names := map[string]int{}
	for i := range s.Columns {
		c, path := &s.Columns[i], element("columns", i)
		complain := func(setting, format string, args ...any) {
			text := fmt.Sprintf("column %q: ", clip(c.Name)) + fmt.Sprintf(format, args...)
			found = append(found, finding{below(path, setting), text})
		}
		if first, twin := names[c.Name]; twin {
			complain("name", "column %d has that name too", first+1)
		} else {
			names[c.Name] = i
		}
		if !utf8.ValidString(c.Name) {
			complain("name", "the name is not UTF-8")
		}
		c.check(complain)
	}
	if s.RBKS && len(s.Key()) > 1 {
		found = append(found, finding{"schema.key", fmt.Sprintf("[schema]: key is rbks, but %d columns are the primary key", len(s.Key()))})
	}
	return append(found, s.Keys.check()...)
}

func (k *Keys) check() (found []finding) {
	in := map[string]string{}
	for _, list := range k.lists() {
		for i, word := range *list.words {
			path := element(below("keys", list.name), i)
			switch other := in[word]; {
			case !isModifier(word):
				found = append(found, finding{path, fmt.Sprintf("[keys]: %s: %q is no modifier: a letter a-z, then letters and digits", list.name, clip(word))})
			case other != "":
				found = append(found, finding{path, fmt.Sprintf("[keys]: %s: %q is in %s already", list.name, clip(word), other)})
			default:
				in[word] = list.name
			}
		}
	}
	return found
}

func isModifier(word string) bool {
	for i, c := range []byte(word) {
		if (c < 'a' || c > 'z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return word != ""
}

// check complains of rules that no cell could keep, or that the column's own default and values break.
func (c *Column) check(complain func(setting, format string, args ...any)) {
	low, lowOK := c.bound("min", c.Min, complain)
	high, highOK := c.bound("max", c.Max, complain)
	if lowOK && highOK && cell.Order(low, high) > 0 {
		complain("min", "min %s is more than max %s", clip(c.Min), clip(c.Max))
	}
	if c.MaxLength > 0 && c.MinLength > c.MaxLength {
		complain("min_length", "min_length %d is more than max_length %d", c.MinLength, c.MaxLength)
	}
	r, err := c.rule()
	if err != nil {
		return // the pattern, which Parse has complained of
	}
	if c.Default != "" {
		r.check([]byte(c.Default), false, func(_ Rule, text string) { complain("default", "default %s", text) })
	}
	r.values = nil
	seen := map[string]bool{}
	for i, value := range c.Values {
		setting := element("values", i)
		r.check([]byte(value), false, func(_ Rule, text string) { complain(setting, "values: %s", text) })
		if key := string(r.identity(nil, []byte(value))); seen[key] {
			complain(setting, "values: %q stands there twice", clip(value))
		} else {
			seen[key] = true
		}
	}
}

// bound returns the value of min or max; ok is false when there is none or it is wrong.
func (c *Column) bound(setting, text string, complain func(setting, format string, args ...any)) (v cell.Value, ok bool) {
	if text == "" {
		return v, false
	}
	switch c.Type {
	case cell.Integer, cell.Float, cell.Timestamp:
	default:
		complain(setting, "%s is for columns of type integer, float or timestamp", setting)
		return v, false
	}
	if v, ok = c.Type.Parse([]byte(text)); !ok {
		complain(setting, "%s %q %s", setting, clip(text), c.Type.Why([]byte(text)))
	}
	return v, ok
}
