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
func (sc *scope) spelled(o syntax.BinaryOperator, x, y Expr) Expr {
	if o != syntax.Equal && o != syntax.NotEqual {
		return nil
	}
	if _, ok := x.(*Constant); ok {
		x, y = y, x
	}
	list := sc.spellings(x, []Expr{y})
	if len(list) < 2 {
		return nil
	}
	return &In{o == syntax.NotEqual, x, list, cell.Comparing(x.Type(), cell.Expression)}
}

// spellings returns a list that x is looked for in, with the other spellings of each key behind it where x is a key.
func (sc *scope) spellings(x Expr, list []Expr) []Expr {
	words, ok := sc.keyWords(x)
	if !ok {
		return list
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
			}
		}
	}
	return all
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
