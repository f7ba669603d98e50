package reedbase

import (
	"strings"

	"github.com/reedbase/reedbase/pkg/rbks"
)

// Wanted names the language, environment, season and variant that are wanted of a row; "" is no wish.
type Wanted = rbks.Wanted

// spellings returns the keys under which the row may stand that key means.
func (t *Table) spellings(key string) ([]string, error) {
	if !strings.ContainsAny(key, "@<") {
		return []string{key}, nil
	}
	rules, err := t.t.Rules()
	if err != nil {
		return nil, err
	}
	return rules.Spellings(key), nil
}

// GetFor returns the row of a key with what is wanted beside what the key itself says or, where that is not there, the nearest one:
// the first that the table holds of the chain in rbks(7). The record's Key says which it is. With exact only the first of the chain
// is looked for. A wish that no key can meet is refused with fault.Input, and so is one for a key that is none.
func (t *Table) GetFor(wanted Wanted, exact bool, key string) (Record, error) {
	rules, err := t.t.Rules()
	if err != nil {
		return Record{}, err
	}
	k, ok := rules.Spelled(key)
	if !ok {
		if wanted != (Wanted{}) {
			return Record{}, rbks.Check([]byte(key), rules.Words)
		}
		return t.get([]string{key}, nil)
	}
	if err := wanted.Check(rules.Words); err != nil {
		return Record{}, err
	}
	asked := []string{key}
	canonical := k.String()
	var keys []string
	for step := range k.Fallback(wanted) {
		text := string(step)
		if len(keys) == 0 && text != canonical {
			asked = []string{text}
		}
		if text == canonical {
			text = key // as it was asked for comes before other spellings of it
		}
		if keys = append(keys, rules.Spellings(text)...); exact {
			break
		}
	}
	return t.get(asked, keys)
}

// IsKey reports whether a text is a key of RBKS, whose row may be looked for under other keys: in a table with several key columns
// none is.
func (t *Table) IsKey(key string) (bool, error) {
	rules, err := t.t.Rules()
	if err != nil {
		return false, err
	}
	_, ok := rules.Spelled(key)
	return ok, nil
}

// NormalizeKey mends a key with the modifiers that the table knows.
func (t *Table) NormalizeKey(key string) (n rbks.Normal, problem error, err error) {
	rules, err := t.t.Rules()
	if err != nil {
		return n, nil, err
	}
	return rbks.Normalize([]byte(key), rules.Words), rbks.Check([]byte(key), rules.Words), nil
}
