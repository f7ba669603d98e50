package syntax_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/syntax"
	"github.com/reedbase/reedbase/pkg/syntax/sample"
)

// FuzzParse reads any bytes in every way there is.
func FuzzParse(f *testing.F) {
	for _, text := range everyText(f) {
		f.Add(text)
	}
	for seed := range uint64(20) {
		f.Add(syntax.Print(generator(seed, false).Statement()))
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkTokens(t, text)
		statement, rest, finished := syntax.Cut(text)
		if statement+rest != text || finished && !strings.HasSuffix(statement, ";") || !finished && rest != "" {
			t.Errorf("cut into %q and %q, %v", statement, rest, finished)
		}
		if e := syntax.Expect(text, syntax.Options{}); e.Start < 0 || e.Start > len(text) {
			t.Error(e)
		}
		for _, o := range []syntax.Options{{}, {MaxDepth: 8, MaxNots: 2, MaxConditions: 3, MaxValues: 2, MaxOrderings: 2}} {
			checkParse(t, text, o)
		}
	})
}

// checkTokens holds the tokens of a text to covering all of it but white space.
func checkTokens(t *testing.T, text string) {
	t.Helper()
	end := 0
	for token := range syntax.Tokens(text) {
		gap := strings.TrimPrefix(text[end:token.Pos], "\ufeff")
		if token.Pos < end || token.End <= token.Pos || token.Class() == syntax.EndOfText || strings.Trim(gap, " \t\r\n\f") != "" {
			t.Fatalf("%v behind %d", token, end)
		}
		end = token.End
	}
	if strings.Trim(strings.TrimPrefix(text[end:], "\ufeff"), " \t\r\n\f") != "" {
		t.Fatalf("no token of %q", text[end:])
	}
}

// checkParse holds an error to its place, and statements to what they are printed as.
func checkParse(t *testing.T, text string, o syntax.Options) {
	t.Helper()
	statements, err := syntax.Parse(text, o)
	errs := syntax.Check(text, o)
	if err != nil {
		if len(errs) == 0 || errs[0].Error() != err.Error() {
			t.Fatalf("Parse: %v, Check: %v", err, errs)
		}
		for _, err := range errs[:min(20, len(errs))] {
			checkError(t, text, err)
		}
		return
	}
	if len(errs) > 0 {
		t.Fatalf("Check: %v", errs)
	}
	var all []string
	for _, s := range statements {
		all = append(all, syntax.Print(s))
	}
	o.MaxLength = 1 << 30 // what is printed may be longer
	printed := strings.Join(all, ";\n")
	again, err := syntax.Parse(printed, o)
	if err != nil {
		t.Fatalf("%s\n%v", printed, err)
	}
	strip(statements)
	strip(again)
	if !reflect.DeepEqual(statements, again) {
		t.Fatalf("%s\nis another tree", printed)
	}
	for i, s := range again {
		if twice := syntax.Print(s); twice != all[i] {
			t.Fatalf("%s\nis printed as\n%s", all[i], twice)
		}
	}
}

func checkError(t *testing.T, text string, err error) {
	t.Helper()
	var e *syntax.Error
	if !errors.As(err, &e) || fault.KindOf(err) != fault.Input || e.Text == "" || e.Hint != fault.HintOf(err) {
		t.Fatal(err)
	}
	if e.Reason == syntax.TooLong {
		return
	}
	before := text[:e.Offset]
	if e.Line != 1+strings.Count(before, "\n") || e.Column < 1 || e.Column > 1+len(before) || strings.Count(err.Error(), "\n") != 2 {
		t.Fatalf("line %d, column %d, offset %d\n%v", e.Line, e.Column, e.Offset, err)
	}
}

// byteSource lets a fuzzer choose.
type byteSource struct{ bytes []byte }

func (s *byteSource) IntN(n int) int {
	if len(s.bytes) == 0 {
		return 0
	}
	c := int(s.bytes[0])
	s.bytes = s.bytes[1:]
	return c % n
}

// FuzzPrint prints and reads statements that the fuzzer chooses.
func FuzzPrint(f *testing.F) {
	f.Add([]byte("\x00\x01\x02\x03\x04"), false)
	f.Add([]byte("anything that is long enough to make a statement of some size"), true)
	f.Fuzz(func(t *testing.T, choices []byte, shared bool) {
		g := &sample.Generator{Source: &byteSource{choices}, Tables: tables, Shared: shared, Bound: true}
		checkPrint(t, g.Statement())
	})
}
