package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const sample = "# who greets\nkey|value\n\na|Hello, \"you\"\n# below\r\n\"b|c\"|\"two\nlines\"\r\nd|\n# the end\n"

func TestConvert(t *testing.T) {
	for _, test := range []struct{ format, want string }{
		{"csv", "key,value\na,\"Hello, \"\"you\"\"\"\nb|c,\"two\nlines\"\nd,\n"},
		{"pipe", "key|value\na|\"Hello, \"\"you\"\"\"\n\"b|c\"|\"two\nlines\"\nd|\n"},
		{"json", "[\n" + `{"key":"a","value":"Hello, \"you\""},` + "\n" + `{"key":"b|c","value":"two\nlines"},` + "\n" + `{"key":"d","value":""}` + "\n]\n"},
		{"jsonl", `{"key":"a","value":"Hello, \"you\""}` + "\n" + `{"key":"b|c","value":"two\nlines"}` + "\n" + `{"key":"d","value":""}` + "\n"},
	} {
		var got bytes.Buffer
		if err := convert(&got, []byte(sample), test.format); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got.String()); diff != "" {
			t.Errorf("%s:\n%s", test.format, diff)
		}
	}
}

func TestConvertedIsReadBackByOthers(t *testing.T) {
	want := [][]string{{"key", "value"}, {"a", `Hello, "you"`}, {"b|c", "two\nlines"}, {"d", ""}}
	var text bytes.Buffer
	if err := convert(&text, []byte(sample), "csv"); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(&text).ReadAll()
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("encoding/csv: %v\n%s", err, diff)
	}
	if err := convert(&text, []byte(sample), "json"); err != nil {
		t.Fatal(err)
	}
	var objects []map[string]string
	err = json.Unmarshal(text.Bytes(), &objects)
	if err != nil || len(objects) != 3 || objects[1]["value"] != "two\nlines" {
		t.Errorf("encoding/json: %v, %q", err, objects)
	}
}

func TestConvertEmpty(t *testing.T) {
	for format, want := range map[string]string{"csv": "a\n", "pipe": "a\n", "json": "[]\n", "jsonl": ""} {
		var got bytes.Buffer
		if err := convert(&got, []byte("a\n"), format); err != nil || got.String() != want {
			t.Errorf("%s: %v, %q, want %q", format, err, got.String(), want)
		}
	}
}
