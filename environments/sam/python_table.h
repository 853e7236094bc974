#ifndef PLUMB_ENVIRONMENTS_SAM_PYTHON_TABLE_H
#define PLUMB_ENVIRONMENTS_SAM_PYTHON_TABLE_H

/*
 * The hash table of a dictionary of Python 2.7, for the order of its keys: open addressing, first 8 slots,
 * filled to two thirds, then four times the number of keys.  Inside python_dict.c only.
 */

#include "environments/sam/python.h"

struct python_key {
    struct str text;
    bool unicode;
};

struct python_table {
    struct python_key *keys; /* of all times; the slots tell which are there */
    uint64_t *hashes;        /* of the keys; apart, as copying looks at nothing else */
    size_t key_count, key_capacity;
    uint32_t *slots; /* SLOT_FREE, SLOT_DUMMY, or SLOT_KEY + index of the key */
    size_t mask, used, filled;
    bool ordered;                  /* by insertion: the table only tells which keys are unicode */
    struct python_document *owner; /* or NULL (python_dict.c) */
    size_t copies;                 /* of the owner's that the slots show */
};

struct python_table *python_table_new(struct arena *);
struct python_table *python_table_clone(struct arena *, const struct python_table *);
const struct python_key *python_table_find(const struct python_table *, struct str key); /* or NULL */
void python_table_add(struct arena *, struct python_table *, struct str key, bool unicode);
void python_table_remove(struct python_table *, struct str key);
/* Before `more` keys come from another dictionary. */
void python_table_grow(struct arena *, struct python_table *, size_t more);
/* The indexes of the keys in order; gives how many (used). */
size_t python_table_order(const struct python_table *, uint32_t *indexes);
/* What the table looks like after so many copies, each of the one before. */
void python_table_copy(struct arena *, struct python_scratch *, struct python_table *, size_t copies);

#endif
