package schema_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/schema"
)

// seeds gives the parts of each vector.
func seeds(f *testing.F, add func(parts []string)) {
	files, err := filepath.Glob("../../testdata/schema/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		add(append(strings.Split(string(content), "---\n")[1:], "", ""))
	}
}

func FuzzParse(f *testing.F) {
	seeds(f, func(parts []string) { f.Add([]byte(parts[0])) })
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := schema.Parse(text)
		if err != nil {
			var problems schema.Problems
			if kind := fault.KindOf(err); kind != fault.Input && kind != fault.Format || err.Error() == "" {
				t.Fatal(err)
			}
			if errors.As(err, &problems); misplaced(problems, text) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		written := s.Encode()
		back, err := schema.Parse(written)
		if err != nil {
			t.Fatalf("%q is written as %q: %v", text, written, err)
		}
		if diff := equal(s, back); diff != "" {
			t.Fatalf("%q is written as %q\n%s", text, written, diff)
		}
	})
}

// misplaced reports whether a problem is said to be on a line that the text has not.
func misplaced(problems schema.Problems, text []byte) bool {
	for _, p := range problems {
		if p.Line < 0 || p.Line > bytes.Count(text, []byte("\n"))+1 || p.Line > 0 && p.Character < 1 {
			return true
		}
	}
	return false
}

func FuzzStatements(f *testing.F) {
	seeds(f, func(parts []string) { f.Add([]byte(parts[1])) })
	f.Fuzz(func(t *testing.T, text []byte) {
		statements, err := schema.ParseStatements(text)
		if err != nil {
			var problems schema.Problems
			if errors.As(err, &problems); fault.KindOf(err) != fault.Input || misplaced(problems, text) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		var written strings.Builder
		for _, s := range statements {
			written.WriteString(s.String() + "\n")
		}
		again, err := schema.ParseStatements([]byte(written.String()))
		if err != nil || len(again) != len(statements) {
			t.Fatalf("%q is written as %q: %v", text, written.String(), err)
		}
		for i := range again {
			if again[i].String() != statements[i].String() {
				t.Fatalf("%q is %s, then %s", text, statements[i], again[i])
			}
		}
	})
}

func FuzzMigrate(f *testing.F) {
	seeds(f, func(parts []string) { f.Add([]byte(parts[0]), []byte(parts[1]), []byte(parts[2])) })
	f.Fuzz(func(t *testing.T, text, steps, table []byte) {
		s, err := schema.Parse(text)
		if err != nil {
			return
		}
		statements, err := schema.ParseStatements(steps)
		if err != nil {
			return
		}
		m, err := s.Migrate(table, statements)
		if err != nil {
			if fault.KindOf(err) != fault.Input {
				t.Fatal(err)
			}
			return
		}
		moved := m.Render(table)
		before, after := problems(table), problems(moved)
		if before == "" && after != "" {
			t.Fatalf("%q becomes %q by %q: %s", table, moved, steps, after)
		}
		if diff := cmp.Diff(comments(table), comments(moved)); before == "" && diff != "" {
			t.Fatalf("%q becomes %q by %q: %s", table, moved, steps, diff)
		}
		if _, err := schema.Parse(m.Schema.Encode()); err != nil {
			t.Fatalf("%q by %q becomes %q: %v", text, steps, m.Schema.Encode(), err)
		}
	})
}

// problems says why a text is no table; two rows of one key do not matter.
func problems(table []byte) string {
	err := row.Check(table, nil)
	var found *row.Problems
	if !errors.As(err, &found) {
		return ""
	}
	for _, p := range found.List {
		if !strings.HasPrefix(p.Text, "key ") {
			return p.String()
		}
	}
	return ""
}

func FuzzValidate(f *testing.F) {
	seeds(f, func(parts []string) { f.Add([]byte(parts[0]), []byte(parts[1])) })
	f.Fuzz(func(t *testing.T, text, table []byte) {
		s, err := schema.Parse(text)
		if err != nil {
			return
		}
		found, err := s.Validate(bytes.NewReader(table), int64(len(table)))
		if err != nil {
			if fault.KindOf(err) != fault.Input {
				t.Fatal(err)
			}
			return
		}
		if diff := cmp.Diff(rowByRow(s, table), found.List); diff != "" && found.Total <= 1000 {
			t.Fatalf("%q, %q: %s", text, table, diff)
		}
		if inferred, err := schema.Infer(table, nil); err == nil && problems(table) == "" {
			if broken, err := inferred.Validate(bytes.NewReader(table), int64(len(table))); err != nil || broken.Total > 0 {
				t.Fatalf("%q: %v, %v\n%s", table, err, broken, inferred.Encode())
			}
		}
	})
}
