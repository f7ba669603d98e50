// Package rbks owns the keys of tables, RBKS v2: their grammar, the classes of modifiers, the canonical form, and the chain of keys
// that answers when a row is not there. It must never know tables, schemas or where a key is kept.
//
// A key is a path of 2 to 8 segments and modifiers: page.title@de@prod, which page.title<prod,de> spells too. rbks(7) gives the
// grammar. Two spellings of one key differ in the order of the modifiers and in how they are written, and in nothing else; the
// canonical one has them in the order of their classes, behind an @ each.
package rbks

// Bounds of a key.
const (
	MinDepth  = 2   // segments of a path
	MaxDepth  = 8   // segments of a path
	MaxCustom = 8   // custom modifiers
	MaxLength = 255 // bytes in any spelling
)

// span is a part of a key's text; an empty one is none.
type span struct{ from, to uint8 }

// Key is a key that Parse or ParseLegacy read. It is a view: it aliases the text, which must not change while it is used. What it
// returns aliases the text too. The zero Key is none.
type Key struct {
	text      []byte
	ends      [MaxDepth]uint8 // where each segment ends
	depth     uint8
	customs   uint8
	canonical bool
	listed    [lists]span
	custom    [MaxCustom]span // in alphabetical order
}

// Text returns the key as it was read.
func (k *Key) Text() []byte { return k.text }

// IsCanonical reports whether the text is the canonical spelling.
func (k *Key) IsCanonical() bool { return k.canonical }

// Depth returns the number of segments.
func (k *Key) Depth() int { return int(k.depth) }

// Segment returns segment i, counted from 0 and less than Depth.
func (k *Key) Segment(i int) []byte {
	from := 0
	if i > 0 {
		from = int(k.ends[i-1]) + 1
	}
	return k.text[from:k.ends[i]:k.ends[i]]
}

// Namespace returns the first segment.
func (k *Key) Namespace() []byte { return k.Prefix(1) }

// Path returns the key without its modifiers.
func (k *Key) Path() []byte { return k.Prefix(k.Depth()) }

// Prefix returns the first n segments with the dots between them; n is at most Depth.
func (k *Key) Prefix(n int) []byte {
	if n == 0 {
		return nil
	}
	return k.text[:k.ends[n-1]:k.ends[n-1]]
}

// Language returns the modifier of that class, or nil.
func (k *Key) Language() []byte { return k.Modifier(Language) }

// Environment returns the modifier of that class, or nil.
func (k *Key) Environment() []byte { return k.Modifier(Environment) }

// Season returns the modifier of that class, or nil.
func (k *Key) Season() []byte { return k.Modifier(Season) }

// Variant returns the modifier of that class, or nil.
func (k *Key) Variant() []byte { return k.Modifier(Variant) }

// Modifier returns the modifier of class c, or nil. c is not Custom.
func (k *Key) Modifier(c Class) []byte { return k.part(k.listed[c]) }

// Customs returns the number of custom modifiers.
func (k *Key) Customs() int { return int(k.customs) }

// Custom returns custom modifier i in alphabetical order, counted from 0 and less than Customs.
func (k *Key) Custom(i int) []byte { return k.part(k.custom[i]) }

// HasCustom reports whether word is one of the custom modifiers.
func (k *Key) HasCustom(word string) bool {
	for i := range k.Customs() {
		if string(k.Custom(i)) == word {
			return true
		}
	}
	return false
}

func (k *Key) part(s span) []byte {
	if s == (span{}) {
		return nil
	}
	return k.text[s.from:s.to:s.to]
}

// String returns the canonical spelling.
func (k *Key) String() string { return string(k.Append(nil)) }

// Append appends the canonical spelling. Of a key that ParseLegacy alone reads the path stays as it is.
func (k *Key) Append(dst []byte) []byte { return k.appendWith(dst, k.words()) }

// AppendWithout appends the canonical spelling of the key without its modifier of class c: keys that differ in it alone become equal.
// Custom leaves out all custom modifiers.
func (k *Key) AppendWithout(dst []byte, c Class) []byte {
	words := k.words()
	if c != Custom {
		words[c] = nil
		return k.appendWith(dst, words)
	}
	bare := *k
	bare.customs = 0
	return bare.appendWith(dst, words)
}

// AppendAngle appends the spelling page.title<de,prod>, the modifiers in canonical order.
func (k *Key) AppendAngle(dst []byte) []byte {
	path := len(dst) + len(k.Path())
	dst = k.Append(dst)
	if path == len(dst) {
		return dst
	}
	for i := path; i < len(dst); i++ {
		if dst[i] == '@' {
			dst[i] = ','
		}
	}
	dst[path] = '<'
	return append(dst, '>')
}

// words returns the key's modifiers by class, without the custom ones.
func (k *Key) words() (words [lists][]byte) {
	for c := range words {
		words[c] = k.part(k.listed[c])
	}
	return words
}

// appendWith appends the canonical spelling of the path with these modifiers and the key's custom ones.
func (k *Key) appendWith(dst []byte, words [lists][]byte) []byte {
	dst = append(dst, k.Path()...)
	for _, word := range words {
		if len(word) > 0 {
			dst = append(append(dst, '@'), word...)
		}
	}
	for i := range k.Customs() {
		dst = append(append(dst, '@'), k.Custom(i)...)
	}
	return dst
}
