#ifndef PLUMB_SIMULATOR_JOURNAL_H
#define PLUMB_SIMULATOR_JOURNAL_H

/* What was asked: the log of requests and the counters. */

#include "base/value.h"

struct call;
struct sim_operation;
struct sim_service;

enum { JOURNAL_MAX = 200 * 1000, JOURNAL_COUNTERS_MAX = 2048 };

struct journal_entry {
    uint64_t number; /* from 1 */
    int64_t time;
    const struct sim_service *service;
    const struct sim_operation *operation;
    const char *fault; /* its kind, or NULL */
    int status;        /* 0: no answer was given */
    char account[13], region[24], code[64], request_id[40], key[24];
};

struct journal_counter {
    const struct sim_service *service;
    const struct sim_operation *operation;
    uint64_t calls;
};

/* The newest JOURNAL_MAX calls. */
struct journal {
    struct journal_entry *entries; /* a ring once it is full */
    size_t capacity;
    uint64_t count; /* of all calls ever */
    uint64_t mutating, throttled;
    struct journal_counter counters[JOURNAL_COUNTERS_MAX];
    size_t counter_count;
};

void journal_release(struct journal *);
void journal_add(struct journal *, const struct call *, int status, const char *fault);
struct value *journal_since(struct arena *, const struct journal *, uint64_t since);
struct value *journal_counters(struct arena *, const struct journal *);

#endif
