package exec_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/exec"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/syntax"
)

const people = "key|name|city|age:integer|score:float|active:boolean\n" +
	"a|Ann|Oslo|30|1.5|true\nb|Bob|Rome|9|2|false\nc|\"Cy|d\"|Oslo|100||true\nd|\"Di \"\"D\"\"\"||18|-3e2|\ne||\"multi\nline\"|+7|2.0|false\n"

const visits = "who|place|n\na|Rome|3\na|Paris|10\nc|Oslo|\n# a comment\nz|Oslo|x\nb|Rome|3.0\n"

// FuzzQuery runs any text under small limits: none panics or goes on for ever.
func FuzzQuery(f *testing.F) {
	paths, err := filepath.Glob("../../testdata/reedql/*/*.rql")
	if err != nil || len(paths) == 0 {
		f.Fatal(paths, err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if file.Name == "query" {
				f.Add(string(file.Data), people)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text, csv string) {
		tables := catalogue{"visits": newTable(visits)}
		if read, ok := tryTable(csv); ok {
			tables["people"], tables["text"] = read, read
		}
		statements, err := syntax.Parse(text, syntax.Options{MaxLength: 4096, MaxDepth: 60})
		if err != nil {
			return
		}
		for _, s := range statements {
			if q, ok := s.(*syntax.Query); ok {
				limited(t, tables, q, text)
			}
		}
	})
}

// limited runs a query under small limits.
func limited(t *testing.T, c plan.Catalogue, q *syntax.Query, text string) {
	parameters := plan.Parameters{Named: map[string]cell.Value{"two": cell.FromInteger(2)}, Positional: make([]cell.Value, 2)}
	p, err := plan.Make(q, c, parameters, plan.Options{Text: text})
	if err != nil {
		return
	}
	const bound = time.Second
	start := time.Now()
	r, err := exec.Run(context.Background(), p, exec.Options{MaxRows: 1000, MaxMemory: 16 << 20, Timeout: bound, Workers: 2})
	if err == nil {
		for range r.All() {
		}
		r.Close()
	}
	if took := time.Since(start); took > 20*bound {
		t.Fatalf("%s took %s", text, took)
	}
	p.Explain()
}

// tryTable reads a table of untyped columns.
func tryTable(csv string) (read *table, ok bool) {
	defer func() { ok = recover() == nil }()
	return newTable(csv), true
}
