package table

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// harm is a way of hurting one file of a table.
type harm struct {
	name string
	do   func(t *testing.T, path string)
}

var harms = []harm{
	{"gone", func(t *testing.T, path string) {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}},
	{"flipped", func(t *testing.T, path string) {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		flip(path, int(info.Size()/2))
	}},
	{"emptied", func(t *testing.T, path string) {
		if err := os.Truncate(path, 0); err != nil {
			t.Fatal(err)
		}
	}},
	{"zeros", func(t *testing.T, path string) {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, make([]byte, info.Size()), 0o666); err != nil {
			t.Fatal(err)
		}
	}},
}

// TestEmergency hurts one or two files of a table of six versions in every way and has it recovered.
func TestEmergency(t *testing.T) {
	for i, a := range harms {
		for _, b := range []harm{a, harms[(i+1)%len(harms)]} {
			for _, target := range [][2]string{
				{"current"}, {"log"}, {"first"}, {"middle"}, {"newest"},
				{"current", "log"}, {"current", "middle"}, {"current", "newest"}, {"log", "first"}, {"log", "middle"}, {"log", "newest"},
				{"middle", "newest"}, {"state", "log"}, {"state", "newest"}, {"state", "current"},
			} {
				if target[1] == "" && a.name != b.name {
					continue
				}
				t.Run(strings.Trim(fmt.Sprintf("%s_%s_%s_%s", target[0], a.name, target[1], b.name), "_"), func(t *testing.T) {
					emergency(t, a, b, target)
				})
			}
		}
	}
}

func emergency(t *testing.T, a, b harm, target [2]string) {
	f, ids := withHistory(t)
	lines, err := f.Lines()
	if err != nil {
		t.Fatal(err)
	}
	contents := []string{f.at(t, lines[0].ID)}
	for _, id := range ids {
		contents = append(contents, f.at(t, id))
	}
	files := map[string]string{
		"current": currentFile, "log": logFile, "state": stateFile,
		"first": deltaName(lines[0].ID), "middle": deltaName(ids[1]), "newest": deltaName(ids[4]),
	}
	hurt := func(name string) bool { return name == target[0] || name == target[1] }
	a.do(t, filepath.Join(f.dir, files[target[0]]))
	if target[1] != "" {
		b.do(t, filepath.Join(f.dir, files[target[1]]))
	}
	if !hurt("current") { // an edit by hand is no damage, and a stale or missing file is put right in passing
		if problems, _, err := f.Verify(nil); err != nil || len(problems) == 0 && !hurt("state") {
			t.Errorf("verify: %v %v", problems, err)
		}
	}
	done, err := f.Recover()
	if err != nil {
		t.Fatalf("recover: %q %v", done, err)
	}
	// The head is what it was, unless all that held it is hurt: then it is the newest version that can be read.
	newest := 5
	switch {
	case hurt("current") && hurt("newest"):
		newest = 4
	case hurt("current") && hurt("middle"):
		newest = 1
	}
	if got := f.current(t); got != contents[newest] {
		t.Errorf("current.csv holds version %d, not %d: %q", slices.Index(contents, got), newest, done)
	}
	again, err := f.Lines()
	if err != nil || len(again) < len(lines) {
		t.Fatalf("the log has %d lines of %d: %v; %q", len(again), len(lines), err, done)
	}
	for i, l := range lines {
		lost := hurt("log") && (hurt("first") && i == 0 || hurt("middle") && i == 2 || hurt("newest") && i == 5)
		if l != again[i] && !lost {
			t.Errorf("line %d is %v, and was %v", i, again[i], l)
		}
	}
	// Whatever needs no hurt delta can be read, before and after a collection of garbage.
	for range 2 {
		for i := range contents {
			lost := hurt("first") || hurt("middle") && i >= 2 || hurt("newest") && i == 5
			if i == 5 && !hurt("current") {
				lost = false // it was saved from current.csv
			}
			got, err := f.tryAt(lines[i].ID)
			if !lost && (err != nil || got != contents[i]) {
				t.Errorf("version %d of 5 cannot be read: %v; %q", i, err, done)
			}
			if lost && err == nil {
				t.Errorf("version %d of 5 is read from nothing", i)
			}
		}
		if _, err := f.Collect(false); err != nil {
			t.Error(err)
		}
	}
	f.sound(t, false)
	if more, err := f.Recover(); err != nil || len(more) > 0 {
		t.Errorf("recover again: %q %v", more, err)
	}
	want := strings.Replace(contents[newest], "page.title.n7@en|", "page.title.n7@en|next", 1)
	want = strings.Replace(want, "next"+[]string{"Value number 7", "0", "1", "2", "3", "4"}[newest]+"|", "next|", 1)
	r := f.must(t)(f.Set(1, []string{"page.title.n7@en"}, []Assignment{{Column: "value", Value: "next"}}))
	if f.current(t) != want || f.at(t, r.ID) != want {
		t.Errorf("the next version is not what it should be")
	}
	if _, err := f.History([]string{"page.title.n7@en"}); err != nil {
		t.Errorf("history: %v", err)
	}
	if _, _, err := f.Blame(); err != nil {
		t.Errorf("blame: %v", err)
	}
	f.sound(t, false)
}

// tryAt returns the content of a version, or why it cannot be had.
func (f *fixture) tryAt(id stamp.ID) (string, error) {
	c, err := f.At(id)
	if err != nil {
		return "", err
	}
	defer c.Close()
	b, err := c.Bytes()
	return string(b), err
}

// TestNothingLeft loses all that holds any version.
func TestNothingLeft(t *testing.T) {
	f, _ := withHistory(t)
	lines, err := f.Lines()
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(f.dir, deltaName(lines[0].ID)))
	os.Remove(filepath.Join(f.dir, currentFile))
	done, err := f.Recover()
	if fault.KindOf(err) != fault.Corrupt || fault.HintOf(err) == "" {
		t.Fatalf("recover: %q %v", done, err)
	}
	if again, err := f.Lines(); err != nil || len(again) != len(lines) {
		t.Errorf("the log has %d lines: %v", len(again), err)
	}
}
