package exec

import "sync"

// together runs work for each of n workers, in goroutines of their own when there are several, and returns the first error in
// the order of the workers. When one fails the others stop soon.
func together(q *query, n int, work func(worker int) error) error {
	if n == 1 {
		return work(0)
	}
	var group sync.WaitGroup
	errs := make([]error, n)
	for w := range n {
		group.Go(func() {
			if errs[w] = work(w); errs[w] != nil {
				q.cancel(errs[w])
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
