// One binary for every processor: a clone for each x86-64 level, picked when the program loads.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__) && defined(__linux__)
#define KERNEL __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define KERNEL
#endif

// Columns of a panel of a packed matrix (products.h).
enum { panel = 32 };

// Lets the compiler sum in several lanes; the order stays the same from run to run.
#define REASSOCIATE _Pragma("clang fp reassociate(on) contract(fast)")
