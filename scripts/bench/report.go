package main

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A report prints a line for every figure as soon as it is measured: ok or MISSED,
// what, our command and the rival's with their medians, what came out and what is
// asked.
type report struct {
	out      io.Writer
	markdown bool
	missed   int
	asked    int
	err      error
}

func newReport(out io.Writer, markdown bool) *report {
	r := &report{out: out, markdown: markdown}
	if markdown {
		r.print("| what | ReedBase | beside | result |\n|---|---|---|---|\n")
	}
	return r
}

func (r *report) print(format string, args ...any) {
	if _, err := fmt.Fprintf(r.out, format, args...); err != nil {
		r.err = errors.Join(r.err, err)
	}
}

// add prints what a figure gave.
func (r *report) add(f figure, ours, rival sample, err error) {
	if err != nil && f.bars[0].asked == "" && (refused(err) || errors.Is(err, exec.ErrNotFound)) {
		r.print("%-6s %-18s left out: %v\n", "-", f.name, err)
		return
	}
	if err != nil {
		r.asked++
		r.missed++
		r.print("MISSED %-18s %s: %v\n", f.name, f.what, err)
		return
	}
	ok := true
	var results []string
	for _, b := range f.bars {
		got, met := b.judge(ours, rival)
		ok = ok && met
		if b.asked != "" {
			r.asked++
		}
		if !met {
			r.missed++
		}
		results = append(results, result(got, b.asked, met))
	}
	if r.markdown {
		r.row(f, ours, rival, strings.Join(results, "; "))
	} else {
		r.line(f, ours, rival, verdict(f, ok), results)
	}
}

// refused reports whether a program of ours ended with the exit code for input
// that it does not take.
func refused(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && exit.ExitCode() == 15
}

func verdict(f figure, ok bool) string {
	switch {
	case !ok:
		return "MISSED"
	case !slices.ContainsFunc(f.bars, func(b bar) bool { return b.asked != "" }):
		return "-"
	default:
		return "ok"
	}
}

// result is what came out for one bar, beside what is asked.
func result(got, asked string, met bool) string {
	switch {
	case asked == "":
		return got
	case met:
		return got + " (asked " + asked + ")"
	default:
		return got + " (MISSED, asked " + asked + ")"
	}
}

func (r *report) line(f figure, ours, rival sample, verdict string, results []string) {
	fields := []string{f.what, f.ours.String() + "  " + duration(ours.wall)}
	if !f.rival.missing() {
		fields = append(fields, f.rival.String()+"  "+duration(rival.wall))
	}
	fields = append(fields, results...)
	fields = append(fields, costs(f, ours, rival))
	if f.note != nil {
		fields = append(fields, f.note())
	}
	r.print("%-6s %-18s %s\n", verdict, f.name, strings.Join(fields, " · "))
}

// costs names what else the medians say.
func costs(f figure, ours, rival sample) string {
	cpu, peak := "cpu "+duration(ours.cpu), "peak "+byteCount(ours.peak)
	if !f.rival.missing() {
		cpu += " / " + duration(rival.cpu)
		peak += " / " + byteCount(rival.peak)
	}
	return cpu + " · " + peak
}

// row is a line of README.md's table, with the programs for the commands.
func (r *report) row(f figure, ours, rival sample, results string) {
	cost := func(s sample) string {
		if f.costs {
			return duration(s.wall) + ", cpu " + duration(s.cpu) + ", " + byteCount(s.peak)
		}
		return duration(s.wall)
	}
	beside := ""
	if !f.rival.missing() {
		beside = tool(f.rival.args(1)) + " " + cost(rival)
	}
	if f.note != nil {
		beside = strings.TrimPrefix(beside+"; "+f.note(), "; ")
	}
	r.print("| %s | %s %s | %s | %s |\n", f.what, tool(f.ours.args(1)), cost(ours), beside, results)
}

// tool is the command without what names files and databases.
func tool(args []string) string {
	switch {
	case args[0] == "bench":
		return map[string]string{"copy-xz": "an xz copy by ulikunitz/xz", "copy-durable": "copy, fsync, rename", "parse-keys": "`rbks.Parse`"}[args[1]]
	case args[0] == "sh":
		return "`git add`, `git commit`"
	case args[0] == "flock":
		return "`git add`, `git commit` under flock"
	case args[0] == "sqlite3" && slices.Contains(args, ":memory:"):
		return "`sqlite3`, import and query"
	case args[0] == "csvq", args[0] == "mawk", args[0] == "mlr", args[0] == "rdb-query":
		return "`" + args[0] + "`"
	case args[0] == "sqlite3":
		return "`sqlite3`, WAL"
	case args[0] == "git" && args[1] != "-C", args[0] == "dolt", args[0] == "daff":
		return "`" + args[0] + " " + args[1] + "`"
	case args[0] == "strace":
		return "`rdb set` under strace"
	case args[0] == "nothing":
		return "a Go program that does nothing"
	case len(args) > 3 && args[1] == "-C":
		return "`" + args[0] + " " + args[3] + "`"
	case strings.HasPrefix(args[1], "-") && args[1] != "-o":
		return "`" + args[0] + " " + args[1] + "`"
	default:
		return "`" + args[0] + "`"
	}
}

// close prints the sum and reports whether everything asked for is met. A peak
// is never seen below floor, that of a program which does nothing.
func (r *report) close(floor int64) (bool, error) {
	end := ""
	if r.markdown {
		end = "\n"
	}
	r.print("%s%d asked, %d missed; medians on %d cores, %s/%s; a peak below %s cannot be seen.\n",
		end, r.asked, r.missed, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, byteCount(floor))
	return r.missed == 0, r.err
}

// peakBytes is the most memory that was resident: Linux counts the
// memory of the process that started it, so it is an upper bound.
func peakBytes(usage *syscall.Rusage) int64 {
	if usage == nil {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(usage.Maxrss)
	}
	return int64(usage.Maxrss) * 1024
}

// show prints a command as a shell would take it, files outside the work folder
// by their names alone.
func show(args []string) string {
	words := make([]string, len(args))
	for i, a := range args {
		if filepath.IsAbs(a) {
			a = filepath.Base(a)
		}
		if strings.ContainsAny(a, " |&^<>$\\\"'") {
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		words[i] = a
	}
	return strings.Join(words, " ")
}

// number prints three digits, and no exponent.
func number(f float64) string {
	if f >= 100 {
		return fmt.Sprintf("%.0f", f)
	}
	return fmt.Sprintf("%.3g", f)
}

func duration(d time.Duration) string {
	if d >= time.Second {
		return number(d.Seconds()) + " s"
	}
	return number(float64(d)/float64(time.Millisecond)) + " ms"
}

func byteCount(n int64) string {
	if n < 100_000 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
