#include "tests/simulator/journal.h"

#include <stdlib.h>

#include "base/clock.h"
#include "tests/simulator/service.h"

void journal_release(struct journal *journal)
{
    free(journal->entries);
    *journal = (struct journal){0};
}

static struct journal_entry *next_entry(struct journal *journal)
{
    if (journal->count == journal->capacity && journal->capacity < JOURNAL_MAX) {
        size_t wanted = journal->capacity ? journal->capacity * 2 : 1024;
        journal->capacity = wanted < JOURNAL_MAX ? wanted : JOURNAL_MAX;
        journal->entries = memory_resize(journal->entries, journal->capacity * sizeof *journal->entries);
    }
    return &journal->entries[journal->count++ % journal->capacity];
}

static void count_call(struct journal *journal, const struct call *call)
{
    size_t i = 0;
    while (i < journal->counter_count && journal->counters[i].operation != call->operation)
        i++;
    if (i == JOURNAL_COUNTERS_MAX)
        return;
    if (i == journal->counter_count)
        journal->counters[journal->counter_count++] =
            (struct journal_counter){.service = call->service, .operation = call->operation};
    journal->counters[i].calls++;
}

void journal_add(struct journal *journal, const struct call *call, int status, const char *fault)
{
    struct journal_entry *entry = next_entry(journal);
    *entry = (struct journal_entry){.number = journal->count,
                                    .time = call->now,
                                    .service = call->service,
                                    .operation = call->operation,
                                    .fault = fault,
                                    .status = status};
    snprintf(entry->account, sizeof entry->account, "%.*s", STR_ARG(call->account));
    snprintf(entry->region, sizeof entry->region, "%.*s", STR_ARG(call->region));
    snprintf(entry->request_id, sizeof entry->request_id, "%.*s", STR_ARG(call->request_id));
    snprintf(entry->key, sizeof entry->key, "%.*s", STR_ARG(call->access_key));
    if (call->error_code)
        snprintf(entry->code, sizeof entry->code, "%s", call->error_code);
    if (!call->operation)
        return;
    journal->mutating += call->operation->effect == SIM_WRITE;
    count_call(journal, call);
}

static struct value *entry_value(struct arena *arena, const struct journal_entry *entry)
{
    struct value *value = value_map(arena);
    value_setz(arena, value, "n", value_int(arena, (int64_t)entry->number));
    value_setz(arena, value, "time", value_string(arena, time_iso8601(arena, entry->time)));
    value_setz(arena, value, "ms", value_int(arena, entry->time));
    value_setz(arena, value, "account", value_stringz(arena, entry->account));
    value_setz(arena, value, "key", value_stringz(arena, entry->key));
    value_setz(arena, value, "region", value_stringz(arena, entry->region));
    value_setz(arena, value, "service", value_stringz(arena, entry->service ? entry->service->name : ""));
    value_setz(arena, value, "operation",
               value_stringz(arena, entry->operation ? entry->operation->name : ""));
    value_setz(arena, value, "mutating",
               value_bool(arena, entry->operation && entry->operation->effect == SIM_WRITE));
    value_setz(arena, value, "status", value_int(arena, entry->status));
    value_setz(arena, value, "code", value_stringz(arena, entry->code));
    value_setz(arena, value, "requestId", value_stringz(arena, entry->request_id));
    value_setz(arena, value, "fault", entry->fault ? value_stringz(arena, entry->fault) : value_null(arena));
    return value;
}

struct value *journal_since(struct arena *arena, const struct journal *journal, uint64_t since)
{
    uint64_t kept = journal->count < journal->capacity ? journal->count : journal->capacity;
    uint64_t dropped = journal->count - kept;
    struct value *list = value_list(arena), *value = value_map(arena);
    for (uint64_t n = since > dropped ? since : dropped; n < journal->count; n++)
        value_append(arena, list, entry_value(arena, &journal->entries[n % journal->capacity]));
    value_setz(arena, value, "count", value_int(arena, (int64_t)journal->count));
    value_setz(arena, value, "dropped", value_int(arena, (int64_t)dropped));
    value_setz(arena, value, "requests", list);
    return value;
}

struct value *journal_counters(struct arena *arena, const struct journal *journal)
{
    struct value *value = value_map(arena), *operations = value_map(arena);
    for (size_t i = 0; i < journal->counter_count; i++) {
        const struct journal_counter *counter = &journal->counters[i];
        value_set(arena, operations,
                  arena_printf(arena, "%s.%s", counter->service->name, counter->operation->name),
                  value_int(arena, (int64_t)counter->calls));
    }
    value_setz(arena, value, "total", value_int(arena, (int64_t)journal->count));
    value_setz(arena, value, "mutating", value_int(arena, (int64_t)journal->mutating));
    value_setz(arena, value, "throttled", value_int(arena, (int64_t)journal->throttled));
    value_setz(arena, value, "operations", operations);
    return value;
}
