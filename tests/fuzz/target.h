#ifndef PLUMB_TESTS_FUZZ_TARGET_H
#define PLUMB_TESTS_FUZZ_TARGET_H

/* What every fuzz target has: the function that libFuzzer calls, and a check that ends the process. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void check(bool holds)
{
    if (!holds)
        abort();
}

#endif
