// Counts the heap allocations of a thread: the C library's allocators, seen on their way in.
#pragma once

/// Allocations that the calling thread has made since it started.
long imgdx_allocation_count(void);
