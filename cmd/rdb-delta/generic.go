package main

import (
	"bytes"
	"io"
	"os/exec"

	"github.com/kr/binarydist"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
)

// genericPatch returns a patch by suffix sorting, for any bytes. The library lets the program bzip2 compress.
func genericPatch(old, next *io.SectionReader) ([]byte, error) {
	if _, err := exec.LookPath("bzip2"); err != nil {
		return nil, fault.WithHint(fault.New(fault.Other, "--bytes needs the program bzip2: %w", err), "install bzip2, or leave --bytes out")
	}
	var patch bytes.Buffer
	if err := binarydist.Diff(old, next, &patch); err != nil {
		return nil, err
	}
	return delta.OrSnapshot(patch.Bytes(), next)
}
