package xz

import (
	"runtime"
	"sync"
)

// sideBySide runs work for 0 to n-1, as many at once as there are processors.
func sideBySide(n int, work func(i int)) {
	if n == 1 {
		work(0)
		return
	}
	gate := make(chan struct{}, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for i := range n {
		gate <- struct{}{}
		all.Go(func() {
			work(i)
			<-gate
		})
	}
	all.Wait()
}
