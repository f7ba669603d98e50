package delta_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
)

const fuzzLimit = 1 << 16 // bytes a fuzzed patch may make

// readAll reads a patch in all the ways there are, which must agree, and returns its text, or nil when it is refused.
func readAll(t *testing.T, patch, base []byte) []byte {
	t.Helper()
	d, used, err := delta.Parse(patch, bytes.NewReader(base), int64(len(base)), fuzzLimit)
	checkKind(t, err)
	var streamed bytes.Buffer
	n, streamErr := delta.Stream(&streamed, patch, bytes.NewReader(base), int64(len(base)), fuzzLimit)
	checkKind(t, streamErr)
	if (err == nil) != (streamErr == nil) {
		t.Fatalf("Parse: %v, Stream: %v", err, streamErr)
	}
	if err != nil {
		return nil
	}
	text := apply(t, d, base)
	if !bytes.Equal(text, streamed.Bytes()) || n != int64(len(text)) {
		t.Fatal("Parse and Stream make different texts")
	}
	if used > len(patch) || d.Size > fuzzLimit {
		t.Fatal("used", used, "size", d.Size)
	}
	s, err := delta.Inspect(patch)
	if err != nil || s.Size != d.Size {
		t.Fatal("Inspect:", s, err)
	}
	if weight, err := delta.Weight(patch, int64(len(base)), fuzzLimit); err != nil || weight < int64(len(d.Extra)) {
		t.Fatal("Weight:", weight, err)
	}
	return append([]byte{}, text...)
}

func FuzzParse(f *testing.F) {
	base, _, file := oneRow()
	patch, _, err := delta.Unseal(file, 1<<20)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(patch, base)
	f.Add(craft(5, "\x01\x01\x01\x01", "x", 4, 1, -100), []byte("0123456789"))
	f.Add(craft(5, "", "01234", 0, 5, 0), []byte{})
	f.Fuzz(func(t *testing.T, patch, base []byte) {
		if text := readAll(t, patch, base); text != nil {
			again := delta.Diff(base, text).Encode()
			if got := readAll(t, again, base); !bytes.Equal(got, text) {
				t.Fatal("encoded anew it makes another text")
			}
		}
	})
}

// FuzzControls puts any controls into a sound patch and holds the readers to the plainest bspatch there is.
func FuzzControls(f *testing.F) {
	f.Add([]byte("0123456789"), []byte("\x04\x01\x83\x02\x00\x00"), []byte("\x00\x00\x07\x00\x00\x00"), []byte("x"), byte(7))
	f.Add([]byte("0123456789"), []byte("\x00\x00\x05\x05\x00\x00"), make([]byte, 5), []byte{}, byte(5))
	f.Fuzz(func(t *testing.T, base, short, diff, extra []byte, size byte) {
		short = short[:min(len(short), 3000)] // a thousand are as good as a million
		controls := make([]int64, len(short)/3*3)
		for i := range controls { // a byte of sign and magnitude each
			if controls[i] = int64(short[i] & 127); short[i] > 127 {
				controls[i] = -controls[i]
			}
		}
		patch := craft(int64(size), string(diff), string(extra), controls...)
		patch[32+3] = '9' // the size of the base is not to be told from the last control
		want, err := plainPatch(base, controls, diff, extra, int(size))
		got := readAll(t, patch, base)
		if got != nil && (err != nil || !bytes.Equal(got, want)) {
			t.Fatalf("%q instead of %q (%v)", got, want, err)
		}
	})
}

var errOutside = errors.New("outside")

// plainPatch is bspatch with bounds.
func plainPatch(base []byte, controls []int64, diff, extra []byte, size int) (text []byte, err error) {
	at := int64(0)
	for len(text) < size {
		if len(controls) == 0 || controls[0] < 0 || controls[1] < 0 {
			return nil, errOutside
		}
		for range controls[0] {
			if at < 0 || at >= int64(len(base)) || len(diff) == 0 {
				return nil, errOutside
			}
			text = append(text, base[at]+diff[0])
			diff = diff[1:]
			at++
		}
		if int64(len(extra)) < controls[1] {
			return nil, errOutside
		}
		text = append(text, extra[:controls[1]]...)
		extra = extra[controls[1]:]
		at += controls[2]
		controls = controls[3:]
	}
	if len(text) != size {
		return nil, errOutside
	}
	return text, nil
}

func FuzzUnseal(f *testing.F) {
	base, _, file := oneRow()
	f.Add(file, base)
	f.Add(delta.Seal(delta.Snapshot([]byte("text")).Encode(), nil), []byte{})
	f.Add(delta.Snapshot(bytes.Repeat([]byte("text"), 100)).Encode(), []byte{})
	f.Fuzz(func(t *testing.T, file, base []byte) {
		patch, record, err := delta.Unseal(file, fuzzLimit)
		if checkKind(t, err); err != nil {
			return
		}
		if len(patch)+len(record) > max(fuzzLimit, len(file)) {
			t.Fatal("too much")
		}
		if record != nil && record[0] == '\n' {
			t.Fatalf("%q begins with padding", record)
		}
		readAll(t, patch, base)
		if record == nil || record[len(record)-1] != '\n' || len(record) > 4000 || readAll(t, patch, base) == nil {
			return
		}
		sealed := delta.Seal(patch, func(int64) []byte { return record })
		gotPatch, gotRecord, err := delta.Unseal(sealed, 2*fuzzLimit)
		if err != nil || !bytes.Equal(gotPatch, patch) || !bytes.Equal(gotRecord, record) {
			t.Fatalf("%q instead of %q, %v", gotRecord, record, err)
		}
	})
}

func FuzzDiff(f *testing.F) {
	for _, c := range changes(4) {
		f.Add(c.base, c.next)
	}
	f.Add([]byte("a|b\na|c\n\n\n"), []byte("\n\na|c\na|b\nx"))
	f.Fuzz(func(t *testing.T, base, next []byte) {
		d := delta.Diff(base, next)
		if got := apply(t, d, base); !bytes.Equal(got, next) {
			t.Fatalf("%q instead of %q", got, next)
		}
		read, err := delta.DiffSections(section(base), section(next), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := apply(t, read, base); !bytes.Equal(got, next) {
			t.Fatalf("in sections: %q instead of %q", got, next)
		}
		patch := d.Encode()
		if diff := cmp.Diff(d.Ops, parse(t, patch, base).Ops); diff != "" {
			t.Fatal(diff)
		}
		if alone, _, err := delta.Parse(patch, nil, delta.AnySize, delta.MaxSize); err != nil || !bytes.Equal(alone.Extra, d.Extra) {
			t.Fatal("without its base:", err)
		}
	})
}

// FuzzChain makes a chain of edits from the input and composes it.
func FuzzChain(f *testing.F) {
	f.Add([]byte("0123456789"), []byte("\x02\x01\x03abc\x00\x00\x01z"))
	f.Fuzz(func(t *testing.T, base, script []byte) {
		text, now := delta.NewText(int64(len(base))), base
		for range 100 {
			if len(script) < 3 || len(now) > fuzzLimit {
				break
			}
			off := min(int(script[0]), len(now))
			del := min(int(script[1]), len(now)-off)
			n := min(int(script[2]), len(script)-3)
			d := delta.Edit(int64(len(now)), []delta.Splice{{Off: int64(off), Del: int64(del), Ins: script[3 : 3+n]}})
			if err := text.Apply(d); err != nil {
				t.Fatal(err)
			}
			now = apply(t, d, now)
			script = script[3+n:]
		}
		if got := text.Render(nil, base); !bytes.Equal(got, now) {
			t.Fatalf("%q instead of %q", got, now)
		}
		if err := text.Apply(&delta.Delta{BaseSize: text.Size() + 1, Ops: []delta.Op{{Off: 0, N: 1}}, Size: 1}); fault.KindOf(err) != fault.Corrupt {
			t.Fatal(err)
		}
	})
}
