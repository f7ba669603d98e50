package store

import (
	"archive/tar"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/table"
	"github.com/reedbase/reedbase/pkg/verlog"
)

func (s *Store) archive(dir *durable.Dir, name string, members []member) (size int64, err error) {
	f, err := dir.Fresh(name)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := tar.NewWriter(f)
	var manifest bytes.Buffer
	for _, m := range members {
		data := m.data
		if data == nil && m.size > 0 {
			if data, err = s.dir.ReadFile(m.path, 1<<40); err != nil {
				return 0, err
			}
			if int64(len(data)) < m.size {
				return 0, fault.New(fault.Corrupt, "%s became shorter", s.dir.Path(m.path))
			}
			data = data[:m.size]
		}
		manifest.WriteString(manifestLine(m.path, data) + "\n")
		if err := addMember(w, m.path, data); err != nil {
			return 0, err
		}
	}
	if err := addMember(w, manifestName, manifest.Bytes()); err != nil {
		return 0, err
	}
	if err := errors.Join(w.Close(), f.Sync()); err != nil {
		return 0, err
	}
	return f.Seek(0, io.SeekCurrent)
}

func addMember(w *tar.Writer, name string, data []byte) error {
	err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(data)), Format: tar.FormatPAX})
	if err == nil {
		_, err = w.Write(data)
	}
	return err
}

// contents is what an archive holds, as its members say and as its manifest does.
type contents struct {
	sums     map[string]string // path → its line in a manifest
	manifest string
	problems []string
}

// verifyArchive checks each member against the manifest, and every byte between them against how an archive is written.
func verifyArchive(dir *durable.Dir, name string) (problems []string, err error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c, same := contents{sums: map[string]string{}}, comparer{r: bufio.NewReader(f), differs: -1}
	w := tar.NewWriter(&same)
	err = readArchive(dir, name, func(p string, r io.Reader) error {
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		c.add(p, data)
		return addMember(w, p, data)
	})
	if err == nil {
		err = w.Close()
	}
	if fault.KindOf(err) == fault.Corrupt {
		return []string{err.Error()}, nil
	}
	if err != nil {
		return nil, err
	}
	problems = c.check()
	if at := same.end(); at >= 0 && len(problems) == 0 {
		problems = append(problems, fmt.Sprintf("is not what was written, from byte %d on", at))
	}
	for i, text := range problems {
		problems[i] = name + ": " + text
	}
	return problems, nil
}

func (c *contents) add(p string, data []byte) {
	_, twice := c.sums[p]
	switch {
	case twice || p == manifestName && c.manifest != "":
		c.problems = append(c.problems, p+" is there twice")
	case c.manifest != "":
		c.problems = append(c.problems, p+" stands behind the manifest")
	case p == manifestName:
		c.manifest = string(data)
	default:
		c.sums[p] = manifestLine(p, data)
	}
}

func manifestLine(p string, data []byte) string {
	return fmt.Sprintf("%s|%d|%s", verlog.Sum(data), len(data), p)
}

// check holds the members against the manifest.
func (c *contents) check() []string {
	if c.manifest == "" {
		return []string{"the manifest is missing: the archive is not whole"}
	}
	problems := c.problems
	for line := range strings.Lines(c.manifest) {
		line = strings.TrimSuffix(line, "\n")
		f := strings.SplitN(line, "|", 3)
		p := f[len(f)-1]
		switch got, ok := c.sums[p]; {
		case !ok:
			problems = append(problems, p+" is missing")
		case got != line:
			problems = append(problems, p+" is damaged")
		}
		delete(c.sums, p)
	}
	for p := range c.sums {
		problems = append(problems, p+" is not in the manifest")
	}
	slices.Sort(problems)
	return problems
}

// comparer takes what is written to it for what r should hold.
type comparer struct {
	r       *bufio.Reader
	at      int64
	differs int64 // offset from which on r may hold something else, or -1
}

// Write implements io.Writer; it never fails.
func (c *comparer) Write(p []byte) (int, error) {
	have := make([]byte, len(p))
	if n, err := io.ReadFull(c.r, have); c.differs < 0 && (err != nil || !bytes.Equal(have[:n], p)) {
		c.differs = c.at
	}
	c.at += int64(len(p))
	return len(p), nil
}

// end returns where r differs from what was written, or goes on behind it; -1 when it does not.
func (c *comparer) end() int64 {
	if _, err := c.r.ReadByte(); err == nil && c.differs < 0 {
		c.differs = c.at
	}
	return c.differs
}

// readArchive calls each for every member. A name that leads out of the database, and a member larger than the archive, is
// damage.
func readArchive(dir *durable.Dir, name string, each func(p string, r io.Reader) error) error {
	f, err := dir.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	for r := tar.NewReader(f); ; {
		h, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fault.New(fault.Corrupt, "%s: %w", dir.Path(name), err)
		}
		if h.Typeflag != tar.TypeReg || !placed(h.Name) || h.Size > info.Size() {
			return fault.New(fault.Corrupt, "%s: member %q has no place in a backup", dir.Path(name), h.Name)
		}
		if err := each(h.Name, r); err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) {
				err = fault.New(fault.Corrupt, "%s: cut in %q", dir.Path(name), h.Name)
			}
			return err
		}
	}
}

// placed reports whether a backup may hold a file of this path.
func placed(p string) bool {
	if p == manifestName || p == configFile || p == nodeFile {
		return true
	}
	folder, file := path.Split(p)
	if folder == schemaFolder+"/" {
		name, copied := strings.CutSuffix(file, table.CopySuffix)
		return copied && table.CheckName(name) == nil
	}
	parent, name := path.Split(path.Clean(folder))
	known := slices.Contains([]string{registryFolder + "/", framesFolder + "/", pendingFolder + "/"}, folder) ||
		parent == tablesFolder+"/" && table.CheckName(name) == nil
	return known && fs.ValidPath(p) && file != ""
}
