package table

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestLeftoverOfAWriter has a writer die before, at and after the exchange of current.csv, with and without an edit by hand
// saved just before it.
func TestLeftoverOfAWriter(t *testing.T) {
	head := rows(100)
	const byHand = "key|value|comment\nby|hand|\n"
	for _, test := range []struct {
		name     string
		leftover string
		replaced bool // current.csv is another file than the one on record, as after an exchange
		kept     bool
	}{
		{"text being written", head[:700] + "half a li", false, false},
		{"text being written, nothing yet", "", false, false},
		{"version displaced", head, true, false},
		{"edit displaced", byHand, true, true},
		{"edit displaced that begins like the version", head[:len(head)-5] + "edited\n", true, true},
		{"piece of the version", head[:700], true, false},
		{"piece with NULs, of a power cut", head[:600] + "\x00\x00\x00", true, false},
	} {
		for _, by := range []string{"write", "recover"} {
			t.Run(test.name+"/"+by, func(t *testing.T) {
				f := newFixture(t, rows(100))
				path := filepath.Join(f.dir, currentFile)
				if test.replaced {
					if err := os.WriteFile(path+".other", []byte(f.current(t)), 0o666); err != nil {
						t.Fatal(err)
					}
					if err := os.Rename(path+".other", path); err != nil {
						t.Fatal(err)
					}
				}
				if err := os.WriteFile(filepath.Join(f.dir, currentTemp), []byte(test.leftover), 0o666); err != nil {
					t.Fatal(err)
				}
				if by == "recover" {
					done, err := f.Recover()
					if err != nil || len(done) > 0 != test.kept {
						t.Errorf("recover: %q %v", done, err)
					}
				} else if _, err := f.Set(1, []string{"page.title.n2@en"}, []Assignment{{Column: "value", Value: "new"}}); err != nil {
					t.Fatal(err)
				} else if len(f.warned) > 0 != test.kept {
					t.Errorf("warned %q", f.warned)
				}
				if got := slices.Contains(f.aside(t), test.leftover); got != test.kept {
					t.Errorf("kept %v, want %v", got, test.kept)
				}
				if _, err := os.Lstat(filepath.Join(f.dir, currentTemp)); err == nil {
					t.Error("the leftover is still there")
				}
				f.sound(t, false)
			})
		}
	}
}
