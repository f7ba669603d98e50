package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/ulikunitz/xz"
)

// rivals are the programs that no package ships, run as whole processes of this
// one: bench NAME FROM TO.
var rivals = map[string]func(from *os.File, to string) error{
	"copy-durable": copyDurable,
	"copy-xz":      copyXZ,
}

func runRival(args []string, stderr io.Writer) int {
	if len(args) != 3 {
		fmt.Fprintf(stderr, "usage: bench %s FROM TO\n", args[0])
		return 129
	}
	from, err := os.Open(args[1])
	if err == nil {
		defer from.Close()
		err = rivals[args[0]](from, args[2])
	}
	if err != nil {
		fmt.Fprintf(stderr, "bench %s: error: %v\n", args[0], err)
		return 128
	}
	return 0
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
