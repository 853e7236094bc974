#include "tests/simulator/chance.h"

#include <math.h>

enum { FEW = 16 }; /* up to here every trial is drawn */

uint64_t chance_next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

double chance_fraction(uint64_t *state)
{
    return (double)(chance_next(state) >> 11) * 0x1p-53;
}

bool chance_takes(uint64_t *state, double probability)
{
    return probability >= 1 || (probability > 0 && chance_fraction(state) < probability);
}

/* From one success to the next it is a geometric number of trials. */
static uint64_t successes_by_gaps(uint64_t *state, uint64_t count, double probability)
{
    double at = 0, rate = log1p(-probability);
    for (uint64_t successes = 0;; successes++) {
        at += floor(log1p(-chance_fraction(state)) / rate) + 1;
        if (at > (double)count)
            return successes;
    }
}

uint64_t chance_binomial(uint64_t *state, uint64_t count, double probability)
{
    uint64_t successes = 0;
    if (probability <= 0 || probability >= 1)
        return probability <= 0 ? 0 : count;
    if (count > FEW)
        return probability <= 0.5 ? successes_by_gaps(state, count, probability)
                                  : count - successes_by_gaps(state, count, 1 - probability);
    for (uint64_t i = 0; i < count; i++)
        successes += chance_takes(state, probability);
    return successes;
}
