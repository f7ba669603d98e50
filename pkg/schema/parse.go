package schema

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Version is the version of the format that this program reads and writes.
const Version = 1

// MaxSize bounds a schema, in bytes.
const MaxSize = 1 << 20

// Settings that each table can have, as messages list them.
const (
	documentSettings = "[schema], [keys] and [[columns]]"
	schemaSettings   = "version, merge, level and key"
	keysSettings     = "level, languages, environments, seasons and variants"
	columnSettings   = "name, type, primary_key, required, unique, min, max, min_length, max_length, pattern, default and values"
)

// Parse reads a schema. All that is wrong with it comes as Problems, of kind fault.Input, each with its place: a text over
// MaxSize or that is no TOML, a setting that is unknown or has a value that it cannot have, a type that is unknown, a column
// without a name or with the name of another, rules that contradict each other, a pattern that is malformed or too large, a
// default or a value that breaks its own column's rules. A schema of a later version is refused with fault.Format.
func Parse(text []byte) (*Schema, error) {
	if len(text) > MaxSize {
		return nil, fault.New(fault.Input, "the schema has more than %d bytes", MaxSize)
	}
	d, problems := readDocument(bytes.TrimPrefix(text, []byte("\ufeff")))
	if problems != nil {
		return nil, fault.As(fault.Input, problems)
	}
	r := reader{document: d}
	s := &Schema{Level: Warn}
	version := r.schema(s)
	if version != Version {
		err := fault.New(fault.Format, "the schema has version %d; this program knows version %d", version, Version)
		return nil, fault.WithHint(err, "a newer release reads it")
	}
	for _, f := range s.check() {
		r.problems.add(r.place(f.path), "%s", f.text)
	}
	if r.problems != nil {
		r.problems.sort()
		return nil, fault.As(fault.Input, r.problems)
	}
	return s, nil
}

// place returns where a path stands, or the nearest table that it is in.
func (r *reader) place(path string) position {
	for ; ; path = path[:max(strings.LastIndexByte(path, '.'), 0)] {
		if at, ok := r.at[path]; ok || path == "" {
			return at
		}
	}
}

// schema reads the document and returns the version that it says it has.
func (r *reader) schema(s *Schema) (version int64) {
	version = Version
	r.table("", "a schema", r.values, documentSettings, func(name string, value any) error {
		switch name {
		case "schema":
			r.table(name, "[schema]", value, schemaSettings, func(name string, value any) error {
				return s.set(name, value, &version)
			})
		case "keys":
			r.table(name, "[keys]", value, keysSettings, s.Keys.set)
		case "columns":
			return r.columns(s, value)
		default:
			return errUnknown
		}
		return nil
	})
	s.Comment = append(r.comments[""], r.comments["schema"]...)
	s.Keys.Comment, s.Closing = r.comments["keys"], r.closing
	return version
}

func (s *Schema) set(name string, value any, version *int64) error {
	switch name {
	case "version":
		n, ok := value.(int64)
		if !ok || n < 1 {
			return fmt.Errorf("has to be %d", Version)
		}
		*version = n
		return nil
	case "merge":
		return assignMerge(&s.Merge, value)
	case "level":
		return assignLevel(&s.Level, value)
	case "key":
		if s.RBKS = value == "rbks"; !s.RBKS {
			return fmt.Errorf("has to be rbks, not %s", literal(value))
		}
		return nil
	}
	return errUnknown
}

func (k *Keys) set(name string, value any) error {
	if name == "level" {
		return assignLevel(&k.Level, value)
	}
	for _, list := range k.lists() {
		if list.name == name {
			return assignList(list.words, value, assignString)
		}
	}
	return errUnknown
}

func (r *reader) columns(s *Schema, value any) error {
	list, ok := value.([]any)
	if !ok {
		return errors.New("has to be a list of tables, each under [[columns]]")
	}
	s.Columns = make([]Column, len(list))
	for i, value := range list {
		path := element("columns", i)
		c := &s.Columns[i]
		table, _ := value.(map[string]any)
		name, named := table["name"]
		what := fmt.Sprintf("column %d", i+1)
		if text, ok := name.(string); ok {
			what = fmt.Sprintf("column %q", clip(text))
		}
		r.table(path, what, value, columnSettings, c.set)
		if table != nil && !named {
			r.problems.add(r.at[path], "%s has no name", what)
		}
		c.Comment = r.comments[path]
	}
	return nil
}

func (c *Column) set(name string, value any) error {
	switch name {
	case "name":
		return assignString(&c.Name, value)
	case "type":
		return assignType(&c.Type, value)
	case "primary_key":
		return assignBool(&c.PrimaryKey, value)
	case "required":
		return assignBool(&c.Required, value)
	case "unique":
		return assignBool(&c.Unique, value)
	case "min":
		return assignCell(&c.Min, value)
	case "max":
		return assignCell(&c.Max, value)
	case "min_length":
		return assignLength(&c.MinLength, value, 0)
	case "max_length":
		return assignLength(&c.MaxLength, value, 1)
	case "pattern":
		return assignPattern(&c.Pattern, value)
	case "default":
		return assignCell(&c.Default, value)
	case "values":
		return assignList(&c.Values, value, assignCell)
	}
	return errUnknown
}
