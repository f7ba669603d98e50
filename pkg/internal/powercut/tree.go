package powercut

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A content is the bytes of a file and their hash. Contents are shared between trees and never changed.
type content struct {
	data []byte
	hash [sha256.Size]byte
}

func newContent(data []byte) *content { return &content{data, sha256.Sum256(data)} }

// A node is one name in a tree: a folder, a file or a symbolic link.
type node struct {
	path    string // slash-separated, relative to the root, never "" or "."
	mode    fs.FileMode
	inode   int      // names of one file share it
	content *content // of a file
	target  string   // of a symbolic link
}

// A tree is a folder's whole content, every folder before what is in it.
type tree struct{ nodes []node }

// load reads the folder at dir.
func load(dir string) (*tree, error) {
	t := &tree{}
	known := map[fileID]int{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		n := node{path: filepath.ToSlash(strings.TrimPrefix(path, dir)[1:]), mode: info.Mode(), inode: len(t.nodes) + 1}
		if id := identity(info); !info.IsDir() && known[id] != 0 {
			n.inode = known[id]
		} else {
			known[id] = n.inode
		}
		switch info.Mode().Type() {
		case fs.ModeDir:
		case fs.ModeSymlink:
			n.target, err = os.Readlink(path)
		case 0:
			var data []byte
			data, err = os.ReadFile(path)
			n.content = newContent(data)
		default:
			err = fmt.Errorf("%q is neither file, folder nor link", path)
		}
		t.nodes = append(t.nodes, n)
		return err
	})
	return t, err
}

// write makes the folder dir and all of t in it. rewrite, if not nil, may replace the content of each file on the way.
func (t *tree) write(dir string, rewrite func(path string, data []byte) []byte) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	first := map[int]string{}
	for _, n := range t.nodes {
		path := filepath.Join(dir, filepath.FromSlash(n.path))
		if err := n.write(path, first[n.inode], rewrite); err != nil {
			return err
		}
		if first[n.inode] == "" {
			first[n.inode] = path
		}
	}
	return nil
}

// write makes one name; twin, if not "", is a name that the same file already has.
func (n *node) write(path, twin string, rewrite func(path string, data []byte) []byte) error {
	switch {
	case n.mode.IsDir():
		return os.Mkdir(path, n.mode.Perm()|0o700)
	case twin != "":
		return os.Link(twin, path)
	case n.content == nil:
		return os.Symlink(n.target, path)
	}
	data := n.content.data
	if rewrite != nil {
		data = rewrite(n.path, data)
	}
	return os.WriteFile(path, data, n.mode.Perm())
}

// digest names everything that can be told apart in t: names, kinds, permissions, contents, and which names are one file.
func (t *tree) digest() string {
	h := sha256.New()
	nodes := slices.SortedFunc(slices.Values(t.nodes), func(a, b node) int { return cmp.Compare(a.path, b.path) })
	first := map[int]int{}
	for i, n := range nodes {
		if _, ok := first[n.inode]; !ok {
			first[n.inode] = i
		}
		fmt.Fprintf(h, "%q %v %d %q\n", n.path, n.mode, first[n.inode], n.target)
		if n.content != nil {
			h.Write(n.content.hash[:])
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Digest returns a short text that is the same for two folders exactly if they hold the same names, kinds, permissions,
// contents and hard links. Tests use it to see that a second recovery changes nothing more.
func Digest(dir string) (string, error) {
	t, err := load(dir)
	if err != nil {
		return "", err
	}
	return t.digest(), nil
}
