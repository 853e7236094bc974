#ifndef PLUMB_TESTS_RELAY_H
#define PLUMB_TESTS_RELAY_H

/* Stands between a client and a server on loopback and counts what goes through, both ways: every byte above
 * TCP. */

#include "repositories.h"

struct relay;

struct relay *relay_start(uint16_t to);
void relay_stop(struct relay *);
uint16_t relay_port(const struct relay *);
size_t relay_bytes(struct relay *); /* since the last call */

#endif
