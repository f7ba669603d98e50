package verlog_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// v is the id of the n-th version of a small log.
func v(n int) stamp.ID {
	if n == 0 {
		return 0
	}
	return stamp.ID(n*1000 + 1)
}

func line(n, base int, action verlog.Action) verlog.Line {
	return verlog.Line{ID: v(n), Action: action, User: 1001, Base: v(base), Size: 300, Rows: 1}
}

func join(n, base, parent int) verlog.Line {
	l := line(n, base, verlog.Automerge)
	l.Parent = v(parent)
	return l
}

func encode(lines ...verlog.Line) (log []byte) {
	for _, l := range lines {
		log = l.Append(log)
	}
	return log
}

// story is a log with a side version and its merge in it.
var story = []verlog.Line{
	line(1, 0, verlog.Init), line(2, 1, verlog.Update), line(3, 2, verlog.Update),
	line(4, 2, verlog.Update), join(5, 3, 4), line(6, 5, verlog.Rollback), line(7, 3, verlog.Compact), line(8, 6, verlog.Update),
}

func TestScan(t *testing.T) {
	lines, torn, err := verlog.Scan(encode(story...))
	if diff := cmp.Diff(story, lines); diff != "" || torn != -1 || err != nil {
		t.Error(diff, torn, err)
	}
	if head, ok := verlog.Head(lines); head.ID != v(8) || !ok {
		t.Error(head, ok)
	}
	lines, torn, err = verlog.Scan(nil)
	if len(lines) != 0 || torn != -1 || err != nil {
		t.Error(lines, torn, err)
	}
	if _, ok := verlog.Head(nil); ok {
		t.Error("an empty log has a head")
	}
}

func TestHeadIgnoresSideVersionsAndFolds(t *testing.T) {
	for n, want := range map[int]int{1: 1, 3: 3, 4: 3, 5: 5, 6: 6, 7: 6, 8: 8} {
		if head, _ := verlog.Head(story[:n]); head.ID != v(want) {
			t.Errorf("after %d lines: %d", n, head.ID)
		}
	}
}

// A log cut at any byte of its last append loses that append and nothing else.
func TestScanTornAtEveryByte(t *testing.T) {
	for last := range story {
		first := last
		if last == 4 {
			first = 3 // the merge and its side version are one append
		} else if last == 3 {
			continue
		}
		before := len(encode(story[:first]...))
		whole := encode(story[:last+1]...)
		for cut := before + 1; cut < len(whole); cut++ {
			lines, torn, err := verlog.Scan(whole[:cut])
			if diff := cmp.Diff(story[:first], lines, cmpopts.EquateEmpty()); diff != "" || torn != int64(before) || err != nil {
				t.Fatalf("line %d cut at %d: torn %d, %v\n%s", last+1, cut, torn, err, diff)
			}
		}
	}
}

// A power cut can leave NULs where a page was never written.
func TestScanTornByNULs(t *testing.T) {
	zeroed := func(n, from, to int) []byte {
		log := encode(story[:n]...)
		clear(log[len(log)-from : len(log)-to])
		return log
	}
	merge := len(story[4].Append(nil))
	tests := []struct {
		name  string
		log   []byte
		lines int
	}{
		{"the whole last line", zeroed(3, len(story[2].Append(nil)), 0), 2},
		{"its beginning", zeroed(3, len(story[2].Append(nil)), 20), 2},
		{"its end", zeroed(3, 10, 0), 2},
		{"behind the last line", append(encode(story[:3]...), 0, 0, 0), 3},
		{"the end of a side version, before its merge", zeroed(5, merge+10, merge+3), 3},
		{"from a side version into its merge", zeroed(5, merge+10, merge-10), 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			lines, torn, err := verlog.Scan(test.log)
			want := int64(len(encode(story[:test.lines]...)))
			if diff := cmp.Diff(story[:test.lines], lines); diff != "" || torn != want || err != nil {
				t.Errorf("torn %d, want %d, %v\n%s", torn, want, err, diff)
			}
		})
	}
	// A line with NULs before an acknowledged append is damage.
	_, torn, err := verlog.Scan(append(zeroed(3, 20, 10), story[4].Append(nil)...))
	if fault.KindOf(err) == fault.Corrupt && torn == -1 {
		t.Error("the merge's parent is unknown: this is one torn append")
	}
	for name, last := range map[string]verlog.Line{"no merge": line(4, 3, verlog.Update), "a merge of what is there": join(5, 3, 1)} {
		_, torn, err = verlog.Scan(append(zeroed(3, 20, 10), last.Append(nil)...))
		if fault.KindOf(err) != fault.Corrupt || torn != -1 {
			t.Error(name, torn, err)
		}
	}
}

// What cannot be the first half of an append is kept, for Verify to judge.
func TestScanKeepsWhatIsNoHalfAppend(t *testing.T) {
	for name, log := range map[string][]verlog.Line{
		"an id out of order":  {line(1, 0, 5), line(3, 1, 2), line(2, 1, 2)},
		"an unknown base":     {line(1, 0, 5), line(4, 1, 2), line(5, 3, 2)},
		"behind other damage": {line(1, 0, 5), line(3, 4, 2), line(5, 3, 2), line(6, 1, 2)},
		"a fold":              {line(1, 0, 5), line(2, 1, 2), line(3, 1, verlog.Compact)},
	} {
		lines, torn, err := verlog.Scan(encode(log...))
		if diff := cmp.Diff(log, lines); diff != "" || torn != -1 || err != nil {
			t.Errorf("%s: torn %d, %v\n%s", name, torn, err, diff)
		}
	}
}

// Any byte changed in any complete line is found, and the lines around it are kept.
func TestScanFindsEveryChangedByte(t *testing.T) {
	log := encode(story[:3]...)
	for i := range log[:len(log)-1] {
		for _, c := range []byte{log[i] ^ 1, '0', '|', '\n', 'x', 0xff} {
			if log[i] == c || log[i] == '\n' {
				continue
			}
			bad := bytes.Clone(log)
			bad[i] = c
			lines, torn, err := verlog.Scan(bad)
			var damage *verlog.Damage
			if !errors.As(err, &damage) || fault.KindOf(err) != fault.Corrupt || torn != -1 || len(lines) != 2 {
				t.Fatalf("byte %d as %q: %d lines, torn %d, %v", i, c, len(lines), torn, err)
			}
			p := damage.Problems[0]
			if want := bytes.Count(log[:i], []byte("\n")) + 1; p.Number != want || p.Offset != int64(bytes.LastIndexByte(log[:i], '\n')+1) {
				t.Fatalf("byte %d as %q: %s", i, c, p)
			}
		}
	}
}

func TestScanAllocatesForTheLinesAlone(t *testing.T) {
	log := encode(story...)
	if n := testing.AllocsPerRun(100, func() { verlog.Scan(log) }); n > 1 {
		t.Errorf("%v allocations", n)
	}
}

func TestVerify(t *testing.T) {
	clean := func(lines ...verlog.Line) []verlog.Line { return lines }
	tests := []struct {
		name  string
		lines []verlog.Line
		want  []string
	}{
		{"clean", story, nil},
		{"empty", nil, nil},
		{"a side version of a side version", clean(line(1, 0, 5), line(2, 1, 2), line(3, 1, 2), line(4, 3, 2), join(5, 2, 4)), nil},
		{"two first imports", clean(line(1, 0, 11), line(2, 0, 11), join(3, 1, 2)), nil},
		{"ids descend", clean(line(1, 0, 5), line(3, 1, 2), line(2, 3, 2)), []string{
			"line 3, offset 0, version 2001: the id is smaller than the one before it, 3001",
			"line 3, offset 0, version 2001: its base 3001 is not older than it"}},
		{"an id twice", clean(line(1, 0, 5), line(2, 1, 2), line(2, 1, 2)), []string{
			"line 3, offset 0, version 2001: the id is that of line 2 too",
			"line 3, offset 0, version 2001: its base 1001 is not the head at that place, and no later merge joins it"}},
		{"a version on itself", clean(line(1, 0, 5), line(2, 2, 2)), []string{
			"line 2, offset 0, version 2001: its base 2001 is not older than it"}},
		{"a cycle", clean(line(1, 0, 5), line(2, 3, 2), line(3, 2, 2)), []string{
			"line 2, offset 0, version 2001: its base 3001 is not older than it"}},
		{"an unknown base", clean(line(5, 3, 2)), []string{"line 1, offset 0, version 5001: its base 3001 is not in the log before it"}},
		{"a lost line is said once", clean(line(1, 0, 5), line(3, 2, 2), line(4, 3, 2), line(5, 4, 2)), []string{
			"line 2, offset 0, version 3001: its base 2001 is not in the log before it"}},
		{"an unknown parent", clean(line(1, 0, 5), join(6, 1, 5)), []string{"line 2, offset 0, version 6001: its parent 5001 is not in the log before it"}},
		{"parents that are one", clean(line(1, 0, 5), join(2, 1, 1)), []string{"line 2, offset 0, version 2001: its two parents are one version, 1001"}},
		{"a side version never joined", clean(line(1, 0, 5), line(2, 1, 2), line(3, 1, 2), line(4, 2, 2)), []string{
			"line 3, offset 0, version 3001: its base 1001 is not the head at that place, and no later merge joins it"}},
		{"no node", []verlog.Line{{ID: 5000}}, []string{"line 1, offset 0, version 5000: the id names no node"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, p := range verlog.Verify(test.lines) {
				got = append(got, p.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestVectors reads testdata/verlog: "expect:" lines, a line "---", then the log's bytes.
func TestVectors(t *testing.T) {
	files, err := filepath.Glob("../../testdata/verlog/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			head, log, _ := bytes.Cut(text, []byte("---\n"))
			problems, torn := verlog.Check(log)
			var got []string
			for _, p := range problems {
				got = append(got, "expect: "+p.String())
			}
			if torn >= 0 {
				got = append(got, "expect: torn at offset "+stamp.ID(torn).String())
			}
			if got == nil {
				got = []string{"expect: clean"}
			}
			if diff := cmp.Diff(strings.TrimSpace(string(head)), strings.Join(got, "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzScan(f *testing.F) {
	log := encode(story...)
	f.Add(log)
	f.Add(log[:len(log)-10])
	f.Add(append(log[:100:100], log[90:]...))
	f.Add([]byte("\n\n\n"))
	f.Add(append(encode(story[:2]...), 0, 0, '\n'))
	f.Fuzz(func(t *testing.T, log []byte) {
		lines, torn, err := verlog.Scan(log)
		var damage *verlog.Damage
		bad := 0
		if errors.As(err, &damage) {
			bad = len(damage.Problems)
		}
		whole := log
		if torn >= 0 {
			whole = log[:torn]
		}
		if n := bytes.Count(whole, []byte("\n")); n != len(lines)+bad || len(whole) > 0 && whole[len(whole)-1] != '\n' {
			t.Fatalf("%d whole lines, %d read, %d bad", n, len(lines), bad)
		}
		if bad == 0 && !bytes.Equal(whole, encode(lines...)) {
			t.Fatal("the lines do not give the log back")
		}
		problems, _ := verlog.Check(log)
		if len(problems) < bad || len(problems) < len(verlog.Verify(lines)) {
			t.Fatal("Check lost a problem")
		}
	})
}

func FuzzParseLine(f *testing.F) {
	f.Add(example.Append(nil))
	f.Add([]byte(strings.Repeat("1|", 8) + "1"))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := verlog.ParseLine(b)
		if err == nil && !bytes.Equal(l.Append(nil), append(bytes.TrimSuffix(b, []byte("\n")), '\n')) {
			t.Errorf("%q reads as %+v", b, l)
		}
	})
}

func BenchmarkScan(b *testing.B) {
	log := bytes.Repeat(example.Append(nil), 1000)
	b.SetBytes(int64(len(log)))
	for b.Loop() {
		verlog.Scan(log)
	}
}
