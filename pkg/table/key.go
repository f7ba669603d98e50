package table

import (
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/reedbase/reedbase/pkg/fault"
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
	if err != nil {
		return nil, err
	}
	for i := len(names) - 1; i >= 0; i-- {
		id, ok := strings.CutSuffix(names[i], schemaSuffix)
		if !ok || !t.isLogged(v, id) {
			continue
		}
		b, err := t.dir.ReadFile(names[i], maxSchema)
		if err != nil {
			return nil, err
		}
		key, err := parseKeys(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.dir.Path(names[i]), err)
		}
		return key, nil
	}
	return nil, nil
}

func (t *Table) isLogged(v *view, id string) bool {
	if err := v.needLines(); err != nil {
		return false
	}
	for i := len(v.log.lines) - 1; i >= 0; i-- {
		if v.log.lines[i].ID.String() == id {
			return true
		}
	}
	return false
}
