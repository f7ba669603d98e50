package bzip2

import "runtime"

// inOrder takes values from next, which runs in a goroutine of its own, until it has no more, runs work on several at
// once, and hands them to use in the order they came. It stops early when use says false. All is quiet when it returns.
func inOrder[T any](next func() (T, bool), work func(T), use func(T) bool) {
	type job struct {
		value T
		done  chan struct{}
	}
	queue := make(chan job, max(1, runtime.GOMAXPROCS(0)-1))
	stop := make(chan struct{})
	go func() {
		defer close(queue)
		for {
			v, ok := next()
			if !ok {
				return
			}
			j := job{v, make(chan struct{})}
			select {
			case queue <- j:
			case <-stop:
				return
			}
			go func() {
				defer close(j.done)
				work(v)
			}()
		}
	}()
	going := true
	for j := range queue {
		<-j.done
		if going && !use(j.value) {
			going = false
			close(stop)
		}
	}
}
