package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/fault"
)

// plainValue returns a value as encoding/json gives it.
func plainValue(value any) any {
	switch v := value.(type) {
	case object:
		o := map[string]any{}
		for _, m := range v {
			o[m.name] = plainValue(m.value)
		}
		return o
	case []any:
		list := []any{}
		for _, item := range v {
			list = append(list, plainValue(item))
		}
		return list
	case number:
		return json.Number(v)
	}
	return value
}

// FuzzParseObject holds our reader of JSON against the standard library's.
func FuzzParseObject(f *testing.F) {
	for _, text := range []string{
		`{"a":["b",{"c":-1.5e+3,"d":0}],"e":{},"f":[],"g":null,"h":true,"i":false}`, "{}", ` {"a" : "\u00e9\n\ud83d\ude00\/" } `,
		`{"a":1,"a":2}`, `{"a":01}`, `{"a":1.}`, `{"a":.5}`, `{"a":-}`, `{"a":1e}`, `{"a":tru}`, `{"a":"\x"}`, "{\"a\":\"\t\"}", `{"a":"\ud83d"}`,
		`{"a":[1,]}`, `{"a":1,}`, `{,}`, `{"a"}`, `{"a":}`, `[{"a":1}]`, `{"a":1}{}`, `{"a":"`, `{"a":[`, `{"a":"\`, "",
		`{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1,"l":1,"m":1,"n":1,"o":1,"p":1,"q":1,"a":1}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseObject([]byte(text), 20)
		if err != nil {
			if fault.KindOf(err) != fault.Input {
				t.Errorf("%q: %v of kind %v", text, err, fault.KindOf(err))
			}
			if strings.HasPrefix(err.Error(), "it is no JSON:") && json.Valid([]byte(text)) {
				t.Errorf("%q is JSON: %v", text, err)
			}
			return
		}
		var want any
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&want); err != nil {
			t.Fatalf("%q is read as %v: %v", text, got, err)
		}
		if diff := cmp.Diff(want, plainValue(got)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	})
}
