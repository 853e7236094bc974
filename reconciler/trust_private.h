#ifndef PLUMB_RECONCILER_TRUST_PRIVATE_H
#define PLUMB_RECONCILER_TRUST_PRIVATE_H

/* What the files of trust share. */

#include "gitsync/lineage.h"
#include "reconciler/trust.h"

/* So many policies between two releases; and after so many commits without one the record moves on, so that
 * the walk stays short. */
enum { TRUST_BASES_MAX = 32, TRUST_WALK_LONG = 1000 };

/* A policy with its keys. */
struct trust_base {
    struct str text; /* trust_gather's */
    struct trust_gathered gathered;
    struct signers *signers;
};

/* A set of bases, by their positions. */
typedef uint32_t trust_set;

struct trust_record {
    bool present;
    struct commit_id accepted;
    struct str policy; /* trust_gather's text */
};

struct trust_trial {
    const struct trust_question *question;
    struct arena *arena;
    struct trust_record record;
    struct trust_base bases[TRUST_BASES_MAX];
    size_t base_count;
    size_t own;             /* the base of the commit itself */
    trust_set before;       /* what was in force when the record was made */
    trust_set force;        /* what judges the commit */
    struct commit_id from;  /* what lies before it needs no look; "" where that is not here */
    struct lineage lineage; /* from there to the commit, where `walked` */
    bool walked;
    struct trust_verdict *verdict;
};

/* trust.c: "'ann' or 'bob'" */
struct str trust_names(struct arena *, const struct str *, size_t count, const char *between);

/* trust_record.c */
struct str trust_record_path(struct arena *, struct str region, struct str environment);
WARN_UNUSED bool trust_record_load(struct ledger *, struct arena *, struct str path, struct trust_record *,
                                   struct error *);
struct str trust_record_text(struct arena *, const struct commit_id *accepted, struct str policy);
/* The policies of all environments of the account; `each` is called once for those whose records are equal.
 */
WARN_UNUSED bool trust_records_visit(struct ledger *, struct arena *,
                                     bool (*each)(void *self, const struct trust_record *, struct error *),
                                     void *self, struct error *);

/* trust_force.c: the position of the base of that text; a new one is read. */
WARN_UNUSED bool trust_intern(struct trust_trial *, struct str text, size_t *base, struct error *);
/* Is the commit signed as all bases of the set demand?  `out` is the signature by the base that says no, or
 * by the last. */
WARN_UNUSED bool trust_is_signed(struct trust_trial *, trust_set, const struct commit_id *, bool *yes,
                                 struct signature *out, struct error *);
/* Walks from the accepted commit to the new one: trial->force. */
WARN_UNUSED bool trust_walk(struct trust_trial *, struct error *);
WARN_UNUSED bool trust_lineage(struct trust_trial *, struct error *);

/* trust_paths.c: the first path that breaks a rule, with who might have signed; `path` is empty where none
 * does. */
WARN_UNUSED bool trust_paths(struct trust_trial *, struct str *path, struct str *signers, struct error *);

#endif
