package function_test

import (
	"testing"
	"time"
	"unicode/utf8"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/function"
)

// FuzzCalls calls every function with any arguments: it answers with a text that is UTF-8 and not too long, or an error of input.
func FuzzCalls(f *testing.F) {
	f.Add("%*.*!,08.3f%c%Q", "ä", int64(5), 1e300, uint8(0))
	f.Add("2024-02-31T24:59:59.9999+14:59", "+0001-11-30 23:59", int64(-1), 5373484.4, uint8(3))
	f.Add("now", "weekday 6", int64(1)<<62, -2.5, uint8(9))
	f.Add("a%_[^-]", "(?i)a{1000}", int64(0), 0.5, uint8(77))
	names := function.Names()
	f.Fuzz(func(t *testing.T, a, b string, n int64, x float64, order uint8) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) {
			return
		}
		all := []cell.Value{cell.FromText([]byte(a)), cell.FromText([]byte(b)), cell.FromInteger(n), cell.FromFloat(x), {}, cell.FromTime(n, 5), cell.Undeclared.Read([]byte(a), false)}
		c := &function.Context{Now: time.Unix(1<<31, 7).UTC(), MaxText: 4096, Random: func() uint64 { return 1 }}
		for i, name := range names {
			s, ok := function.Find(name)
			if !ok {
				continue
			}
			count := s.Least + (int(order)+i)%3
			if s.Most >= 0 {
				count = min(count, s.Most)
			}
			var args []cell.Value
			for j := range count {
				args = append(args, all[(int(order)+i*j+j)%len(all)])
			}
			v, err := s.Call(c, args)
			if text := v.AppendText(nil); !utf8.Valid(text) || len(text) > 4096+len(a)+len(b) {
				t.Fatalf("%s of %v is %q", name, args, text)
			}
			if err != nil && fault.KindOf(err) != fault.Input {
				t.Fatalf("%s of %v: %v", name, args, err)
			}
		}
	})
}
