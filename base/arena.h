#ifndef PLUMB_BASE_ARENA_H
#define PLUMB_BASE_ARENA_H

/*
 * Memory of one pass: many small pieces, freed together.  One thread at a time.
 *
 * plumb does not limp on without memory: when the system has none left, memory_exhausted() says so on
 * standard error and ends the process with status 1.  That is safe because every write is preceded by a
 * recorded intent, and the next start continues from Git and the account.  Input that could ask for much
 * memory is bounded by its reader, which reports ERROR_OUT_OF_MEMORY before that point.
 */

#include "base/str.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *); /* NULL is fine */
void arena_reset(struct arena *);
/* Overwrites everything with zeros and frees the arena: for secrets on their way. */
void arena_wipe(struct arena *);

/* Zeroed and aligned for any type; never NULL. */
void *arena_alloc(struct arena *, size_t size);
void *arena_array(struct arena *, size_t count, size_t size);
/* Copies, each with a NUL behind. */
struct str arena_str(struct arena *, struct str);
char *arena_strz(struct arena *, struct str);
struct str arena_printf(struct arena *, const char *format, ...) PRINTF_LIKE(2, 3);
size_t arena_used(const struct arena *);

/* For memory of the process' life: like malloc and realloc, but never NULL. */
void *memory_alloc(size_t size);
void *memory_resize(void *, size_t size);
char *memory_strdup(const char *);
char *memory_text(struct str); /* with a NUL behind */
NORETURN void memory_exhausted(void);

#endif
