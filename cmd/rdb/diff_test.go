package main

import (
	"bufio"
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/reedbase"
)

// hostile is a diff whose text would do harm where it is not written with care.
func hostile() *reedbase.Diff {
	columns := []string{"key", "the value"}
	record := func(cells ...string) *reedbase.Record { return &reedbase.Record{Columns: columns, Cells: cells} }
	return &reedbase.Diff{
		OldColumns: columns, NewColumns: columns, KeyColumns: columns[:1],
		Changes: []reedbase.RowChange{
			{Key: []string{"it's"}, New: record("it's", "a\tb\\c")},
			{Key: []string{"\x1b[31m"}, Old: record("\x1b[31m", "<red>")},
			{Key: []string{"k"}, Old: record("k", ""), New: record("k", "two\nlines"), Cells: []reedbase.CellChange{{Column: "the value", New: "two\nlines"}}},
		},
		Added: 1, Changed: 1, Deleted: 1, Cells: 1,
	}
}

func TestDiffFormats(t *testing.T) {
	for _, test := range []struct {
		name   string
		format cli.Format
		write  func(*call)
		want   string
	}{
		{"people", cli.Table, func(c *call) { c.writeDiff(hostile()) }, `+ it's
    the value: a\tb\c
- \x1b[31m
    the value: <red>
~ k
    the value: "" → two\nlines
+1 ~1 -1 rows, 1 cell changed
`},
		{"statements", cli.Table, func(c *call) { c.writeStatements("api.text", hostile()) },
			`INSERT INTO "api.text" (key, "the value") VALUES ('it''s', 'a` + "\t" + `b\c');
DELETE FROM "api.text" WHERE key = '` + "\x1b" + `[31m';
UPDATE "api.text" SET "the value" = 'two
lines' WHERE key = 'k';
`},
		{"JSON", cli.JSON, func(c *call) { c.writeDiffJSON(hostile()) },
			`{"op":"insert","key":["it's"],"new":{"key":"it's","the value":"a\tb\\c"}}
{"op":"delete","key":["\u001b[31m"],"old":{"key":"\u001b[31m","the value":"<red>"}}
{"op":"update","key":["k"],"cells":[{"column":"the value","old":"","new":"two\nlines"}]}
`},
		{"CSV", cli.Table, func(c *call) { c.writeDiffCSV(hostile()) },
			"op,key,column,old,new\ninsert,it's,key,,it's\ninsert,it's,the value,,a\tb\\c\n" +
				"delete,\x1b[31m,key,\x1b[31m,\ndelete,\x1b[31m,the value,<red>,\nupdate,k,the value,,\"two\nlines\"\n"},
		{"porcelain", cli.Porcelain, func(c *call) { c.writeDiffFields(hostile()) },
			"insert\tit's\tkey\t\tit's\ninsert\tit's\tthe value\t\ta\\tb\\\\c\n" +
				"delete\t\x1b[31m\tkey\t\x1b[31m\t\ndelete\t\x1b[31m\tthe value\t<red>\t\nupdate\tk\tthe value\t\ttwo\\nlines\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			c := &call{Env: &cli.Env{Out: bufio.NewWriter(&out), Getenv: func(string) string { return "" }}, format: test.format}
			test.write(c)
			c.Out.Flush()
			if diff := cmp.Diff(test.want, out.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestChangesAndSizesForPeople(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{changes(0, 0, 0), "no row changed"},
		{changes(1, 0, 3), "+1 -3 rows"},
		{changes(0, 1, 0), "~1 row"},
		{count(1, "row"), "1 row"},
		{count(0, "row"), "0 rows"},
		{bytesText(1), "1 byte"},
		{bytesText(9_999), "9999 bytes"},
		{bytesText(10_000), "10.0 kB"},
		{bytesText(12_345_678), "12.3 MB"},
		{bytesText(1_500_000_000), "1.5 GB"},
	} {
		if test.got != test.want {
			t.Errorf("%q, want %q", test.got, test.want)
		}
	}
}
