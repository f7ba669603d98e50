package rbks

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// spelling is how modifiers are written: what stands before the first, between two, and behind the last one.
type spelling struct{ open, between, end string }

// readModifiers reads what stands behind the path, at offset at; it begins with '@' or '<'.
func (d *draft) readModifiers(text string, at int) {
	s := spelling{"@", "@", ""}
	if text[0] == '<' {
		s = spelling{"<", ",", ">"}
	}
	for from := 0; from < len(text); {
		rest := strings.TrimLeft(text[from:], separators)
		word := rest[:strings.IndexAny(rest+"@", separators)]
		run := text[from : len(text)-len(rest)]
		switch {
		case from == 0 && word == "":
			d.complain(at, true, EmptyModifier, fmt.Sprintf("%q without a modifier", run))
		case from == 0:
			d.checkSeparator(run, s.open, run == s.open+strings.Repeat(s.between, len(run)-1), at)
		case word != "":
			d.checkSeparator(run, s.between, run == strings.Repeat(s.between, len(run)), at+from)
		default:
			d.checkSeparator(run, s.end, run == strings.Repeat(s.between, len(run)-len(s.end))+s.end, at+from)
		}
		from += len(run)
		if word != "" {
			d.readModifier(word, at+from)
		}
		from += len(word)
		if from == len(text) && word != "" && s.end != "" && !strings.Contains(text, s.end) {
			d.complain(at+from, true, Modifiers, fmt.Sprintf("%q is missing", s.end))
		}
	}
}

const separators = "@<>, \t"

// checkSeparator names what is wrong with a run of separators. gap says that it is right but for modifiers that are missing in it.
func (d *draft) checkSeparator(run, want string, gap bool, at int) {
	switch {
	case run == want:
	case gap:
		d.complain(at, true, EmptyModifier, fmt.Sprintf("%q with no modifier in it", run))
	case want == "":
		d.complain(at, true, Modifiers, fmt.Sprintf("%q behind the last modifier", run))
	default:
		d.complain(at, true, Modifiers, fmt.Sprintf("%q where %q belongs", run, want))
	}
}

// readModifier takes one modifier, which lies at offset at.
func (d *draft) readModifier(text string, at int) {
	word := d.lower(text, at)
	if isDigit(word[0]) {
		d.complain(at, false, FirstDigit, strconv.Quote(text)+" begins with a digit")
	}
	if !isWord(word) {
		return
	}
	c := d.words.ClassOf([]byte(word))
	list := &d.custom
	if c != Custom {
		list = &d.listed[c]
	}
	if slices.Contains(*list, word) {
		d.complain(at, true, Twin, strconv.Quote(word)+" is there already")
		return
	}
	*list = append(*list, word)
	switch n := len(*list); {
	case c != Custom && n == 2:
		d.complain(at, false, SecondOfClass, fmt.Sprintf("a second %s, %q beside %q", c, word, (*list)[0]))
	case c == Custom && n == MaxCustom+1:
		d.complain(at, false, TooMany, fmt.Sprintf("more than %d custom modifiers", MaxCustom))
	}
}
