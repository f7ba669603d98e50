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

// comparing compares what two engines printed: a header, which has to be the same,
// and at least one row.
func comparing(same func(ours, rival []string) error) func([]string, io.Writer) error {
	return func(files []string, _ io.Writer) error {
		ours, err := answer(files[0])
		if err != nil {
			return err
		}
		rival, err := answer(files[1])
		if err != nil {
			return err
		}
		if err := sameRows(ours[:1], rival[:1]); err != nil {
			return err
		}
		return same(ours[1:], rival[1:])
	}
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

func sameRowsInAnyOrder(ours, rival []string) error {
	slices.Sort(ours)
	slices.Sort(rival)
	return sameRows(ours, rival)
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
