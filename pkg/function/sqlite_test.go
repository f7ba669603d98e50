package function_test

import (
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/function"
)

const zone = "Europe/Berlin" // that sqlite3 is told to be in

// sqlite lets sqlite3 run a script and returns what it prints, and what it says of errors.
func sqlite(t testing.TB, script string) (lines []string, talk string) {
	t.Helper()
	if _, err := exec.LookPath("sqlite3"); err != nil {
		t.Skip("sqlite3 is not installed")
	}
	shell := exec.Command("sqlite3", "-batch", "-init", "/dev/null", "-separator", "\t", ":memory:")
	shell.Env = append(os.Environ(), "TZ="+zone)
	shell.Stdin = strings.NewReader(script)
	var errors strings.Builder
	shell.Stderr = &errors
	out, _ := shell.Output() // it ends with 1 when a statement failed
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n"), errors.String()
}

// known returns the functions that sqlite3 has with numbers of arguments, -1 being any.
func known(t testing.TB) map[string][]int {
	lines, _ := sqlite(t, "SELECT DISTINCT name, narg FROM pragma_function_list;")
	all := map[string][]int{}
	for _, line := range lines {
		name, digits, _ := strings.Cut(line, "\t")
		n, _ := strconv.Atoi(digits)
		all[name] = append(all[name], n)
	}
	return all
}

// maker makes calls and literals.
type maker struct{ *rand.Rand }

func (m maker) pick(list ...string) string { return list[m.IntN(len(list))] }

func (m maker) text() string {
	if m.IntN(3) == 0 {
		var b strings.Builder
		for range m.IntN(6) {
			b.WriteString(m.pick("a", "b", "A", "B", "ä", "Ä", "€", "😀", " ", "%", "_", "1", ".", "'", "-", "\n"))
		}
		return quoted(b.String())
	}
	return quoted(m.pick("", "a", "abc", "ABC", "grün", "Grün und Blau", "  x  ", "xx", "a.b@de", "12", "-1.5", "1e3", "12abc", " 7 ", "0x10", "it's", "naïve", "😀😀", "%a_b%", "null", "9223372036854775808"))
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func (m maker) integer() string {
	return m.pick("0", "1", "-1", "2", "3", "5", "7", "-3", "10", "42", "100", "255", "1000000", "-123456789", "9007199254740993", "9223372036854775807", "-9223372036854775807")
}

func (m maker) float() string {
	if m.IntN(2) == 0 {
		return strconv.FormatFloat(float64(m.IntN(200_000)-100_000)/float64([]int{1, 2, 8, 10, 100, 1000}[m.IntN(6)]), 'f', 3, 64)
	}
	return m.pick("0.0", "0.5", "-0.5", "1.5", "2.5", "1.005", "2.675", "0.1", "-2.75", "1e10", "1e15", "1.5e-7", "-1e100", "123456.789", "9.999", "99.95", "1e300")
}

// value returns any literal.
func (m maker) value() string {
	switch m.IntN(7) {
	case 0:
		return "NULL"
	case 1, 2:
		return m.integer()
	case 3, 4:
		return m.float()
	}
	return m.text()
}

// small returns a number that counts characters.
func (m maker) small() string {
	if m.IntN(8) == 0 {
		return m.pick("NULL", "'2'", "'x'", "1.9", "-1.9", "100", "-100") // sqlite3 before 3.46 takes these as 32 bits
	}
	return strconv.Itoa(m.IntN(16) - 6)
}

func (m maker) pattern() string {
	var b strings.Builder
	for range m.IntN(7) {
		b.WriteString(m.pick("%", "_", "*", "?", "a", "b", "A", "ä", "[a-c]", "[^b]", "[", "!", "€", "[]a]", "[^]]", "[a-", "[b-a]", "%", "*"))
	}
	return quoted(b.String())
}

func (m maker) subject() string {
	var b strings.Builder
	for range m.IntN(8) {
		b.WriteString(m.pick("a", "b", "A", "B", "ä", "Ä", "c", "€", "!", "%", "_", "]", "-"))
	}
	return quoted(b.String())
}

func (m maker) format() string {
	var b strings.Builder
	for range 1 + m.IntN(2) {
		b.WriteString(m.pick("", "x", "ä ", "%%"))
		b.WriteByte('%')
		for range m.IntN(3) {
			b.WriteString(m.pick("-", "+", " ", "0", "#", "!", ","))
		}
		b.WriteString(m.pick("", "", "1", "5", "12"))
		b.WriteString(m.pick("", "", ".0", ".1", ".2", ".5", "."))
		b.WriteString(m.pick("d", "i", "u", "x", "X", "o", "f", "e", "E", "g", "G", "s", "q", "Q", "w", "c", "ld", "lld", "s", "d", "f", "z", "p", "r", "y"))
	}
	return quoted(b.String())
}

func (m maker) when() string {
	if m.IntN(10) == 0 {
		return m.pick("NULL", "'x'", "''", "'2451545'", "1e10", "1e300", m.text())
	}
	day := fmt.Sprintf("%04d-%02d-%02d", 1500+m.IntN(8500), m.IntN(13), m.IntN(32)) // before 0 sqlite3 does not know what it does
	if m.IntN(2) == 0 {
		day = fmt.Sprintf("%04d-%02d-%02d", 1971+m.IntN(60), 1+m.IntN(12), 1+m.IntN(31))
	}
	clock := fmt.Sprintf("%02d:%02d", m.IntN(25), m.IntN(61))
	switch m.IntN(3) {
	case 0:
		clock += fmt.Sprintf(":%02d", m.IntN(61))
	case 1:
		clock += fmt.Sprintf(":%02d.%03d", m.IntN(60), m.IntN(1000))
	}
	clock += m.pick("", "", "", "Z", "+02:00", "-11:30", " z ", "+15:00", "x")
	switch m.IntN(6) {
	case 0:
		return quoted(day)
	case 1:
		return quoted(clock[:5]) // with a zone sqlite3 takes it for another time once a weekday is asked for
	case 2:
		return strconv.FormatFloat(2_300_000+float64(m.IntN(3_100_000_000))/1000, 'f', 3, 64)
	case 3:
		return strconv.Itoa(m.IntN(2_000_000_000))
	}
	return quoted(day + m.pick(" ", "T", "  ", "x") + clock)
}

func (m maker) modifier() string {
	n := m.pick("+1", "-1", "1", "+12", "-13", "+1.5", "-0.25", "+100", "+400", "-300", "+1e3", "+0", "x")
	unit := m.pick("second", "minutes", "hours", "day", "days", "months", "month", "years", "year", "DAYS", "week")
	return quoted(m.pick(n+" "+unit, n+" "+unit, n+unit, "start of month", "start of year", "start of day", "start of week", "weekday 0", "weekday 3", "weekday 6", "Weekday 8", "unixepoch", "auto",
		"julianday", "localtime", "utc", "+01:30", "-00:00:59.5", "12:00:01", "+25:00", "nonsense"))
}

func (m maker) moments() []string {
	args := []string{m.when()}
	zoned := false // sqlite3 before 3.46 goes to a zone that it is in
	for range max(0, m.IntN(5)-2) {
		modifier := m.modifier()
		if zone := modifier == "'localtime'" || modifier == "'utc'"; !zone || !zoned {
			args, zoned = append(args, modifier), zoned || zone
		}
	}
	return args
}

// args returns literals for a function that it can make something of.
func (m maker) args(name string, n int) (args []string) {
	switch name {
	case "like", "glob":
		args = []string{m.pattern(), m.subject(), quoted("!")}[:n]
		if m.IntN(20) == 0 {
			args[m.IntN(n)] = m.value()
		}
		return args
	case "date", "time", "datetime", "julianday", "unixepoch":
		return m.moments()
	case "strftime":
		format := ""
		for range 1 + m.IntN(3) {
			format += m.pick("%d", "%H", "%j", "%m", "%M", "%s", "%S", "%w", "%W", "%Y", "%f", "%%", "-", "%Z")
		}
		return append([]string{quoted(format)}, m.moments()...)
	case "printf", "format":
		args = []string{m.format()}
		if m.IntN(20) == 0 {
			return []string{quoted("%*d|%.*f|%-*s"), m.small(), m.value(), m.pick("0", "1", "-2", "5"), m.value(), m.small(), m.value()}
		}
	case "substr", "substring":
		args = []string{m.text(), m.small(), m.small()}[:n]
		return args
	case "round":
		args = []string{m.float(), strconv.Itoa(m.IntN(9) - 1)}[:n]
		return args
	case "log":
		return []string{m.pick(m.integer(), m.float(), "NULL"), m.pick(m.integer(), m.float(), "NULL")}[:n]
	case "char":
		for range n {
			args = append(args, m.pick("65", "97", "228", "8364", "128512", "65.9", "'66'"))
		}
		return args
	}
	for len(args) < n {
		args = append(args, m.value())
	}
	return args
}

// call returns a call of a function that sqlite3 has with these numbers of arguments; its arguments are calls too now and then.
func (m maker) call(s *function.Scalar, counts []int) string {
	n := counts[m.IntN(len(counts))]
	if n < 0 {
		n = s.Least + m.IntN(4)
	}
	args := m.args(s.Name, n)
	for i := range args {
		if m.IntN(8) == 0 && nests(s.Name) {
			args[i] = m.pick("lower", "upper", "trim", "typeof", "hex", "length", "quote") + "(" + args[i] + ")"
		}
	}
	return s.Name + "(" + strings.Join(args, ", ") + ")"
}

// nests reports whether the results of functions of texts are arguments for one.
func nests(name string) bool { return name != "regexp" && name != "log" && name != "strftime" }

// Each function is called at least this often a run.
const callsOfEach = 400

// TestFunctionsAreThoseOfSQLite compares random calls with sqlite3. SEED in the environment is another start of them.
func TestFunctionsAreThoseOfSQLite(t *testing.T) {
	have, seed := known(t), uint64(time.Now().UnixNano())
	if text := os.Getenv("SEED"); text != "" {
		seed, _ = strconv.ParseUint(text, 10, 64)
	}
	t.Logf("SEED=%d", seed)
	m := maker{rand.New(rand.NewPCG(seed, seed))}
	var calls []string
	var script strings.Builder
	for _, name := range function.Names() {
		s, ok := function.Find(name)
		if !ok || len(have[name]) == 0 || name == "random" {
			continue
		}
		counts := slices.Clone(have[name])
		counts = slices.DeleteFunc(counts, func(n int) bool { return n >= 0 && !s.Takes(n) })
		for range callsOfEach {
			call := m.call(s, counts)
			fmt.Fprintf(&script, "SELECT %d, typeof(%s), hex(CAST(%s AS TEXT));\n", len(calls), call, call)
			calls = append(calls, call)
		}
	}
	lines, talk := sqlite(t, script.String())
	answers := make([]string, len(calls))
	for _, line := range lines {
		number, rest, _ := strings.Cut(line, "\t")
		if i, err := strconv.Atoi(number); err == nil {
			answers[i] = rest
		}
	}
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Skip(err)
	}
	failures, errors := 0, 0
	for i, call := range calls {
		c := &function.Context{Now: time.Unix(0, 0).In(location)}
		v, err := eval(c, parse(t, call))
		if answers[i] == "" {
			errors++
		}
		if reason := differs(v, err, answers[i]); reason != "" && excuse(call, answers[i]) == "" {
			if failures++; failures < 40 {
				t.Errorf("%s: %s", call, reason)
			}
		}
	}
	t.Logf("%d calls, %d errors, %d differ", len(calls), errors, failures)
	if errors > len(calls)/10 {
		t.Errorf("%d of %d calls are errors of sqlite3: %.1000s", errors, len(calls), talk)
	}
}

// differs says how a value differs from what sqlite3 printed, "" being an error of it.
func differs(v cell.Value, err error, answer string) string {
	if err != nil || answer == "" {
		if (err == nil) != (answer != "") {
			return fmt.Sprintf("%s, %v; sqlite3 says %q", literal(v), err, answer)
		}
		return ""
	}
	kind, digits, _ := strings.Cut(answer, "\t")
	text, err := hex.DecodeString(digits)
	if err != nil {
		return err.Error()
	}
	if kind == "real" && v.Kind() == cell.KindFloat {
		f, err := strconv.ParseFloat(string(text), 64)
		if math.Abs(f-v.Float()) <= math.Abs(f)*1e-14 || err != nil && math.IsInf(v.Float(), 0) {
			return ""
		}
	}
	if kind == v.Kind().String() && string(text) == string(v.AppendText(nil)) {
		return ""
	}
	return fmt.Sprintf("%s, a %s; sqlite3 says %q, a %s", literal(v), v.Kind(), text, kind)
}

// differences are the lines of reedql(7) that say what is not as in sqlite3, with the calls that each is about.
var differences = []struct {
	line  string
	about func(call, answer string) bool
}{
	{"A text holds no NUL", func(_, answer string) bool { return strings.Contains(answer, "\t00") || nul.MatchString(answer) }},
	{"no commas in floats", func(call, _ string) bool { return commas.MatchString(call) }},
	{"some halves down", func(call, _ string) bool { return halves.MatchString(call) }},
	{"cuts none", func(_, answer string) bool { return strings.HasPrefix(answer, "text\t") && !isText(answer[5:]) }},
	{"printf rounds to 16 digits", func(call, _ string) bool { return strings.Contains(call, "%") && long.MatchString(call) }},
	{"printf that writes nothing is the empty text", func(call, answer string) bool {
		return answer == "null\t" && (strings.HasPrefix(call, "printf(") || strings.HasPrefix(call, "format("))
	}},
	{"a day that its month does not have and the hour 24", func(call, _ string) bool { return overDay.MatchString(call) }},
	{"localtime and utc know", func(call, _ string) bool {
		return (strings.Contains(call, "localtime") || strings.Contains(call, "utc")) && !recent.MatchString(call)
	}},
	{"as many digits as it needs", func(call, _ string) bool { return strings.Contains(call, "quote(") && long.MatchString(call) }},
}

var (
	nul     = regexp.MustCompile(`\t([0-9A-F]{2})*?00`)
	commas  = regexp.MustCompile(`%[-+ 0#!,]*,[-+ 0#!,]*[0-9.]*[feEgG]`)
	overDay = regexp.MustCompile(`-(02-(29|30)|(02|04|06|09|11)-31)|24:`)
	halves  = regexp.MustCompile(`%[^a-zA-Z]*[eEgG].*[0-9]*\.?[0-9]*50*\b`)
	recent  = regexp.MustCompile(`^(strftime\('[^']*', |\w+\()'(19[89]|20[012])\d-`)
	long    = regexp.MustCompile(`\d{16}|e`)
)

// isText reports whether hexadecimal digits are those of UTF-8.
func isText(digits string) bool {
	text, _ := hex.DecodeString(digits)
	return utf8.Valid(text)
}

// excuse returns the line of reedql(7) that says why a call may differ, or "".
func excuse(call, answer string) string {
	for _, d := range differences {
		if d.about(call, answer) {
			return d.line
		}
	}
	return ""
}

// TestDifferencesAreInTheManual finds every difference on the page.
func TestDifferencesAreInTheManual(t *testing.T) {
	page := manual(t)
	for _, d := range differences {
		if !strings.Contains(page, d.line) {
			t.Errorf("reedql(7) does not say %q", d.line)
		}
	}
}
