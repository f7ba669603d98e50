package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/screen"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// nameCache knows the tables and their columns, as they were when somebody first asked for a completion of this statement.
type nameCache struct {
	db      *reedbase.DB
	tables  []string
	makers  []string // functions that make rows
	columns map[string][]string
}

// load reads the names.
func (n *nameCache) load() {
	n.tables, n.makers = n.db.Names()
	n.columns = map[string][]string{}
	for _, name := range n.tables {
		if t, err := n.db.Table(name); err == nil {
			n.columns[name], _ = t.Columns()
			t.Close()
		}
	}
}

// complete is asked about every key. A tab completes the word before it or, where several could be meant, lists them.
func (s *shell) complete(line string, at int, key rune) (string, int, bool) {
	if key != '\t' {
		if t, ok := s.input.(*terminalLines); ok {
			t.pressed(line, key)
		}
		return "", 0, false
	}
	start, words := s.candidates(s.pending, line[:at])
	if len(words) == 0 {
		return line, at, true
	}
	word := shared(words)
	if len(words) == 1 {
		if !strings.HasSuffix(word, "(") {
			word += " "
		}
	} else if len(word) <= at-start || word[0] == '"' { // of names in quotes a part is none
		s.list(words)
		return line, at, true
	}
	return line[:start] + word + line[at:], start + len(word), true
}

// list prints what could be meant, above the line.
func (s *shell) list(words []string) {
	if t, ok := s.input.(*terminalLines); ok {
		fmt.Fprintln(t.terminal, strings.Join(words, "  "))
	}
}

// candidates returns the words that the line can go on with, and where in it they begin.
func (s *shell) candidates(before, line string) (start int, words []string) {
	if before == "" && strings.HasPrefix(line, ".") {
		return s.dotCandidates(line)
	}
	text := before + line
	want := syntax.Expect(text, syntax.Options{})
	if want.Start < len(before) {
		return len(line), nil
	}
	start = want.Start - len(before)
	prefix := line[start:]
	if want.Table || want.Name {
		s.names.load()
	}
	if want.Table {
		words = append(words, beginning(s.names.tables, prefix)...)
		words = append(words, calls(want, s.names.makers, prefix)...)
	}
	if want.Name {
		words = append(words, written(beginning(s.names.columnsIn(text), prefix))...)
	}
	if prefix != "" || len(words) == 0 { // else there are too many
		words = append(words, inCaseOf(prefix, beginning(want.Keywords, prefix))...)
		if want.Name {
			words = append(words, inCaseOf(prefix, calls(want, plan.Functions(), prefix))...)
		}
	}
	slices.Sort(words)
	return start, slices.Compact(words)
}

// written returns names as a statement has them, in quotes where they need these, without those that must not reach a terminal.
func written(names []string) (list []string) {
	for _, name := range names {
		if screen.Escape(name) == name {
			list = append(list, syntax.Print(syntax.Identifier{Name: name}))
		}
	}
	return list
}

// calls returns the functions that begin with prefix, each with the parenthesis that its arguments stand in, where one can stand.
func calls(want syntax.Expected, functions []string, prefix string) []string {
	if !want.Function {
		return nil
	}
	list := beginning(functions, prefix)
	for i := range list {
		list[i] += "("
	}
	return list
}

// inCaseOf writes words as prefix is written: in lower or in upper case, where it is in one of them.
func inCaseOf(prefix string, words []string) []string {
	lower, upper := strings.ToLower(prefix), strings.ToUpper(prefix)
	for i, w := range words {
		switch {
		case lower == upper:
		case prefix == lower:
			words[i] = strings.ToLower(w)
		case prefix == upper:
			words[i] = strings.ToUpper(w)
		}
	}
	return words
}

// columnsIn returns the columns of the tables that a text names or, where it names none yet, of all.
func (n *nameCache) columnsIn(text string) (list []string) {
	for _, named := range []bool{true, false} {
		for table, columns := range n.columns {
			if !named || namesTable(text, table) {
				list = append(list, columns...)
			}
		}
		if len(list) > 0 {
			break
		}
	}
	return list
}

// namesTable reports whether a table's name stands in a text as a word.
func namesTable(text, table string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], table)
		if i < 0 {
			return false
		}
		at += i
		end := at + len(table)
		if (at == 0 || !partOfName(text[at-1])) && (end == len(text) || !partOfName(text[end])) {
			return true
		}
		at = end
	}
}

func partOfName(c byte) bool {
	return c == '_' || c == '-' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c >= 0x80
}

// beginning returns the words that begin with prefix, in any case, in a slice of their own.
func beginning(words []string, prefix string) (list []string) {
	for _, w := range words {
		if len(w) >= len(prefix) && strings.EqualFold(w[:len(prefix)], prefix) {
			list = append(list, w)
		}
	}
	return list
}

// shared returns the longest beginning of all words.
func shared(words []string) string {
	first := words[0]
	for _, w := range words[1:] {
		n := 0
		for n < len(first) && n < len(w) && first[n] == w[n] {
			n++
		}
		first = first[:n]
	}
	return strings.ToValidUTF8(first, "")
}
