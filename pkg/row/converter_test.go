package row

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/reedbase/reedbase/pkg/fault"
	"pgregory.net/rapid"
)

// TestConverterIsConvert reads texts in pieces of every size.
func TestConverterIsConvert(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := rapid.StringOf(rapid.SampledFrom([]rune("ab|,,\"\"#\n\n\r\ufeff"))).Draw(t, "text")
		want, wantErr := Convert(nil, []byte(src), ',')
		r, err := NewConverter(iotest.OneByteReader(strings.NewReader(src)), ',')
		if err != nil {
			t.Fatal(err)
		}
		r.(*converter).chunk = rapid.IntRange(1, 9).Draw(t, "chunk")
		got, err := io.ReadAll(r)
		if (err == nil) != (wantErr == nil) || err != nil && (err.Error() != wantErr.Error() || fault.KindOf(err) != fault.Input) {
			t.Fatalf("%q: %v, by Convert %v", src, err, wantErr)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("%q: %q, by Convert %q", src, got, want)
		}
	})
	if _, err := NewConverter(strings.NewReader(""), '"'); fault.KindOf(err) != fault.Input {
		t.Error(err)
	}
}

// TestConverterKnowsTheMark reads a text whose first cell, behind a byte order mark, holds a line end.
func TestConverterKnowsTheMark(t *testing.T) {
	const src = "\ufeff\"a\nb\",c\n1,2\n"
	want, err := Convert(nil, []byte(src), ',')
	if err != nil {
		t.Fatal(err)
	}
	for chunk := 1; chunk < len(src); chunk++ {
		r, err := NewConverter(strings.NewReader(src), ',')
		if err != nil {
			t.Fatal(err)
		}
		r.(*converter).chunk = chunk
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
			t.Errorf("in pieces of %d bytes %q: %v", chunk, got, err)
		}
	}
}
