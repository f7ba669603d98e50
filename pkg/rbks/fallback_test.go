package rbks_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/rbks"
	"pgregory.net/rapid"
)

func fallback(t testing.TB, text string, wanted rbks.Wanted) (keys []string) {
	t.Helper()
	key, standing := rbks.Classify([]byte(text), rbks.Words{})
	if standing == rbks.Invalid {
		t.Fatalf("%q is no key", text)
	}
	for candidate := range key.Fallback(wanted) {
		keys = append(keys, string(candidate))
	}
	return keys
}

func TestFallback(t *testing.T) {
	eight := `a.b@de@prod@summer a.b@de@prod a.b@de@summer a.b@de a.b@prod@summer a.b@prod a.b@summer a.b`
	for _, test := range []struct {
		key    string
		wanted rbks.Wanted
		want   string
	}{
		{"a.b", rbks.Wanted{}, "a.b"},
		{"a.b", rbks.Wanted{Language: "de", Environment: "prod", Season: "summer"}, eight},
		{"a.b@summer@prod@de", rbks.Wanted{}, eight},
		{"a.b<prod>", rbks.Wanted{Language: "de", Season: "summer"}, eight},
		{"a.b@de@prod", rbks.Wanted{}, "a.b@de@prod a.b@de a.b@prod a.b"},
		{"a.b", rbks.Wanted{Environment: "dev", Season: "winter"}, "a.b@dev@winter a.b@dev a.b@winter a.b"},
		{"a.b", rbks.Wanted{Language: "de"}, "a.b@de a.b"},
		{"a.b@en", rbks.Wanted{Language: "de", Environment: "test"}, "a.b@en@test a.b@en a.b@test a.b"}, // the key's own word counts
		{"a.b", rbks.Wanted{Variant: "mobile"}, "a.b@mobile a.b"},
		{"a.b@mobile", rbks.Wanted{Language: "de", Variant: "tablet"}, "a.b@de@mobile a.b@mobile a.b@de a.b"},
		{"a.b@de@prod@summer@mobile", rbks.Wanted{}, strings.ReplaceAll(strings.ReplaceAll(eight+" ", " ", "@mobile "), "@mobile@", "@") + eight},
		{"a.b@beta@de", rbks.Wanted{}, "a.b@de@beta a.b@beta"}, // custom words are never given up
		{"a.b@zeta@beta@tablet", rbks.Wanted{Language: "en"}, "a.b@en@tablet@beta@zeta a.b@tablet@beta@zeta a.b@en@beta@zeta a.b@beta@zeta"},
		{"actix-web.cons.1@de@prod", rbks.Wanted{}, "actix-web.cons.1@de@prod actix-web.cons.1@de actix-web.cons.1@prod actix-web.cons.1"},
		{"landing", rbks.Wanted{Language: "de"}, "landing@de landing"},
	} {
		if diff := cmp.Diff(strings.Fields(test.want), fallback(t, test.key, test.wanted)); diff != "" {
			t.Errorf("%s, %v:\n%s", test.key, test.wanted, diff)
		}
	}
}

// TestFallbackLaws holds the chain of any key to what is promised of it.
func TestFallbackLaws(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := spellings().Draw(r, "key")
		key, _ := rbks.Parse([]byte(s.text), rbks.Words{})
		keys := fallback(t, s.text, rbks.Wanted{})
		given := 0
		for _, c := range classes {
			if key.Modifier(c) != nil {
				given++
			}
		}
		if len(keys) != 1<<given || len(slices.Compact(slices.Sorted(slices.Values(keys)))) != len(keys) {
			t.Fatalf("%d steps for %d words: %q", len(keys), given, keys)
		}
		if keys[0] != s.canonical {
			t.Fatalf("%s is first looked for as %s", s.text, keys[0])
		}
		for _, candidate := range keys {
			k, ok := rbks.Parse([]byte(candidate), rbks.Words{})
			if !ok || !k.IsCanonical() || string(k.Path()) != string(key.Path()) || k.Customs() != key.Customs() {
				t.Fatalf("%s is looked for as %s", s.text, candidate)
			}
		}
		n := 0
		for range key.Fallback(rbks.Wanted{}) {
			n++
			break
		}
		if n != 1 {
			t.Fatal("a caller cannot stop")
		}
	})
}

func TestWanted(t *testing.T) {
	key, _ := rbks.Parse([]byte("a.b<mobile,prod>"), rbks.Words{})
	got := key.Wanted().Or(rbks.Wanted{Language: "de", Environment: "dev"}).Or(rbks.Wanted{Language: "en", Season: "easter", Variant: "tablet"})
	want := rbks.Wanted{Language: "de", Environment: "prod", Season: "easter", Variant: "mobile"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := got.Check(rbks.Words{}); err != nil {
		t.Error(err)
	}
	for _, test := range []struct {
		wanted     rbks.Wanted
		text, hint string
	}{
		{rbks.Wanted{Language: "deu"}, `"deu" is no language`, "a language is a code of ISO 639-1, such as de or en"},
		{rbks.Wanted{Language: "prod"}, `"prod" is no language`, "a language is a code of ISO 639-1, such as de or en"},
		{rbks.Wanted{Environment: "PROD"}, `"PROD" is no environment`, "an environment is dev, prod, staging or test"},
		{rbks.Wanted{Season: "@"}, `"@" is no season`, "a season is christmas, easter, summer or winter"},
		{rbks.Wanted{Variant: "beta"}, `"beta" is no variant`, "a variant is desktop, mobile or tablet"},
	} {
		err := test.wanted.Check(rbks.Words{})
		if err == nil || err.Error() != test.text || fault.HintOf(err) != test.hint || fault.KindOf(err) != fault.Input {
			t.Errorf("%v: %v (%s)", test.wanted, err, fault.HintOf(err))
		}
	}
}
