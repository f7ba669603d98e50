package function

// FoldedPrefix returns bytes that every text begins with that the pattern matches, but for the case of ASCII letters, which are lower
// here; nil where the pattern tells letters of either case apart, as Prefix is there for it.
func (m *Matcher) FoldedPrefix() []byte {
	switch {
	case !m.fold:
		return nil
	case m.shape == exact || m.shape == prefix:
		return m.word
	case m.shape == wild && m.parts[0].kind == literal:
		return m.parts[0].word
	}
	return nil
}
