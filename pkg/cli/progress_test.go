package cli

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestProgressShowsAfterASecond(t *testing.T) {
	for _, test := range []struct {
		name  string
		total int64
		lasts time.Duration
		want  string
	}{
		{"short work", 200, 900 * time.Millisecond, ""},
		{"long work", 200, 1300 * time.Millisecond, "\rdiff: 25 %\x1b[K\rdiff: 25 %\x1b[K\r\x1b[K"},
		{"no total", 0, 1100 * time.Millisecond, "\rdiff: 50\x1b[K\r\x1b[K"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var shown strings.Builder
				p := startProgress(&shown, "diff", test.total)
				p.Add(50)
				time.Sleep(test.lasts) // the bubble's clock: no time passes outside
				p.Done()
				if shown.String() != test.want {
					t.Errorf("shown %q, want %q", shown.String(), test.want)
				}
			})
		})
	}
}

func TestProgressIsSilentWithoutATerminal(t *testing.T) {
	p := (&Env{}).Progress("diff", 1)
	p.Add(1)
	p.Done()
	if p != nil {
		t.Error("a progress line without a terminal")
	}
}
