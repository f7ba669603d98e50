package rbks_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/rbks"
)

func TestLists(t *testing.T) {
	languages := rbks.Words{}.List(rbks.Language)
	if len(languages) != 183 || !slices.IsSorted(languages) || len(slices.Compact(languages)) != 183 {
		t.Errorf("%d languages: %v", len(languages), languages)
	}
	for c, want := range map[rbks.Class][]string{
		rbks.Environment: {"dev", "prod", "staging", "test"},
		rbks.Season:      {"christmas", "easter", "summer", "winter"},
		rbks.Variant:     {"desktop", "mobile", "tablet"},
		rbks.Custom:      nil,
	} {
		if diff := cmp.Diff(want, rbks.Words{}.List(c)); diff != "" {
			t.Errorf("%s: %s", c, diff)
		}
	}
	for _, c := range classes {
		for _, word := range (rbks.Words{}).List(c) {
			if got := (rbks.Words{}).ClassOf([]byte(word)); got != c {
				t.Errorf("%s is a %s, want a %s", word, got, c)
			}
		}
	}
	for _, word := range []string{"", "d", "deu", "xx", "DE", "d\xff", "\xffe", "{e", "pro", "prods"} {
		if c := (rbks.Words{}).ClassOf([]byte(word)); c != rbks.Custom {
			t.Errorf("%q is a %s", word, c)
		}
	}
}

func TestMoreWords(t *testing.T) {
	more, err := rbks.Words{}.With(rbks.Environment, "qa", "dev", "qa")
	if err != nil {
		t.Fatal(err)
	}
	if more, err = more.With(rbks.Language, "dech"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"dev", "prod", "qa", "staging", "test"}, more.List(rbks.Environment)); diff != "" {
		t.Error(diff)
	}
	text := []byte("a.b@alpha@qa@dech")
	key, ok := rbks.Parse(text, more)
	if !ok || key.String() != "a.b@dech@qa@alpha" || string(key.Environment()) != "qa" || string(key.Language()) != "dech" {
		t.Error(key.String(), ok)
	}
	if _, ok := rbks.Parse([]byte("a.b@qa@prod"), more); ok {
		t.Error("two environments pass")
	}
	if key, _ := rbks.Parse(text, rbks.Words{}); key.String() != "a.b@alpha@dech@qa" {
		t.Error("the built-in words have changed:", key.String())
	}
	if n := rbks.Normalize([]byte("A.b<QA,Dech>"), more); n.Key != "a.b@dech@qa" {
		t.Error(n)
	}
}

func TestWordsThatAreRefused(t *testing.T) {
	for _, test := range []struct {
		class rbks.Class
		word  string
		want  string
	}{
		{rbks.Environment, "de", `"de" is a language already, and cannot be an environment too`},
		{rbks.Variant, "summer", `"summer" is a season already, and cannot be a variant too`},
		{rbks.Season, "May", `"May" is no modifier`},
		{rbks.Season, "", `"" is no modifier`},
		{rbks.Season, "2nd", `"2nd" is no modifier`},
		{rbks.Season, "a-b", `"a-b" is no modifier`},
		{rbks.Custom, "beta", `"fine": custom modifiers have no list`},
	} {
		words, err := rbks.Words{}.With(test.class, "fine", test.word)
		if err == nil || fault.KindOf(err) != fault.Input || err.Error() != test.want {
			t.Errorf("%s %q: %v", test.class, test.word, err)
		}
		if words.ClassOf([]byte("fine")) != rbks.Custom {
			t.Error("a refused list has changed the words")
		}
	}
	once, err := rbks.Words{}.With(rbks.Season, "may")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := once.With(rbks.Variant, "may"); err == nil {
		t.Error("one word in two lists passes")
	}
	if _, err := once.With(rbks.Season, "june"); err != nil || once.ClassOf([]byte("june")) != rbks.Custom {
		t.Error("more words have changed those they were added to", err)
	}
}
