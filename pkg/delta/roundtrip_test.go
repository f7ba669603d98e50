package delta_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/delta"
)

// apply renders d over base.
func apply(t interface {
	Helper()
	Fatal(...any)
}, d *delta.Delta, base []byte) []byte {
	t.Helper()
	text := delta.NewText(int64(len(base)))
	if err := text.Apply(d); err != nil {
		t.Fatal(err)
	}
	if text.Size() != d.Size {
		t.Fatal("size of the text", text.Size(), "of the delta", d.Size)
	}
	return text.Render(nil, base)
}

// parse reads a patch that makes next of base, with and without its record.
func parse(t interface {
	Helper()
	Fatal(...any)
}, patch, base []byte) *delta.Delta {
	t.Helper()
	d, used, err := delta.Parse(patch, bytes.NewReader(base), int64(len(base)), delta.MaxSize)
	if err != nil {
		t.Fatal(err)
	}
	if used != len(patch) {
		t.Fatal("used", used, "of", len(patch))
	}
	return d
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, next := drawTexts(t)
		d := delta.Diff(base, next)
		if got := apply(t, d, base); !bytes.Equal(got, next) {
			t.Fatal(cmp.Diff(string(next), string(got)))
		}
		patch := d.Encode()
		if diff := cmp.Diff(d.Ops, parse(t, patch, base).Ops); diff != "" {
			t.Fatal(diff)
		}
		var streamed bytes.Buffer
		if _, err := delta.Stream(&streamed, patch, bytes.NewReader(base), int64(len(base)), delta.MaxSize); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(streamed.Bytes(), next) {
			t.Fatal(cmp.Diff(string(next), streamed.String()))
		}
	})
}

// drawTexts draws a text and one that differs from it in some lines.
func drawTexts(t *rapid.T) (base, next []byte) {
	line := rapid.StringMatching(`[a-d]{0,3}(\|[a-z]{0,20})?(\r?\n|)`)
	lines := rapid.SliceOfN(line, 0, 30).Draw(t, "base")
	changed := append([]string(nil), lines...)
	for range rapid.IntRange(0, 6).Draw(t, "changes") {
		at := rapid.IntRange(0, len(changed)).Draw(t, "at")
		del := rapid.IntRange(0, min(3, len(changed)-at)).Draw(t, "delete")
		ins := rapid.OneOf(rapid.SliceOfN(line, 0, 3), rapid.Just(lines)).Draw(t, "insert")
		changed = append(append(append([]string(nil), changed[:at]...), ins...), changed[at+del:]...)
	}
	for _, l := range lines {
		base = append(base, l...)
	}
	for _, l := range changed {
		next = append(next, l...)
	}
	return base, next
}
