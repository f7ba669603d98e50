package table

import (
	"bytes"

	rowindex "github.com/reedbase/reedbase/pkg/index"
)

// Beginnings returns the beginnings, in ascending order, that texts in an ordered index have and that differ from prefix, which is
// in lower case, in the case of ASCII letters alone. Where there are more than most it gives up, and ok is false.
func (i *RowIndex) Beginnings(prefix []byte, most int) (list [][]byte, ok bool) {
	texts, end := i.Texts()
	for least := variantFrom(prefix, nil); least != nil; {
		key := firstKey(i.opened(), append(bytes.Clone(texts), least...), end)
		switch {
		case key == nil:
			return list, true
		case sameFolded(key[1:], prefix):
			if len(list) == most {
				return nil, false
			}
			list = append(list, key[1:1+len(prefix)])
			least = variantBehind(prefix, key[1:1+len(prefix)])
		default:
			least = variantFrom(prefix, key[1:])
		}
	}
	return list, true
}

// firstKey returns the first key of an index from low on and before high; nil when there is none to be read.
func firstKey(tree *rowindex.Tree, low, high []byte) []byte {
	for f, err := range tree.Range(low, high) {
		if err != nil {
			return nil
		}
		return bytes.Clone(f.Key)
	}
	return nil
}

// sameFolded reports whether text begins with prefix, which is in lower case, but for the case of ASCII letters.
func sameFolded(text, prefix []byte) bool {
	return len(text) >= len(prefix) && string(lowered(text[:len(prefix)])) == string(prefix)
}

func lowered(text []byte) []byte {
	text = bytes.Clone(text)
	for i, c := range text {
		if c >= 'A' && c <= 'Z' {
			text[i] = c + 'a' - 'A'
		}
	}
	return text
}

// upper returns a letter of a prefix in upper case, which is the lesser of both.
func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - ('a' - 'A')
	}
	return c
}

// variantFrom returns the least spelling of prefix that is not less than text; nil when all are.
func variantFrom(prefix, text []byte) []byte {
	for at, c := range prefix {
		switch {
		case at == len(text) || text[at] < upper(c):
			return spelled(prefix, text, at)
		case text[at] == upper(c) || text[at] == c:
		case text[at] < c:
			return spelled(prefix, append(bytes.Clone(text[:at]), c), at+1)
		default:
			return variantBehind(prefix, text[:at])
		}
	}
	return spelled(prefix, text, len(prefix))
}

// variantBehind returns the least spelling of prefix that is greater than all that begin as begun, which spells its beginning; nil
// when there is none.
func variantBehind(prefix, begun []byte) []byte {
	for at := len(begun) - 1; at >= 0; at-- {
		if begun[at] < prefix[at] {
			return spelled(prefix, append(bytes.Clone(begun[:at]), prefix[at]), at+1)
		}
	}
	return nil
}

// spelled returns the first n bytes of text and then the rest of prefix in upper case.
func spelled(prefix, text []byte, n int) []byte {
	b := append(make([]byte, 0, len(prefix)), text[:n]...)
	for _, c := range prefix[n:] {
		b = append(b, upper(c))
	}
	return b
}
