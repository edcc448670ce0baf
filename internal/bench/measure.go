package main

import (
	"os/exec"
	"runtime"
	"runtime/metrics"
	"slices"
	"syscall"
	"time"
)

// cost is what a piece of work took: time on the clock, and time of all processors.
type cost struct{ wall, cpu time.Duration }

// measure runs fn after a garbage collection.
func measure(fn func() error) (cost, error) {
	runtime.GC()
	cpu, began := usage(), time.Now()
	err := fn()
	return cost{time.Since(began), usage() - cpu}, err
}

// usage is the processor time that this process has taken, of the user and of the system.
func usage() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // no system refuses it
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measureCommand runs a program.
func measureCommand(cmd *exec.Cmd) (cost, error) {
	began := time.Now()
	err := cmd.Run()
	c := cost{wall: time.Since(began)}
	if s := cmd.ProcessState; s != nil {
		c.cpu = s.UserTime() + s.SystemTime()
	}
	return c, err
}

// rounds runs each of fns n times, in turn, so that what else the machine does meets all of them alike, and returns the
// medians of what each gave.
func rounds(n int, fns ...func() (float64, error)) ([]float64, error) {
	got := make([][]float64, len(fns))
	for range n {
		for i, fn := range fns {
			v, err := fn()
			if err != nil {
				return nil, err
			}
			got[i] = append(got[i], v)
		}
	}
	medians := make([]float64, len(fns))
	for i := range got {
		medians[i] = median(got[i])
	}
	return medians, nil
}

func median(vs []float64) float64 {
	vs = slices.Sorted(slices.Values(vs))
	if n := len(vs); n%2 == 0 && n > 0 {
		return (vs[n/2-1] + vs[n/2]) / 2
	}
	return vs[len(vs)/2]
}

// heap is the bytes of the heap that are in use, garbage not yet swept among them.
func heap() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// liveHeap is the bytes of the heap that something still needs.
func liveHeap() uint64 {
	runtime.GC()
	runtime.GC() // what finalizers and pools held until the first
	return heap()
}

// peakHeap is how far the heap grows while fn runs, looked at every 50 ms.
func peakHeap(fn func() error) (peak uint64, err error) {
	base := liveHeap()
	stop, done := make(chan struct{}), make(chan uint64)
	go func() {
		top := base
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				top = max(top, heap())
			case <-stop:
				done <- max(top, heap())
				return
			}
		}
	}()
	err = fn()
	close(stop)
	return <-done - base, err
}
