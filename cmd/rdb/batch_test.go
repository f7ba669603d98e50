package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
)

func TestReadBatch(t *testing.T) {
	text := "\n" + `{"op":"set","table":"t","key":"k|\u00e9","cells":{"a":"x\"y","n":1.50,"b":true},"add":{"m":-0.1}}` + "\r\n\n  " +
		`{"table":"t","key":["a","b"],"op":"delete","if":{"a":"1","n":{">=":1,"<":"18"}},"if-exists":true,"if-absent":false,"if-version":42} ` +
		"\n" + `{"op":"set","table":"t","key":"","if-absent":true}`
	got, err := readBatch(strings.NewReader(text), 100)
	if err != nil {
		t.Fatal(err)
	}
	want := []statement{
		{line: 2, key: "k|é", Statement: reedbase.Statement{Table: "t", Cells: []reedbase.Assignment{
			{Column: "a", Value: `x"y`}, {Column: "n", Value: "1.50"}, {Column: "b", Value: "true"},
			{Column: "m", Value: "-0.1", Operation: reedbase.Add},
		}}},
		{line: 4, version: "42", Statement: reedbase.Statement{Table: "t", Delete: true, Key: []string{"a", "b"}, If: []reedbase.Condition{
			{Test: reedbase.Equal, Column: "a", Value: "1"}, {Test: reedbase.AtLeast, Column: "n", Value: "1"},
			{Test: reedbase.Less, Column: "n", Value: "18"}, {Test: reedbase.Present},
		}}},
		{line: 5, Statement: reedbase.Statement{Table: "t", If: []reedbase.Condition{{Test: reedbase.Absent}}}},
	}
	same := cmp.Options{cmp.AllowUnexported(statement{}), cmpopts.IgnoreFields(statement{}, "fields", "columns")}
	if diff := cmp.Diff(want, got, same); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadBatchRefuses(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{`{"op":"set","table":"t"}`, `"key" is missing`},
		{`{"op":"set","key":"k"}`, `"table" is missing`},
		{`{"table":"t","key":"k"}`, `"op" is missing: it is set or delete`},
		{`{"op":"upsert","table":"t","key":"k"}`, `"op" is set or delete, not "upsert"`},
		{`{"op":"set","table":"t","key":"k","cell":{}}`, `unknown field "cell"`},
		{`{"op":"set","table":"t","key":"k","key":"l"}`, `"key" stands twice`},
		{`{"op":"set","table":"t","key":"k","cells":{"a":"1","a":"2"}}`, `"a" stands twice`},
		{`{"op":"set","table":"t","key":"k","cells":{"a":"1"},"add":{"a":"2"}}`, `column "a" is in "cells" and in "add"`},
		{`{"op":"set","table":"t","key":"k","cells":{"a":null}}`, `"a" is a string, a number, true or false`},
		{`{"op":"set","table":"t","key":"k","cells":{"a":{"b":"c"}}}`, `"a" is a string, a number, true or false`},
		{`{"op":"set","table":"t","key":"k","cells":["a"]}`, `"cells" is an object`},
		{`{"op":"set","table":"t","key":"k","if":"a=1"}`, `"if" is an object`},
		{`{"op":"set","table":"t","key":"k","if":{"a":{"~":"1"}}}`, `column "a": "~" is none of = != < <= > >=`},
		{`{"op":"set","table":"t","key":"k","if":{"a":{">":{"b":{}}}}}`, `it is nested too deep`},
		{`{"op":"set","table":"t","key":"k","if":{"a":{">":["b"]}}}`, `it is nested too deep`},
		{`{"op":"set","table":"t","key":"k","if-absent":"yes"}`, `"if-absent" is true or false`},
		{`{"op":"set","table":"t","key":"k","if-absent":true,"if-exists":true}`, `"if-absent" and "if-exists" contradict each other`},
		{`{"op":"set","table":"t","key":"k","if-version":""}`, `"if-version" is empty`},
		{`{"op":"set","table":"t","key":{"a":"b"}}`, `"key" is a string, a number, true or false`},
		{`{"op":"set","table":7,"key":"k"}`, `"table" is a string`},
		{`{"op":"delete","table":"t","key":"k","cells":{}}`, `a row that is deleted has neither "cells" nor "add"`},
		{`{"op":"set","table":"t","key":"k"} x`, `something follows the JSON object`},
		{`{"op":"set","table":"t","key":"k"`, `it is no JSON: it ends where a comma or the end of the brackets should stand`},
		{`{"op":"set",}`, `it is no JSON: '}' stands where a name should, at byte 13`},
		{`set t k a=1`, `it is no JSON object`},
		{`["set"]`, `it is no JSON object`},
		{"{\"op\":\"s\xff\"}", `it is not UTF-8`},
		{`{"op":"\ud800"}`, `a \u escape is half of a surrogate pair`},
		{`{"op":"\udc00\ud800"}`, `a \u escape is half of a surrogate pair`},
		{`{"op":"\uD83D\\uDE00"}`, `a \u escape is half of a surrogate pair`},
		{`{"op":"\uD83D\uDE00"}`, `"op" is set or delete, not "😀"`},
		{`{"op":"\\ud800"}`, `"op" is set or delete, not "\\ud800"`},
		{`{"a":"` + strings.Repeat("x", maxStatement) + `"}`, `it has more than 16777216 bytes`},
	} {
		got, err := readBatch(strings.NewReader("\n"+c.line+"\n"), 1)
		if fault.KindOf(err) != fault.Input || !strings.HasPrefix(fmt.Sprint(err), "line 2: "+c.want) {
			t.Errorf("%.80s: %+v %v, want %s", c.line, got, err, c.want)
		}
	}
	three := strings.Repeat(`{"op":"set","table":"t","key":""}`+"\n", 3)
	if list, err := readBatch(strings.NewReader(three), 2); fault.KindOf(err) != fault.Input || err.Error() != "line 3: a batch has at most 2 statements" {
		t.Errorf("one too many: %+v %v", list, err)
	}
}

// TestManStatements holds the fields that rdb(1) describes to those that are read.
func TestManStatements(t *testing.T) {
	page, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut(string(page), ".Ss A batch\n")
	part, _, _ = strings.Cut(part, ".Ss ")
	described := strings.Count(part, "\n.It ") - 1 // the head of the table
	for _, field := range statementFields() {
		if !strings.Contains(part, "\n.It "+field+" Ta ") {
			t.Errorf("rdb(1) does not describe %s", field)
		}
		_, err := readBatch(strings.NewReader(`{"`+field+`":[null]}`), 1)
		if err == nil || strings.Contains(err.Error(), "unknown field") {
			t.Errorf("%s: %v", field, err)
		}
	}
	if described != len(statementFields()) {
		t.Errorf("rdb(1) describes %d fields", described)
	}
}

func FuzzReadBatch(f *testing.F) {
	f.Add(`{"op":"set","table":"t","key":"k","cells":{"a":"x"},"add":{"n":-1},"if":{"a":{"<=":"1"}},"if-absent":true}`)
	f.Add(`{"op":"delete","table":"t","key":["a","b"],"if-version":"~1"}` + "\n{}")
	f.Add(`{"op":"\ud83d\ude00"}`)
	f.Fuzz(func(t *testing.T, text string) {
		list, err := readBatch(strings.NewReader(text), 100)
		if err != nil {
			if fault.KindOf(err) != fault.Input || !strings.HasPrefix(err.Error(), "line ") {
				t.Errorf("%q: %v of kind %v", text, err, fault.KindOf(err))
			}
			return
		}
		for _, s := range list {
			for _, c := range s.Cells {
				if !utf8.ValidString(c.Column) || !utf8.ValidString(c.Value) {
					t.Errorf("%q has the cell %q", text, c)
				}
			}
		}
	})
}

// FuzzBatchCell has any text come through a batch as it is.
func FuzzBatchCell(f *testing.F) {
	f.Add("a|b", "x\n\"\\\x00\u2028")
	f.Add("+", "\ufffd")
	f.Fuzz(func(t *testing.T, column, value string) {
		if !utf8.ValidString(column) || !utf8.ValidString(value) {
			return
		}
		b, err := json.Marshal(map[string]any{
			"op": "set", "table": "t", "key": value, "cells": map[string]string{column: value}, "if": map[string]any{column: map[string]string{"!=": value}},
		})
		if err != nil {
			t.Fatal(err)
		}
		list, err := readBatch(strings.NewReader(string(b)), 1)
		if err != nil || len(list) != 1 || list[0].key != value || list[0].Cells[0] != (reedbase.Assignment{Column: column, Value: value}) ||
			list[0].If[0] != (reedbase.Condition{Test: reedbase.NotEqual, Column: column, Value: value}) {
			t.Errorf("%s: %+v %v", b, list, err)
		}
	})
}
