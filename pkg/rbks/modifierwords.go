package rbks

import (
	"bytes"
	"slices"
)

// MaxModifiers is how many modifiers a key has at most.
const MaxModifiers = lists + MaxCustom

// AppendModifiers appends the modifiers of a text that ParseLegacy reads by any Words, in the order of the text, and nothing for a
// text that it reads by none. It asks for no Words, which change with a schema: two modifiers that are of one class by some may both
// be appended. They alias the text.
func AppendModifiers(dst [][]byte, text []byte) [][]byte {
	k := Key{text: text}
	if len(text) > MaxLength || !k.readPath(true) || len(k.Path()) == len(text) {
		return dst
	}
	at, list := len(k.Path()), dst
	text, between, ok := enclosed(text, at)
	for ok && at < len(text) {
		start := at + 1
		if at, ok = wordEnd(text, start, between); ok {
			word := text[start:at:at]
			ok = len(list)-len(dst) < MaxModifiers && !slices.ContainsFunc(list[len(dst):], func(w []byte) bool { return bytes.Equal(w, word) })
			list = append(list, word)
		}
	}
	if !ok {
		return dst
	}
	return list
}
