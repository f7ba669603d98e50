package reedbase

import (
	"github.com/reedbase/reedbase/pkg/schema"
	"github.com/reedbase/reedbase/pkg/table"
)

// Level is how strictly the rules of a schema are taken.
type Level = schema.Level

// The levels.
const (
	Off    = schema.Off
	Warn   = schema.Warn
	Strict = schema.Strict
)

// Breach is the error of a write that breaks strict rules of a table, all that does. Its kind is fault.Input.
type Breach = table.Breach

// Break is one way in which a row breaks them.
type Break = table.Break

// Schema is the schema of a table, as a version set it.
type Schema struct {
	Text    []byte // TOML, as it was written
	Version ID     // that set it
}

// Schema returns the schema that the table has, or had at a version unless that is 0; ok is false where it had none.
func (t *Table) Schema(at ID) (s Schema, ok bool, err error) {
	s.Text, s.Version, err = t.t.SchemaAt(at)
	return s, s.Text != nil, err
}

// EditedSchema returns what somebody wrote into the copy of the schema and has not recorded; nil when nobody did.
func (t *Table) EditedSchema() ([]byte, error) { return t.t.EditedSchema() }

// SchemaOptions say how a schema is changed.
type SchemaOptions struct {
	Message   string
	Was       *ID  // the version whose schema it was made from, 0 for none: another one refuses it with fault.No; nil does not ask
	ForceWarn bool // what the table breaks does not refuse it: its levels are lowered to warn
}

// SetSchema stores another schema, as a version. One that the table breaks is a *Breach.
func (t *Table) SetSchema(text []byte, o SchemaOptions) (Result, error) {
	return t.write(func(user uint64) (table.Result, error) {
		return t.t.SetSchema(table.SchemaChange{Text: text, User: user, Note: o.Message, Was: o.Was, ForceWarn: o.ForceWarn})
	})
}

// CreateSchema stores the schema that the table suggests, and passes.
func (t *Table) CreateSchema(level Level, message string) (Result, error) {
	return t.write(func(user uint64) (table.Result, error) { return t.t.CreateSchema(user, message, level) })
}

// Migrate carries out the statements of a migration, as reed-schema(5) describes them, on the schema and the table in one version.
// Cells that do not convert, and a table that breaks the new schema, are a *Breach.
func (t *Table) Migrate(statements []byte, o SchemaOptions) (Result, error) {
	list, err := schema.ParseStatements(statements)
	if err != nil {
		return Result{}, err
	}
	return t.write(func(user uint64) (table.Result, error) {
		return t.t.Migrate(table.Migration{Statements: list, User: user, Note: o.Message, ForceWarn: o.ForceWarn})
	})
}

// SchemaReport is what breaks the rules of a table.
type SchemaReport = table.Report

// Validate returns all that breaks the rules of the table as it stands, or those of another schema unless that is nil.
func (t *Table) Validate(text []byte) (*SchemaReport, error) {
	rules, err := t.t.Rules()
	if err != nil {
		return nil, err
	}
	if text != nil {
		s, err := schema.Parse(text)
		if err != nil {
			return nil, err
		}
		if rules, err = table.RulesOf(t.Name(), s); err != nil {
			return nil, err
		}
	}
	c, err := t.t.Read()
	if err != nil {
		return nil, err
	}
	defer c.Close()
	content, err := c.Bytes()
	if err != nil {
		return nil, err
	}
	return rules.Validate(content, rules.Schema.Key())
}
