package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/ulikunitz/xz"
)

func newTestLab(t *testing.T) *lab {
	return newLab(t.TempDir(), options{dir: "."})
}

func (l *lab) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(l.path(name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (l *lab) read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(l.path(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestBarsJudge(t *testing.T) {
	quick := sample{wall: 2 * time.Millisecond, peak: 5_000_000, tally: 300}
	slow := sample{wall: time.Second, peak: 9_000_000, tally: 290}
	for _, c := range []struct {
		bar         bar
		ours, rival sample
		got         string
		ok          bool
	}{
		{faster(400), quick, slow, "500x faster", true},
		{faster(600), quick, slow, "500x faster", false},
		{faster(1), slow, quick, "0.002x faster", false},
		{atMostTimes(0.5), quick, slow, "0.002x its time", true},
		{atMostTimes(1.5), slow, quick, "500x its time", false},
		{within(2 * time.Millisecond), quick, sample{}, "2 ms", false},
		{within(3 * time.Millisecond), quick, sample{}, "2 ms", true},
		{lessThanMore(time.Second), slow, quick, "998 ms more", true},
		{lessThanMore(time.Millisecond), slow, quick, "998 ms more", false},
		{peakAtMost("5 MB", func() int64 { return 5_000_000 }), quick, slow, "memory 5.0 MB", true},
		{peakAtMost("5 MB", func() int64 { return 5_000_000 }), slow, quick, "memory 9.0 MB", false},
		{tallyAtMost(300, "B"), quick, slow, "300 B", true},
		{tallyAtMost(299, "B"), quick, slow, "300 B", false},
		{sizeAtMost(1.05, 0), quick, slow, "300 B beside 290", true},
		{sizeAtMost(1, 9), quick, slow, "300 B beside 290", false},
		{shown(), quick, slow, "500x faster", true},
		{shown(), quick, sample{}, "2 ms", true},
	} {
		got, ok := c.bar.judge(c.ours, c.rival)
		if got != c.got || ok != c.ok {
			t.Errorf("asked %q: %q, %v, want %q, %v", c.bar.asked, got, ok, c.got, c.ok)
		}
	}
}

func TestMediansTakeTheMiddle(t *testing.T) {
	all := []sample{
		{wall: 5, cpu: 1, peak: 30, tally: 1},
		{wall: 1, cpu: 3, peak: 10, tally: 2},
		{wall: 3, cpu: 2, peak: 20, tally: 3},
	}
	want := sample{wall: 3, cpu: 2, peak: 20, tally: 3}
	if got := medians(all); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestRoundsAreBounded(t *testing.T) {
	for pair, want := range map[time.Duration]int{time.Second: 11, 3 * time.Second: 3, time.Minute: 1} {
		if got := roundsFor(pair, 11); got != want {
			t.Errorf("a pair of %v: %d rounds, want %d", pair, got, want)
		}
	}
}

func TestMeasureRunsBothInTurn(t *testing.T) {
	l := newTestLab(t)
	note := func(who string) side {
		return side{
			args:   func(round int) []string { return []string{"sh", "-c", "echo " + who + " >> turns; echo 1234 > out"} },
			output: "out",
		}
	}
	checked := false
	f := figure{ours: note("ours"), rival: note("rival"), check: func() error { checked = true; return nil }}
	ours, rival, err := l.measure(f, 2)
	if err != nil || !checked {
		t.Fatalf("checked %v, error %v", checked, err)
	}
	if ours.tally != 5 || rival.tally != 5 || ours.wall <= 0 || ours.peak <= 0 {
		t.Errorf("ours %+v, rival %+v", ours, rival)
	}
	want := strings.Repeat("ours\nrival\n", 3)
	if d := cmp.Diff(want, l.read(t, "turns")); d != "" {
		t.Errorf("turns (-want +got):\n%s", d)
	}
	f.often = true
	if _, _, err := l.measure(f, 2); err != nil {
		t.Fatal(err)
	}
	want = strings.Repeat("ours\nrival\n", 3+1+2*9)
	if d := cmp.Diff(want, l.read(t, "turns")); d != "" {
		t.Errorf("turns of short commands (-want +got):\n%s", d)
	}
}

func TestMeasureRefusesAFailure(t *testing.T) {
	l := newTestLab(t)
	failing := command("sh", "-c", "echo broken >&2; exit 7")
	_, _, err := l.measure(figure{ours: failing}, 1)
	if err == nil || !strings.Contains(err.Error(), "exit status 7: broken") {
		t.Errorf("error %v", err)
	}
	failing.exits = []int{7}
	if _, _, err := l.measure(figure{ours: failing}, 1); err != nil {
		t.Errorf("exit code 7 is allowed: %v", err)
	}
	wrong := errors.New("wrong result")
	_, _, err = l.measure(figure{ours: command("true"), check: func() error { return wrong }}, 1)
	if !errors.Is(err, wrong) {
		t.Errorf("error %v, want %v", err, wrong)
	}
}

func TestShowQuotes(t *testing.T) {
	got := show([]string{"/usr/bin/sqlite3", "a.db", "SET v='x'", "plain"})
	if want := `sqlite3 a.db 'SET v='\''x'\''' plain`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestReportCountsWhatIsMissed(t *testing.T) {
	var out strings.Builder
	r := newReport(&out, false)
	f := figure{name: "one", what: "a thing", ours: command("rdb", "status"), rival: command("git", "status"), bars: []bar{faster(2), faster(20), shown()}}
	r.add(f, sample{wall: time.Millisecond}, sample{wall: 10 * time.Millisecond}, nil)
	r.add(f, sample{}, sample{}, errors.New("git is missing"))
	if ok, err := r.close(0); ok || err != nil {
		t.Errorf("close: %v, %v", ok, err)
	}
	if r.asked != 3 || r.missed != 2 {
		t.Errorf("%d asked, %d missed, want 3 and 2", r.asked, r.missed)
	}
	want := "MISSED one                a thing · rdb status  1 ms · git status  10 ms · 10x faster (asked ≥ 2x faster) · 10x faster (MISSED, asked ≥ 20x faster) · 10x faster"
	if got, _, _ := strings.Cut(out.String(), " · cpu"); got != want {
		t.Errorf("line %q, want %q", got, want)
	}
}

func TestRowAt60AndRewrite(t *testing.T) {
	l := newTestLab(t)
	l.write(t, "two.csv", "key|value\na|1")
	if e, err := l.editOf("two.csv"); err != nil || e.key != "a" || e.rest != "" {
		t.Errorf("two columns: %+v, %v", e, err)
	}
	for name, end := range map[string]string{"lf.csv": "\n", "crlf.csv": "\r\n"} {
		rows := []string{"key|value|note", "a|1|x", "b|2|x", "c|3|x", "d|4|x|more", "e|5|x", ""}
		l.write(t, name, strings.Join(rows, end))
		edit, err := l.editOf(name)
		if err != nil {
			t.Fatal(err)
		}
		if edit.key != "d" || edit.column != "value" {
			t.Errorf("%s: %+v", name, edit)
		}
		if err := l.rewrite(name, "out.csv", edit, "new"); err != nil {
			t.Fatal(err)
		}
		rows[4] = "d|new|x|more"
		if d := cmp.Diff(strings.Join(rows, end), l.read(t, "out.csv")); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestSame(t *testing.T) {
	l := newTestLab(t)
	long := strings.Repeat("0123456789", 20_000)
	l.write(t, "a", long)
	l.write(t, "b", long)
	l.write(t, "c", long+"!")
	if err := l.same("a", "b"); err != nil {
		t.Error(err)
	}
	if l.same("a", "c") == nil || l.same("c", "a") == nil || l.same("a", "absent") == nil {
		t.Error("different files pass as the same")
	}
}

func TestRivalsCopy(t *testing.T) {
	l := newTestLab(t)
	l.write(t, "from", "text\n")
	for name := range copies {
		if code := run([]string{name, l.path("from"), l.path(name)}, io.Discard, os.Stderr); code != 0 {
			t.Fatalf("%s: exit %d", name, code)
		}
	}
	if got := l.read(t, "copy-durable"); got != "text\n" {
		t.Errorf("copied %q", got)
	}
	r, err := xz.NewReader(strings.NewReader(l.read(t, "copy-xz")))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); string(got) != "text\n" || err != nil {
		t.Errorf("unpacked %q, %v", got, err)
	}
}

func TestDeltasAreInOrder(t *testing.T) {
	l := newTestLab(t)
	if err := os.MkdirAll(l.path(tableFile("db", "")), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"1000", "999", "1001"} {
		l.write(t, tableFile("db", id+".bsdiff"), strings.Repeat("x", len(id)))
	}
	l.write(t, tableFile("db", "version.log"), "first\nsecond\n")
	all, err := l.deltas("db")
	if err != nil || filepath.Base(all[0]) != "999.bsdiff" || filepath.Base(all[2]) != "1001.bsdiff" {
		t.Errorf("%v, %v", all, err)
	}
	if n, err := l.newestVersion("db"); n != 4+7 || err != nil {
		t.Errorf("newest version takes %d B, %v, want 11", n, err)
	}
}

func TestFiguresHaveTheirOwnNames(t *testing.T) {
	seen := make(map[string]bool)
	for _, f := range allFigures(newTestLab(t)) {
		if seen[f.name] {
			t.Errorf("two figures are named %s", f.name)
		}
		seen[f.name] = true
		if f.what == "" || f.ours.missing() || len(f.bars) == 0 {
			t.Errorf("%s is not complete", f.name)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		out  string
	}{
		{[]string{"-h"}, 0, "usage: bench"},
		{[]string{"-list", "-only", "^list$"}, 0, "list the versions"},
		{[]string{"-n", "-1"}, 129, "bad number of rounds -1"},
		{[]string{"-each", "-1"}, 129, "bad number of updates -1"},
		{[]string{"-only", "("}, 129, "missing closing"},
		{[]string{"stray"}, 129, `unexpected argument "stray"`},
		{[]string{"-only", "^nothing like it$"}, 128, "no figure matches"},
	} {
		var out strings.Builder
		if code := run(c.args, &out, &out); code != c.code || !strings.Contains(out.String(), c.out) {
			t.Errorf("%v: exit %d, want %d and %q:\n%s", c.args, code, c.code, c.out, &out)
		}
	}
}
