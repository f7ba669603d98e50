package rbks

import (
	"iter"
	"slices"
)

// maxSpelled is from how many modifiers on Spellings leaves their order alone: four have 48 spellings, five would have 240.
const maxSpelled = 4

// Spellings returns the texts that spell the key: the canonical one, then the one in angle brackets, then those with the modifiers in
// other orders, of which keys with more than four modifiers get none. One that is yielded is overwritten by the next.
func (k *Key) Spellings() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		words := k.modifiers()
		text := k.Append(nil)
		if !yield(text) || len(words) == 0 {
			return
		}
		if text = k.appendSpelled(text[:0], words, true); !yield(text) || len(words) > maxSpelled {
			return
		}
		first := true
		permute(words, len(words), func() bool {
			if first {
				first = false
				return true
			}
			for _, angle := range []bool{false, true} {
				if text = k.appendSpelled(text[:0], words, angle); !yield(text) {
					return false
				}
			}
			return true
		})
	}
}

// modifiers returns all modifiers in canonical order.
func (k *Key) modifiers() (words [][]byte) {
	for _, word := range k.words() {
		if len(word) > 0 {
			words = append(words, word)
		}
	}
	for i := range k.Customs() {
		words = append(words, k.Custom(i))
	}
	return words
}

func (k *Key) appendSpelled(dst []byte, words [][]byte, angle bool) []byte {
	before, between := byte('@'), byte('@')
	if angle {
		before, between = '<', ','
	}
	dst = append(dst, k.Path()...)
	for _, word := range words {
		dst = append(append(dst, before), word...)
		before = between
	}
	if angle {
		dst = append(dst, '>')
	}
	return dst
}

// permute puts the first n words into each of their orders, the one they have first, and calls do; it stops when that returns
// false. The words are in their first order again when it returns true.
func permute(words [][]byte, n int, do func() bool) bool {
	at := len(words) - n
	if n <= 1 {
		return do()
	}
	for i := at; i < len(words); i++ {
		word := words[i]
		copy(words[at+1:i+1], words[at:i])
		words[at] = word
		if !permute(words, n-1, do) {
			return false
		}
		word = words[at]
		copy(words[at:i], words[at+1:i+1])
		words[i] = word
	}
	return true
}

// Spells reports whether two texts are the same key, in whatever spelling; those that are no keys are compared as they are.
func Spells(a, b []byte, words Words) bool {
	if slices.Equal(a, b) {
		return true
	}
	x, xOK := ParseLegacy(a, words)
	y, yOK := ParseLegacy(b, words)
	return xOK && yOK && x.String() == y.String()
}
