package merge_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/merge"
)

// A case is written with a blank for each line end.
type mergeCase struct {
	name               string
	base, ours, theirs string
	want               string
	conflicts          []string // KIND KEY [COLUMNS] BASE / OURS / THEIRS, as records
	options            merge.Options
}

var rowCases = []mergeCase{
	{name: "nobody", base: "k|v a|1 b|2 ", ours: "k|v a|1 b|2 ", theirs: "k|v a|1 b|2 ", want: "k|v a|1 b|2 "},
	{name: "ours updated", base: "k|v a|1 b|2 ", ours: "k|v a|x b|2 ", theirs: "k|v a|1 b|2 ", want: "k|v a|x b|2 "},
	{name: "theirs updated", base: "k|v a|1 b|2 ", ours: "k|v a|1 b|2 ", theirs: "k|v a|1 b|y ", want: "k|v a|1 b|y "},
	{name: "each updated a row", base: "k|v a|1 b|2 ", ours: "k|v a|x b|2 ", theirs: "k|v a|1 b|y ", want: "k|v a|x b|y "},
	{name: "both updated alike", base: "k|v a|1 ", ours: "k|v a|x ", theirs: "k|v a|x ", want: "k|v a|x "},
	{name: "both updated a cell", base: "k|v a|1 ", ours: "k|v a|x ", theirs: "k|v a|y ", want: "k|v a|x ",
		conflicts: []string{"update a [v] a|1 / a|x / a|y"}},
	{name: "each updated a cell of one row", base: "k|v|w a|1|2 ", ours: "k|v|w a|x|2 ", theirs: "k|v|w a|1|y ", want: "k|v|w a|x|y "},
	{name: "one cell of two clashes", base: "k|v|w a|1|2 ", ours: "k|v|w a|x|2 ", theirs: "k|v|w a|y|y ", want: "k|v|w a|x|y ",
		conflicts: []string{"update a [v] a|1|2 / a|x|2 / a|y|y"}},

	{name: "ours inserted", base: "k|v a|1 ", ours: "k|v a|1 b|2 ", theirs: "k|v a|1 ", want: "k|v a|1 b|2 "},
	{name: "theirs inserted", base: "k|v a|1 ", ours: "k|v a|1 ", theirs: "k|v b|2 a|1 ", want: "k|v b|2 a|1 "},
	{name: "each inserted a row", base: "k|v a|1 ", ours: "k|v a|1 o|1 ", theirs: "k|v a|1 t|1 ", want: "k|v a|1 o|1 t|1 "},
	{name: "both inserted alike", base: "k|v a|1 ", ours: "k|v a|1 n|1 ", theirs: "k|v a|1 n|1 ", want: "k|v a|1 n|1 "},
	{name: "both inserted differently", base: "k|v|w a|1|1 ", ours: "k|v|w a|1|1 n|x|1 ", theirs: "k|v|w n|y|1 a|1|1 ", want: "k|v|w a|1|1 n|x|1 ",
		conflicts: []string{"insert n [v] - / n|x|1 / n|y|1"}},

	{name: "ours deleted", base: "k|v a|1 b|2 ", ours: "k|v b|2 ", theirs: "k|v a|1 b|2 ", want: "k|v b|2 "},
	{name: "theirs deleted", base: "k|v a|1 b|2 ", ours: "k|v a|1 b|2 ", theirs: "k|v a|1 ", want: "k|v a|1 "},
	{name: "both deleted", base: "k|v a|1 b|2 ", ours: "k|v b|2 ", theirs: "k|v b|2 ", want: "k|v b|2 "},
	{name: "each deleted a row", base: "k|v a|1 b|2 ", ours: "k|v b|2 ", theirs: "k|v a|1 ", want: "k|v "},
	{name: "ours deleted what theirs updated", base: "k|v a|1 b|2 ", ours: "k|v b|2 ", theirs: "k|v a|y b|2 ", want: "k|v b|2 ",
		conflicts: []string{"delete a a|1 / - / a|y"}},
	{name: "ours updated what theirs deleted", base: "k|v a|1 b|2 ", ours: "k|v a|x b|2 ", theirs: "k|v b|2 ", want: "k|v a|x b|2 ",
		conflicts: []string{"delete a a|1 / a|x / -"}},
	{name: "others are merged where one clashes", base: "k|v a|1 b|2 c|3 ", ours: "k|v a|x b|2 d|4 ", theirs: "k|v a|y b|y c|3 ", want: "k|v a|x b|y d|4 ",
		conflicts: []string{"update a [v] a|1 / a|x / a|y"}},
	{name: "a key changed", base: "k|v a|1 ", ours: "k|v b|1 ", theirs: "k|v a|2 ", want: "k|v b|1 ",
		conflicts: []string{"delete a a|1 / - / a|2"}},
}

var optionCases = []mergeCase{
	{name: "rows: each updated a cell", base: "k|v|w a|1|2 ", ours: "k|v|w a|x|2 ", theirs: "k|v|w a|1|y ", want: "k|v|w a|x|2 ",
		conflicts: []string{"update a a|1|2 / a|x|2 / a|1|y"}, options: merge.Options{Rows: true}},
	{name: "rows: both alike", base: "k|v|w a|1|2 ", ours: "k|v|w a|x|2 ", theirs: "k|v|w a|x|2 ", want: "k|v|w a|x|2 ", options: merge.Options{Rows: true}},
	{name: "rows: another column besides", base: "k|v|w a|1|2 ", ours: "k|v|w a|x|2 ", theirs: "k|v|w|n a|y|2|3 ", want: "k|v|w|n a|x|2| ",
		conflicts: []string{"update a a|1|2 / a|x|2 / a|y|2|3"}, options: merge.Options{Rows: true}},
	{name: "rows: favour theirs", base: "k|v|w a|1|2 ", ours: "k|v|w a|x|2 ", theirs: "k|v|w a|1|y ", want: "k|v|w a|1|y ",
		conflicts: []string{"update a a|1|2 / a|x|2 / a|1|y (theirs)"}, options: merge.Options{Rows: true, Favor: merge.Theirs}},
	{name: "favour theirs, cell", base: "k|v|w a|1|2 ", ours: "k|v|w a|x|x ", theirs: "k|v|w a|y|2 ", want: "k|v|w a|y|x ",
		conflicts: []string{"update a [v] a|1|2 / a|x|x / a|y|2 (theirs)"}, options: merge.Options{Favor: merge.Theirs}},
	{name: "favour theirs, deleted", base: "k|v a|1 b|2 ", ours: "k|v a|x b|2 ", theirs: "k|v b|2 ", want: "k|v b|2 ",
		conflicts: []string{"delete a a|1 / a|x / - (theirs)"}, options: merge.Options{Favor: merge.Theirs}},
	{name: "favour theirs, updated", base: "k|v a|1 b|2 c|3 ", ours: "k|v a|1 c|3 ", theirs: "k|v a|1 b|y c|3 ", want: "k|v a|1 b|y c|3 ",
		conflicts: []string{"delete b b|2 / - / b|y (theirs)"}, options: merge.Options{Favor: merge.Theirs}},
	{name: "two key columns", base: "k|l|v a|1|x a|2|x ", ours: "k|l|v a|1|o a|2|x ", theirs: "k|l|v a|1|x a|2|t a|3|t ", want: "k|l|v a|1|o a|2|t a|3|t ",
		options: merge.Options{Key: []string{"k", "l"}}},
	{name: "two key columns clash", base: "k|l|v ", ours: "k|l|v a|b|o ", theirs: "k|l|v a|b|t ", want: "k|l|v a|b|o ",
		conflicts: []string{"insert a|b [v] - / a|b|o / a|b|t"}, options: merge.Options{Key: []string{"k", "l"}}},
	{name: "cells that join alike", base: `k|l|v `, ours: `k|l|v "a|b"|c|o `, theirs: `k|l|v a|"b|c"|t `, want: `k|l|v "a|b"|c|o a|"b|c"|t `,
		options: merge.Options{Key: []string{"k", "l"}}},
	{name: "a later column names rows", base: "v|k 1|a 1|b ", ours: "v|k x|a 1|b ", theirs: "v|k 1|a y|b ", want: "v|k x|a y|b ",
		options: merge.Options{Key: []string{"k"}}},
}

var orderCases = []mergeCase{
	{name: "ours reordered", base: "k a b c ", ours: "k c b a ", theirs: "k a n b c ", want: "k c b a n "},
	{name: "theirs reordered", base: "k a b c ", ours: "k a n b c ", theirs: "k c b a ", want: "k c b a n "},
	{name: "both reordered", base: "k a b c ", ours: "k b a c ", theirs: "k c a b ", want: "k b a c "},
	{name: "both reordered, favour theirs", base: "k a b c ", ours: "k b a c ", theirs: "k c a b ", want: "k c a b ", options: merge.Options{Favor: merge.Theirs}},
	{name: "a moved row was updated", base: "k|v a|1 b|2 c|3 ", ours: "k|v c|3 a|1 b|2 ", theirs: "k|v a|1 b|2 c|y ", want: "k|v c|y a|1 b|2 "},
	{name: "behind the nearest predecessor that stays", base: "k a b c ", ours: "k a c ", theirs: "k a b n c ", want: "k a n c "},
	{name: "at the beginning", base: "k a ", ours: "k o a ", theirs: "k t a ", want: "k o t a "},
	{name: "ours before theirs", base: "k a b ", ours: "k a o p b ", theirs: "k a t u b ", want: "k a o p t u b "},
	{name: "ours before theirs, where theirs leads", base: "k a b c ", ours: "k a o b c ", theirs: "k c a t b ", want: "k c a o t b "},
	{name: "ours before theirs, across a deleted row", base: "k a x b ", ours: "k a x o b ", theirs: "k a t b ", want: "k a o t b "},
	{name: "behind a row that both inserted", base: "k a b ", ours: "k a n o b ", theirs: "k n t a b ", want: "k a n o t b "},
}

var headerCases = []mergeCase{
	{name: "a column added", base: "k|v a|1 b|2 ", ours: "k|v a|x b|2 c|3 ", theirs: "k|n|v a||1 b|y|2 ", want: "k|n|v a||x b|y|2 c||3 "},
	{name: "by ours", base: "k|v a|1 b|2 ", ours: "k|v|n a|1|x b|2| ", theirs: "k|v a|1 b|y t|3 ", want: "k|v|n a|1|x b|y| t|3| "},
	{name: "each added a column", base: "k|v a|1 ", ours: "k|v|o a|1|x ", theirs: "k|v|t a|1|y ", want: "k|v|o|t a|1|x|y "},
	{name: "both added a column", base: "k a b c ", ours: "k|n a|x b| c|z ", theirs: "k|n a|x b|y c| ", want: "k|n a|x b|y c|z "},
	{name: "both added a column and clash", base: "k a ", ours: "k|n a|x ", theirs: "k|n a|y ", want: "k|n a|x ",
		conflicts: []string{"update a [n] a / a|x / a|y"}},
	{name: "a column dropped", base: "k|v|w a|1|2 b|3|4 ", ours: "k|v|w a|x|2 b|3|4 ", theirs: "k|v a|1 b|3 ", want: "k|v a|x b|3 "},
	{name: "ours dropped what theirs set", base: "k|v|w a|1|2 b|3|4 ", ours: "k|v a|1 b|3 ", theirs: "k|v|w a|1|y b|3|4 c|5|6 ", want: "k|v a|1 b|3 c|5 ",
		conflicts: []string{"update a [w] a|1|2 / a|1 / a|1|y", "update c [w] - / - / c|5|6"}},
	{name: "ours set what theirs dropped", base: "k|v|w a|1|2 b|3|4 ", ours: "k|v|w a|1|x b|3|4 ", theirs: "k|v a|1 b|y c|5 ", want: "k|v|w a|1|x b|y|4 c|5| ",
		conflicts: []string{"update a [w] a|1|2 / a|1|x / a|1"}},
	{name: "ours emptied what theirs dropped", base: "k|v|w a|1|2 ", ours: "k|v|w a|1| ", theirs: "k|v a|1 ", want: "k|v a|1 "},
	{name: "a column renamed", base: "k|v|w a|1|2 b|3|4 ", ours: "k|v|w a|1|2 b|3|x ", theirs: "k|n|w a|1|2 b|3|4 ", want: "k|n|w a|1|2 b|3|x "},
	{name: "renamed and set", base: "k|v a|1 b|3 ", ours: "k|n a|1 b|3 ", theirs: "k|v a|y b|3 ", want: "k|n a|1 b|3 ",
		conflicts: []string{"update a [v] a|1 / a|1 / a|y"}},
	{name: "both renamed", base: "k|v|w a|1|2 ", ours: "k|o|w a|1|2 ", theirs: "k|t|w a|1|2 ", want: "k|o|t|w a|1|1|2 ",
		conflicts: []string{"header [v o t] k|v|w / k|o|w / k|t|w (both)"}},
	{name: "both renamed alike", base: "k|v|w a|1|2 ", ours: "k|n|w a|1|2 ", theirs: "k|n|w a|1|2 ", want: "k|n|w a|1|2 "},
	{name: "columns reordered", base: "k|v|w a|1|2 b|3|4 ", ours: "k|v|w a|x|2 b|3|4 ", theirs: "w|k|v 2|a|1 y|b|3 ", want: "w|k|v 2|a|x y|b|3 "},
	{name: "both reordered differently", base: "k|v|w a|1|2 ", ours: "k|w|v a|2|1 ", theirs: "w|k|v 2|a|1 ", want: "k|w|v a|2|1 ",
		conflicts: []string{"header k|v|w / k|w|v / w|k|v"}},
	{name: "only the order, favour theirs", base: "k|v|w a|1|2 ", ours: "k|w|v a|2|1 ", theirs: "w|k|v 2|a|1 ", want: "w|k|v 2|a|1 ",
		conflicts: []string{"header k|v|w / k|w|v / w|k|v (theirs)"}, options: merge.Options{Favor: merge.Theirs}},
	{name: "a row deleted under another header", base: "k|v a|1 b|2 ", ours: "k|v|n a|1| b|2| ", theirs: "k|v b|2 ", want: "k|v|n b|2| "},
	{name: "no base", base: "", ours: "k|v a|1 b|2 ", theirs: "k|v b|2 c|3 ", want: "k|v a|1 b|2 c|3 "},
	{name: "no base, other columns", base: "", ours: "k|v a|1 ", theirs: "k|w a|2 c|3 ", want: "k|v|w a|1|2 c||3 "},
}

var aroundCases = []mergeCase{
	{name: "comments", base: "k|v a|1 b|2 ", ours: "k|v #o a|1 b|2 ", theirs: "k|v a|1 #t b|2 ", want: "k|v #o a|1 #t b|2 "},
	{name: "a comment of an updated row", base: "k|v a|1 b|2 ", ours: "k|v #o a|1 b|2 ", theirs: "k|v a|y b|2 ", want: "k|v #o a|y b|2 "},
	{name: "comments clash", base: "k|v #b a|1 ", ours: "k|v #o a|1 ", theirs: "k|v #t a|1 ", want: "k|v #o #t a|1 "},
	{name: "lines that both have", base: "k|v a|1 ", ours: "k|v #1 #o #2 a|1 ", theirs: "k|v #1 #t #2 a|1 ", want: "k|v #1 #o #t #2 a|1 "},
	{name: "a comment deleted and changed", base: "k|v #b a|1 ", ours: "k|v a|1 ", theirs: "k|v #t a|1 ", want: "k|v #t a|1 "},
	{name: "a comment of a deleted row", base: "k|v #b a|1 b|2 ", ours: "k|v b|2 ", theirs: "k|v #t a|1 b|2 ", want: "k|v #t b|2 "},
	{name: "an old comment of a deleted row", base: "k|v #b a|1 b|2 ", ours: "k|v b|2 ", theirs: "k|v #b a|1 b|y ", want: "k|v b|y "},
	{name: "comments at the beginning", base: "k|v a|1 ", ours: "#o k|v a|1 ", theirs: "#t k|v a|1 ", want: "#o #t k|v a|1 "},
	{name: "comments at the end", base: "k|v a|1 #b ", ours: "k|v a|1 #b #o ", theirs: "k|v a|1 t|2 #b ", want: "k|v a|1 t|2 #b #o "},
	{name: "quotes are kept", base: `k|v a|1 b|2 `, ours: `k|v "a"|"1" b|2 `, theirs: `k|v a|1 b|"y" `, want: `k|v "a"|"1" b|"y" `},
	{name: "quotes are no change", base: `k|v a|1 `, ours: `k|v "a"|1 `, theirs: `k|v `, want: `k|v `},
	{name: "quotes and a cell", base: `k|v|w a|1|2 `, ours: `k|v|w "a"|1|x `, theirs: `k|v|w a|y|2 `, want: `k|v|w "a"|y|x `},
	{name: "CRLF", base: "k|v a|1 b|2 c|3 ", ours: "k|v a|1~ b|2 c|3 ", theirs: "k|v a|y b|2~ c|3 ", want: "k|v a|y~ b|2~ c|3 "},
	{name: "all to CRLF", base: "k|v a|1 b|2 ", ours: "k|v~ a|1~ b|2~ ", theirs: "k|v a|1 n|3 b|y ", want: "k|v~ a|1~ n|3 b|y~ "},
	{name: "the last line end", base: "k|v a|1", ours: "k|v a|1 b|2", theirs: "k|v a|1 ", want: "k|v a|1 b|2 "},
	{name: "no last line end", base: "k|v a|1", ours: "k|v a|1 o|2", theirs: "k|v a|1 t|3", want: "k|v a|1 o|2 t|3"},
	{name: "half a line end", base: "k|v~ a|1~ ", ours: "k|v~ a|1~", theirs: "k|v~ a|1~ b|2~ ", want: "k|v~ a|1~ b|2~"},
	{name: "the last row deleted", base: "k|v a|1 b|2", ours: "k|v a|1", theirs: "k|v a|y b|2", want: "k|v a|y"},
	{name: "a byte order mark", base: "k|v a|1 ", ours: "\ufeffk|v a|1 ", theirs: "k|v a|y ", want: "\ufeffk|v a|y "},
	{name: "no byte order mark", base: "\ufeff#c k|v a|1 ", ours: "#c k|v a|1 ", theirs: "\ufeff#c #d k|v a|y ", want: "#c #d k|v a|y "},
	{name: "a CR that is data", base: "k|v a|x~~ b|2~ ", ours: "k|v a|x~~ b|2 ", theirs: "k|v a|x~~ ", want: "k|v a|x~~ "},
	{name: "a CR that is data, at the end", base: "k|v a|1 b|2", ours: "k|v a|1 b|2", theirs: "k|v a|x~~ b|2", want: "k|v a|x~~ b|2"},
	{name: "nothing but headers", base: "k|v", ours: "k|v ", theirs: "k|v", want: "k|v "},
}

var line = strings.NewReplacer(" ", "\n", "~", "\r")

func TestMerge(t *testing.T) {
	for group, cases := range map[string][]mergeCase{"row": rowCases, "option": optionCases, "order": orderCases, "header": headerCases, "around": aroundCases} {
		for _, c := range cases {
			t.Run(group+"/"+c.name, func(t *testing.T) {
				base, ours, theirs := line.Replace(c.base), line.Replace(c.ours), line.Replace(c.theirs)
				r, text := merged(t, []byte(base), []byte(ours), []byte(theirs), c.options)
				if diff := cmp.Diff(line.Replace(c.want), string(text)); diff != "" {
					t.Error(diff)
				}
				var conflicts []string
				for _, conflict := range r.Conflicts {
					conflicts = append(conflicts, tell(conflict))
				}
				if diff := cmp.Diff(c.conflicts, conflicts); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// tell writes a conflict as cases do.
func tell(c merge.Conflict) string {
	told := c.Kind.String()
	if c.Key != nil {
		told += " " + string(c.Key)
	}
	if c.Columns != nil {
		told += fmt.Sprint(" ", c.Columns)
	}
	for i, record := range [][]byte{c.Base, c.Ours, c.Theirs} {
		if told += " / "; i == 0 {
			told = strings.TrimSuffix(told, "/ ")
		}
		if record == nil {
			told += "-"
		}
		told += strings.TrimRight(string(record), "\r\n")
	}
	switch c.Kept {
	case merge.Base:
		told += " (both)"
	case merge.Theirs:
		told += " (theirs)"
	}
	return told
}

func TestCounts(t *testing.T) {
	for _, test := range []struct {
		name                 string
		base, ours, theirs   string
		inOurs, inTheirs, in merge.Counts
	}{
		{"each its own", "k|v a|1 b|2 c|3 d|4 ", "k|v a|x b|2 d|4 n|5 m|6 ", "k|v #c a|1 b|y c|3 ",
			merge.Counts{Added: 2, Changed: 1, Deleted: 1}, merge.Counts{Changed: 1, Deleted: 1}, merge.Counts{Changed: 1, Deleted: 1}},
		{"both alike", "k|v a|1 b|2 ", "k|v a|x n|1 ", "k|v a|x n|1 ",
			merge.Counts{Added: 1, Changed: 1, Deleted: 1}, merge.Counts{Added: 1, Changed: 1, Deleted: 1}, merge.Counts{}},
		{"a conflict", "k|v a|1 ", "k|v a|x ", "k|v a|y n|1 ",
			merge.Counts{Changed: 1}, merge.Counts{Added: 1, Changed: 1}, merge.Counts{Added: 1}},
		{"a deleted row that changed", "k|v a|1 ", "k|v ", "k|v a|y ", merge.Counts{Deleted: 1}, merge.Counts{Changed: 1}, merge.Counts{}},
		{"a column more", "k|v a|1 b|2 ", "k|v a|1 b|2 ", "k|v|n a|1|x b|2| ", merge.Counts{}, merge.Counts{Changed: 1}, merge.Counts{Changed: 1}},
		{"moved, quoted, commented", "k|v a|1 b|2 ", "k|v b|2 a|1 ", `k|v #c "a"|1 b|2~ `, merge.Counts{}, merge.Counts{}, merge.Counts{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, _ := merged(t, []byte(line.Replace(test.base)), []byte(line.Replace(test.ours)), []byte(line.Replace(test.theirs)), merge.Options{})
			got := [3]merge.Counts{r.Ours, r.Theirs, r.Merged}
			if diff := cmp.Diff([3]merge.Counts{test.inOurs, test.inTheirs, test.in}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
