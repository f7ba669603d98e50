package row

import (
	"bytes"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Convert appends src, CSV as RFC 4180 has it but with this delimiter, to dst in the dialect of tables. Each record keeps
// its line end; a cell keeps its content and gets the quotes it needs here. Blank lines stay; a line that begins with '#'
// is data there, so its first cell is quoted; a byte order mark is dropped. A quoted cell that is malformed is refused
// with fault.Input, naming the line. Delimiter is any ASCII character but a quote, CR, LF or NUL.
func Convert(dst, src []byte, delimiter byte) ([]byte, error) {
	if delimiter == 0 || delimiter >= 0x80 || bytes.IndexByte([]byte("\"\r\n"), delimiter) >= 0 {
		return dst, fault.New(fault.Input, "%q cannot be a delimiter", delimiter)
	}
	dst, bad := convert(dst, src, delimiter, true)
	return dst, bad.in(src)
}

// convert is Convert, of a text from the beginning of any of its records on; first says that it is the text's own beginning, where
// a byte order mark can stand.
func convert(dst, src []byte, delimiter byte, first bool) ([]byte, *syntaxError) {
	var cells [][]byte
	at := 0
	if first {
		at = len(mark(src))
	}
	for at < len(src) {
		if endsLine(src[at:]) {
			end := lineEnd(src, at)
			dst, at = append(dst, src[at:end]...), end
			continue
		}
		cells = cells[:0]
		for {
			cell, next, err := cellAt(src, at, delimiter)
			if err != nil {
				return dst, err
			}
			cells = append(cells, Unquote(cell))
			at = next
			if at == len(src) || src[at] != delimiter {
				break
			}
			at++
		}
		end := lineEnd(src, at)
		dst, at = AppendRecord(dst, cells, string(src[at:end])), end
	}
	return dst, nil
}
