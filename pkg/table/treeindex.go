package table

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
	rowindex "github.com/reedbase/reedbase/pkg/index"
	"github.com/reedbase/reedbase/pkg/rbks"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// treeName returns the name of an index's file in the cache. No table's name holds a comma.
func (t *Table) treeName(x Index) string {
	return fmt.Sprintf("%s,%016x.%s", t.name, xxh3.HashString(x.Column), x.Kind)
}

// column returns the place of the index's column.
func (x Index) column(columns []string) (int, error) {
	at := slices.Index(columns, x.Column)
	if at < 0 {
		return 0, fault.New(fault.NotFound, "no column %q", x.Column)
	}
	return at, nil
}

// version names the text of a line for the index.
func (x Index) version(l verlog.Line, size int64, columns []string, at int) rowindex.Version {
	return textVersion(l, size, ofColumns(columns, at, int(x.Kind), int(x.Type)))
}

// take returns what takes the keys of a record for the index.
func (x Index) take(at int) rowindex.Take {
	var cells, words [][]byte
	var key []byte
	return func(record []byte, add func([]byte)) (err error) {
		if cells, err = row.Stored(cells[:0], record); err != nil {
			return err
		}
		if at >= len(cells) {
			return fault.New(fault.Input, "a row has no column %q", x.Column)
		}
		if x.Kind != ModifierIndex {
			key = x.key(key[:0], cells[at])
			add(key)
			return nil
		}
		words = rbks.AppendModifiers(words[:0], row.Unquote(cells[at]))
		for _, word := range words {
			key = wordKey(key[:0], word)
			add(key)
		}
		return nil
	}
}

// wordKey appends the key of a word in an index of the kind modifier: no word has a byte 0.
func wordKey(dst, word []byte) []byte { return append(append(dst, word...), 0) }

// key appends the key of a cell as it is stored, in an index of another kind.
func (x Index) key(dst, stored []byte) []byte {
	content := row.Unquote(stored)
	if x.Kind == HashIndex {
		return hashKey(dst, content)
	}
	return cell.AppendKey(dst, x.Type.Read(content, len(stored) > 0 && stored[0] == '"'))
}

// hashKey appends the key of a cell's content in an index of the kind hash.
func hashKey(dst, content []byte) []byte {
	return binary.BigEndian.AppendUint64(dst, xxh3.Hash(content))
}

func (t *Table) limits() rowindex.Limits {
	return rowindex.Limits{Size: t.indexSize(), Memory: t.indexMemory()}
}

// openTree opens the index x of c, the text of head, and brings it up to date in memory where it is behind; nil when there
// is none of use.
func (t *Table) openTree(x Index, c text, head verlog.Line, columns []string) *rowindex.Tree {
	at, err := x.column(columns)
	if err != nil || t.opt.Cache == nil {
		return nil
	}
	v, name := x.version(head, c.size, columns, at), t.treeName(x)
	tree := rowindex.OpenTree(t.opt.Cache, name, x.Kind, v, false)
	if tree == nil || tree.At() == v {
		return tree
	}
	if moves, behind := t.movesSince(tree.At(), head, c, tree.Plain()); moves != nil {
		change, err := moves.keyed(true, x.take(at))
		if err == nil && tree.Follow(v, change) {
			if behind >= manyCaughtUp {
				tree.Compact(t.opt.Cache, name)
			}
			return tree
		}
	}
	tree.Close()
	return nil
}

// buildTree makes the index x of c, the text of head.
func (t *Table) buildTree(x Index, c text, head verlog.Line, columns []string) error {
	at, err := x.column(columns)
	if err != nil {
		return err
	}
	if t.opt.Cache == nil {
		return fault.New(fault.Other, "there is no folder cache/tables to keep an index in")
	}
	refused, err := rowindex.BuildTree(t.opt.Cache, t.treeName(x), x.Kind, x.version(head, c.size, columns, at), c, x.take(at), t.limits())
	if err == nil && refused != rowindex.None {
		err = t.refusal(x, refused)
	}
	return err
}

func (t *Table) refusal(x Index, refused rowindex.Refusal) error {
	what := fmt.Sprintf("table %q, column %q: no index of kind %s: ", t.name, x.Column, x.Kind)
	switch refused {
	case rowindex.LongKey:
		err := fault.New(fault.Input, "%sa cell is longer than the %d bytes that it can order", what, rowindex.MaxKey)
		return fault.WithHint(err, "the kind hash takes cells of any length")
	case rowindex.Memory:
		err := fault.New(fault.Input, "%sbuilding it would take more than %d MiB of memory", what, t.indexMemory()>>20)
		return fault.WithHint(err, "config.toml, [index] memory sets how much it may take")
	}
	err := fault.New(fault.Input, "%sit would have more than %d MiB", what, t.indexSize()>>20)
	return fault.WithHint(err, "config.toml, [index] size sets how large it may be")
}

// keyed is change for an index whose keys of a record take finds.
func (m *moves) keyed(plain bool, take rowindex.Take) (c rowindex.Change, err error) {
	c = rowindex.Change{Splices: m.splices, Plain: plain && m.plain}
	for _, r := range m.rows {
		err := take(r.record, func(key []byte) {
			c.Rows = append(c.Rows, rowindex.Inserted{Key: slices.Clone(key), At: r.at})
		})
		if err != nil {
			return c, err
		}
	}
	return c, nil
}

// remake makes an index of the head anew; of a table that is not the head there is none, until it is asked for.
func (t *Table) remake(x Index) error {
	r, err := t.Reading()
	if err != nil {
		return err
	}
	defer r.Close()
	if _, err := x.column(r.Columns); err != nil {
		return fault.New(fault.NotFound, "table %q has no column %q", t.name, x.Column)
	}
	if r.head.ID == 0 {
		err := fault.New(fault.No, "table %q: current.csv was edited by hand and the edit is not recorded", t.name)
		return fault.WithHint(err, "'rdb commit %s' records the edit, 'rdb restore %s' drops it", t.name, t.name)
	}
	return t.buildTree(x, r.text(), r.head, r.Columns)
}

// remakeKeys makes the index of keys anew, if the table is large enough for one.
func (t *Table) remakeKeys() error {
	r, err := t.Reading()
	if err != nil {
		return err
	}
	defer r.Close()
	if !r.indexable() {
		return nil
	}
	return t.buildKeys(r.text(), r.head, r.Columns, r.KeyAt)
}

// keepTrees brings the indices that were asked for past what was just published, where they were up to date before.
func (s *Session) keepTrees(before verlog.Line, change *delta.Delta) {
	list, err := s.t.Indices()
	if err != nil || len(list) == 0 {
		return
	}
	c, err := text{ReaderAt: s.v.current, size: s.v.stat.Size}.withHeader()
	if err != nil {
		return
	}
	known := map[bool]*moves{} // by whether every record of the old text is a line
	for _, x := range list {
		at, err := x.column(c.header)
		if err != nil {
			continue
		}
		v, name := x.version(before, change.BaseSize, c.header, at), s.t.treeName(x)
		tree := rowindex.OpenTree(s.t.opt.Cache, name, x.Kind, v, true)
		if tree == nil {
			continue
		}
		m, ok := known[tree.Plain()]
		if !ok {
			m = s.moved(c, before, change, tree.Plain())
			known[tree.Plain()] = m
		}
		if m != nil && tree.At() == v {
			s.keepTree(x, tree, m, x.version(s.v.head(), c.size, c.header, at), at)
		}
		tree.Close()
	}
}

func (s *Session) keepTree(x Index, tree *rowindex.Tree, m *moves, v rowindex.Version, at int) {
	entry, err := m.keyed(tree.Plain(), x.take(at))
	name := s.t.treeName(x)
	switch {
	case err != nil:
		s.t.opt.Cache.Remove(name)
	case tree.Follow(v, entry):
		tree.Flush()
	case !tree.Full() || !tree.Compact(s.t.opt.Cache, name):
		s.t.opt.Cache.Remove(name) // a key that it cannot take
	}
}
