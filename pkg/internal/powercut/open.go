package powercut

import (
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// A description is an open file: descriptors made from one another share it, and its offset.
type description struct {
	path    string
	inode   *inode // nil outside the root
	offset  int64
	append  bool // every write goes to the end
	sync    bool // every write is durable when it returns
	private bool // programs started later do not get it
	stdout  bool
}

func (r *replayer) open(p *process, c *call) error {
	flags, mode, file := c.arg(1), c.arg(2), &description{path: c.path}
	switch c.name {
	case "openat":
		flags, mode = c.arg(2), c.arg(3)
	case "openat2":
		flags = c.arg(2)
		if _, after, ok := strings.Cut(flags, "mode="); ok {
			mode, _, _ = strings.Cut(after, ",")
		}
	case "creat":
		flags, mode = "O_CREAT|O_TRUNC|O_WRONLY", c.arg(1)
	}
	p.files[c.result] = file
	file.append, file.private = strings.Contains(flags, "O_APPEND"), strings.Contains(flags, "O_CLOEXEC")
	file.sync = strings.Contains(flags, "O_SYNC") || strings.Contains(flags, "O_DSYNC")
	if !r.inside(c.path) {
		return nil
	}
	if strings.Contains(flags, "O_TMPFILE") {
		file.inode = r.newInode(permissions(mode))
		return nil
	}
	folder, name, err := r.folder(c.path)
	if err != nil {
		return err
	}
	if folder == nil {
		file.inode = r.root
		return nil
	}
	file.inode = folder.now[name]
	switch {
	case file.inode == nil && strings.Contains(flags, "O_CREAT"):
		file.inode = r.newInode(permissions(mode))
		r.rebind(r.operation("create "+r.name(c.path)), entry{folder, name, file.inode})
	case file.inode == nil:
		return fmt.Errorf("%q is opened but was never made", c.path)
	case strings.Contains(flags, "O_TRUNC") && len(file.inode.data) > 0:
		r.resize(r.operation("open and empty "+r.name(c.path)), file.inode, 0)
	}
	return nil
}

// permissions reads an octal mode, as the usual umask leaves it.
func permissions(mode string) fs.FileMode {
	n, err := strconv.ParseUint(mode, 0, 32)
	if err != nil {
		return 0o644
	}
	return fs.FileMode(n) & 0o777 &^ 0o022
}

// bytes returns what the file holds now; a file outside the root is taken to be what it was when the command ran.
func (d *description) bytes() ([]byte, error) {
	if d.inode != nil {
		return d.inode.data, nil
	}
	return os.ReadFile(d.path)
}
