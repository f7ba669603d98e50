package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

// comparisons are run as whole processes of this one, like the rivals, since they
// hold what was printed in memory: bench NAME OURS RIVAL.
var comparisons = map[string]func(ours, rival []string) error{
	"same-rows": func(ours, rival []string) error {
		slices.Sort(ours)
		slices.Sort(rival)
		return sameRows(ours, rival)
	},
	"same-order": sameRows,
}

func runComparison(args []string, stderr io.Writer) int {
	if len(args) != 3 {
		fmt.Fprintf(stderr, "usage: bench %s OURS RIVAL\n", args[0])
		return 129
	}
	if err := compareAnswers(args[1], args[2], comparisons[args[0]]); err != nil {
		fmt.Fprintf(stderr, "bench %s: error: %v\n", args[0], err)
		return 1
	}
	return 0
}

// compareAnswers compares what two engines printed: a header, which has to be the
// same, and at least one row.
func compareAnswers(ours, rival string, same func(ours, rival []string) error) error {
	a, err := answer(ours)
	if err != nil {
		return err
	}
	b, err := answer(rival)
	if err != nil {
		return err
	}
	if err := sameRows(a[:1], b[:1]); err != nil {
		return err
	}
	return same(a[1:], b[1:])
}

// answer reads pipe-delimited CSV, a string for each record. A number is written
// in one way, with the nine digits that sums in any order agree on.
func answer(file string) ([]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = '|', -1, true
	var all []string
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for i, cell := range record {
			if number, err := strconv.ParseFloat(cell, 64); err == nil {
				record[i] = strconv.FormatFloat(number, 'g', 9, 64)
			}
		}
		all = append(all, strings.Join(record, "|"))
	}
	if len(all) < 2 {
		return nil, fmt.Errorf("%s: no rows", file)
	}
	return all, nil
}

// sameRows names the first row that differs.
func sameRows(ours, rival []string) error {
	for i := range min(len(ours), len(rival)) {
		if ours[i] != rival[i] {
			return fmt.Errorf("wrong result: %q beside %q", ours[i], rival[i])
		}
	}
	if len(ours) != len(rival) {
		return fmt.Errorf("wrong result: %d rows beside %d", len(ours), len(rival))
	}
	return nil
}
