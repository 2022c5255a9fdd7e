#include "CAllocations.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_int is_counting;
static atomic_uint_least64_t counted;

void allocations_begin(void) {
  atomic_store(&counted, 0);
  atomic_store(&is_counting, 1);
}

uint64_t allocations_end(void) {
  atomic_store(&is_counting, 0);
  return atomic_load(&counted);
}

#if defined(__GLIBC__)

// A program's own definitions of these take the place of the library's, which stay callable by these names.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static inline void count(void) {
  if (__builtin_expect(atomic_load_explicit(&is_counting, memory_order_relaxed), 0))
    atomic_fetch_add_explicit(&counted, 1, memory_order_relaxed);
}

void *malloc(size_t size) {
  count();
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count();
  return __libc_calloc(number, size);
}

void *realloc(void *pointer, size_t size) {
  count();
  return __libc_realloc(pointer, size);
}

void *memalign(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **pointer, size_t alignment, size_t size) {
  if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0) return EINVAL;
  count();
  void *memory = __libc_memalign(alignment, size);
  if (memory == NULL) return ENOMEM;
  *pointer = memory;
  return 0;
}

int allocations_can_be_counted(void) { return 1; }

#else

int allocations_can_be_counted(void) { return 0; }

#endif
