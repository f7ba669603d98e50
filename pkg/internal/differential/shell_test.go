package differential

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/reedbase/reedbase/pkg/cell"
)

// answer is the rows of a query, or why there are none.
type answer struct {
	rows   [][]cell.Value
	err    string
	broken string // a panic
}

// shell lets sqlite3 make the tables and answer the queries, all in one process.
func shell(t testing.TB, tables []*table, queries []string) []answer {
	t.Helper()
	var create strings.Builder
	for _, table := range tables {
		create.WriteString(table.script())
	}
	return shellScript(t, create.String(), queries)
}

// shellScript lets sqlite3 make tables by a script and carry out statements, all in one process.
func shellScript(t testing.TB, create string, queries []string) []answer {
	t.Helper()
	if _, err := exec.LookPath("sqlite3"); err != nil {
		t.Skip("sqlite3 is not installed")
	}
	var script strings.Builder
	script.WriteString(".mode quote\n" + create)
	lines := make([]int, len(queries)) // where each begins
	line := 1 + strings.Count(script.String(), "\n")
	for i, q := range queries {
		lines[i] = line
		part := fmt.Sprintf("%s;\n.print #%d\n", q, i)
		script.WriteString(part)
		line += strings.Count(part, "\n")
	}
	command := exec.Command("sqlite3", "-batch", "-init", "/dev/null", ":memory:")
	command.Stdin = strings.NewReader(script.String())
	var talk strings.Builder
	command.Stderr = &talk
	out, err := command.Output()
	answers := make([]answer, len(queries))
	if read := readAnswers(string(out), answers); read != len(queries) {
		t.Fatalf("sqlite3 answered %d of %d queries: %v, %.500s", read, len(queries), err, talk.String())
	}
	for _, e := range regexp.MustCompile(`(?m)^\w+ error near line (\d+): (.*)$`).FindAllStringSubmatch(talk.String(), -1) {
		at, _ := strconv.Atoi(e[1])
		for i := range lines {
			if lines[i] <= at && (i+1 == len(lines) || at < lines[i+1]) {
				answers[i] = answer{err: e[2]}
			}
		}
	}
	return answers
}

// readAnswers reads rows in the mode quote, with a line #N behind those of query N, and returns how many queries those are.
func readAnswers(out string, answers []answer) (read int) {
	for len(out) > 0 && read < len(answers) {
		if mark := fmt.Sprintf("#%d\n", read); strings.HasPrefix(out, mark) {
			out = out[len(mark):]
			read++
			continue
		}
		var values []cell.Value
		for more := true; more; {
			var v cell.Value
			v, out = readLiteral(out)
			values = append(values, v)
			more = strings.HasPrefix(out, ",")
			out = out[min(1, len(out)):]
		}
		answers[read].rows = append(answers[read].rows, values)
	}
	return read
}

// readLiteral reads a value and returns what is behind it.
func readLiteral(out string) (cell.Value, string) {
	if strings.HasPrefix(out, "'") {
		end := 1
		for end < len(out) && (out[end] != '\'' || strings.HasPrefix(out[end+1:], "'")) {
			if out[end] == '\'' {
				end++
			}
			end++
		}
		return cell.FromText([]byte(strings.ReplaceAll(out[1:end], "''", "'"))), out[end+1:]
	}
	end := strings.IndexAny(out, ",\n")
	text := out[:end]
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return cell.FromInteger(n), out[end:]
	}
	if text == "NULL" {
		return cell.Value{}, out[end:]
	}
	f, _ := strconv.ParseFloat(text, 64)
	return cell.FromFloat(f), out[end:]
}
