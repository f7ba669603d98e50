package cli

import (
	"strings"

	"github.com/reedbase/reedbase/pkg/screen"
)

func (r *Records) addRow(values []any) error {
	row := make([]string, len(values))
	for i, value := range values {
		row[i] = Escape(text(value))
	}
	if r.widths != nil {
		return r.writeRow(row)
	}
	if r.right == nil {
		r.right = make([]bool, len(values))
		for i, value := range values {
			r.right[i] = isNumber(value)
		}
	}
	r.held = append(r.held, row)
	if len(r.held) < tableRows {
		return nil
	}
	return r.fixWidths()
}

// fixWidths sets the widths by the rows held so far and writes the header and those rows.
func (r *Records) fixWidths() error {
	r.widths = make([]int, len(r.columns))
	for i, column := range r.columns {
		r.widths[i] = screen.Width(column)
	}
	for _, row := range r.held {
		for i, cell := range row {
			r.widths[i] = max(r.widths[i], screen.Width(cell))
		}
	}
	if r.colour {
		r.out.WriteString("\x1b[1m")
	}
	err := r.writeRow(r.columns)
	if r.colour {
		r.out.WriteString("\x1b[0m")
	}
	for _, row := range r.held {
		err = r.writeRow(row)
	}
	r.held = nil
	return err
}

// writeRow writes one line, with two spaces between columns and none at its end.
func (r *Records) writeRow(row []string) error {
	var line strings.Builder
	for i, cell := range row {
		pad := strings.Repeat(" ", max(0, r.widths[i]-screen.Width(cell)))
		if i > 0 {
			line.WriteString("  ")
		}
		if r.right[i] {
			line.WriteString(pad + cell)
		} else {
			line.WriteString(cell + pad)
		}
	}
	_, err := r.out.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	return err
}

func isNumber(value any) bool {
	switch value.(type) {
	case int, int32, int64, uint, uint32, uint64, float64:
		return true
	}
	return false
}
