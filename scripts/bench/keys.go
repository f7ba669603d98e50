package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/reedbase/reedbase/pkg/rbks"
)

// keyFigures: reading keys one by one. The time of the whole process is that of
// reading the table, too.
func keyFigures(l *lab) []figure {
	var all []figure
	for _, rows := range []string{"100k", "1m"} {
		keys := command("bench", "parse-keys", rows+".csv")
		keys.tally = l.keysPerSecond
		all = append(all, figure{
			name:  "keys-" + rows,
			what:  "parse and validate " + spelled[rows] + " keys, on one core",
			ours:  keys,
			bars:  []bar{keysAtLeast(5)},
			setup: func() error { return l.table(rows) },
			big:   rows == "1m",
		})
	}
	return all
}

// keysAtLeast asks for so many million keys a second.
func keysAtLeast(millions int64) bar {
	return bar{fmt.Sprintf("≥ %d million keys/s", millions), func(ours, _ sample) (string, bool) {
		return fmt.Sprintf("%.1f million keys/s", float64(ours.tally)/1e6), ours.tally >= millions*1_000_000
	}}
}

// keysPerSecond reads what parse-keys printed.
func (l *lab) keysPerSecond() (n int64, err error) {
	printed, err := os.ReadFile(l.path(oursPrinted))
	if err != nil {
		return 0, err
	}
	_, err = fmt.Sscanf(string(printed), "%d keys/s", &n)
	return n, err
}

// modifiers that the keys of the fixture get, each in turn: of every class, in both
// spellings, in order and not.
var modifiers = [...]string{
	"", "@en", "@de@prod", "<prod,de>", "@en@summer", "@fr@staging@christmas@mobile", "<tablet,dev>", "@de@beta",
}

// parseKeys parses every key of a table in memory, five times, and prints the
// median rate. All are valid: the number at the end of the fixture's keys becomes a
// word.
func parseKeys(args []string, stdout io.Writer) error {
	keys, err := validKeys(args[0])
	if err != nil {
		return err
	}
	var passes [5]sample
	for i := range passes {
		start := time.Now()
		for _, key := range keys {
			if _, ok := rbks.Parse(key, rbks.Words{}); !ok {
				return fmt.Errorf("%q is refused", key)
			}
		}
		passes[i].wall = time.Since(start)
	}
	_, err = fmt.Fprintf(stdout, "%.0f keys/s\n", float64(len(keys))/medians(passes[:]).wall.Seconds())
	return err
}

// validKeys reads the keys of a table of the fixture and gives them modifiers.
func validKeys(file string) ([][]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var keys [][]byte
	header := true
	err = eachLine(f, func(line []byte) bool {
		path, _, _ := bytes.Cut(line, []byte("@"))
		if dot := bytes.LastIndexByte(path, '.'); !header && dot >= 0 {
			key := append(append([]byte(nil), path[:dot]...), ".n"...)
			key = append(append(key, path[dot+1:]...), modifiers[len(keys)%len(modifiers)]...)
			keys = append(keys, key)
		}
		header = false
		return true
	})
	if err == nil && len(keys) == 0 {
		err = fmt.Errorf("%s: no keys", file)
	}
	return keys, err
}
