package rbks

import (
	"maps"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Class is the kind of a modifier. Modifiers of a canonical key stand in the order of their classes.
type Class uint8

// The classes. A key has at most one modifier of each, but for Custom, which is every word that no other class lists.
const (
	Language Class = iota
	Environment
	Season
	Variant
	Custom
)

const lists = int(Custom) // number of classes that are lists of words

var classNames = [...]string{"language", "environment", "season", "variant", "custom"}

// String returns the class's name in lower case.
func (c Class) String() string { return classNames[c] }

// article returns the name as a sentence has it.
func (c Class) article() string {
	if c == Environment {
		return "an environment"
	}
	return "a " + c.String()
}

// languages holds the second letters of the two-letter codes of ISO 639-1 by their first letter. bh and sh, which the
// standard has withdrawn, are not among the 183.
var languages = [26]string{
	"abefkmnrsvyz", "aegimnors", "aehorsuvy", "aevz", // a b c d
	"elnostu", "afijory", "adlnuv", "aeiortuyz", "adegikostu", // e f g h i
	"av", "agijklmnorsuvwy", "abginotuv", "ghiklnrsty", // j k l m
	"abdeglnorvy", "cjmrs", "ailst", "u", "mnouw", // n o p q r
	"acdegiklmnoqrstuvw", "aeghiklnorstwy", "gkrz", "eio", // s t u v
	"ao", "h", "io", "ahu", // w x y z
}

// builtin are the words of the other classes that need no schema.
var builtin = [...]struct {
	word  string
	class Class
}{
	{"dev", Environment}, {"prod", Environment}, {"staging", Environment}, {"test", Environment},
	{"christmas", Season}, {"easter", Season}, {"summer", Season}, {"winter", Season},
	{"desktop", Variant}, {"mobile", Variant}, {"tablet", Variant},
}

// Words says which class a modifier belongs to. The zero Words knows the built-in lists; With adds to them. A Words is never
// changed once it is made, so any number of goroutines may use it.
type Words struct{ extra map[string]Class }

// With returns w with more words of class c, which is not Custom. A word that is none, or that another class lists, is refused
// with fault.Input. A word that was custom so far takes its place by its class from then on: canonical keys that hold it may
// no longer be canonical.
func (w Words) With(c Class, words ...string) (Words, error) {
	extra := maps.Clone(w.extra)
	if extra == nil {
		extra = map[string]Class{}
	}
	for _, word := range words {
		switch known := (Words{extra}).ClassOf([]byte(word)); {
		case int(c) >= lists:
			return w, fault.New(fault.Input, "%q: custom modifiers have no list", clip(word))
		case !isWord(word):
			return w, fault.WithHint(fault.New(fault.Input, "%q is no modifier", clip(word)), "a modifier is a letter a-z, then letters and digits")
		case known == c:
		case known != Custom:
			return w, fault.New(fault.Input, "%q is %s already, and cannot be %s too", word, known.article(), c.article())
		default:
			extra[word] = c
		}
	}
	return Words{extra}, nil
}

// ClassOf returns the class of a word, which is Custom for one that no list has. It allocates nothing.
func (w Words) ClassOf(word []byte) Class {
	if len(word) == 2 && isLanguage(word[0], word[1]) {
		return Language
	}
	for i := range builtin {
		if string(word) == builtin[i].word {
			return builtin[i].class
		}
	}
	if c, ok := w.extra[string(word)]; ok {
		return c
	}
	return Custom
}

func isLanguage(first, second byte) bool {
	first -= 'a'
	return int(first) < len(languages) && strings.IndexByte(languages[first], second) >= 0
}

// List returns the words of class c in alphabetical order. It is empty for Custom.
func (w Words) List(c Class) []string {
	var words []string
	if c == Language {
		for i, seconds := range languages {
			for _, second := range seconds {
				words = append(words, string([]rune{'a' + rune(i), second}))
			}
		}
	}
	for _, b := range builtin {
		if b.class == c {
			words = append(words, b.word)
		}
	}
	for word, class := range w.extra {
		if class == c {
			words = append(words, word)
		}
	}
	slices.Sort(words)
	return words
}

// Check refuses, with fault.Input, a word that class c does not list, and a custom modifier that is none. "" passes: it stands for
// no word of that class.
func (w Words) Check(c Class, word string) error {
	switch {
	case word == "", isWord(word) && w.ClassOf([]byte(word)) == c:
		return nil
	case c == Custom:
		return fault.New(fault.Input, "%q is no custom modifier", clip(word))
	}
	err := fault.New(fault.Input, "%q is no %s", clip(word), c)
	if c == Language {
		return fault.WithHint(err, "a language is a code of ISO 639-1, such as de or en")
	}
	list := w.List(c)
	last := len(list) - 1
	return fault.WithHint(err, "%s is %s or %s", c.article(), strings.Join(list[:last], ", "), list[last])
}

func isWord(s string) bool {
	for i := range len(s) {
		if !inWord(s[i]) {
			return false
		}
	}
	return s != "" && !isDigit(s[0])
}

func inWord(c byte) bool { return c-'a' < 26 || c-'0' < 10 }

func isDigit(c byte) bool { return c-'0' < 10 }
