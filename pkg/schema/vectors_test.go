package schema_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/schema"
)

var update = flag.Bool("update", false, "write what comes out as what is expected")

// TestVectors reads testdata/schema: a head of "expect:" lines, and behind lines "---" a schema, and perhaps a table or the
// statements of a migration and a table. Expected is each line of the schema as it is written anew, or each problem; then each
// violation of the table, or each line of the new schema and of the new table.
func TestVectors(t *testing.T) {
	files, err := filepath.Glob("../../testdata/schema/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parts := strings.Split(string(content), "---\n")
			got := expectation(parts[1:])
			if *update {
				parts[0] = got
				if err := os.WriteFile(file, []byte(strings.Join(parts, "---\n")), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(parts[0], got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// expectation returns the head of a vector.
func expectation(parts []string) string {
	s, err := schema.Parse([]byte(parts[0]))
	if err != nil {
		return expect("problem", err.Error())
	}
	head := expect("schema", string(s.Encode()))
	switch table := []byte(parts[len(parts)-1]); len(parts) {
	case 2:
		return head + violationsOf(s, table)
	case 3:
		statements, err := schema.ParseStatements([]byte(parts[1]))
		if err != nil {
			return expect("problem", err.Error())
		}
		m, err := s.Migrate(table, statements)
		if err != nil {
			return expect("problem", err.Error())
		}
		return expect("schema", string(m.Schema.Encode())) + expect("table", string(m.Render(table))) + expect("cell", m.Unconverted.Error())
	}
	return head
}

// violationsOf also shows that a table is checked alike as a whole and row by row.
func violationsOf(s *schema.Schema, table []byte) string {
	found, err := s.Validate(bytes.NewReader(table), int64(len(table)))
	if err != nil {
		return expect("problem", err.Error())
	}
	if alone := rowByRow(s, table); !cmp.Equal(found.List, alone) {
		return expect("problem", "row by row it is otherwise: "+cmp.Diff(found.List, alone))
	}
	return expect("violation", found.Error())
}

// rowByRow finds the violations of a table by what the rows before each one hold.
func rowByRow(s *schema.Schema, table []byte) (list []schema.Violation) {
	header, at, _ := row.Header(table)
	v, _ := s.Bind(header)
	first, _ := row.Next(table, 0)
	list = v.Header(row.Line(table, first.Body))
	type place struct{ key, set string }
	lines := map[place]int{}
	for {
		r, err := row.Next(table, at)
		if err != nil {
			return list
		}
		if at = r.End; r.Body == r.End {
			continue
		}
		record, line := table[r.Body:r.End], row.Line(table, r.Body)
		found, _ := v.Changed(line, record, func(set schema.Set, key []byte) (int, bool, error) {
			twin, ok := lines[place{string(key), cmp.Diff(nil, set)}]
			return twin, ok, nil
		})
		list = append(list, found...)
		if len(found) > 0 && found[0].Rule == schema.Columns {
			continue
		}
		for _, set := range v.Sets() {
			if key, ok := v.Key(nil, record, set); ok {
				at := place{string(key), cmp.Diff(nil, set)}
				if _, twin := lines[at]; !twin {
					lines[at] = line
				}
			}
		}
	}
}

func expect(what, text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("expect: " + what + ": " + strings.TrimSuffix(line, "\n") + "\n")
	}
	return b.String()
}
