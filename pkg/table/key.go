package table

import (
	"fmt"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/schema"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// maxSchema bounds a schema file, in bytes.
const maxSchema = schema.MaxSize

// noSchema is the text of the version that takes a table's schema away.
const noSchema = "# This table has no schema.\n"

// isSchemaless reports whether a text, which a version set or nil, leaves the table without a schema.
func isSchemaless(text []byte) bool { return len(text) == 0 || string(text) == noSchema }

// sameSchema reports whether two versions have one schema.
func sameSchema(a, b []byte) bool {
	return string(a) == string(b) || isSchemaless(a) && isSchemaless(b)
}

// orNone returns the text of a file that sets this schema.
func orNone(text []byte) []byte {
	if len(text) == 0 {
		return []byte(noSchema)
	}
	return text
}

// parseSchema reads a schema that a version set; the text of none gives the zero schema, which has no rules.
func parseSchema(text []byte) (*schema.Schema, error) {
	if isSchemaless(text) {
		return &schema.Schema{}, nil
	}
	s, err := schema.Parse(text)
	if fault.KindOf(err) == fault.Input {
		err = fault.New(fault.Corrupt, "%w", err)
	}
	return s, err
}

// parseKeys returns the names of the primary key's columns in a schema.
func parseKeys(text []byte) ([]string, error) {
	s, err := parseSchema(text)
	if err != nil {
		return nil, err
	}
	return s.Key(), nil
}

// withKey returns the text of a schema with these columns as the primary key. One that lists the table's columns needs to have
// them, and gives a key of several its own order; from any other the key is all that is left of the columns.
func withKey(text []byte, key []string) ([]byte, error) {
	for i, name := range key {
		if slices.Contains(key[:i], name) {
			return nil, fault.New(fault.Input, "the key names column %q twice", name)
		}
	}
	s, err := parseSchema(text)
	if err != nil {
		return nil, err
	}
	if s.NamesKeyOnly() {
		s.Columns = nil
		for _, name := range key {
			s.Columns = append(s.Columns, schema.Column{Name: name, PrimaryKey: true})
		}
		if isSchemaless(text) {
			s.Comment = []string{"# The key of this table."}
		}
		return s.Encode(), nil
	}
	for _, name := range key {
		if _, ok := s.Column(name); !ok {
			return nil, fault.New(fault.Input, "the key's column %q is not in the table's schema", name)
		}
	}
	for i := range s.Columns {
		s.Columns[i].PrimaryKey = slices.Contains(key, s.Columns[i].Name)
	}
	return s.Encode(), nil
}

// lookSchema finds out which version set the table's schema, and the key's columns: as the record says, or from the files.
func (t *Table) lookSchema(v *view) error {
	if v.rec != nil && v.rec.log == v.log.stat {
		v.key, v.schema = v.rec.key, v.rec.schema
		return nil
	}
	names, err := t.dir.Names()
	if fault.KindOf(err) == fault.NotFound {
		return t.notFound() // it has just been removed
	}
	if err != nil || !slices.ContainsFunc(names, isSchema) {
		return err
	}
	if err := v.needLines(); err != nil {
		return err
	}
	v.schema = newestSchema(names, stamp.Max, indexOf(v.log.lines))
	v.key, err = t.keyOf(v.schema)
	return err
}

// keyAt returns the names of the key's columns as they were at version id.
func (t *Table) keyAt(id stamp.ID, x *index) ([]string, error) {
	text, err := t.schemaAt(id, x)
	if err != nil {
		return nil, err
	}
	return parseKeys(text)
}

// schemaAt returns the text of the schema as it was at version id; nil where there was none.
func (t *Table) schemaAt(id stamp.ID, x *index) ([]byte, error) {
	names, err := t.dir.Names()
	if err != nil {
		return nil, err
	}
	return t.readSchema(newestSchema(names, id, x))
}

func isSchema(name string) bool { return strings.HasSuffix(name, schemaSuffix) }

// newestSchema returns the newest logged version up to id that set a schema, or 0.
func newestSchema(names []string, id stamp.ID, x *index) (newest stamp.ID) {
	for _, name := range names {
		text, ok := strings.CutSuffix(name, schemaSuffix)
		set, err := stamp.Parse(text)
		if _, logged := x.line(set); ok && err == nil && logged && set <= id {
			newest = max(newest, set)
		}
	}
	return newest
}

// readSchema returns the text of the schema that a version set; nil for version 0.
func (t *Table) readSchema(id stamp.ID) ([]byte, error) {
	if id == 0 {
		return nil, nil
	}
	return t.dir.ReadFile(id.String()+schemaSuffix, maxSchema)
}

// keyOf returns the names of the key's columns in the schema that a version set.
func (t *Table) keyOf(id stamp.ID) ([]string, error) {
	text, err := t.readSchema(id)
	if err != nil {
		return nil, err
	}
	key, err := parseKeys(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.dir.Path(id.String()+schemaSuffix), err)
	}
	return key, nil
}
