package row

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestRecordsAt reads records of all lengths in order, backwards and at random: they are those that RecordAt returns.
func TestRecordsAt(t *testing.T) {
	var b strings.Builder
	b.WriteString("key|value\n")
	for i := range 3000 {
		switch i % 100 {
		case 7:
			fmt.Fprintf(&b, "k%d|\"two\nlines, and \"\"quotes\"\"\"\r\n", i)
		case 50:
			fmt.Fprintf(&b, "# a comment\nk%d|%s\n", i, strings.Repeat("long ", 1+i*3))
		default:
			fmt.Fprintf(&b, "k%d|%s\n", i, strings.Repeat("x", i%90))
		}
	}
	b.WriteString("last|no line end")
	text := []byte(b.String())
	var places []int64
	if err := Each(bytes.NewReader(text), int64(len(text)), func(at int64, _ []byte) error {
		places = append(places, at)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	r := Records{Text: bytes.NewReader(text), Size: int64(len(text))}
	check := func(at int64) {
		t.Helper()
		want, err := RecordAt(bytes.NewReader(text), int64(len(text)), at)
		got, err2 := r.At(at)
		if err != nil || err2 != nil || !bytes.Equal(got, want) {
			t.Fatalf("at %d: %.40q %v, want %.40q %v", at, got, err2, want, err)
		}
	}
	for _, at := range places {
		check(at)
	}
	for i := len(places) - 1; i >= 0; i-- {
		check(places[i])
	}
	for range 3000 {
		check(places[rand.IntN(len(places))])
	}
	for _, at := range []int64{-1, int64(len(text))} {
		if got, err := r.At(at); err == nil {
			t.Errorf("at %d: %q", at, got)
		}
	}
	bad := []byte("k\na|\"open\n")
	r = Records{Text: bytes.NewReader(bad), Size: int64(len(bad))}
	if got, err := r.At(2); err == nil {
		t.Errorf("a quoted cell that is open: %q", got)
	}
	r = Records{Text: bytes.NewReader(bad), Size: int64(len(bad)) + 5}
	if got, err := r.At(2); err == nil {
		t.Errorf("a text that is shorter than it says: %q", got)
	}
}
