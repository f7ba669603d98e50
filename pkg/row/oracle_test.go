package row

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"pgregory.net/rapid"
)

// sample is a text together with what it means, known by construction.
type sample struct {
	text  []byte
	rows  []Row // the header first; a last one may be comments alone
	cells [][]string
}

// samples draws texts with every freedom the dialect leaves: comments, blank lines, LF and CRLF, a byte order mark, quotes
// where none are needed and bare quotes, a last line without its end.
func samples(t *rapid.T) sample {
	var s sample
	width := rapid.IntRange(1, 4).Draw(t, "width")
	content := rapid.SampledFrom([]string{"a", "b", "ab", "a|b", "", "#", "#a", `"`, `a"b`, `"a"`, "x\ny", "x\r\ny", "\n", "\n\n|a|b\n", "#\n\"", "\r", "ä", "longer content", "a\n\"a\"|", "b\n#a"})
	if rapid.Bool().Draw(t, "bom") {
		s.text = append(s.text, bom...)
	}
	for n := rapid.IntRange(1, 12).Draw(t, "records"); n > 0; n-- {
		r := Row{Start: len(s.text)}
		if len(s.rows) == 0 {
			r.Start = 0
		}
		s.comments(t)
		r.Body = len(s.text)
		record := s.record(t, width, content)
		s.text = append(s.text, rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "eol")...)
		r.End = len(s.text)
		s.rows, s.cells = append(s.rows, r), append(s.cells, record)
	}
	start := len(s.text)
	switch rapid.IntRange(0, 3).Draw(t, "end") {
	case 0:
		s.comments(t)
		if len(s.text) > start {
			s.rows = append(s.rows, Row{start, len(s.text), len(s.text)})
		}
	case 1:
		last := &s.rows[len(s.rows)-1]
		last.End -= len(s.text) - len(bytes.TrimRight(s.text, "\r\n"))
		if last.End > last.Body && !strings.HasSuffix(s.cells[len(s.cells)-1][width-1], "\r") {
			s.text = s.text[:last.End]
		} else {
			last.End = len(s.text)
		}
	}
	return s
}

func (s *sample) comments(t *rapid.T) {
	lines := rapid.SampledFrom([]string{"\n", "\r\n", "# a comment\n", "#|\"a|\"\r\n", "#\n", "#\"\n"})
	for range rapid.IntRange(0, 2).Draw(t, "comments") {
		s.text = append(s.text, lines.Draw(t, "comment")...)
	}
}

func (s *sample) record(t *rapid.T, width int, content *rapid.Generator[string]) (cells []string) {
	for i := range width {
		if i > 0 {
			s.text = append(s.text, separator)
		}
		cell := content.Draw(t, "cell")
		cells = append(cells, cell)
		bare := bareable([]byte(cell), i == 0) && !strings.HasSuffix(cell, "\r") && (width > 1 || cell != "")
		s.text = appendCell(s.text, []byte(cell), !bare || rapid.IntRange(0, 3).Draw(t, "quoted") == 0)
	}
	return cells
}

// scan returns the rows of text by Next, and their cells.
func scan(text []byte) (rows []Row, cells [][]string, err error) {
	for at := 0; ; {
		r, err := Next(text, at)
		if err == io.EOF {
			return rows, cells, nil
		}
		if err != nil {
			return rows, cells, err
		}
		if r.End <= at || r.Start != at || r.Body < r.Start || r.End < r.Body {
			return rows, cells, fmt.Errorf("row %v at %d makes no progress", r, at)
		}
		rows = append(rows, r)
		if at = r.End; r.Body == r.End {
			continue
		}
		record, err := Cells(nil, text[r.Body:r.End])
		if err != nil {
			return rows, cells, err
		}
		cells = append(cells, texts(record))
	}
}

func texts(cells [][]byte) (list []string) {
	for _, c := range cells {
		list = append(list, string(c))
	}
	return list
}

func fields(cells []string) (list [][]byte) {
	for _, c := range cells {
		list = append(list, []byte(c))
	}
	return list
}
