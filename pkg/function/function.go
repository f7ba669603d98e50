// Package function owns what the functions of ReedQL do with values: those of one row, aggregates over many, and the patterns of
// LIKE, GLOB and REGEXP. It must never know statements, tables or where a value comes from, nor read the clock.
//
// Names and results are those of SQLite (https://sqlite.org/lang_corefunc.html, lang_mathfunc.html, lang_datefunc.html,
// lang_aggfunc.html); reedql(7) lists them, and where they differ.
package function

import (
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
)

// Scalar is a function of the values of one row. It is never changed, so that goroutines may share it.
type Scalar struct {
	Name  string // in lower case
	Least int    // arguments that it takes at least
	Most  int    // and at most; -1: any number
	Pure  bool   // equal arguments give an equal result in every statement: neither Context.Now nor Context.Random is asked

	// Call returns the result for as many arguments as Takes allows. It keeps none of them, but the result may alias their texts,
	// and else is the context's as Context.Reset says. An error is of the kind fault.Input and names the function.
	Call func(c *Context, args []cell.Value) (cell.Value, error)
}

// Takes reports whether the function takes n arguments.
func (s *Scalar) Takes(n int) bool { return n >= s.Least && (s.Most < 0 || n <= s.Most) }

// Find returns the scalar function of a name, in any case.
func Find(name string) (*Scalar, bool) {
	i, ok := search(len(scalars), name, func(i int) string { return scalars[i].Name })
	if !ok {
		return nil, false
	}
	return &scalars[i], true
}

// longest is the length of the longest name of a function, or more.
const longest = 16

// search finds a name, in any case, among n that are sorted.
func search(n int, name string, at func(int) string) (int, bool) {
	if len(name) > longest {
		return 0, false
	}
	name = strings.ToLower(name)
	low, high := 0, n
	for low < high {
		middle := (low + high) / 2
		if at(middle) < name {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, low < n && at(low) == name
}

// Names returns the names of all functions, aggregates too, sorted, in a slice of the caller's own.
func Names() []string {
	var names []string
	s, a := scalars[:], aggregates[:]
	for len(s) > 0 || len(a) > 0 {
		switch {
		case len(a) == 0 || len(s) > 0 && s[0].Name < a[0].Name:
			names, s = append(names, s[0].Name), s[1:]
		case len(s) > 0 && s[0].Name == a[0].Name:
			s = s[1:] // min and max are both
		default:
			names, a = append(names, a[0].Name), a[1:]
		}
	}
	return names
}

// refused returns the error of a function that cannot answer.
func refused(name, format string, args ...any) error {
	return fault.New(fault.Input, name+": "+format, args...)
}
