package plan

import (
	"cmp"
	"slices"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/rbks"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// An index of the kind Modifier knows the modifiers of keys and not their classes, which the words of the relation tell: it is asked for
// a word, and the word's class is known here.

// oneOf is a term that holds for keys with one of these modifiers alone, and perhaps not for all of them.
type oneOf struct {
	term    Expr
	column  int
	words   []Expr  // constants
	records float64 // about how many have one
}

// modifierTerm reads a term such as key.language = 'de' or key.season IN ('summer', 'winter').
func modifierTerm(term Expr) (t oneOf, ok bool) {
	var x Expr
	var list []Expr
	switch c := term.(type) {
	case *Compare:
		if x, list = c.X, []Expr{c.Y}; c.Operator != syntax.Equal {
			return t, false
		}
		if _, is := x.(*Constant); is {
			x, list = c.Y, []Expr{c.X}
		}
	case *In:
		if x, list = c.X, c.List; c.Not {
			return t, false
		}
	}
	p, is := x.(*Part)
	if !is || p.Of > Variant {
		return t, false
	}
	f, is := p.X.(*Field)
	if !is {
		return t, false
	}
	t = oneOf{term: term, column: f.Index}
	for _, x := range list {
		c, is := x.(*Constant)
		switch {
		case !is || !c.Value.IsNull() && c.Value.Kind() != cell.KindText:
			return t, false
		case !c.Value.IsNull() && p.Words.ClassOf(c.Value.Text()) == p.class():
			t.words = append(t.words, c)
		}
	}
	return t, true
}

// class returns the class of the modifiers that a part up to Variant is.
func (p *Part) class() rbks.Class {
	return [...]rbks.Class{Language: rbks.Language, Environment: rbks.Environment, Season: rbks.Season, Variant: rbks.Variant}[p.Of]
}

// lookupModifiers is lookup for an index of the kind Modifier: it asks for what fewest keys have, and for more at once where reading
// their entries saves records.
func lookupModifiers(s *Scan, ix Index) (*IndexLookup, float64) {
	var asked []oneOf
	for _, term := range s.Terms {
		t, ok := modifierTerm(term)
		if !ok || t.column != ix.Columns()[0] {
			continue
		}
		for _, word := range t.words {
			exact := Bound{true, true, word.(*Constant).Value}
			t.records += float64(ix.Estimate(exact, exact))
		}
		asked = append(asked, t)
	}
	if len(asked) == 0 {
		return nil, 0
	}
	slices.SortStableFunc(asked, func(a, b oneOf) int { return cmp.Compare(a.records, b.records) })
	l := &IndexLookup{Index: ix, Keys: [][]Expr{}, Records: asked[0].records}
	for _, word := range asked[0].words {
		l.Keys = append(l.Keys, []Expr{word})
	}
	answered, cost := []Expr{asked[0].term}, l.Records
	rows := float64(max(s.Relation.Rows(), 1))
	for _, t := range asked[1:] {
		fewer := l.Records * min(1, t.records/rows)
		read := cost - l.Records + t.records*float64(len(l.Keys))/recordCost
		if len(t.words) != 1 || fewer+read >= cost {
			continue
		}
		for i := range l.Keys {
			l.Keys[i] = append(l.Keys[i], t.words[0])
		}
		answered, l.Records, cost = append(answered, t.term), fewer, fewer+read
	}
	l.rest = slices.DeleteFunc(slices.Clone(s.Terms), func(x Expr) bool { return slices.Contains(answered, x) })
	return l, cost
}
