package rbks

import "bytes"

// Within reports whether the key, as it stands in a table and whatever its form, names the node path or one below it: page.header@de
// and page.header.logo lie within page.header, page.headers does not. Every key lies within an empty path.
func Within(key, path []byte) bool {
	if len(path) == 0 {
		return true
	}
	if !bytes.HasPrefix(key, path) {
		return false
	}
	if len(key) == len(path) {
		return true
	}
	switch key[len(path)] {
	case '.', '@', '<':
		return true
	}
	return false
}

// CutNode takes a pattern for a node and all below it apart: page.header.* gives page.header, and * alone an empty path, as Within takes
// them. Of any other text ok is false.
func CutNode(pattern []byte) (path []byte, ok bool) {
	if string(pattern) == "*" {
		return pattern[:0], true
	}
	path, ok = bytes.CutSuffix(pattern, []byte(".*"))
	return path, ok && len(path) > 0
}

// Within reports whether the key names the node path or one below it.
func (k *Key) Within(path []byte) bool { return Within(k.Path(), path) }
