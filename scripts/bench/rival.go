package main

import (
	"errors"
	"io"
	"os"

	"github.com/ulikunitz/xz"
)

// copies are the rivals that no package ships.
var copies = map[string]func(from *os.File, to string) error{
	"copy-durable": copyDurable,
	"copy-xz":      copyXZ,
}

// copying opens the file that one of them copies.
func copying(do func(from *os.File, to string) error) func([]string, io.Writer) error {
	return func(args []string, _ io.Writer) error {
		from, err := os.Open(args[0])
		if err != nil {
			return err
		}
		defer from.Close()
		return do(from, args[1])
	}
}

// copyDurable is what a careful program does without ReedBase: cp, fsync and
// rename over the old copy.
func copyDurable(from *os.File, to string) error {
	temporary := to + ".new"
	f, err := os.Create(temporary)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.Copy(f, from); err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(temporary, to)
}

// copyXZ compresses with ulikunitz/xz as its defaults are.
func copyXZ(from *os.File, to string) error {
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := xz.NewWriter(f)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, from); err != nil {
		return err
	}
	return errors.Join(w.Close(), f.Close())
}
