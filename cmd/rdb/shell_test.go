package main

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/syntax"
)

func TestStatementsEnd(t *testing.T) {
	for text, want := range map[string][2]bool{
		"SELECT 1;":                {true, true},
		"SELECT 1":                 {true, false},
		"SELECT 1; -- why; not":    {true, true},
		"SELECT ';":                {true, false},
		"SELECT ';'":               {true, false},
		"SELECT \"a;\nb\";":        {true, true},
		"SELECT 1 /* ;":            {true, false},
		"-- ;":                     {false, false},
		"":                         {false, false},
		";":                        {true, true},
		"SELECT 1; SELECT 2":       {true, false},
		"SELECT 1;\n\n/* done */ ": {true, true},
	} {
		if got := [2]bool{!syntax.Blank(text), new(ending).in(text)}; got != want {
			t.Errorf("%q: holds and ends a statement %v, want %v", text, got, want)
		}
	}
}

// TestLinesEndAsTheirTextDoes looks at a text as its lines come, and at each of them as a whole.
func TestLinesEndAsTheirTextDoes(t *testing.T) {
	words := []string{"SELECT", ";", "'a", "'", "\"b;", "\"", "/* c", "*/", "-- ;", "-", "/", "*", "1", "é;", " "}
	rapid.Check(t, func(t *rapid.T) {
		text, e := "", ending{}
		for range rapid.IntRange(1, 6).Draw(t, "lines") {
			for range rapid.IntRange(0, 4).Draw(t, "words") {
				text += rapid.SampledFrom(words).Draw(t, "word")
			}
			text += "\n"
			if got, want := e.in(text), new(ending).in(text); got != want {
				t.Fatalf("%q ends: %v, want %v", text, got, want)
			}
		}
	})
}

func TestCtrlCEmptiesTheLine(t *testing.T) {
	k := keys{in: strings.NewReader("ab\x03\x03cd")}
	var got []string
	buf := make([]byte, 16)
	for range 4 {
		n, err := k.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		piece := string(buf[:n])
		if k.takeCleared() {
			piece += " cleared"
		}
		got = append(got, piece)
	}
	if diff := cmp.Diff([]string{"ab", "\x05\x15\r cleared", "\x05\x15\r cleared", "cd"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestHistoryKeepsStatements(t *testing.T) {
	home := filepath.Join(t.TempDir(), "home")
	h := openHistory(home)
	h.keep("SELECT 1,\n  2;\n")
	h.keep("SELECT 1,\n  2;\n")
	h.keep("SELECT 1 -- one\n, 2;\n")
	h.keep("SELECT 'a\nb';\n")
	h.keep(".tables")
	h.close()
	h = openHistory(home)
	var got []string
	for i := range h.Len() {
		got = append(got, h.At(i))
	}
	want := []string{".tables", "b';", "SELECT 'a", ", 2;", "SELECT 1 -- one", "SELECT 1,   2;"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	h.close()

	path := filepath.Join(home, "history")
	if err := os.WriteFile(path, []byte(strings.Repeat("old\nolder\n", keptEntries)+"newest\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	openHistory(home).close()
	b, err := os.ReadFile(path)
	if lines := strings.Split(string(b), "\n"); err != nil || len(lines) != keptEntries+1 || lines[keptEntries-1] != "newest" {
		t.Errorf("%d lines are left, %v", len(lines)-1, err)
	}
	if h := openHistory(""); h.Len() != 0 || h.file != nil {
		t.Error("nobody's home has a history")
	}
}

func TestCompletion(t *testing.T) {
	db, _, err := reedbase.Init(t.TempDir(), reedbase.Options{User: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, columns := range map[string][]string{"text": {"key", "value"}, "texture": {"id", "grain"}, "api.rules": {"role"}, "odd": {"my col", "my cow", "order", "evil\x1b[2J"}} {
		made, _, err := db.Create(name, columns)
		if err != nil {
			t.Fatal(err)
		}
		made.Close()
	}
	s := &shell{call: &call{}, names: &nameCache{db: db}}
	for _, test := range []struct{ before, line, start, want string }{
		{"", "SELEC", "", "SELECT"},
		{"", "sel", "", "select"},
		{"", "SELECT va", "SELECT ", "value"},
		{"", "SELECT * FROM te", "SELECT * FROM ", "text texture"},
		{"", "SELECT * FROM api.", "SELECT * FROM ", "api.rules"},
		{"", "SELECT * FROM rdb_l", "SELECT * FROM ", "rdb_log("},
		{"", "INSERT INTO rdb_l", "INSERT INTO ", ""},
		{"", "SELECT rou", "SELECT ", "round("},
		{"", "SELECT COUN", "SELECT ", "COUNT("},
		{"", "SELECT mi", "SELECT ", "min( missing_translation("},
		{"", "SELECT row", "SELECT ", "row_number("},
		{"", "SELECT ", "SELECT ", `"my col" "my cow" "order" grain id key role value`},
		{"", "SELECT evil", "SELECT ", ""},
		{"", "SELECT key.la", "SELECT key.", ""},
		{"SELECT *\n", "FROM tex", "FROM ", "text texture"},
		{"", "SELECT * FROM texture WHERE g", "SELECT * FROM texture WHERE ", "glob( grain group_concat("},
		{"", "UPDATE text SET v", "UPDATE text SET ", "value"},
		{"", "SELECT 'va", "SELECT 'va", ""},
		{"", ".t", "", ".tables .timer"},
		{"", ".schema te", ".schema ", "text texture"},
		{"", ".mode js", ".mode ", "json jsonl"},
	} {
		start, words := s.candidates(test.before, test.line)
		if got := strings.Join(words, " "); got != test.want || test.line[:start] != test.start {
			t.Errorf("%q: %q behind %q, want %q behind %q", test.line, got, test.line[:start], test.want, test.start)
		}
	}
	for _, test := range [][2]string{{"SELECT * FROM te", "SELECT * FROM text"}, {"SELECT * FROM api", "SELECT * FROM api.rules "}, {"SELECT octet", "SELECT octet_length("}, {"SELECT ord", `SELECT "order" `}, {"SELECT my", "SELECT my"}} {
		if line, at, ok := s.complete(test[0], len(test[0]), '\t'); !ok || line != test[1] || at != len(line) {
			t.Errorf("%q is completed to %q", test[0], line)
		}
	}
	if _, _, ok := s.complete("a", 1, 'b'); ok {
		t.Error("a letter completes")
	}
}

func TestLongLinesOfAFile(t *testing.T) {
	long := strings.Repeat("x", 200<<10)
	f := &fileLines{in: bufio.NewReaderSize(strings.NewReader("a\r\n"+long+"\nb"), 16)}
	for _, want := range []string{"a", long, "b"} {
		if got, err := f.line(""); got != want || err != nil {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	}
	if _, err := f.line(""); err == nil {
		t.Error("the lines have no end")
	}
}
