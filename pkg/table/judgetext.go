package table

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/reedbase/reedbase/pkg/rbks"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/schema"
)

// A whole new text is held against the rules of its table as a whole: all that breaks them is named with its line.

// judgeText returns the error of a text that breaks a strict rule, and what is to be said of one that breaks another. Changes are what
// it changes in a text that had the same rules, or nil: of keys that only need a warning those that it adds are judged, of which a
// line is not known.
func judgeText(table, source string, r *Rules, content []byte, changes *Changes) (warning string, err error) {
	if r.none() || len(content) == 0 {
		return "", nil
	}
	v := verdict{table: table, source: source}
	if r.ofCells() {
		found, err := r.Schema.Validate(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return "", err
		}
		v.cells(r.Schema.Level, "", found.List)
		v.more(r.Schema.Level, found.Total-len(found.List))
	}
	switch key := r.Schema.Key(); {
	case r.Keys == rbks.Off || len(key) > 1:
	case r.Keys == rbks.Strict || changes == nil:
		err = v.keys(r, content, key)
	default:
		err = v.addedKeys(r, content, key, changes)
	}
	if err != nil {
		return "", err
	}
	return v.settle()
}

// fewAdded is up to how many new keys a text is searched for each.
const fewAdded = 16

// addedKeys judges the keys of rows that are new.
func (v *verdict) addedKeys(r *Rules, content []byte, key []string, changes *Changes) error {
	spelled := map[string]bool{}
	few := len(changes.Rows) <= fewAdded
	for _, c := range changes.Rows {
		if c.Old != nil {
			continue
		}
		if problem := rbks.Check(c.Key, r.Words); problem != nil {
			v.key(r.Keys, Break{}, problem)
		}
		if k, ok := rbks.ParseLegacy(c.Key, r.Words); ok && hasModifiers(string(c.Key)) && (!few || twinIn(content, &k, c.Key)) {
			spelled[k.String()] = true
		}
	}
	if len(spelled) == 0 {
		return nil
	}
	keyAt, err := keyAtOf(content, key)
	if err != nil {
		return err
	}
	return v.spellings(r, content, keyAt, spelled)
}

// twinIn reports whether a text may hold a key in another spelling.
func twinIn(content []byte, k *rbks.Key, key []byte) bool {
	for spelling := range k.Spellings() {
		if !bytes.Equal(spelling, key) && bytes.Contains(content, spelling) {
			return true
		}
	}
	return false
}

// more counts breaks that are not kept.
func (v *verdict) more(level schema.Level, n int) {
	if level == schema.Strict {
		v.refused.total += n
	} else {
		v.allowed.total += n
	}
}

func keyAtOf(content []byte, key []string) ([]int, error) {
	columns, _, err := row.Header(content)
	if err != nil {
		return nil, err
	}
	return keyColumns(columns, key)
}

// keys judges the keys of a text: those that are none, and those that spell one key in two ways.
func (v *verdict) keys(r *Rules, content []byte, key []string) error {
	keyAt, err := keyAtOf(content, key)
	if err != nil || len(keyAt) != 1 {
		return err
	}
	lines := lineCounter{text: content, line: 1}
	odd := map[string]bool{} // canonical forms of keys that are spelled in other ways
	err = row.Each(bytes.NewReader(content), int64(len(content)), func(at int64, record []byte) error {
		id := row.Key(record, keyAt)
		k, ok := rbks.Parse(id, r.Words)
		if !ok {
			v.key(r.Keys, Break{Violation: schema.Violation{Line: lines.at(at)}}, rbks.Check(id, r.Words))
			k, ok = rbks.ParseLegacy(id, r.Words)
		}
		if ok && !k.IsCanonical() {
			odd[k.String()] = true
		}
		return nil
	})
	if err != nil || len(odd) == 0 {
		return err
	}
	return v.spellings(r, content, keyAt, odd)
}

// spellings names the rows whose key an earlier one spells in another way.
func (v *verdict) spellings(r *Rules, content []byte, keyAt []int, odd map[string]bool) error {
	type first struct {
		line int
		text string
	}
	lines := lineCounter{text: content, line: 1}
	seen := map[string]first{}
	return row.Each(bytes.NewReader(content), int64(len(content)), func(at int64, record []byte) error {
		id := row.Key(record, keyAt)
		k, ok := rbks.ParseLegacy(id, r.Words)
		if !ok || !odd[k.String()] {
			return nil
		}
		line := lines.at(at)
		if before, twin := seen[k.String()]; twin {
			v.key(r.Keys, Break{Violation: schema.Violation{Line: line}}, errors.New(twinText(id, before.text, before.line)))
			return nil
		}
		seen[k.String()] = first{line, string(id)}
		return nil
	})
}

// twinText says that two rows spell one key.
func twinText(key []byte, other string, line int) string {
	return fmt.Sprintf("key %q spells %q of line %d in another way", key, other, line)
}

// lineCounter counts the lines of a text up to offsets that only grow.
type lineCounter struct {
	text    []byte
	counted int
	line    int
}

func (c *lineCounter) at(offset int64) int {
	c.line += bytes.Count(c.text[c.counted:offset], []byte("\n"))
	c.counted = int(offset)
	return c.line
}

// Report is what breaks the rules of a table in a text.
type Report struct {
	Breaks []Break // in the order of the lines, the first of them where there are very many
	Total  int

	Odd      []Break // keys that are none, where that is no more than a warning
	OddTotal int
}

// ofKeys reports whether a break is one of the keys' rule.
func (r *Report) ofKeys() bool {
	return slices.ContainsFunc(r.Breaks, func(b Break) bool { return b.Rule == KeyRule })
}

// Validate returns all that breaks the rules in a text under key columns (none: the first), those of the schema whatever its level is.
func (r *Rules) Validate(content []byte, key []string) (*Report, error) {
	v := verdict{}
	if r.Keys != rbks.Off {
		if err := v.keys(r, content, key); err != nil {
			return nil, err
		}
	}
	if len(r.Schema.Columns) > 0 {
		found, err := r.Schema.Validate(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return nil, err
		}
		v.cells(schema.Strict, "", found.List)
		v.more(schema.Strict, found.Total-len(found.List))
	}
	return &Report{inOrder(v.refused.list), v.refused.total, inOrder(v.allowed.list), v.allowed.total}, nil
}
