//go:build unix && !linux

package main

// populate does nothing here: pages are mapped as they are read.
const populate = 0
