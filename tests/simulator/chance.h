#ifndef PLUMB_SIMULATOR_CHANCE_H
#define PLUMB_SIMULATOR_CHANCE_H

/* Chance from a seed: the state is one number, and the same state gives the same draws. */

#include <stdbool.h>
#include <stdint.h>

uint64_t chance_next(uint64_t *state);   /* splitmix64 */
double chance_fraction(uint64_t *state); /* 0 <= x < 1 */
/* True with this probability; certain answers draw nothing. */
bool chance_takes(uint64_t *state, double probability);
/* How many of `count` trials succeed.  Exact; costs the fewer of successes and failures. */
uint64_t chance_binomial(uint64_t *state, uint64_t count, double probability);

#endif
