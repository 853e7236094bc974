#include "environments/cloudformation/pattern.h"
#include "tests/fuzz/target.h"

/* The pattern up to the first line's end, and the text behind it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t steps = PATTERN_STEPS_MAX / 10;
    struct str rest = {.ptr = (const char *)data, .len = size}, pattern;
    if (str_is_utf8(rest) && str_split(&rest, '\n', &pattern))
        (void)pattern_match(pattern, rest.ptr ? rest : STR_EMPTY, &steps);
    return 0;
}
