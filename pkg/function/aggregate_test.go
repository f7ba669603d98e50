package function_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/function"
)

// over returns what an aggregate says of rows.
func over(name string, rows [][]cell.Value) (cell.Value, error) {
	a, _ := function.FindAggregate(name)
	of := a.New()
	for _, row := range rows {
		of.Add(row)
	}
	return of.Result(&function.Context{})
}

func rowsOf(texts ...string) (rows [][]cell.Value) {
	for _, text := range texts {
		v := cell.Undeclared.Read([]byte(text), false)
		if text == "NULL" {
			v = cell.Value{}
		}
		rows = append(rows, []cell.Value{v})
	}
	return rows
}

func TestAggregates(t *testing.T) {
	for _, test := range []struct{ call, rows, want string }{
		{"count", "", "0"}, {"count", "1 NULL x", "2"},
		{"sum", "", "NULL"}, {"sum", "NULL", "NULL"}, {"sum", "1 2 NULL", "3"}, {"sum", "1 2.5", "3.5"}, {"sum", "1 x", "1.0"}, {"sum", "0.1 0.2 0.3", "0.6"}, {"sum", "9223372036854775807 1 -1", "9223372036854775807"},
		{"sum", "9223372036854775807 1", "sum: integer overflow"}, {"sum", "-9223372036854775808 -1", "sum: integer overflow"}, {"sum", "9223372036854775807 9223372036854775807 1.0", "1.8446744073709552e+19"},
		{"sum", "1e308 1e308 -1e308", "1.0e+308"}, {"sum", "1e308 1e308", "9.0e+999"}, {"sum", "1e999 1", "9.0e+999"}, {"sum", "-1e999 1", "-9.0e+999"}, {"sum", "1e999 -1e999", "NULL"}, {"sum", "1e100 1 -1e100", "1.0"}, {"sum", "-0.0", "0.0"},
		{"total", "", "0.0"}, {"total", "1 2", "3.0"}, {"total", "9223372036854775807 1", "9.22337203685478e+18"},
		{"avg", "", "NULL"}, {"avg", "1 2", "1.5"}, {"avg", "9223372036854775807 9223372036854775807", "9.22337203685478e+18"},
		{"min", "", "NULL"}, {"min", "b 2 a NULL 1.0 1", "1.0"}, {"max", "1 b NULL a", "'b'"}, {"max", "01 1.0 1", "1"},
		{"group_concat", "", "NULL"}, {"group_concat", "a NULL 1.50 b", "'a,1.50,b'"},
	} {
		v, err := over(test.call, rowsOf(strings.Fields(test.rows)...))
		got := literal(v)
		if err != nil {
			got = err.Error()
			if fault.KindOf(err) != fault.Input {
				t.Error(fault.KindOf(err))
			}
		}
		if want := test.want; got != want && !(strings.HasPrefix(want, "9.22337203685478e") && string(v.AppendText(nil)) == want) {
			t.Errorf("%s of %s is %s, not %s", test.call, test.rows, got, want)
		}
	}
}

func TestGroupConcat(t *testing.T) {
	text := func(s string) cell.Value { return cell.FromText([]byte(s)) }
	rows := [][]cell.Value{{text("a"), text("<1>")}, {text("b"), text("<2>")}, {{}, text("<3>")}, {text("c"), {}}, {text(""), text("<5>")}}
	v, err := over("string_agg", rows)
	if string(v.Text()) != "a<2>bc<5>" || err != nil {
		t.Errorf("%s, %v", v.Text(), err)
	}
	a, _ := function.FindAggregate("group_concat")
	of := a.New()
	for range 20 {
		of.Add([]cell.Value{text("abcd")})
	}
	if _, err := of.Result(&function.Context{MaxText: 98}); err == nil || err.Error() != "group_concat: the result has more than 98 bytes" {
		t.Error(err)
	}
	if v, err := of.Result(&function.Context{MaxText: 99}); err != nil || len(v.Text()) != 99 {
		t.Error(err)
	}
}

// TestGroupConcatKeepsNoMoreThanAResult adds texts behind one that is too long, which cannot be a result any more.
func TestGroupConcatKeepsNoMoreThanAResult(t *testing.T) {
	a, _ := function.FindAggregate("group_concat")
	of, other := a.New(), a.New()
	row := []cell.Value{cell.FromText(make([]byte, 1<<20))}
	other.Add(row)
	for range function.DefaultMaxText >> 20 {
		of.Add(row)
	}
	if n := testing.AllocsPerRun(200, func() { of.Add(row); of.Merge(other) }); n > 0 {
		t.Errorf("%v allocations a row", n)
	}
	if _, err := of.Result(&function.Context{}); fault.KindOf(err) != fault.Input {
		t.Error(err)
	}
	of.Reset()
	if of.Add(row); testing.AllocsPerRun(1, func() { of.Add(row) }) > 0 {
		t.Error("what was kept is not used again")
	}
}

// cells draws values of every kind, such as may be added up.
func cells() *rapid.Generator[cell.Value] {
	return rapid.Custom(func(t *rapid.T) cell.Value {
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			return cell.Value{}
		case 1:
			return cell.FromText([]byte(rapid.SampledFrom([]string{"", "a", "12", "1.5", "7x"}).Draw(t, "text")))
		case 2, 3, 4:
			return cell.FromFloat(rapid.SampledFrom([]float64{0.1, -0.1, 1e300, -1e300, 1.7e308, -1.7e308, 1e-300, 5e-324, 1e16, 1, 0.3, math.Pi, 1 << 53}).Draw(t, "float"))
		case 5, 6:
			return cell.FromFloat(rapid.Float64Range(-1000, 1000).Draw(t, "decimal"))
		}
		return cell.FromInteger(rapid.OneOf(rapid.Int64Range(-100, 100), rapid.SampledFrom([]int64{math.MaxInt64, math.MinInt64, 1 << 62})).Draw(t, "integer"))
	})
}

func said(v cell.Value, err error) string {
	if err != nil {
		return err.Error()
	}
	return v.Kind().String() + " " + literal(v)
}

// TestRowsMaySpread gives rows to several accumulators, which are then one.
func TestRowsMaySpread(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(cells(), 0, 30).Draw(t, "rows")
		for _, name := range []string{"count", "sum", "total", "avg", "min", "max", "group_concat"} {
			a, _ := function.FindAggregate(name)
			first, of := a.New(), a.New()
			first.Add([]cell.Value{cell.FromInteger(7)})
			first.Reset() // it may have been used before
			all := first
			var rows [][]cell.Value
			for i, v := range list {
				rows = append(rows, []cell.Value{v})
				of.Add(rows[i])
				if rapid.IntRange(0, 3).Draw(t, "cut") == 0 {
					all.Merge(of)
					of = a.New()
				}
			}
			all.Merge(of)
			want, got := said(over(name, rows)), said(all.Result(&function.Context{}))
			if want != got {
				t.Fatalf("%s in parts is %s, not %s", name, got, want)
			}
		}
	})
}

// TestRowsMayLeave takes rows back.
func TestRowsMayLeave(t *testing.T) {
	for _, name := range []string{"min", "max", "group_concat", "string_agg"} {
		if a, _ := function.FindAggregate(name); implements(a.New()) {
			t.Errorf("%s can forget rows", name)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(cells(), 0, 30).Draw(t, "rows")
		for _, name := range []string{"count", "sum", "total", "avg"} {
			a, _ := function.FindAggregate(name)
			of := a.New().(function.Remover)
			var rows [][]cell.Value
			for _, v := range list {
				rows = append(rows, []cell.Value{v})
				of.Add([]cell.Value{v})
				for len(rows) > 0 && rapid.Bool().Draw(t, "leave") {
					of.Remove(rows[0])
					rows = rows[1:]
				}
				if want, got := said(over(name, rows)), said(of.Result(&function.Context{})); want != got {
					t.Fatalf("%s of what is left is %s, not %s", name, got, want)
				}
			}
		}
	})
}

func implements(a function.Accumulator) bool {
	_, ok := a.(function.Remover)
	return ok
}

// TestSumsAreExact adds up without rounding beside.
func TestSumsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := new(big.Float).SetPrec(4000)
		var rows [][]cell.Value
		for _, v := range rapid.SliceOfN(cells(), 1, 60).Draw(t, "rows") {
			n := v
			if v.Kind() == cell.KindText {
				n = cell.Cast(v, cell.Float)
			}
			switch n.Kind() {
			case cell.KindInteger:
				want.Add(want, new(big.Float).SetInt64(n.Integer()))
			case cell.KindFloat:
				want.Add(want, big.NewFloat(n.Float()))
			}
			rows = append(rows, []cell.Value{v})
		}
		exact, _ := want.Float64()
		got, err := over("total", rows)
		if got.Float() != exact || err != nil {
			t.Fatalf("total is %v, %v, not %v", got.Float(), err, exact)
		}
	})
}

// TestAggregatesAreThoseOfSQLite compares them over lists whose sums need no rounding, or next to none.
func TestAggregatesAreThoseOfSQLite(t *testing.T) {
	names := []string{"count", "sum", "total", "avg", "min", "max", "group_concat"}
	rapid.Check(t, func(rt *rapid.T) {
		var script strings.Builder
		var want []string
		var tests [][][]cell.Value
		for list := range 20 {
			m := maker{rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))}
			var rows [][]cell.Value
			fmt.Fprintf(&script, "CREATE TABLE t%d(x);\n", list)
			for range m.IntN(12) {
				text := m.pick("NULL", "'x'", "'12'", "''", "'1.5z'", "'B'", strconv.Itoa(m.IntN(100)-50), strconv.Itoa(m.IntN(100)-50), strconv.FormatFloat(float64(m.IntN(800)-400)/8, 'f', 3, 64))
				v, err := eval(&function.Context{}, parse(t, text))
				if err != nil {
					rt.Fatal(err)
				}
				rows = append(rows, []cell.Value{v})
				fmt.Fprintf(&script, "INSERT INTO t%d VALUES (%s);\n", list, text)
			}
			for _, name := range names {
				fmt.Fprintf(&script, "SELECT typeof(%s(x)), hex(CAST(%s(x) AS TEXT)) FROM t%d;\n", name, name, list)
				want = append(want, name)
			}
			tests = append(tests, rows)
		}
		lines, _ := sqlite(t, script.String())
		if len(lines) != len(want) {
			rt.Fatalf("%d lines, not %d", len(lines), len(want))
		}
		for i, line := range lines {
			rows := tests[i/len(names)]
			v, err := over(want[i], rows)
			if reason := differs(v, err, line); reason != "" {
				rt.Fatalf("%s of %v: %s", want[i], rows, reason)
			}
		}
	})
}

// TestKeptValuesAreCopies changes the bytes of a row behind an accumulator's back.
func TestKeptValuesAreCopies(t *testing.T) {
	for _, name := range []string{"min", "max", "group_concat"} {
		a, _ := function.FindAggregate(name)
		of, text := a.New(), []byte("abc")
		of.Add([]cell.Value{cell.FromText(text)})
		text[0] = 'x'
		c := &function.Context{}
		v, err := of.Result(c)
		of.Reset()
		of.Add([]cell.Value{cell.FromText([]byte("zzz"))})
		if string(v.Text()) != "abc" || err != nil {
			t.Errorf("%s is %s, %v", name, v.Text(), err)
		}
	}
}

func BenchmarkAggregates(b *testing.B) {
	rows := rowsOf("1", "25", "3.5", "19.99", "abc")
	for name, row := range map[string][]cell.Value{"sum integer": rows[1], "sum float": rows[3], "min integer": rows[1], "max text": rows[4], "count": rows[0]} {
		b.Run(name, func(b *testing.B) {
			a, _ := function.FindAggregate(strings.Fields(name)[0])
			of := a.New()
			b.ReportAllocs()
			for b.Loop() {
				of.Add(row)
			}
		})
	}
}
