package rbks

import (
	"cmp"
	"iter"
)

// Wanted names what is wanted of the variations of a row; "" is no wish.
type Wanted struct{ Language, Environment, Season, Variant string }

// Check refuses, with fault.Input, a wish that no key can meet: a word that its class does not list.
func (w Wanted) Check(words Words) error {
	for c, word := range w.byClass() {
		if err := words.Check(Class(c), word); err != nil {
			return err
		}
	}
	return nil
}

// Or returns w with other's wishes where w has none.
func (w Wanted) Or(other Wanted) Wanted {
	return Wanted{
		cmp.Or(w.Language, other.Language), cmp.Or(w.Environment, other.Environment),
		cmp.Or(w.Season, other.Season), cmp.Or(w.Variant, other.Variant),
	}
}

func (w Wanted) byClass() [lists]string {
	return [lists]string{w.Language, w.Environment, w.Season, w.Variant}
}

// Wanted returns what the key itself says.
func (k *Key) Wanted() Wanted {
	return Wanted{string(k.Language()), string(k.Environment()), string(k.Season()), string(k.Variant())}
}

// chain is the order in which a row is looked for: sets of classes, the language being the last thing given up and the season given up
// before the environment.
var chain = [...]uint8{
	1<<Language | 1<<Environment | 1<<Season,
	1<<Language | 1<<Environment,
	1<<Language | 1<<Season,
	1 << Language,
	1<<Environment | 1<<Season,
	1 << Environment,
	1 << Season,
	0,
}

// Fallback returns the canonical keys under which the row is looked for, the first one that a table holds being the answer. What the
// key itself says and, where it says nothing, what is wanted is given up step by step: language with environment and season; language
// with environment; language with season; language; environment with season; environment; season; none of them. With a variant that
// whole chain comes with it first, then without. Steps that differ in nothing are one. Custom modifiers are never given up: they say
// which thing is meant. A key yielded is overwritten by the next one. wanted holds words that its Check passes.
func (k *Key) Fallback(wanted Wanted) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		all, have := k.words(), uint8(0)
		for c, word := range wanted.byClass() {
			if all[c] == nil {
				all[c] = []byte(word)
			}
			if len(all[c]) > 0 {
				have |= 1 << c
			}
		}
		var key []byte
		for variant := have & (1 << Variant); ; variant = 0 {
			for _, step := range chain {
				if step |= variant; step&^have != 0 {
					continue
				}
				key = k.appendWith(key[:0], choose(all, step))
				if !yield(key) {
					return
				}
			}
			if variant == 0 {
				return
			}
		}
	}
}

// choose returns the words of the classes in set.
func choose(all [lists][]byte, set uint8) (words [lists][]byte) {
	for c := range all {
		if set&(1<<c) != 0 {
			words[c] = all[c]
		}
	}
	return words
}
