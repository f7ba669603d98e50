package rbks

import "bytes"

// Parse reads a key in any spelling and reports whether it is one: false says no more than that Normalize finds a problem. The Key
// aliases text. Nothing is allocated either way.
func Parse(text []byte, words Words) (Key, bool) { return parse(text, words, false) }

// ParseLegacy reads what Parse does and keys of old tables, whose path may have a single segment and whose segments may hold hyphens,
// underscores and digits from the first character on, a hyphen or underscore being no first one. Nothing is allocated.
func ParseLegacy(text []byte, words Words) (Key, bool) { return parse(text, words, true) }

func parse(text []byte, words Words, legacy bool) (k Key, ok bool) {
	if len(text) > MaxLength {
		return k, false
	}
	k.text, k.canonical = text, true
	if !k.readPath(legacy) || !k.readModifiers(words) {
		return Key{}, false
	}
	return k, true
}

func (k *Key) readPath(legacy bool) bool {
	text := k.text
	for at := 0; ; at++ {
		start := at
		for at < len(text) && (inWord(text[at]) || legacy && isSoft(text[at]) && at > start) {
			at++
		}
		if at == start || k.depth == MaxDepth || !legacy && isDigit(text[start]) {
			return false
		}
		k.ends[k.depth] = uint8(at)
		k.depth++
		if at == len(text) || text[at] != '.' {
			return legacy || k.depth >= MinDepth
		}
	}
}

// isSoft holds for what joins words in old keys.
func isSoft(c byte) bool { return c == '-' || c == '_' }

func (k *Key) readModifiers(words Words) bool {
	text, at := k.text, len(k.Path())
	if at == len(text) {
		return true
	}
	text, between, ok := enclosed(text, at)
	k.canonical = k.canonical && between == '@'
	for last := Language; ok && at < len(text); {
		start := at + 1
		if at, ok = wordEnd(text, start, between); !ok {
			break
		}
		c := words.ClassOf(text[start:at])
		if c < last {
			k.canonical = false
		}
		last = c
		ok = k.add(c, span{uint8(start), uint8(at)})
	}
	return ok
}

// enclosed returns the text up to where its modifiers end, which begin at offset at, and what stands between two of them.
func enclosed(text []byte, at int) (inner []byte, between byte, ok bool) {
	last := len(text) - 1
	switch {
	case text[at] == '@':
		return text, '@', true
	case text[at] == '<' && text[last] == '>':
		return text[:last], ',', true
	}
	return nil, 0, false
}

// wordEnd returns where the modifier ends that begins at offset start.
func wordEnd(text []byte, start int, between byte) (at int, ok bool) {
	for at = start; at < len(text) && inWord(text[at]); at++ {
	}
	return at, at > start && !isDigit(text[start]) && (at == len(text) || text[at] == between)
}

// add takes a modifier. It reports false for one too many: a second one of a class, a custom one that is there.
func (k *Key) add(c Class, s span) bool {
	if c != Custom {
		free := k.listed[c] == span{}
		k.listed[c] = s
		return free
	}
	if k.customs == MaxCustom {
		return false
	}
	i := k.Customs()
	for ; i > 0; i-- {
		switch order := bytes.Compare(k.part(k.custom[i-1]), k.part(s)); {
		case order == 0:
			return false
		case order < 0:
			k.custom[i] = s
			k.customs++
			return true
		}
		k.custom[i] = k.custom[i-1]
		k.canonical = false
	}
	k.custom[0] = s
	k.customs++
	return true
}
