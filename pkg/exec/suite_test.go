package exec_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/exec"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/syntax"
)

var update = flag.Bool("update", false, "write what queries return into the suites")

// A suite is a txtar archive: files NAME.csv are the tables, whose header may give a column a type behind a colon; after them a
// file query is followed by a file rows, which has the header and the rows as they are printed, or by a file error. A file set
// holds what is asked in place of the tables of the suite.
func TestSuites(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/reedql/*/*.rql")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			tables, n := catalogue{}, 0
			for i := range archive.Files {
				file := &archive.Files[i]
				if name, ok := strings.CutSuffix(file.Name, ".csv"); ok {
					tables[name] = newTable(string(file.Data))
				}
				if file.Name != "query" {
					continue
				}
				n++
				for _, workers := range []int{1, 3} {
					got, kind := answer(tables, string(file.Data), exec.Options{Workers: workers})
					want := &archive.Files[i+1]
					if *update {
						want.Name, want.Data = kind, []byte(got)
					}
					if diff := cmp.Diff(string(want.Data), got); diff != "" || want.Name != kind {
						t.Errorf("%s%d workers: %s, want %s: %s", file.Data, workers, kind, want.Name, diff)
					}
				}
			}
			if *update {
				if err := os.WriteFile(path, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			t.Logf("%d queries", n)
		})
	}
}

// answer returns what a query returns as text: its rows, or its error.
func answer(c plan.Catalogue, text string, o exec.Options) (got, kind string) {
	rows, err := ask(context.Background(), c, text, o)
	if err == nil {
		return rows, "rows"
	}
	got = err.Error() + "\n"
	if hint := fault.HintOf(err); hint != "" {
		got += "hint: " + hint + "\n"
	}
	return got, "error"
}

// ask runs a query and returns its rows as text.
func ask(ctx context.Context, c plan.Catalogue, text string, o exec.Options) (string, error) {
	rows, _, err := run(ctx, c, text, o)
	return rows, err
}

func run(ctx context.Context, c plan.Catalogue, text string, o exec.Options) (string, *plan.Plan, error) {
	text = strings.TrimSuffix(text, "\n")
	statements, err := syntax.Parse(text, syntax.Options{})
	if err != nil {
		return "", nil, err
	}
	query, ok := statements[0].(*syntax.Query)
	if !ok {
		return "", nil, fmt.Errorf("no query: %s", text)
	}
	parameters := plan.Parameters{
		Named:      map[string]cell.Value{"two": cell.FromInteger(2), "quoted": cell.FromText([]byte("it's; DROP"))},
		Positional: []cell.Value{cell.FromInteger(1), cell.FromText([]byte("b"))},
	}
	p, err := plan.Make(query, c, parameters, plan.Options{Text: text})
	if err != nil {
		return "", nil, err
	}
	r, err := exec.Run(ctx, p, o)
	if err != nil {
		return "", p, err
	}
	defer r.Close()
	var b strings.Builder
	for i, c := range r.Columns() {
		b.WriteString([]string{"|", ""}[b2i(i == 0)] + c.Name)
	}
	b.WriteString("\n")
	for row := range r.All() {
		for i, v := range row {
			b.WriteString([]string{"|", ""}[b2i(i == 0)])
			b.WriteString(printed(v))
		}
		b.WriteString("\n")
	}
	return b.String(), p, r.Err()
}

// printed shows NULL, the empty text and line breaks.
func printed(v cell.Value) string {
	switch {
	case v.IsNull():
		return "NULL"
	case len(v.AppendText(nil)) == 0:
		return "''"
	}
	return strings.ReplaceAll(string(v.AppendText(nil)), "\n", "\\n")
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
