package table

import (
	"bytes"
	"slices"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/schema"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// SchemaChange is another schema for a table.
type SchemaChange struct {
	Text []byte
	User uint64
	Note string
	Was  *stamp.ID // the version whose schema it was made from, 0 for none; nil does not ask

	// ForceWarn stores a schema that the table breaks, with its levels lowered to warn. Else it is refused.
	ForceWarn bool
}

// SetSchema stores another schema, as a version that leaves every byte of the table as it is; nothing where the table has that
// schema. One that the table breaks is a *Breach. Where Was is no longer the newest the error is fault.No.
func (t *Table) SetSchema(c SchemaChange) (Result, error) {
	return t.Write(func(s *Session) (*Draft, error) {
		if !s.Exists() {
			return nil, t.notFound()
		}
		if err := s.sameSince(c.Was); err != nil {
			return nil, err
		}
		return s.draftSchema(c)
	})
}

func (s *Session) sameSince(was *stamp.ID) error {
	if was == nil || *was == s.v.schema {
		return nil
	}
	err := fault.New(fault.No, "table %q: version %s set another schema meanwhile", s.t.name, s.v.schema)
	return fault.WithHint(err, "'rdb schema:show %s' shows it", s.t.name)
}

// draftSchema makes the draft of another schema; nil where there is none, or the table has it.
func (s *Session) draftSchema(c SchemaChange) (*Draft, error) {
	now, err := s.schemaText()
	if err != nil || c.Text == nil || sameSchema(c.Text, now) {
		return nil, err
	}
	head, err := s.Content()
	if err != nil {
		return nil, err
	}
	content, err := head.Bytes()
	if err != nil {
		return nil, err
	}
	d, err := s.unchanged()
	if err != nil {
		return nil, err
	}
	d.Action, d.User, d.Note = verlog.Schema, c.User, c.Note
	d.Schema, d.warning, err = s.t.suits(content, c.Text, c.ForceWarn)
	if err != nil || sameSchema(d.Schema, now) {
		return nil, err
	}
	return d, nil
}

// suits returns the text of a schema that is to hold for a content, and what is to be said of it. A schema that the content breaks
// is refused unless it is forced: then its levels are lowered.
func (t *Table) suits(content, text []byte, force bool) (stored []byte, warning string, err error) {
	s, err := schema.Parse(text)
	if err != nil {
		return nil, "", err
	}
	rules, err := RulesOf(t.name, s)
	if err != nil {
		return nil, "", err
	}
	if len(content) == 0 {
		return text, "", nil
	}
	if err := checkTable("", content, s.Key()); err != nil {
		return nil, "", err
	}
	report, err := rules.Validate(content, s.Key())
	if err != nil {
		return nil, "", err
	}
	if report.Total == 0 || s.Level == schema.Off && !report.ofKeys() {
		return text, "", nil
	}
	if !force {
		err := fault.As(fault.Input, &Breach{t.name, "", report.Breaks, report.Total})
		return nil, "", fault.WithHint(err, "mend the table or the schema; --force-warn stores it with the level warn")
	}
	v := verdict{table: t.name, allowed: breaks{report.Breaks, report.Total}}
	warning, _ = v.settle()
	if s.Level == schema.Strict || s.Keys.Level == schema.Strict {
		s.Level = min(s.Level, schema.Warn)
		s.Keys.Level = min(s.Keys.Level, schema.Warn)
		text = s.Encode()
	}
	return text, warning, nil
}

// CreateSchema stores the schema that the table suggests, with a level. A table that has a schema of its columns already is refused.
func (t *Table) CreateSchema(user uint64, note string, level schema.Level) (Result, error) {
	if level > schema.Strict {
		return Result{}, fault.New(fault.Input, "there is no level %d", level)
	}
	return t.Write(func(s *Session) (*Draft, error) {
		if !s.Exists() {
			return nil, t.notFound()
		}
		text, err := s.inferred(level)
		if err != nil {
			return nil, err
		}
		return s.draftSchema(SchemaChange{Text: text, User: user, Note: note})
	})
}

// inferred returns the text of the schema that the head suggests. What the schema of a table says beside its columns stays.
func (s *Session) inferred(level schema.Level) ([]byte, error) {
	text, err := s.schemaText()
	if err != nil {
		return nil, err
	}
	now, err := parseSchema(text)
	if err != nil {
		return nil, err
	}
	if !now.NamesKeyOnly() {
		err := fault.New(fault.Input, "table %q has a schema already", s.t.name)
		return nil, fault.WithHint(err, "'rdb schema:edit %s' changes it", s.t.name)
	}
	head, err := s.Content()
	if err != nil {
		return nil, err
	}
	content, err := head.Bytes()
	if err != nil {
		return nil, err
	}
	key := s.KeyNames()
	if columns, err := head.Columns(); err == nil && len(key) == 0 {
		key = columns[:min(1, len(columns))]
	}
	next, err := schema.Infer(content, key)
	if err != nil {
		return nil, err
	}
	next.Merge, next.RBKS, next.Keys, next.Level = now.Merge, now.RBKS, now.Keys, level
	return next.Encode(), nil
}

// Migration is a change of a schema and its table together.
type Migration struct {
	Statements []schema.Statement
	User       uint64
	Note       string
	ForceWarn  bool // as of SchemaChange: also where cells do not convert
}

// Migrate carries out the statements of a migration on the schema and the table, as one version. Cells that do not convert, and a
// table that breaks the new schema, are a *Breach.
func (t *Table) Migrate(m Migration) (Result, error) {
	return t.Write(func(s *Session) (*Draft, error) {
		if !s.Exists() {
			return nil, t.notFound()
		}
		return s.migrate(m)
	})
}

func (s *Session) migrate(m Migration) (*Draft, error) {
	if len(m.Statements) == 0 {
		return nil, nil
	}
	text, err := s.schemaText()
	if err != nil {
		return nil, err
	}
	now, err := parseSchema(text)
	if err != nil {
		return nil, err
	}
	if isSchemaless(text) {
		now.Level = schema.Warn
	}
	head, err := s.Content()
	if err != nil {
		return nil, err
	}
	old, err := head.Bytes()
	if err != nil {
		return nil, err
	}
	done, err := now.Migrate(old, m.Statements)
	if err != nil {
		return nil, err
	}
	return s.migrated(m, text, old, done)
}

// migrated makes the draft of a migration that is computed, from the schema and the content that there are; nil where it changes neither.
func (s *Session) migrated(m Migration, now, old []byte, done *schema.Migration) (*Draft, error) {
	if list := done.Unconverted; list.Total > 0 && !m.ForceWarn {
		v := verdict{table: s.t.name}
		v.cells(schema.Strict, "", list.List)
		v.more(schema.Strict, list.Total-len(list.List))
		_, err := v.settle()
		return nil, fault.WithHint(err, "mend the cells first; --force-warn keeps them as they are, under the level warn")
	}
	content := done.Render(old)
	text, warning, err := s.t.suits(content, done.Schema.Encode(), m.ForceWarn)
	if err != nil {
		return nil, err
	}
	same := bytes.Equal(old, content)
	if same && sameSchema(text, now) {
		return nil, nil
	}
	d, err := s.unchanged()
	if err != nil {
		return nil, err
	}
	if !same {
		d.Delta, d.Hash, d.Counts = delta.Edit(int64(len(old)), splicesOf(done.Edits)), verlog.Sum(content), Counts{Changed: done.Rows}
		if d.Patch, err = smallest(&d.Delta, content); err != nil {
			return nil, err
		}
	}
	d.Action, d.User, d.Note, d.Schema, d.warning = verlog.Schema, m.User, m.Note, text, warning
	return d, nil
}

func splicesOf(edits []schema.Edit) []delta.Splice {
	list := make([]delta.Splice, len(edits))
	for i, e := range edits {
		list[i] = delta.Splice(e)
	}
	return slices.Clip(list)
}

// SchemaAt returns the text of the schema that the table had at version id, or for 0 has now, and the version that set it; nil and 0
// where there was none.
func (t *Table) SchemaAt(id stamp.ID) (text []byte, set stamp.ID, err error) {
	v, err := t.look(false)
	if err != nil {
		return nil, 0, err
	}
	defer v.close()
	if set = v.schema; id != 0 {
		if err := v.needLines(); err != nil {
			return nil, 0, err
		}
		names, err := t.dir.Names()
		if err != nil {
			return nil, 0, err
		}
		set = newestSchema(names, id, indexOf(v.log.lines))
	}
	if text, err = t.readSchema(set); isSchemaless(text) {
		text = nil
	}
	return text, set, err
}
