package table

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/schema"
)

// TestGroupUnderRules has writers wait for one holder under a schema: what breaks a strict one is refused to its author alone, and of
// two that want one unique value one gets it. Under the level warn each author is told of what it wrote itself.
func TestGroupUnderRules(t *testing.T) {
	for _, level := range []schema.Level{schema.Strict, schema.Warn} {
		t.Run(level.String(), func(t *testing.T) {
			c := newCrowd(t, "key|p|q\na|x|1\nb|y|2\n")
			rules := strings.Replace(strictRules, "strict", level.String(), 1)
			c.must(t)(c.SetSchema(SchemaChange{Text: []byte(rules), User: 1}))
			var mu sync.Mutex
			refused, said := map[string]error{}, map[string]string{}
			write := func(key, column, value string) func(*Table) {
				return func(x *Table) {
					x.opt.Warn = func(text string) {
						mu.Lock()
						defer mu.Unlock()
						said[key] += text
					}
					_, err := x.Set(1, []string{key}, []Assignment{{Column: column, Value: value}})
					mu.Lock()
					defer mu.Unlock()
					refused[key] = err
				}
			}
			c.together(write("c", "q", "3"), write("d", "q", "three"), write("e", "q", "03"), write("f", "p", "x"), write("g", "p", "new"))
			first, second := "c", "e" // one of them may overtake the other
			if said["c"] != "" || refused["c"] != nil {
				first, second = "e", "c"
			}
			before, _, _ := strings.Cut(c.text(), "\n"+first+"|")
			twin := fmt.Sprintf("is that of line %d too", strings.Count(before, "\n")+2)
			for key, why := range map[string]string{first: "", "d": `"three" is no integer`, second: twin, "f": "is that of line 2 too", "g": ""} {
				got := said[key]
				if level == schema.Strict {
					got = fmt.Sprint(refused[key])
					if why == "" && refused[key] != nil || why != "" && fault.KindOf(refused[key]) != fault.Input {
						t.Errorf("%s: %v", key, refused[key])
					}
				} else if refused[key] != nil {
					t.Errorf("%s: %v", key, refused[key])
				}
				if !strings.Contains(got, why) || why == "" && said[key] != "" {
					t.Errorf("%s: %q does not say %q", key, got, why)
				}
			}
			c.sound()
		})
	}
}

// TestGroupAsksIndices has writers wait for one holder of a table that is large enough for indices: each value is given once.
func TestGroupAsksIndices(t *testing.T) {
	var b strings.Builder
	b.WriteString("key|p|q\n")
	for i := 0; b.Len() < 2*minIndexed; i++ {
		fmt.Fprintf(&b, "k%d|p%d%s|%d\n", i, i, strings.Repeat("z", 90), i)
	}
	c := newCrowd(t, b.String())
	c.must(t)(c.SetSchema(SchemaChange{Text: []byte(strictRules), User: 1}))
	errs := make([]error, 12)
	var acts []func(x *Table)
	for i := range errs {
		acts = append(acts, func(x *Table) {
			_, errs[i] = x.Set(1, []string{fmt.Sprintf("k%d", i)}, []Assignment{{Column: "p", Value: fmt.Sprint("shared ", i%4)}})
		})
	}
	c.together(acts...)
	given := 0
	for i, err := range errs {
		switch fault.KindOf(err) {
		case fault.Input:
		default:
			if err != nil {
				t.Errorf("write %d: %v", i, err)
			}
			given++
		}
	}
	if given != 4 {
		t.Errorf("%d of 4 values were given: %v", given, errs)
	}
	keeps(t, c.fixture)
	c.sound()
}
