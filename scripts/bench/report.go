package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// A report prints a line for everything asked of a figure, as soon as the figure
// is measured: what, our command, the rival's, both medians, what came out, what
// is asked, ok or MISSED.
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
		r.print("| what | ReedBase | | beside | | | asked |\n|---|---|---|---|---|---|---|\n")
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
	if err != nil {
		r.asked++
		r.missed++
		r.print("MISSED %-18s %s: %v\n", f.name, f.what, err)
		return
	}
	for _, b := range f.bars {
		got, ok := b.judge(ours, rival)
		if b.asked != "" {
			r.asked++
		}
		if !ok {
			r.missed++
		}
		if r.markdown {
			r.row(f, ours, rival, got, b.asked, ok)
		} else {
			r.line(f, ours, rival, got, b.asked, ok)
		}
	}
}

func (r *report) line(f figure, ours, rival sample, got, asked string, ok bool) {
	fields := []string{f.what, show(f.ours.args(1)) + "  " + duration(ours.wall)}
	if !f.rival.missing() {
		fields = append(fields, show(f.rival.args(1))+"  "+duration(rival.wall))
	}
	fields = append(fields, verdict(got, asked), costs(f, ours, rival))
	if f.note != nil {
		fields = append(fields, f.note())
	}
	r.print("%-6s %-18s %s\n", word(asked, ok), f.name, strings.Join(fields, " · "))
}

func word(asked string, ok bool) string {
	switch {
	case !ok:
		return "MISSED"
	case asked == "":
		return "-"
	default:
		return "ok"
	}
}

func verdict(got, asked string) string {
	if asked == "" {
		return got
	}
	return got + " (asked " + asked + ")"
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
func (r *report) row(f figure, ours, rival sample, got, asked string, ok bool) {
	beside, took := "", ""
	if !f.rival.missing() {
		beside, took = tool(f.rival.args(1)), duration(rival.wall)
	}
	if f.note != nil {
		beside = strings.TrimPrefix(beside+"; "+f.note(), "; ")
	}
	if !ok {
		got += " **missed**"
	}
	cells := []string{f.what, tool(f.ours.args(1)), duration(ours.wall), beside, took, got, asked}
	r.print("| %s |\n", strings.Join(cells, " | "))
}

// tool is the command without what names files and databases.
func tool(args []string) string {
	switch {
	case args[0] == "bench":
		return map[string]string{"copy-xz": "an xz copy by ulikunitz/xz", "copy-durable": "copy, fsync, rename"}[args[1]]
	case args[0] == "sh":
		return "`git add`, `git commit`"
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

// close prints the sum and reports whether everything asked for is met.
func (r *report) close() (bool, error) {
	if !r.markdown {
		var own syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err == nil {
			r.print("A peak below %s, this program's own, reads as that.\n", byteCount(peakBytes(&own)))
		}
	}
	r.print("%s%d asked, %d missed; medians on %d cores, %s/%s.\n", blank(r.markdown), r.asked, r.missed, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	return r.missed == 0, r.err
}

// blank is the empty line that ends a table.
func blank(markdown bool) string {
	if markdown {
		return "\n"
	}
	return ""
}

// peakBytes is the most memory that was resident: the kernel hands a parent's peak
// down to the child it starts, so it is an upper bound.
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
		if strings.ContainsAny(a, " |&^<>$\\\"") {
			a = "'" + a + "'"
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
