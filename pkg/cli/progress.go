package cli

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// Progress is one line on a terminal's standard error that says how far a long piece of work is. Nil is one that never shows.
type Progress struct {
	w     io.Writer
	label string
	total int64
	done  atomic.Int64
	stop  chan struct{}
	ended sync.WaitGroup
}

// Progress starts a progress line for work of total units, 0 when that is not known. It shows only when standard error is a
// terminal and the work has lasted a second. The caller ends it with Done.
func (e *Env) Progress(label string, total int64) *Progress {
	if !isTerminal(e.stderr) {
		return nil
	}
	return startProgress(e.Err, label, total)
}

func startProgress(w io.Writer, label string, total int64) *Progress {
	p := &Progress{w: w, label: label, total: total, stop: make(chan struct{})}
	p.ended.Go(p.show)
	return p
}

// Add says that n more units are done. Several goroutines may call it.
func (p *Progress) Add(n int64) {
	if p != nil {
		p.done.Add(n)
	}
}

// Done takes the line away.
func (p *Progress) Done() {
	if p != nil {
		close(p.stop)
		p.ended.Wait()
	}
}

func (p *Progress) show() {
	wait := time.NewTimer(time.Second)
	defer wait.Stop()
	shown := false
	for {
		select {
		case <-wait.C:
			fmt.Fprintf(p.w, "\r%s\x1b[K", p.line())
			shown = true
			wait.Reset(200 * time.Millisecond)
		case <-p.stop:
			if shown {
				fmt.Fprint(p.w, "\r\x1b[K")
			}
			return
		}
	}
}

func (p *Progress) line() string {
	done := p.done.Load()
	if p.total <= 0 {
		return fmt.Sprintf("%s: %d", Escape(p.label), done)
	}
	return fmt.Sprintf("%s: %d %%", Escape(p.label), min(100, int64(100*float64(done)/float64(p.total))))
}
