package powercut

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// folder finds the folder and the last name of a path inside the root; for the root itself the folder is nil.
func (r *replayer) folder(p string) (*inode, string, error) {
	rel := strings.Trim(strings.TrimPrefix(p, r.path), "/")
	if rel == "" {
		return nil, "", nil
	}
	dir, name := path.Split(rel)
	at := r.root
	for part := range strings.SplitSeq(strings.Trim(dir, "/"), "/") {
		if part == "" {
			continue
		}
		if at = at.now[part]; at == nil || !at.mode.IsDir() {
			return nil, "", fmt.Errorf("%q leads through %q, which is no folder here", p, part)
		}
	}
	return at, name, nil
}

// A place is a name in a folder of the root, and what it stands for now; without a folder it is outside the root.
type place struct {
	dir   *inode
	name  string
	path  string
	inode *inode
}

// place finds what two arguments, a folder and a name, mean; folder -1 is the working folder.
func (r *replayer) place(p *process, c *call, folder, name int) (place, error) {
	base := p.dir
	if folder >= 0 {
		base = pathOf(c.arg(folder))
	}
	b, err := c.quoted(name)
	at := place{path: join(base, string(b))}
	if err != nil || !r.inside(at.path) {
		return at, err
	}
	if at.dir, at.name, err = r.folder(at.path); err == nil && at.dir != nil {
		at.inode = at.dir.now[at.name]
	}
	return at, err
}

// onNames handles calls that change folders. Names outside the root are not looked at.
func (r *replayer) onNames(p *process, c *call) error {
	switch c.name {
	case "mkdir", "mkdirat":
		return r.make(p, c, "make folder ", func(mode string) *inode {
			return r.newInode(fs.ModeDir | permissions(mode))
		})
	case "symlink", "symlinkat":
		return r.symlink(p, c)
	case "unlink", "rmdir", "unlinkat":
		return r.unlink(p, c)
	case "rename", "renameat", "renameat2":
		return r.rename(p, c)
	case "link", "linkat":
		return r.link(p, c)
	case "truncate", "mknod", "mknodat":
		at, err := r.place(p, c, firstName(c)-1, firstName(c))
		if err == nil && at.dir != nil {
			err = fmt.Errorf("%s is not modelled", c.name)
		}
		return err
	case "chmod", "fchmodat", "fchmodat2":
		at, err := r.place(p, c, firstName(c)-1, firstName(c))
		if at.inode != nil {
			at.inode.mode = at.inode.mode.Type() | permissions(c.arg(firstName(c)+1))
		}
		return err
	case "mmap":
		if file := p.files[c.number(4)]; file != nil && file.inode != nil &&
			strings.Contains(c.arg(2), "PROT_WRITE") && strings.Contains(c.arg(3), "MAP_SHARED") {
			return errors.New("writing through a shared map is not modelled")
		}
	}
	return nil
}

// firstName returns which argument is the first name: calls with "at" have a folder before it.
func firstName(c *call) int {
	if strings.HasSuffix(strings.TrimSuffix(c.name, "2"), "at") {
		return 1
	}
	return 0
}

func (r *replayer) make(p *process, c *call, verb string, inode func(mode string) *inode) error {
	i := firstName(c)
	at, err := r.place(p, c, i-1, i)
	if err != nil || at.dir == nil {
		return err
	}
	r.rebind(r.operation(verb+r.name(at.path)), entry{at.dir, at.name, inode(c.arg(i + 1))})
	return nil
}

func (r *replayer) symlink(p *process, c *call) error {
	target, err := c.quoted(0)
	if err != nil {
		return err
	}
	// The name comes after the target, otherwise the call is like mkdir.
	rest := *c
	rest.args = c.args[1:]
	return r.make(p, &rest, "symlink ", func(string) *inode {
		link := r.newInode(fs.ModeSymlink | 0o777)
		link.target = string(target)
		return link
	})
}

func (r *replayer) unlink(p *process, c *call) error {
	at, err := r.place(p, c, firstName(c)-1, firstName(c))
	if err != nil || at.dir == nil {
		return err
	}
	r.rebind(r.operation("unlink "+r.name(at.path)), entry{at.dir, at.name, nil})
	return nil
}

func (r *replayer) rename(p *process, c *call) error {
	step := firstName(c)
	from, err := r.place(p, c, step-1, step)
	if err != nil {
		return err
	}
	to, err := r.place(p, c, 3*step-1, 2*step+1)
	switch {
	case err != nil:
		return err
	case from.dir == nil && to.dir == nil:
		return nil
	case from.dir == nil:
		return fmt.Errorf("rename of %q into the root is not modelled", from.path)
	case to.dir == nil:
		r.rebind(r.operation("move away "+r.name(from.path)), entry{from.dir, from.name, nil})
	case strings.Contains(c.arg(4), "RENAME_EXCHANGE"):
		r.rebind(r.operation("exchange "+r.name(from.path)+" and "+r.name(to.path)),
			entry{from.dir, from.name, to.inode}, entry{to.dir, to.name, from.inode})
	case from.inode != to.inode:
		r.rebind(r.operation("rename "+r.name(from.path)+" to "+r.name(to.path)),
			entry{from.dir, from.name, nil}, entry{to.dir, to.name, from.inode})
	}
	return nil
}

// link also takes an open file without a name, given by descriptor or through /proc.
func (r *replayer) link(p *process, c *call) error {
	step := firstName(c)
	from, err := r.place(p, c, step-1, step)
	if err != nil {
		return err
	}
	to, err := r.place(p, c, 3*step-1, 2*step+1)
	if err != nil || to.dir == nil {
		return err
	}
	if number, ok := strings.CutPrefix(from.path, "/proc/self/fd/"); ok {
		n, err := strconv.ParseInt(number, 10, 64)
		if file := p.files[n]; err == nil && file != nil {
			from.inode = file.inode
		}
	}
	if file := p.files[c.number(0)]; strings.Contains(c.arg(4), "AT_EMPTY_PATH") && file != nil {
		from.inode = file.inode
	}
	if from.inode == nil {
		return fmt.Errorf("link of %q, which is not in the root", from.path)
	}
	r.rebind(r.operation("link "+r.name(from.path)+" to "+r.name(to.path)), entry{to.dir, to.name, from.inode})
	return nil
}
