package syntax_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/syntax"
)

func TestTokens(t *testing.T) {
	const text = "Select key,\"a b\" -- c\n'it''s'<>:p||?*1.5e3 /* d */x'ab' 1a 'open"
	class := [...]string{"end", "invalid", "comment", "keyword", "name", "string", "number", "parameter", "operator"}
	var got []string
	for token := range syntax.Tokens(text) {
		source := text[token.Pos:token.End]
		got = append(got, fmt.Sprintf("%s %s", class[token.Class()], source))
		keyword := ""
		if token.Class() == syntax.KeywordToken {
			keyword = strings.ToUpper(source)
		}
		if token.Keyword() != keyword {
			t.Errorf("%q is the keyword %q", source, token.Keyword())
		}
	}
	want := []string{"keyword Select", "keyword key", "operator ,", "name \"a b\"", "comment -- c", "string 'it''s'", "operator <>",
		"parameter :p", "operator ||", "parameter ?", "operator *", "number 1.5e3", "comment /* d */", "invalid x'ab'", "invalid 1a", "invalid 'open"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for range syntax.Tokens(text) {
		break
	}
}

func TestCut(t *testing.T) {
	for _, test := range []struct {
		text, statement, rest string
		finished              bool
	}{
		{"", "", "", false},
		{"select 1", "select 1", "", false},
		{"select 1; select 2", "select 1;", " select 2", true},
		{";", ";", "", true},
		{"select ';', \";\", 1 -- ;\n /* ; */ ; x", "select ';', \";\", 1 -- ;\n /* ; */ ;", " x", true},
		{"select 'it''s;", "select 'it''s;", "", false},
		{"select /* ;", "select /* ;", "", false},
		{"select -- ;", "select -- ;", "", false},
		{"select (1; \xff\x00", "select (1;", " \xff\x00", true},
		{"select `a; b", "select `a;", " b", true},
	} {
		statement, rest, finished := syntax.Cut(test.text)
		if statement != test.statement || rest != test.rest || finished != test.finished {
			t.Errorf("%q: %q, %q, %v", test.text, statement, rest, finished)
		}
	}
}

// TestExpect looks at what a shell could offer at the end of a text.
func TestExpect(t *testing.T) {
	for _, test := range []struct {
		text   string
		start  int
		first  string // keywords, the first few
		things string // what else is expected
	}{
		{"", 0, "BEGIN COMMIT CREATE DELETE DROP", ""},
		{"sel", 0, "BEGIN COMMIT CREATE DELETE DROP", ""},
		{"select", 0, "BEGIN COMMIT CREATE DELETE DROP", ""},
		{"select ", 7, "ALL DISTINCT", "name function"},
		{"select ke", 7, "ALL DISTINCT", "name function"},
		{"select 1; ", 10, "BEGIN COMMIT CREATE DELETE DROP", ""},
		{"select 1 ", 9, "AND AS BETWEEN EXCEPT FROM", ""},
		{"select 1 fr", 9, "AND AS BETWEEN EXCEPT FROM", ""},
		{"select * from ", 14, "", "table function"},
		{"select * from te", 14, "", "table function"},
		{"select * from api.sec", 14, "", "table function"},
		{"select * from api.", 14, "", "table function"},
		{"select * from my-ta", 14, "", "table function"},
		{"select * from 2024-", 14, "", "table function"},
		{"select * from t, ", 17, "", "table function"},
		{"select * from t join ", 21, "", "table function"},
		{"select * from t ", 16, "AS CROSS EXCEPT GROUP HAVING", ""},
		{"select * from t where ", 22, "", "name function"},
		{"select * from t where key.la", 26, "", "name"},
		{"select * from t where key.", 26, "", "name"},
		{"select * from t where a between 1 ", 34, "AND", ""},
		{"select * from t where a not ", 28, "BETWEEN GLOB IN LIKE NULL", ""},
		{"select * from t as ", 19, "", ""},
		{"insert into ", 12, "", "table"},
		{"insert into t (", 15, "", "name"},
		{"update ", 7, "", "table"},
		{"update t set ", 13, "", "name"},
		{"delete from t ", 14, "ALL AS WHERE", ""},
		{"create table ", 13, "IF", ""},
		{"create table t (", 16, "", ""},
		{"drop table ", 11, "IF", "table"},
		{"drop table t ", 13, "CONFIRM", ""},
		{"select 'sel", 11, "", ""},
		{"select \"sel", 11, "", ""},
		{"select * from -- te", 19, "", ""},
		{"select * from /* te", 19, "", ""},
		{"select * from t where a = = ", 28, "", ""},
		{"selct * from ", 13, "", ""},
		{"select \xff from ", 14, "", ""},
	} {
		e := syntax.Expect(test.text, syntax.Options{})
		things := ""
		if e.Table {
			things = "table"
		}
		if e.Name {
			things += "name"
		}
		if e.Function {
			things += " function"
		}
		first := e.Keywords
		if len(strings.Fields(test.first)) == 5 {
			first = first[:min(5, len(first))]
		}
		if e.Start != test.start || strings.Join(first, " ") != test.first || things != test.things {
			t.Errorf("%q: from %d %q %q", test.text, e.Start, first, things)
		}
	}
}
