// Counts how often memory is asked for, by every thread of the process.

#ifndef CALLOCATIONS_H
#define CALLOCATIONS_H

#include <stdint.h>

/// Whether allocations can be counted here: with glibc, whose allocator has names beside those that are replaced.
int allocations_can_be_counted(void);

/// Counts from here on, from zero.
void allocations_begin(void);

/// Counts no longer, and tells how many there were.
uint64_t allocations_end(void);

#endif
