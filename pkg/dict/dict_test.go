package dict_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/dict"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/verlog"
	"pgregory.net/rapid"
)

func parse(t *testing.T, kind dict.Kind, text string) *dict.Dict {
	t.Helper()
	d, err := dict.Parse(kind, kind.File(), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDefaultActionsAreThoseOfTheLog(t *testing.T) {
	d := parse(t, dict.Actions, string(dict.Actions.Default(time.Time{})))
	if n := len(d.Entries()); n != int(verlog.Actions) {
		t.Errorf("%d actions, the log knows %d", n, verlog.Actions)
	}
	for a := range verlog.Actions {
		if name := d.Label(uint64(a)); name != a.String() {
			t.Errorf("action %d is %q, the log says %q", a, name, a)
		}
		if e, ok := d.Name(strings.ToUpper(a.String())); !ok || e.Code != uint64(a) {
			t.Errorf("%q in upper case is %v, %v", a, e, ok)
		}
	}
}

func TestDefaultUsers(t *testing.T) {
	d := parse(t, dict.Users, string(dict.Users.Default(time.Unix(1_700_000_000, 0))))
	want := []dict.Entry{{Code: 0, Name: dict.System, Note: "2023-11-14T22:13:20Z"}}
	if diff := cmp.Diff(want, d.Entries()); diff != "" {
		t.Error(diff)
	}
}

func TestLookup(t *testing.T) {
	d := parse(t, dict.Users, "# code|name|created_at\r\n2001|Änne B.|2026-01-01\r\n\r\n0|system|2026-01-01T00:00:00Z\n1001|anna|2026-01-01")
	if e, ok := d.Name("Änne B."); !ok || e.Code != 2001 {
		t.Error(e, ok)
	}
	if _, ok := d.Name("ANNA"); ok {
		t.Error("users are found in any case")
	}
	for code, want := range map[uint64]string{0: "system", 1001: "anna", 1234: "user 1234"} {
		if got := d.Label(code); got != want {
			t.Errorf("%d is %q", code, got)
		}
	}
	var codes []uint64
	for _, e := range d.Entries() {
		codes = append(codes, e.Code)
	}
	if diff := cmp.Diff([]uint64{0, 1001, 2001}, codes); diff != "" {
		t.Error(diff)
	}
	empty := parse(t, dict.Actions, "")
	if got := empty.Label(99); got != "action 99" {
		t.Error(got)
	}
}

func TestParseReportsAll(t *testing.T) {
	text := strings.Join([]string{
		"# comment",
		"1|anna|2026-01-01",
		"1|bert|2026-01-01",
		"2|anna|2026-01-01",
		"3|carl",
		"4|d|2026-01-01|x",
		"five|emil|2026-01-01",
		"-6|frida|2026-01-01",
		"07|gerd|2026-01-01",
		"9223372036854775808|hans|2026-01-01",
		"8||2026-01-01",
		"9|ina\x00|2026-01-01",
		"10|jan|yesterday",
		"11|42|2026-01-01",
		"12|karl|2026-01-01",
	}, "\n")
	d, err := dict.Parse(dict.Users, "users.dict", []byte(text))
	want := []string{
		`users.dict:3: code 1 is that of line 2 too`,
		`users.dict:4: name "anna" is that of line 2 too`,
		`users.dict:5: 2 fields instead of 3 (code|name|note)`,
		`users.dict:6: 4 fields instead of 3 (code|name|note)`,
		`users.dict:7: code "five" is no decimal integer`,
		`users.dict:8: code "-6" is no decimal integer`,
		`users.dict:9: code "07" is no decimal integer`,
		`users.dict:10: code "9223372036854775808" is no decimal integer`,
		`users.dict:11: the user name is empty`,
		`users.dict:12: the user name "ina\x00" has a character that does not print, U+0000`,
		`users.dict:13: created_at: "yesterday" is no point in time`,
		`users.dict:14: the user name "42" has nothing but digits, which would read as a code`,
	}
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" || fault.KindOf(err) != fault.Corrupt {
		t.Error(diff)
	}
	if n := len(d.Entries()); n != 2 {
		t.Errorf("%d entries are right, not 2", n)
	}
	_, err = dict.Parse(dict.Actions, "a", []byte("1|Go|x\n2|gO|y\n"))
	if err == nil || err.Error() != `a:2: name "gO" is that of line 1 too` {
		t.Error(err)
	}
}

func TestCheckUser(t *testing.T) {
	for _, name := range []string{"anna", "Anna B.", "änne", "a#b", "root@host", "1a", strings.Repeat("x", 128)} {
		if err := dict.CheckUser(name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"", "a|b", "a\nb", "a\rb", "a\x00", "a\x1b[2J", "#a", " a", "a ", "\u00a0a", "a\u202eb", "a\u200bb",
		"\xff", "1234", "0", strings.Repeat("x", 129)} {
		if err := dict.CheckUser(name); fault.KindOf(err) != fault.Input {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestCheckEntry(t *testing.T) {
	for _, e := range []dict.Entry{{1, "a b", ""}, {1, "a", "x|y"}, {1, "a", "x\ny"}, {1, "a", strings.Repeat("x", 1025)}} {
		if err := dict.Actions.Check(e); fault.KindOf(err) != fault.Input {
			t.Errorf("%+v: %v", e, err)
		}
	}
	if err := dict.Actions.Check(dict.Entry{Code: 1, Name: "deploy", Note: ""}); err != nil {
		t.Error(err)
	}
}

func TestMint(t *testing.T) {
	d := parse(t, dict.Users, "0|system|2026-01-01\n7042|anna|2026-01-01\n3001|bert|2026-01-01\n")
	if code, err := d.Mint(5); code != 8005 || err != nil {
		t.Error(code, err)
	}
	for _, node := range []int{0, -1, 1000} {
		if code, err := d.Mint(node); fault.KindOf(err) != fault.Input {
			t.Error(node, code, err)
		}
	}
	full := parse(t, dict.Users, "9223372036854775807|anna|2026-01-01\n")
	if code, err := full.Mint(1); fault.KindOf(err) != fault.Input {
		t.Error(code, err)
	}
}

func TestAddKeepsTheLinesBefore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{"", "# c", "# c\r\n", "0|system|2026-01-01", "\n\n0|system|2026-01-01\r\n"}).Draw(t, "text")
		e := dict.Entry{Code: 1001, Name: rapid.StringMatching(`[a-z]{1,9}( [A-Z]{2})?`).Draw(t, "name"), Note: "2026-01-01"}
		if e.Name == dict.System {
			return
		}
		added := dict.Add([]byte(text), e)
		d, err := dict.Parse(dict.Users, "", added)
		if err != nil || !bytes.HasPrefix(added, []byte(text)) {
			t.Fatalf("%q: %v", added, err)
		}
		if got, ok := d.Name(e.Name); !ok || got != e {
			t.Fatalf("%q: %v, %v", added, got, ok)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(dict.Actions.Default(time.Time{}), true)
	f.Add(dict.Users.Default(time.Unix(1_700_000_000, 0)), false)
	f.Add([]byte("1|a|\n1|A|\nx||\n2|b\n\n#\n3|c|d|e"), true)
	f.Fuzz(func(t *testing.T, text []byte, actions bool) {
		kind := dict.Users
		if actions {
			kind = dict.Actions
		}
		d, err := dict.Parse(kind, "f", text)
		if err != nil && fault.KindOf(err) != fault.Corrupt {
			t.Fatal(err)
		}
		var written []byte
		for _, e := range d.Entries() {
			written = e.Append(written)
			if got, ok := d.Code(e.Code); !ok || got != e {
				t.Fatalf("code %d is %v", e.Code, got)
			}
			if got, ok := d.Name(e.Name); !ok || got != e {
				t.Fatalf("name %q is %v", e.Name, got)
			}
		}
		again, err := dict.Parse(kind, "g", written)
		if diff := cmp.Diff(d.Entries(), again.Entries()); diff != "" || err != nil {
			t.Fatalf("%q: %v\n%s", written, err, diff)
		}
		if code, err := d.Mint(7); err == nil {
			if _, ok := d.Code(code); ok {
				t.Fatalf("%d is minted twice", code)
			}
		}
	})
}
