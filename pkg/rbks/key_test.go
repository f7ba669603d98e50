package rbks_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/rbks"
)

func TestKeyParts(t *testing.T) {
	key, ok := rbks.Parse([]byte("page.header.logo<zeta,prod,beta,mobile,easter,en>"), rbks.Words{})
	if !ok {
		t.Fatal("no key")
	}
	got := []string{
		string(key.Namespace()), string(key.Path()), string(key.Prefix(0)), string(key.Prefix(2)), string(key.Segment(0)), string(key.Segment(2)),
		string(key.Language()), string(key.Environment()), string(key.Season()), string(key.Variant()),
		string(key.Custom(0)), string(key.Custom(1)), string(key.AppendAngle(nil)),
		string(key.AppendWithout(nil, rbks.Language)), string(key.AppendWithout(nil, rbks.Variant)), string(key.AppendWithout(nil, rbks.Custom)),
	}
	want := []string{
		"page", "page.header.logo", "", "page.header", "page", "logo",
		"en", "prod", "easter", "mobile",
		"beta", "zeta", "page.header.logo<en,prod,easter,mobile,beta,zeta>",
		"page.header.logo@prod@easter@mobile@beta@zeta", "page.header.logo@en@prod@easter@beta@zeta", "page.header.logo@en@prod@easter@mobile",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if key.Customs() != 2 || key.Depth() != 3 || !key.HasCustom("zeta") || key.HasCustom("prod") || key.HasCustom("") {
		t.Error(key.Customs(), key.Depth())
	}
	if bare, _ := rbks.Parse([]byte("a.b"), rbks.Words{}); bare.Language() != nil || string(bare.AppendAngle(nil)) != "a.b" {
		t.Errorf("%q, %s", bare.Language(), bare.AppendAngle(nil))
	}
}

// TestPartsCannotOverwriteTheText appends to what a key returns.
func TestPartsCannotOverwriteTheText(t *testing.T) {
	text := []byte("page.title@de@beta")
	key, _ := rbks.Parse(text, rbks.Words{})
	for _, part := range [][]byte{key.Namespace(), key.Segment(1), key.Language(), key.Custom(0)} {
		_ = append(part, "!!!"...)
	}
	if string(text) != "page.title@de@beta" {
		t.Errorf("%s", text)
	}
}

func TestWithin(t *testing.T) {
	for _, test := range []struct {
		key, path string
		want      bool
	}{
		{"page.header", "page.header", true},
		{"page.header@de", "page.header", true},
		{"page.header<de,prod>", "page.header", true},
		{"page.header.logo.alt@en", "page.header", true},
		{"page.headers", "page.header", false},
		{"page.headers.logo", "page.header", false},
		{"page.header2@de", "page.header", false},
		{"page.header-logo", "page.header", false},
		{"page", "page.header", false},
		{"page.footer", "page.header", false},
		{"page.title@de", "page.title@de", true},
		{"page.title@de@prod", "page.title@de", true},
		{"page.title@dev", "page.title@de", false},
		{"anything at all", "", true},
		{"", "", true},
		{"", "page", false},
		{"actix-web.cons.1", "actix-web", true},
	} {
		if got := rbks.Within([]byte(test.key), []byte(test.path)); got != test.want {
			t.Errorf("%q within %q: %v", test.key, test.path, got)
		}
	}
}

func TestCutNode(t *testing.T) {
	for _, test := range []struct {
		pattern, path string
		ok            bool
	}{
		{"page.header.*", "page.header", true},
		{"page.*", "page", true},
		{"*", "", true},
		{"page.header", "", false},
		{"page.header.", "", false},
		{"page*", "", false},
		{".*", "", false},
		{"", "", false},
	} {
		path, ok := rbks.CutNode([]byte(test.pattern))
		if ok != test.ok || ok && string(path) != test.path {
			t.Errorf("%q: %q, %v", test.pattern, path, ok)
		}
	}
}
