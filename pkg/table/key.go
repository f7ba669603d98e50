package table

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// schemaFile is what {id}.schema says about the key; other settings belong to whoever reads whole schemas.
type schemaFile struct {
	Columns []struct {
		Name       string `toml:"name"`
		PrimaryKey bool   `toml:"primary_key"`
	} `toml:"columns"`
}

// keySchema returns the schema that names the columns of a key and nothing else.
func keySchema(key []string) []byte {
	var b strings.Builder
	b.WriteString("# The key of this table, as import was told.\n[schema]\nversion = 1\n")
	for _, name := range key {
		fmt.Fprintf(&b, "\n[[columns]]\nname = %s\nprimary_key = true\n", tomlString(name))
	}
	return []byte(b.String())
}

// tomlString quotes s as a basic string of TOML.
func tomlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// parseKeys returns the names of the primary key's columns in a schema.
func parseKeys(schema []byte) ([]string, error) {
	var f schemaFile
	if err := toml.Unmarshal(schema, &f); err != nil {
		return nil, fault.New(fault.Corrupt, "%w", err)
	}
	var key []string
	for _, c := range f.Columns {
		if c.PrimaryKey {
			key = append(key, c.Name)
		}
	}
	return key, nil
}

// maxSchema bounds a schema file, in bytes.
const maxSchema = 1 << 20

// keyNames returns the key's columns: as the record says, or as the newest schema does that a logged version set.
func (t *Table) keyNames(v *view) ([]string, error) {
	if v.rec != nil && v.rec.log == v.log.stat {
		return v.rec.key, nil
	}
	names, err := t.dir.Names()
	if err != nil || !slices.ContainsFunc(names, isSchema) {
		return nil, err
	}
	if err := v.needLines(); err != nil {
		return nil, err
	}
	return t.newestKey(names, stamp.Max, indexOf(v.log.lines))
}

// keyAt returns the names of the key's columns as they were at version id.
func (t *Table) keyAt(id stamp.ID, x *index) ([]string, error) {
	names, err := t.dir.Names()
	if err != nil {
		return nil, err
	}
	return t.newestKey(names, id, x)
}

func isSchema(name string) bool { return strings.HasSuffix(name, schemaSuffix) }

// newestKey returns the key that the newest schema has which a logged version up to id set.
func (t *Table) newestKey(names []string, id stamp.ID, x *index) ([]string, error) {
	var newest stamp.ID
	for _, name := range names {
		text, ok := strings.CutSuffix(name, schemaSuffix)
		set, err := stamp.Parse(text)
		if _, logged := x.line(set); ok && err == nil && logged && set <= id {
			newest = max(newest, set)
		}
	}
	if newest == 0 {
		return nil, nil
	}
	name := newest.String() + schemaSuffix
	b, err := t.dir.ReadFile(name, maxSchema)
	if err != nil {
		return nil, err
	}
	key, err := parseKeys(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.dir.Path(name), err)
	}
	return key, nil
}
