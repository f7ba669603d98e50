package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// size returns the bytes of a file.
func (l *lab) size(name string) (int64, error) {
	info, err := os.Stat(l.path(name))
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// same is an error unless both files have the same bytes.
func (l *lab) same(a, b string) error {
	fa, err := os.Open(l.path(a))
	if err != nil {
		return err
	}
	defer fa.Close()
	fb, err := os.Open(l.path(b))
	if err != nil {
		return err
	}
	defer fb.Close()
	ba, bb := make([]byte, 1<<16), make([]byte, 1<<16)
	for {
		n, errA := io.ReadFull(fa, ba)
		m, errB := io.ReadFull(fb, bb)
		if !bytes.Equal(ba[:n], bb[:m]) {
			return fmt.Errorf("wrong result: %s and %s differ", a, b)
		}
		if ended(errA) && ended(errB) {
			return nil
		}
		if errA != nil || errB != nil {
			return errors.Join(errA, errB)
		}
	}
}

func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// rowAt60 returns the header and the row at 60 % of a file of one line a row,
// without line ends, and where the row starts. Little of the file is in memory
// at a time: a peak measured is never below this program's own.
func (l *lab) rowAt60(file string) (header, row string, offset int64, err error) {
	f, err := os.Open(l.path(file))
	if err != nil {
		return "", "", 0, err
	}
	defer f.Close()
	lines := 0
	if err := eachLine(f, func([]byte) bool { lines++; return true }); err != nil {
		return "", "", 0, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", "", 0, err
	}
	target := 1 + (lines-1)*6/10
	at := 0
	err = eachLine(f, func(line []byte) bool {
		switch at++; {
		case at == target+1:
			row = strings.TrimRight(string(line), "\r\n")
			return false
		case at == 1:
			header = strings.TrimRight(string(line), "\r\n")
		}
		offset += int64(len(line))
		return true
	})
	return header, row, offset, err
}

// eachLine visits the lines, their ends included, until visit returns false.
func eachLine(f *os.File, visit func(line []byte) bool) error {
	for r := bufio.NewReaderSize(f, 1<<16); ; {
		line, err := r.ReadSlice('\n')
		if len(line) > 0 && !visit(line) {
			return nil
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
