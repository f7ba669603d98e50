package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	"github.com/reedbase/reedbase/pkg/fault"
)

// OpenInput opens the file name for reading; "-" is standard input, whose Close does nothing. A named file comes as *os.File, for
// callers that want to know its size or to map it. A file that is not there is a fault.NotFound.
func OpenInput(e *Env, name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(e.In), nil
	}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.As(fault.NotFound, err)
	}
	return f, err
}

// ReadInput returns all of what OpenInput opens. More than limit bytes are refused as a fault.Input.
func ReadInput(e *Env, name string, limit int64) ([]byte, error) {
	in, err := OpenInput(e, name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return readAll(in, name, limit)
}

// readAll reads in, the input called name, to its end. What is a regular file takes its size and no more memory.
func readAll(in io.Reader, name string, limit int64) ([]byte, error) {
	size := sizeOf(in)
	if size > limit {
		return nil, tooLarge(name, limit)
	}
	text := make([]byte, 0, max(size+1, 512)) // one more than the file has, so that its end is met without growing
	for {
		n, err := in.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		switch {
		case int64(len(text)) > limit:
			return nil, tooLarge(name, limit)
		case err == io.EOF:
			return text, nil
		case err != nil:
			return nil, err
		}
		if len(text) == cap(text) {
			text = append(text, 0)[:len(text)]
		}
	}
}

// sizeOf returns the size of a regular file, and 0 for any other input.
func sizeOf(in io.Reader) int64 {
	if f, ok := in.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			return info.Size()
		}
	}
	return 0
}

func tooLarge(name string, limit int64) error {
	return fault.New(fault.Input, "%q holds more than %d bytes", name, limit)
}

// WriteOutput calls write with where the output name goes. "" and "-" are e.Out, and so are the system's names for standard
// output: a file behind it may hold what others wrote. Anything else is a file that is replaced as a whole and keeps its
// permissions: write fills a temporary file beside it, which takes its name only when all went well; on an error, or when the
// process is asked to stop, the old file is as it was. A device or pipe is written to as it is. The file is not synced to disk.
func WriteOutput(e *Env, name string, write func(io.Writer) error) error {
	switch name {
	case "", "-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1":
		return write(e.Out)
	}
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	mode := fs.FileMode(0o666)
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return fault.New(fault.Usage, "%q is a directory", name)
	case err == nil && !info.Mode().IsRegular():
		return writeThrough(name, write)
	case err == nil:
		mode = info.Mode().Perm()
	}
	ctx := e.Context()
	e.listen()
	return replace(ctx, name, mode, err == nil, write)
}

func writeThrough(name string, write func(io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

func replace(ctx context.Context, name string, mode fs.FileMode, exists bool, write func(io.Writer) error) (err error) {
	temp := filepath.Join(filepath.Dir(name), ".reed-"+strconv.FormatUint(rand.Uint64(), 36)+".tmp")
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("create %q: %w", name, errors.Unwrap(err))
	}
	defer func() {
		if err != nil {
			os.Remove(temp)
		}
	}()
	err = write(stoppable{ctx, f})
	if err == nil && exists {
		err = f.Chmod(mode) // the process's umask has had its say when the file was first made
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil && ctx.Err() != nil {
		err = interrupted()
	}
	if err == nil {
		err = os.Rename(temp, name)
	}
	return err
}

// stoppable is a writer that refuses once the process has been asked to stop.
type stoppable struct {
	ctx context.Context
	w   io.Writer
}

func (s stoppable) Write(p []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, interrupted()
	}
	return s.w.Write(p)
}

// ReadFrom lets a file take what r reads without passing it through the process, where the system can.
func (s stoppable) ReadFrom(r io.Reader) (int64, error) {
	if s.ctx.Err() != nil {
		return 0, interrupted()
	}
	return io.Copy(s.w, r)
}

func interrupted() error { return fault.New(fault.Interrupted, "interrupted") }

// Interruptible returns a reader of r whose Read ends when ctx does, even while r has nothing: as fault.Interrupted. What r then
// still returns is lost. It is for one goroutine.
func Interruptible(ctx context.Context, r io.Reader) io.Reader {
	return &interruptible{ctx: ctx, in: r, done: make(chan int, 1)}
}

type interruptible struct {
	ctx  context.Context
	in   io.Reader
	buf  []byte // that is read into
	left []byte // of it, not returned yet
	err  error  // behind left
	busy bool   // somebody reads
	done chan int
}

// Read returns what was read, waiting for it no longer than the context lasts.
func (r *interruptible) Read(p []byte) (int, error) {
	if len(r.left) == 0 && r.err == nil && !r.busy {
		if r.buf == nil {
			r.buf = make([]byte, 256<<10)
		}
		r.busy = true
		go func() {
			n, err := r.in.Read(r.buf)
			r.err = err
			r.done <- n
		}()
	}
	if r.busy {
		select {
		case n := <-r.done:
			r.busy, r.left = false, r.buf[:n]
		case <-r.ctx.Done():
			return 0, interrupted()
		}
	}
	n := copy(p, r.left)
	if r.left = r.left[n:]; n == 0 && len(p) > 0 {
		return 0, r.err
	}
	return n, nil
}
