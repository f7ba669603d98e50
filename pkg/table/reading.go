package table

import (
	"sync"

	"github.com/reedbase/reedbase/pkg/fault"
	rowindex "github.com/reedbase/reedbase/pkg/index"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Reading is a table as it stands, open for questions that indices answer. It is for one goroutine, but for what says otherwise.
// The holder closes it.
type Reading struct {
	*Content
	Columns []string
	Key     []string // names of the key's columns; none: the first
	KeyAt   []int    // their places

	t     *Table
	was   stamp.ID    // the version that set the schema
	head  verlog.Line // whose text it is; ID 0: it is an edit by hand, of which there is no index
	mu    sync.Mutex  // for keys and open
	keys  *rowindex.Map
	open  bool             // keys were asked for
	trees []*RowIndex      // that were opened
	old   []*rowindex.Tree // that were damaged

	oldKeys []*rowindex.Map // likewise
}

// Reading opens the table as View does.
func (t *Table) Reading() (*Reading, error) {
	r := &Reading{t: t}
	var err error
	if r.Content, r.Key, r.was, r.head, err = t.standing(); err != nil {
		return nil, err
	}
	if r.Columns, err = r.Content.Columns(); err == nil {
		r.KeyAt, err = keyColumns(r.Columns, r.Key)
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// View returns the table as Read does, with the names of the key's columns.
func (t *Table) View() (c *Content, key []string, err error) {
	c, key, _, _, err = t.standing()
	return c, key, err
}

// standing is View with the version that set the schema, and the line of the head, if that is what the table is and no edit by hand.
func (t *Table) standing() (c *Content, key []string, schema stamp.ID, head verlog.Line, err error) {
	var last stamp.ID
	for range folds {
		v, err := t.lookHealed()
		if err != nil {
			return nil, nil, 0, head, err
		}
		head = v.head()
		c, err := t.contentOf(v)
		v.close()
		if err == nil && v.state == Dirty {
			return c, v.key, v.schema, verlog.Line{}, nil
		}
		if err == nil || head.ID == last {
			return c, v.key, v.schema, head, err
		}
		last = head.ID // by now there may be a newer one, and this one folded away
	}
	return nil, nil, 0, head, fault.New(fault.Busy, "table %q: versions are folded away faster than they can be read", t.name)
}

// Close releases what is open.
func (r *Reading) Close() error {
	if r.keys != nil {
		r.keys.Close()
	}
	for _, i := range r.trees {
		i.opened().Close()
	}
	for _, tree := range r.old {
		tree.Close()
	}
	for _, keys := range r.oldKeys {
		keys.Close()
	}
	return r.Content.Close()
}

func (r *Reading) text() text { return text{ReaderAt: r.Content, size: r.Size} }

// indexable reports whether there can be an index of the text.
func (r *Reading) indexable() bool {
	return r.t.opt.Cache != nil && r.head.ID != 0 && r.Size >= minIndexed
}

// Find returns the record of the row whose key row.JoinKey makes of its cells; ok is false when there is none. It asks the
// index of keys, which it makes when there is none and the table is large, and else searches the text.
func (r *Reading) Find(key []byte) (record []byte, ok bool, err error) {
	places, sure := r.ask(key)
	for _, place := range places {
		if record, ok := recordAt(r.text(), place, key, r.KeyAt); ok {
			return record, true, nil
		}
	}
	if sure && len(places) == 0 {
		return nil, false, nil
	}
	_, record, ok, err = row.FindReader(r.Content, r.Size, key, r.KeyAt, nil)
	return record, ok, err
}

// ask asks the index of keys, which is made anew if it is damaged. Not to be sure is to have to search.
func (r *Reading) ask(key []byte) (places []int64, sure bool) {
	r.mu.Lock()
	keys := r.openKeys()
	r.mu.Unlock()
	if keys == nil {
		return nil, false
	}
	if places, sure = keys.Find(key); keys.Damaged() {
		if keys = r.mendKeys(keys); keys == nil {
			return nil, false
		}
		return keys.Find(key)
	}
	return places, sure
}

// mendKeys makes the index of keys anew in the place of one that is damaged, unless another goroutine did.
func (r *Reading) mendKeys(damaged *rowindex.Map) *rowindex.Map {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keys != damaged {
		return r.keys
	}
	r.oldKeys = append(r.oldKeys, damaged)
	rowindex.Drop(r.t.opt.Cache, r.t.name)
	r.keys, r.open = nil, false
	return r.openKeys()
}

// openKeys opens the index of keys, made first when it is not there; nil when there is none to have.
func (r *Reading) openKeys() *rowindex.Map {
	if r.open || !r.indexable() {
		return r.keys
	}
	r.open = true
	if r.keys = r.t.openKeys(r.text(), r.head, r.Columns, r.KeyAt, false); r.keys == nil && r.t.buildKeys(r.text(), r.head, r.Columns, r.KeyAt) == nil {
		r.keys = r.t.openKeys(r.text(), r.head, r.Columns, r.KeyAt, false)
	}
	return r.keys
}

// Rules returns what the table asks of its rows.
func (r *Reading) Rules() (*Rules, error) {
	text, err := r.t.readSchema(r.was)
	if err != nil {
		return nil, err
	}
	return rulesOf(r.t.name, text)
}

// Indices returns the indices that the table is to have, as Table.Indices does.
func (r *Reading) Indices() ([]Index, error) { return r.t.Indices() }
