package table

import (
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/rbks"
	"github.com/reedbase/reedbase/pkg/schema"
)

// Rules are what a table asks of its rows: what its schema says, and what the custom of its name says of its keys.
type Rules struct {
	Schema *schema.Schema // without columns where the table has none
	Keys   rbks.Level
	Words  rbks.Words // the modifiers of its keys
}

// rulesOf returns the rules of a table of this name with this schema.
func rulesOf(table string, text []byte) (*Rules, error) {
	s, err := parseSchema(text)
	if err != nil {
		return nil, err
	}
	return RulesOf(table, s)
}

// RulesOf returns the rules of a table of this name that has a schema. Words of the schema that another class of modifiers has
// already are refused with fault.Input.
func RulesOf(table string, s *schema.Schema) (*Rules, error) {
	r := &Rules{Schema: s, Keys: rbks.DefaultLevel(table)}
	switch s.Keys.Level {
	case schema.Off:
		r.Keys = rbks.Off
	case schema.Warn:
		r.Keys = rbks.Warn
	case schema.Strict:
		r.Keys = rbks.Strict
	default:
		if s.RBKS {
			r.Keys = rbks.Warn
		}
	}
	if len(s.Key()) > 1 {
		r.Keys = rbks.Off
	}
	for class, words := range map[rbks.Class][]string{
		rbks.Language: s.Keys.Languages, rbks.Environment: s.Keys.Environments, rbks.Season: s.Keys.Seasons, rbks.Variant: s.Keys.Variants,
	} {
		if len(words) == 0 {
			continue
		}
		var err error
		if r.Words, err = r.Words.With(class, words...); err != nil {
			return nil, fault.New(fault.Input, "[keys]: %w", err)
		}
	}
	return r, nil
}

// ofCells reports whether cells are to be checked. A schema that names the key only asks for no more than any table is checked for.
func (r *Rules) ofCells() bool { return r.Schema.Level != schema.Off && !r.Schema.NamesKeyOnly() }

// none reports whether there is nothing to check.
func (r *Rules) none() bool { return r.Keys == rbks.Off && !r.ofCells() }

// Spelled reads the text of a key whose row may stand under other spellings, or under other keys of one path; ok is false for one
// that means nothing but its own text.
func (r *Rules) Spelled(key string) (k rbks.Key, ok bool) { return r.spelled([]byte(key)) }

// spelled reads the text of a key as far as the table's other keys can be spellings of it: any valid key and, where keys are looked
// at, one of an old table.
func (r *Rules) spelled(text []byte) (rbks.Key, bool) {
	if len(r.Schema.Key()) > 1 {
		return rbks.Key{}, false
	}
	if r.Keys == rbks.Off {
		return rbks.Parse(text, r.Words)
	}
	return rbks.ParseLegacy(text, r.Words)
}

// Rules returns what the table as it stands asks of its rows.
func (t *Table) Rules() (*Rules, error) {
	v, err := t.look(false)
	if err != nil {
		return nil, err
	}
	defer v.close()
	text, err := t.readSchema(v.schema)
	if err != nil {
		return nil, err
	}
	return rulesOf(t.name, text)
}

// Rules returns what the table asks of its rows, as the versions staged so far make it.
func (s *Session) Rules() (*Rules, error) {
	if s.rules != nil {
		return s.rules, nil
	}
	text, err := s.schemaText()
	if err == nil {
		s.rules, err = rulesOf(s.t.name, text)
	}
	return s.rules, err
}

// schemaText returns the text of the newest schema that a version set, staged ones among them; nil for none.
func (s *Session) schemaText() ([]byte, error) {
	for i := len(s.staged) - 1; i >= 0; i-- {
		if text := s.staged[i].draft.Schema; text != nil {
			return text, nil
		}
	}
	return s.t.readSchema(s.v.schema)
}
