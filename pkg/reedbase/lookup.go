package reedbase

import (
	"github.com/reedbase/reedbase/pkg/rbks"
	"github.com/reedbase/reedbase/pkg/table"
)

// Wanted names the language, environment, season and variant that are wanted of a row; "" is no wish.
type Wanted = rbks.Wanted

// GetFor returns the row of a key with what is wanted beside what the key itself says or, where that is not there, the nearest one:
// the first that the table holds of the chain in rbks(7). The record's Key says which it is. With exact only the first of the chain
// is looked for. A wish that no key can meet is refused with fault.Input, and so is one for a key that is none.
func (t *Table) GetFor(wanted Wanted, exact bool, key string) (Record, error) {
	return t.get([]string{key}, func(r *table.Reading) ([]string, error) {
		rules, err := r.Rules()
		if err != nil {
			return nil, err
		}
		k, ok := rules.Spelled(key)
		if !ok {
			if wanted != (Wanted{}) {
				return nil, rbks.Check([]byte(key), rules.Words)
			}
			return nil, nil
		}
		if err := wanted.Check(rules.Words); err != nil {
			return nil, err
		}
		return chain(rules, &k, wanted, exact), nil
	})
}

// chain returns the texts under which the row may stand that is wanted: for each key of the fallback its spellings, the one that was
// asked for first.
func chain(rules *table.Rules, k *rbks.Key, wanted Wanted, exact bool) (texts []string) {
	canonical := k.String()
	for step := range k.Fallback(wanted) {
		text := string(step)
		if text == canonical {
			text = string(k.Text())
		}
		if texts = append(texts, rules.Spellings(text)...); exact {
			break
		}
	}
	return texts
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
