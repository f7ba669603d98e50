package cell_test

import (
	"fmt"
	"math"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/reedbase/reedbase/pkg/cell"
	"pgregory.net/rapid"
)

// sqlite runs a script and returns the lines that it prints.
func sqlite(t interface{ Fatalf(string, ...any) }, script string) []string {
	command := exec.Command("sqlite3", "-batch", "-init", "/dev/null", "-separator", "\t", ":memory:")
	command.Stdin = strings.NewReader(script)
	printed, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, printed)
	}
	return strings.Split(strings.TrimSuffix(string(printed), "\n"), "\n")
}

func needSQLite(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("sqlite3"); err != nil {
		t.Skip("sqlite3 is not installed")
	}
}

// texts draws cells: numbers of every form, what begins like one, what does not. Fractions are such as both sides read without
// rounding.
func texts() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`-?[0-9]{1,2}`),
		rapid.StringMatching(`[ ]?[+-]?[0-9]{1,3}(\.(0|5|25|75|125))?(e[0-9])?[ ]?`),
		rapid.StringMatching(`[a-c1 ]{0,3}`),
		rapid.SampledFrom([]string{
			"", "0", "-0", "-0.0", "1.0", "01", "1e0", ".5", "5.", ".", "-", "+", "1e", "1.e", "1.5e", "1.5e+", "e1", "0x10", "1_0", "1abc", "1.5abc", "\t7\n",
			"9007199254740992", "9007199254740993", "9007199254740992.0", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
			"-9223372036854775809", "9223372036854775807.0", "9223372036854775808abc", "1e18", "1e19", "-1e19", "1e300", "1e999", "-1e999", "ä", "Z", "abc", "true", "inf", "nan",
		}),
	)
}

func quote(s string) string {
	if strings.ContainsAny(s, "\t\n") {
		return fmt.Sprintf("CAST(x'%x' AS TEXT)", s)
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// literals draws an SQL literal and its value.
func literals() *rapid.Generator[literal] {
	return rapid.Custom(func(t *rapid.T) literal {
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			return literal{"NULL", cell.Value{}}
		case 1, 2:
			s := texts().Draw(t, "text")
			return literal{quote(s), cell.FromText([]byte(s))}
		case 3:
			f := float64(rapid.IntRange(-4000, 4000).Draw(t, "eighths")) / 8
			return literal{strconv.FormatFloat(f, 'f', 3, 64), cell.FromFloat(f)}
		case 4:
			f := rapid.SampledFrom([]float64{9007199254740992, 9223372036854775808, -9223372036854775808, 1e18, 1e19, 0, -1.5, 1e300, -1e300}).Draw(t, "large")
			return literal{strconv.FormatFloat(f, 'e', -1, 64), cell.FromFloat(f)}
		}
		n := rapid.OneOf(rapid.Int64Range(-20, 20), rapid.SampledFrom([]int64{1 << 53, 1<<53 + 1, math.MaxInt64, math.MaxInt64 - 1, math.MinInt64 + 1, 3037000500, 1 << 62})).Draw(t, "n")
		return literal{strconv.FormatInt(n, 10), cell.FromInteger(n)}
	})
}

type literal struct {
	sql   string
	value cell.Value
}

// Columns of every affinity hold the same texts, and one of none holds literals; each is compared with each.
func TestComparisonsAreThoseOfSQLite(t *testing.T) {
	needSQLite(t)
	columns := []struct {
		name string
		of   cell.Type
	}{{"s", cell.String}, {"i", cell.Integer}, {"r", cell.Float}, {"x", cell.Expression}} // x without affinity is an expression where a plus stands before it
	rapid.Check(t, func(t *rapid.T) {
		stored := rapid.SliceOfN(texts(), 8, 8).Draw(t, "cells")
		plain := rapid.SliceOfN(literals(), 8, 8).Draw(t, "literals")
		var script strings.Builder
		script.WriteString("CREATE TABLE t(k INTEGER PRIMARY KEY, s TEXT, i INTEGER, r REAL, x);\n")
		for k, text := range stored {
			typed := quote(text)
			if text == "" {
				typed = "NULL"
			}
			fmt.Fprintf(&script, "INSERT INTO t VALUES (%d, %s, %s, %s, %s);\n", k, quote(text), typed, typed, plain[k].sql)
		}
		value := func(k, column int) cell.Value {
			if columns[column].of == cell.Expression {
				return plain[k].value
			}
			return columns[column].of.Read([]byte(stored[k]), false)
		}
		var want []string
		for l, left := range columns {
			for r, right := range columns {
				a, b := operand("a", left.name), operand("b", right.name)
				fmt.Fprintf(&script, "SELECT CASE WHEN %s < %s THEN -1 WHEN %s = %s THEN 0 WHEN %s > %s THEN 1 END FROM t a, t b ORDER BY a.k, b.k;\n", a, b, a, b, a, b)
				by := cell.Comparing(left.of, right.of)
				for i := range stored {
					for j := range stored {
						v, w := value(i, l), value(j, r)
						answer := strconv.Itoa(by.Compare(v, w))
						if v.IsNull() || w.IsNull() {
							answer = ""
						}
						want = append(want, fmt.Sprintf("%s %s against %s %s: %s", left.of, show(v), right.of, show(w), answer))
					}
				}
			}
		}
		got := sqlite(t, script.String())
		if len(got) != len(want) {
			t.Fatalf("%d answers, not %d", len(got), len(want))
		}
		for i := range got {
			if !strings.HasSuffix(want[i], ": "+got[i]) {
				t.Fatalf("%s; sqlite says %q", want[i], got[i])
			}
		}
	})
}

// operand names a column of a table, and takes away from x that it is one.
func operand(table, column string) string {
	if column == "x" {
		return "(+" + table + ".x)"
	}
	return table + "." + column
}

// Sorted by SQLite, values of no column stand as Order has them.
func TestOrderIsThatOfSQLite(t *testing.T) {
	needSQLite(t)
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(literals(), 2, 40).Draw(t, "values")
		var script strings.Builder
		script.WriteString("CREATE TABLE t(k INTEGER PRIMARY KEY, x);\n")
		for k, l := range list {
			fmt.Fprintf(&script, "INSERT INTO t VALUES (%d, %s);\n", k, l.sql)
		}
		script.WriteString("SELECT k FROM t ORDER BY x, k;\n")
		last := -1
		for _, line := range sqlite(t, script.String()) {
			k, err := strconv.Atoi(line)
			if err != nil {
				t.Fatalf("%q", line)
			}
			if last >= 0 {
				if c := cell.Order(list[last].value, list[k].value); c > 0 || c == 0 && last > k {
					t.Fatalf("%s after %s", show(list[k].value), show(list[last].value))
				}
			}
			last = k
		}
	})
}

// says writes a value as describe reads it from SQLite.
func says(v cell.Value) string {
	return v.Kind().String() + "\t" + string(v.AppendText(nil))
}

// agrees reports whether SQLite printed the value, the last digit of a float aside, which it does not always round.
func agrees(printed string, v cell.Value) bool {
	if printed == says(v) {
		return true
	}
	text, isReal := strings.CutPrefix(printed, "real\t")
	f, err := strconv.ParseFloat(text, 64)
	return isReal && err == nil && v.Kind() == cell.KindFloat && math.Abs(f-v.Float()) <= math.Abs(f)*1e-14
}

func TestArithmeticAndCastsAreThoseOfSQLite(t *testing.T) {
	needSQLite(t)
	operators := []struct {
		sql string
		do  func(a, b cell.Value) cell.Value
	}{{"+", cell.Add}, {"-", cell.Sub}, {"*", cell.Mul}, {"/", cell.Div}, {"%", cell.Rem}}
	casts := []struct {
		sql string
		to  cell.Type
	}{{"TEXT", cell.String}, {"INTEGER", cell.Integer}, {"REAL", cell.Float}}
	rapid.Check(t, func(t *rapid.T) {
		var script strings.Builder
		type question struct {
			sql    string
			answer cell.Value
		}
		var asked []question
		ask := func(answer cell.Value, format string, args ...any) {
			q := question{fmt.Sprintf(format, args...), answer}
			asked = append(asked, q)
			fmt.Fprintf(&script, "SELECT typeof(%s), hex(CAST(%s AS TEXT));\n", q.sql, q.sql)
		}
		for range 20 {
			a, b := literals().Draw(t, "a"), literals().Draw(t, "b")
			for _, o := range operators {
				ask(o.do(a.value, b.value), "(%s) %s (%s)", a.sql, o.sql, b.sql)
			}
			for _, c := range casts {
				ask(cell.Cast(a.value, c.to), "CAST(%s AS %s)", a.sql, c.sql)
			}
			ask(cell.Neg(a.value), "-(%s)", a.sql)
			truth, known := cell.Truth(a.value)
			answer := cell.Value{}
			if known {
				answer = cell.FromBool(truth)
			}
			ask(answer, "(%s) AND 1", a.sql)
		}
		for i, line := range sqlite(t, script.String()) {
			kind, digits, _ := strings.Cut(line, "\t")
			var text []byte
			fmt.Sscanf(digits, "%x", &text)
			if printed := kind + "\t" + string(text); !agrees(printed, asked[i].answer) {
				t.Fatalf("%s is %q, sqlite says %q", asked[i].sql, says(asked[i].answer), printed)
			}
		}
	})
}

func TestFloatsPrintAsInSQLite(t *testing.T) {
	needSQLite(t)
	floats := []float64{0, math.Copysign(0, -1), 1, -1, 0.5, 0.1, 1.0 / 8, 100, 1e14, 123456789012345, 1e15, 1e16, 1e20, 1e100, 1e-4, 0.00012, 1e-5, -1.5e-7, 0.1 + 0.2, 1.5e300, 3.14159265358979, 2.5, 1e2, 1e10, 12345.678, math.Inf(1), math.Inf(-1)}
	var script strings.Builder
	for _, f := range floats {
		literal := strconv.FormatFloat(f, 'e', 17, 64)
		if math.IsInf(f, 0) {
			literal = fmt.Sprintf("%d*9e999", int(math.Copysign(1, f)))
		}
		fmt.Fprintf(&script, "SELECT CAST(%s AS TEXT);\n", literal)
	}
	for i, line := range sqlite(t, script.String()) {
		if got := string(cell.FromFloat(floats[i]).AppendText(nil)); got != line {
			t.Errorf("%v prints as %q, in sqlite as %q", floats[i], got, line)
		}
	}
}
