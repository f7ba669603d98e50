package plan

import (
	"bytes"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/rbks"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// A constant beside a key may spell it in any way that rbks(7) has: it means the row of that key, in whatever spelling it stands in the
// table.

// spelled returns what x = y or x <> y means where one of them is a key and the other a constant that can be spelled in other ways; nil
// for all else.
func (b *binder) spelled(n *syntax.Binary, x, y Expr, sc *scope) (Expr, error) {
	if n.Operator != syntax.Equal && n.Operator != syntax.NotEqual {
		return nil, nil
	}
	if _, ok := x.(*Constant); ok {
		x, y = y, x
	}
	list, err := b.spellings(n, x, []Expr{y}, sc)
	if len(list) < 2 {
		return nil, err
	}
	return &In{n.Operator == syntax.NotEqual, x, list, cell.Comparing(x.Type(), cell.Expression)}, err
}

// spellings returns a list that x is looked for in, with the other spellings of each key behind it where x is a key.
func (b *binder) spellings(n syntax.Node, x Expr, list []Expr, sc *scope) ([]Expr, error) {
	words, ok := sc.keyWords(x)
	if !ok {
		return list, nil
	}
	all := make([]Expr, 0, len(list))
	for _, item := range list {
		all = append(all, item)
		c, ok := item.(*Constant)
		if !ok || c.Value.Kind() != cell.KindText {
			continue
		}
		k, ok := rbks.Parse(c.Value.Text(), words)
		if !ok {
			continue
		}
		for text := range k.Spellings() {
			if !bytes.Equal(text, c.Value.Text()) {
				all = append(all, &Constant{cell.FromText(bytes.Clone(text))})
				b.others++
			}
		}
		if b.others > maxSpellings {
			return nil, b.refuse(n, "the keys that the query names have more than %d other spellings", maxSpellings)
		}
	}
	return all, nil
}

// keyWords returns the modifiers of the keys that x is; ok is false where it is no key of one column.
func (sc *scope) keyWords(x Expr) (words rbks.Words, ok bool) {
	f, ok := x.(*Field)
	if !ok || sc == nil {
		return words, false
	}
	for _, src := range sc.sources {
		if len(src.key) == 1 && f.Index == src.at+src.key[0] {
			return src.words, true
		}
	}
	return words, false
}
