package main

import "syscall"

// populate maps all pages of a window at once.
const populate = syscall.MAP_POPULATE
