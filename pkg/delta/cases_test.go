package delta_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
)

// change is a text and what became of it.
type change struct {
	name       string
	base, next []byte
}

// table returns rows of a table in the order of their keys, with text that compresses like text.
func table(rows int) []string {
	random := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("the of a to read write table value is are was for when not key row cell file page name old new each all one two " +
		"first last open close error returns given after before commit version delta user button title label help text list menu")
	sentence := func(n int) string {
		var s []string
		for range n {
			s = append(s, words[random.IntN(len(words))])
		}
		return strings.Join(s, " ")
	}
	lines := []string{"key|value|description\n"}
	for i := range rows {
		lines = append(lines, fmt.Sprintf("page%d.section%d.item%03d@en|%s|%s\n", i/100, i/10%10, i%1000, sentence(4), sentence(6)))
	}
	return lines
}

func text(lines []string) []byte { return []byte(strings.Join(lines, "")) }

// with returns lines after edit, which gets a copy of them.
func with(lines []string, edit func(l []string) []string) []byte {
	return text(edit(append([]string(nil), lines...)))
}

// setValue replaces the value of a row.
func setValue(row, value string) string {
	cells := strings.Split(row, "|")
	cells[1] = value
	return strings.Join(cells, "|")
}

// changes returns the cases that every encoder and decoder must agree on.
func changes(rows int) []change {
	lines := table(rows)
	base := text(lines)
	junk, otherJunk := make([]byte, 20*rows), make([]byte, 20*rows)
	random := rand.New(rand.NewPCG(3, 4))
	for i := range junk {
		junk[i], otherJunk[i] = byte(random.Uint32()), byte(random.Uint32())
	}
	return []change{
		{"empty old", nil, base},
		{"empty new", base, nil},
		{"both empty", nil, nil},
		{"no change", base, base},
		{"one cell", base, with(lines, func(l []string) []string {
			l[rows*6/10] = setValue(l[rows*6/10], "another value")
			return l
		})},
		{"1 % of rows", base, with(lines, func(l []string) []string {
			for i := 50; i < len(l); i += 100 {
				l[i] = setValue(l[i], fmt.Sprint("value ", i*7919%1000))
			}
			return l
		})},
		{"inserts and deletes", base, with(lines, func(l []string) []string {
			for i := 20; i < len(l); i += 50 {
				l[i] = ""
				l[i-10] += fmt.Sprintf("page.new%d@en|inserted|%d\n", i, i)
			}
			return l
		})},
		{"re-sorted", base, with(lines, func(l []string) []string {
			random.Shuffle(len(l)-1, func(i, k int) { l[i+1], l[k+1] = l[k+1], l[i+1] })
			return l
		})},
		{"appended rows", base, append(bytes.Clone(base), text(table(rows / 10)[1:])...)},
		{"LF to CRLF", base, bytes.ReplaceAll(base, []byte("\n"), []byte("\r\n"))},
		{"CRLF to LF", bytes.ReplaceAll(base, []byte("\n"), []byte("\r\n")), base},
		{"another column", base, bytes.ReplaceAll(base, []byte("\n"), []byte("|x\n"))},
		{"keys renamed", base, bytes.ReplaceAll(base, []byte("@en|"), []byte("@de|"))},
		{"binary junk", junk, append(bytes.Clone(junk[:len(junk)/2]), otherJunk...)},
		{"all else", base, otherJunk},
		{"no line ends", bytes.ReplaceAll(base, []byte("\n"), nil), bytes.ReplaceAll(base[9:], []byte("\n"), nil)},
	}
}
