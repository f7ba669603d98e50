package table

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/schema"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Beside the tables lies a copy of each one's schema, for people: what the newest version says that set one. Somebody may have
// edited it. Such an edit holds once it is recorded, and is never written over.

// CopySuffix is what the name of that copy has behind the name of the table.
const CopySuffix = ".schema.toml"

func (t *Table) copyName() string { return t.name + CopySuffix }

// schemas opens the folder of the copies; nil where there is none.
func (t *Table) schemas(create bool) (*durable.Dir, error) {
	if t.opt.Schemas == nil {
		return nil, nil
	}
	return t.opt.Schemas(create)
}

// readCopy returns what the copy of the schema holds; nil when there is none.
func (t *Table) readCopy() ([]byte, error) {
	dir, err := t.schemas(false)
	if err != nil || dir == nil {
		return nil, err
	}
	defer dir.Close()
	text, err := dir.ReadFile(t.copyName(), maxSchema)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	return text, err
}

// EditedSchema returns what somebody wrote into the copy of the schema; nil where it is what some version set.
func (t *Table) EditedSchema() ([]byte, error) {
	text, err := t.readCopy()
	if err != nil || text == nil {
		return nil, err
	}
	known, err := t.setBefore(text)
	if err != nil || known {
		return nil, err
	}
	return text, nil
}

// EditedSchema is that of the table.
func (s *Session) EditedSchema() ([]byte, error) { return s.t.EditedSchema() }

// setBefore reports whether a file of a version sets this schema.
func (t *Table) setBefore(text []byte) (bool, error) {
	names, err := t.dir.Names()
	if err != nil {
		return false, err
	}
	slices.Sort(names)
	for _, name := range slices.Backward(names) { // most often it is the newest
		if !isSchema(name) {
			continue
		}
		if b, err := t.dir.ReadFile(name, maxSchema); err == nil && bytes.Equal(b, text) {
			return true, nil
		}
	}
	return false, nil
}

// editedSchema is EditedSchema for a write: what is no schema is refused, with the name of the file.
func (s *Session) editedSchema() ([]byte, error) {
	text, err := s.t.EditedSchema()
	if err != nil || text == nil {
		return nil, err
	}
	if _, wrong := schema.Parse(text); wrong != nil {
		dir, err := s.t.schemas(false)
		if err != nil || dir == nil {
			return nil, cmp.Or(err, wrong)
		}
		defer dir.Close()
		return nil, inSource(dir.Path(s.t.copyName()), wrong)
	}
	return text, nil
}

// bringUpSchema makes the copy follow what was published on top of a head. Not being able to is a warning.
func (s *Session) bringUpSchema(before verlog.Line) {
	follows := exists(before) != exists(s.v.head())
	for _, p := range s.staged {
		follows = follows || p.draft.Schema != nil
	}
	if !follows {
		return
	}
	text, err := s.schemaText()
	if err == nil {
		if !exists(s.v.head()) {
			text = nil
		}
		_, err = s.t.writeCopy(text)
	}
	if err != nil {
		s.t.warn("the copy of the schema could not be brought up to date: " + err.Error())
	}
}

// writeCopy makes the copy hold a schema, or takes it away where there is none. An edit by hand goes aside, and is told of.
func (t *Table) writeCopy(text []byte) (changed bool, err error) {
	if isSchemaless(text) {
		text = nil
	}
	have, err := t.readCopy()
	if err != nil || bytes.Equal(have, text) && (have == nil) == (text == nil) {
		return false, err
	}
	dir, err := t.schemas(text != nil)
	if err != nil || dir == nil {
		return false, err
	}
	defer dir.Close()
	if have != nil {
		if err := t.keepCopy(dir, have); err != nil {
			return false, err
		}
	}
	if text == nil {
		return true, dir.Remove(t.copyName())
	}
	return true, dir.Put(t.copyName(), t.copyName()+tempSuffix, text)
}

// keepCopy keeps what somebody wrote into the copy aside.
func (t *Table) keepCopy(dir *durable.Dir, have []byte) error {
	known, err := t.setBefore(have)
	if err != nil || known {
		return err
	}
	kept, err := t.putAside(strings.TrimPrefix(t.copyName(), t.name+"."), have)
	if err == nil {
		t.warn(dir.Path(t.copyName()) + " was edited by hand and is as the table says again; the edit is kept in " + kept)
	}
	return err
}

// dropEditedSchema makes the copy what the table says, and returns where an edit by hand is kept; "" when there was none.
func (s *Session) dropEditedSchema() (kept string, err error) {
	t := s.t
	edited, err := t.EditedSchema()
	if err != nil {
		return "", err
	}
	if edited != nil {
		if kept, err = t.putAside(strings.TrimPrefix(t.copyName(), t.name+"."), edited); err != nil {
			return "", err
		}
	}
	text, err := s.schemaText()
	if err != nil || !s.Exists() {
		return kept, err
	}
	quiet := *t
	quiet.opt.Warn = nil
	_, err = quiet.writeCopy(text)
	return kept, err
}

// keyed returns the text of the table's schema with another key.
func (s *Session) keyed(key []string) ([]byte, error) {
	text, err := s.schemaText()
	if err != nil {
		return nil, err
	}
	return withKey(text, key)
}
