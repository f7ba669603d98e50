package exec

import "unsafe"

// pageSize is the size of a small page of memory, in bytes.
const pageSize = 4096

// touch writes to every page of a list that begins at from or later, where all is still zero. A page that is read before it is
// written to costs twice: the system first lends its one page of zeros for it, and to take that back interrupts the other processors.
func touch[T any](list []T, from int) {
	var zero T
	size := max(1, int(unsafe.Sizeof(zero)))
	for at := (from*size + pageSize - 1) / pageSize * pageSize; at/size < len(list); at += pageSize {
		list[at/size] = zero
	}
}
