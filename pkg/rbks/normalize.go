package rbks

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Normal is what Normalize makes of a text.
type Normal struct {
	Key      string   // the canonical key, "" when a problem is left that has no one way to mend it
	Problems Problems // what is wrong with the text; none when Parse reads it
	Likely   []string // the keys that may have been meant: Key alone when there is one, else none or several
}

// Normalize mends a text that is no key where there is one way to do it. It drops white space around it, empty segments and modifiers,
// and a modifier that is there twice; turns capitals into small letters; makes a dot of a hyphen, underscore or blank between words, or
// nothing where that would be more than MaxDepth segments; joins what begins with a digit to the segment before it; and orders the
// modifiers. A canonical key stays as it is, and a key in another spelling becomes canonical with no problem found.
func Normalize(text []byte, words Words) Normal {
	d := draft{words: words}
	d.read(text)
	slices.SortStableFunc(d.problems, func(a, b Problem) int { return cmp.Compare(a.At, b.At) })
	n := Normal{Problems: d.problems, Likely: d.likely()}
	if !slices.ContainsFunc(n.Problems, func(p Problem) bool { return !p.Fixed }) {
		n.Key = n.Likely[0]
	}
	return n
}

// draft is a text on its way to a key.
type draft struct {
	words    Words
	problems Problems
	segments []string
	listed   [lists][]string // more than one is a problem
	custom   []string        // as they come
}

func (d *draft) complain(at int, fixed bool, rule Rule, text string) {
	d.problems = append(d.problems, Problem{rule, at, text, fixed})
}

func (d *draft) read(text []byte) {
	if len(text) > MaxLength {
		d.complain(0, false, TooLong, fmt.Sprintf("%d bytes, more than %d", len(text), MaxLength))
		return
	}
	bare := bytes.TrimLeft(text, white)
	from := len(text) - len(bare)
	bare = bytes.TrimRight(bare, white)
	if len(bare) == 0 {
		d.complain(0, false, NoPath, "the key is empty")
		return
	}
	if from > 0 {
		d.complain(0, true, Blank, "white space before the key")
	}
	if from+len(bare) < len(text) {
		d.complain(from+len(bare), true, Blank, "white space behind the key")
	}
	path := bare
	if i := bytes.IndexAny(bare, "@<"); i >= 0 {
		path = bare[:i]
		d.readModifiers(string(bare[i:]), from+i)
	}
	d.readPath(string(path), from)
}

const white = " \t\r\n"

// lower returns word in small letters, having named its capitals and whatever has no place in it. It lies at offset at.
func (d *draft) lower(word string, at int) string {
	for i := 0; i < len(word); {
		run := i + 1
		switch {
		case isUpper(word[i]):
			for ; run < len(word) && isUpper(word[run]); run++ {
			}
			d.complain(at+i, true, UpperCase, "upper case "+strconv.Quote(word[i:run]))
		case !inWord(word[i]):
			for ; run < len(word) && !isUpper(word[run]) && !inWord(word[run]); run++ {
			}
			d.complain(at+i, false, Character, strconv.Quote(word[i:run])+" is neither letter nor digit")
		}
		i = run
	}
	return strings.ToLower(word)
}

func isUpper(c byte) bool { return c-'A' < 26 }

// likely returns the keys that may have been meant: one when every problem is mended. What is too deep has its last segments joined, and
// of several languages each is offered; for any other problem there is nothing to offer.
func (d *draft) likely() []string {
	for _, p := range d.problems {
		if !p.Fixed && p.Rule != Deep && p.Rule != SecondOfClass {
			return nil
		}
	}
	path := strings.Join(d.segments[:min(len(d.segments), MaxDepth)], ".")
	if len(d.segments) > MaxDepth {
		path += strings.Join(d.segments[MaxDepth:], "")
	}
	slices.Sort(d.custom)
	choices := 1
	for _, words := range d.listed {
		choices = max(choices, len(words))
	}
	keys := make([]string, choices)
	for i := range keys {
		keys[i] = path
		for _, words := range d.listed {
			if len(words) > 0 {
				keys[i] += "@" + words[min(i, len(words)-1)]
			}
		}
		for _, word := range d.custom {
			keys[i] += "@" + word
		}
	}
	return keys
}
