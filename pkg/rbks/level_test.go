package rbks_test

import (
	"strings"
	"testing"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/rbks"
)

func TestLevels(t *testing.T) {
	for _, level := range []rbks.Level{rbks.Off, rbks.Warn, rbks.Strict} {
		if got, err := rbks.ParseLevel(level.String()); got != level || err != nil {
			t.Error(level, got, err)
		}
	}
	for _, s := range []string{"", "Strict", "none"} {
		if _, err := rbks.ParseLevel(s); fault.KindOf(err) != fault.Input {
			t.Errorf("%q: %v", s, err)
		}
	}
	for table, want := range map[string]rbks.Level{
		"text": rbks.Warn, "routes": rbks.Warn, "meta": rbks.Warn, "project": rbks.Warn, "server": rbks.Warn,
		"prices": rbks.Off, "": rbks.Off, "texts": rbks.Off,
	} {
		if got := rbks.DefaultLevel(table); got != want {
			t.Errorf("%s: %s", table, got)
		}
	}
}

func TestAdmit(t *testing.T) {
	for _, test := range []struct {
		text              string
		off, warn, strict string // "" admitted, "said" with a problem, "refused"
	}{
		{"page.title@de", "", "", ""},
		{"page.title<prod,de>", "", "", ""},
		{"page-title", "", "said", "refused"},
		{"landing@de", "", "said", "refused"},
		{"Page..Title", "", "said", "refused"},
		{"", "", "said", "refused"},
	} {
		for level, want := range map[rbks.Level]string{rbks.Off: test.off, rbks.Warn: test.warn, rbks.Strict: test.strict} {
			problem, refused := level.Admit([]byte(test.text), rbks.Words{})
			got := ""
			if problem != nil {
				got = map[bool]string{true: "refused", false: "said"}[refused]
			}
			if got != want || refused && problem == nil {
				t.Errorf("%q at %s: %v, refused: %v", test.text, level, problem, refused)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	for _, test := range []struct{ text, want, hint string }{
		{"page..Title", `key "page..Title": byte 6: an empty segment; byte 7: upper case "T"`, `did you mean "page.title"?`},
		{"page.title@de@en", `key "page.title@de@en": byte 15: a second language, "en" beside "de"`, `did you mean "page.title@de" or "page.title@en"?`},
		{"page", `key "page": byte 1: 1 segment, where a path has 2 to 8`, "rbks(7) says what a key is"},
		{strings.Repeat("a.", 1000), `key "` + strings.Repeat("a.", 40) + `…": byte 1: 2000 bytes, more than 255`, "rbks(7) says what a key is"},
	} {
		err := rbks.Check([]byte(test.text), rbks.Words{})
		if err == nil || err.Error() != test.want || fault.HintOf(err) != test.hint || fault.KindOf(err) != fault.Input {
			t.Errorf("%q: %v (%s)", test.text, err, fault.HintOf(err))
		}
	}
	if err := rbks.Check([]byte("page.title<prod,de>"), rbks.Words{}); err != nil {
		t.Error(err)
	}
}
