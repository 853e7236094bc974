#ifndef PLUMB_RECONCILER_RECORD_H
#define PLUMB_RECONCILER_RECORD_H

/*
 * What the ledger holds of one application, and its JSON: inventory.json (what was applied last) and
 * release.json (what is being done or was done).  A file of a newer version is refused, not guessed at, and
 * so is a state, phase or policy that this plumb does not know: ERROR_INVALID with the name RECORD_OF_NEWER.
 * An older plumb neither keeps nor misses a member that it does not know; where it would do wrong without it,
 * the version is to be counted up.
 *
 * Secrets are written as a mark (secret_mark.h), or as the dynamic reference that they came by: the ledger
 * never holds one.
 */

#include "base/clock.h"
#include "base/value.h"
#include "environments/desired.h"
#include "gitsync/ledger.h"
#include "reconciler/rollout/rollout.h"

enum { RECORD_VERSION = 1 };
#define RECORD_OF_NEWER "RecordOfNewer"

struct inventory_entry {
    struct str logical_id, type, physical_id;
    struct value *properties; /* as applied last, resolved; what came by a dynamic reference as that */
    struct value *versions;   /* dynamic reference -> version that it gave; NULL: none */
    struct value *attributes;
    struct value *tags; /* the environment's, as put on it last; NULL: not known */
    struct str *depends_on;
    size_t depends_count;
    enum removal_policy deletion_policy;
    int64_t generation;  /* counts replacements */
    struct str artifact; /* digest of local code, or empty */
    struct str code;     /* digest of the code that is live ("CodeSha256"), or empty */
    bool leaving;        /* replaced; to be deleted, its successor stands under the same logical id */
};

struct inventory {
    struct inventory_entry *entries; /* sorted by logical id; a leaving one after its successor */
    size_t count;
    struct value *outputs; /* name -> {"value": text, "export": name}; what is no secret; NULL: none */
    struct value *imports; /* list of names of exports that the resources were made with; NULL: none */
    /* List of ARNs: versions of functions and state machines that plumb published, that no entry stands for
     * any more, and that may still be in the account.  The oldest first; NULL: none. */
    struct value *former_versions;
};

/* More than `keepVersions` can ask for; beyond it the oldest are forgotten, and stay in the account. */
enum { FORMER_VERSIONS_MAX = 10 * 1000 };

enum release_state {
    RELEASE_NONE,
    RELEASE_APPLYING,
    RELEASE_ROLLING, /* all is applied but the traffic, which moves (rollout) */
    RELEASE_RELEASED,
    RELEASE_FAILED,
    RELEASE_ADOPTED,
};

struct release_change {
    struct str logical_id, type, action;
    int64_t generation;
    struct value *identity; /* of what is to be made and carries tags: by what it can be found; else NULL */
};

struct release {
    enum release_state state;
    struct commit_id commit;
    struct str plan_hash;
    struct str started, finished; /* ISO 8601; finished may be empty */
    struct str verdict;           /* one sentence */
    struct release_change *changes;
    size_t change_count;
    bool adopts;            /* it only takes over what exists; likewise */
    struct rollout rollout; /* of RELEASE_ROLLING; else the last one, as it ended */
    struct str rejected;    /* the key (rollout.h) of what was rolled back: it is not tried again; or empty */
    bool heals;             /* it only undoes what others did; for the ledger's words, not kept */
    /* The claim of a release that is being applied or rolled out. */
    struct str holder;      /* "host/pid/start time" */
    int64_t epoch;          /* counts claims of this application */
    int64_t lease_until_ms; /* wall time */
};

/* "<region>/<environment>/<application>/<file>" */
struct str record_path(struct arena *, struct str region, struct str environment, struct str application,
                       const char *file);

/* A JSON file of the ledger with "version" at its top; NULL where there is none.  One of a newer version is
 * refused. */
WARN_UNUSED bool record_load(struct ledger *, struct arena *, struct str path, struct value **,
                             struct error *);

/* An absent file gives an empty inventory, or a release in state RELEASE_NONE. */
WARN_UNUSED bool inventory_load(struct ledger *, struct arena *, struct str path, struct inventory *,
                                struct error *);
WARN_UNUSED bool release_load(struct ledger *, struct arena *, struct str path, struct release *,
                              struct error *);

struct str inventory_text(struct arena *, const struct inventory *);
struct str release_text(struct arena *, const struct release *);

/* One entry, as it stands in inventory.json. */
struct inventory_entry inventory_entry_read(struct arena *, const struct value *);
struct value *inventory_entry_write(struct arena *, const struct inventory_entry *);

/* Is it a type whose resources are published versions? */
bool inventory_is_version(struct str type);
/* Versions that stood in `before` and do not in `after` are added to what it has of former ones. */
void inventory_retire(struct arena *, const struct inventory *before, struct inventory *after);

/* The entry that stands under the logical id (not a leaving one), or NULL. */
struct inventory_entry *inventory_find(const struct inventory *, struct str logical_id);

/* Was it cut off, or did some of it fail?  Then something may be there that the inventory does not know. */
bool release_is_unfinished(const struct release *);

const char *release_state_name(enum release_state);

#endif
