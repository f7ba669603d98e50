package table

import (
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/rbks"
	"github.com/reedbase/reedbase/pkg/row"
)

// A row's identity is the bytes of its key as they stand in the table. Who asks for it may spell the key in another way: then
// those bytes are found among the key's spellings. A new row gets the canonical one.

// findSpelled returns the row that a key means, as the changes so far leave it, and the key that it has or would get.
func (e *Edit) findSpelled(key []string) ([]string, *editedRow, error) {
	r, err := e.find(key)
	if err != nil || r.old != nil || r.now != nil || len(key) != 1 || !hasModifiers(key[0]) {
		return key, r, err
	}
	rules, err := e.Rules()
	if err != nil {
		return nil, nil, err
	}
	k, ok := rules.spelled([]byte(key[0]))
	if !ok {
		return key, r, nil
	}
	return e.findOther(k)
}

// hasModifiers reports whether a key may have more spellings than one.
func hasModifiers(key string) bool { return strings.ContainsAny(key, "@<") }

// identities returns those that the row of a key may have: that of the key as it is given first.
func (e *Edit) identities(key []string) ([]string, error) {
	id, err := e.joinKey(key)
	if err != nil || len(key) != 1 || !hasModifiers(key[0]) {
		return []string{string(id)}, err
	}
	rules, err := e.s.Rules()
	if err != nil {
		return nil, err
	}
	return rules.Spellings(key[0]), nil
}

// findOther returns the row that has one of the spellings of a key, or would get the canonical one.
func (e *Edit) findOther(k rbks.Key) ([]string, *editedRow, error) {
	var ids []string
	wanted := map[string]*editedRow{}
	for id := range k.Spellings() {
		ids = append(ids, string(id))
		if _, known := e.rows[string(id)]; !known {
			wanted[string(id)] = &editedRow{}
		}
	}
	if len(wanted) >= manyRows && e.s.places(e.head, e.columns, e.keyAt) == nil {
		if err := e.findAll(wanted); err != nil {
			return nil, nil, err
		}
	}
	for _, id := range ids {
		r, err := e.find([]string{id})
		if err != nil {
			return nil, nil, err
		}
		if r.old != nil || r.now != nil {
			return []string{id}, r, nil
		}
	}
	return ids[:1], e.rows[ids[0]], nil
}

// Spellings returns the keys under which a row may stand that is asked for as key: that text first, then the others that spell
// the same key.
func (r *Rules) Spellings(key string) []string {
	list := []string{key}
	if !hasModifiers(key) {
		return list
	}
	k, ok := r.spelled([]byte(key))
	if !ok {
		return list
	}
	for id := range k.Spellings() {
		if string(id) != key {
			list = append(list, string(id))
		}
	}
	return list
}

// anySpelling calls do with a key and, while that finds nothing, with its other spellings. The error is that of the first call
// when no spelling is found.
func (t *Table) anySpelling(key []string, do func(key []string) error) error {
	first := do(key)
	if fault.KindOf(first) != fault.NotFound || len(key) != 1 || !hasModifiers(key[0]) {
		return first
	}
	rules, err := t.Rules()
	if err != nil {
		return first
	}
	for _, other := range rules.Spellings(key[0])[1:] {
		if err := do([]string{other}); fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	return first
}

// defaults returns the cells that a new row gets where none is given.
func (e *Edit) defaults(r *editedRow) (list []row.Edit, err error) {
	if r.now != nil {
		return nil, nil
	}
	rules, err := e.Rules()
	if err != nil {
		return nil, err
	}
	for i := range rules.Schema.Columns {
		c := &rules.Schema.Columns[i]
		if c.Default == "" || c.PrimaryKey {
			continue
		}
		at, err := e.column(c.Name)
		if err != nil || slices.Contains(e.keyAt, at) {
			continue // a column that the table lacks is said where rows are judged
		}
		list = append(list, row.Edit{Column: at, Value: []byte(c.Default)})
	}
	return list, nil
}
