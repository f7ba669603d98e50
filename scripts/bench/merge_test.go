package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEditRows(t *testing.T) {
	l := newTestLab(t)
	l.write(t, "in.csv", "key|value|note\na|1|x\nb|\"2|2\"|y\nc|3|z\n")
	if err := l.editRows("in.csv", "out.csv", func(row int) bool { return row != 1 }); err != nil {
		t.Fatal(err)
	}
	want := "key|value|note\na|1|x\nb|Changed in row 2|y\nc|Changed in row 3|z\n"
	if d := cmp.Diff(want, l.read(t, "out.csv")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestConflictsAreCounted(t *testing.T) {
	l := newTestLab(t)
	for n, ok := range map[int]bool{0: false, 499: false, 500: true} {
		l.write(t, rivalPrinted, strings.Repeat("<<<<<<< ours\n=======\n>>>>>>> theirs\n", n))
		if err := l.conflicted(); (err == nil) != ok {
			t.Errorf("%d conflicts: %v", n, err)
		}
	}
}
