#ifndef PLUMB_RECONCILER_TRUST_H
#define PLUMB_RECONCILER_TRUST_H

/*
 * May this commit be released to this environment?  By `trust:` of environment.yaml (environments/trust.h),
 * and by what the ledger holds of the environment: the commit that was accepted last, and the policy as it
 * stood in that commit, with its keys.
 *
 * Who judges.  A commit is judged by the policy that was in force before it, never by its own.  That is the
 * policy of the commit accepted last, moved on by each commit since that changes `trust:` or a file that it
 * names and is itself signed as the policy before it demands.  Where lines of history meet, a commit must
 * satisfy the policies of all of them, so that a key that was revoked on one line cannot be used on another.
 * A change of policy that nobody vouches for is not in force; a signed commit on top of it vouches for it.
 * Where no policy says anything, neither the accepted commit's nor the new one's, what was between them is
 * not looked at.
 *
 * What must be signed.  The commit itself, the tip: its signature covers its whole tree, whoever wrote the
 * commits below it.  This is what a forge that signs its merges gives, and it leaves nothing out.  `rules` go
 * further: a path under a rule must read, in some commit since the one accepted last that is signed by one of
 * the rule's signers, just as it reads now.
 *
 * Its history.  It must be the commit accepted last or come after it, unless `forcePush: follow` was in force
 * before, or its own `trust: {acceptRewrite: ID}` names the accepted commit as the one to abandon.
 *
 * The first release of an environment has nothing before it.  Then the policy of the anchor (struct
 * trust_options) judges; without an anchor the policies of all environments that the ledger of the account
 * holds, which must all be satisfied as to signatures, so that a new directory or another region is no way
 * around them; and only where there are none, the commit's own.
 *
 * A commit is judged once: that a key expires later takes nothing back, so that healing goes on.  The record
 * is the file trust/<region>/<environment>.json of the ledger, written with the intent of each release (or by
 * trust_keep where there is nothing to release).  Who may push to the ledger's ref can write it: protect that
 * ref.
 */

#include "environments/environment.h"
#include "gitsync/ledger.h"
#include "gitsync/signature.h"

/* What the process was given, outside of the repository. */
struct trust_options {
    struct str anchor; /* a commit that is trusted, and that all others must come after; empty: none */
};

enum trust_rule_broken {
    TRUST_HOLDS,
    TRUST_POLICY,    /* the policy of the commit cannot be used */
    TRUST_SIGNATURE, /* it is not signed as it must be */
    TRUST_BRANCH,    /* it is on none of the branches */
    TRUST_HISTORY,   /* it does not follow from what was accepted */
    TRUST_PATHS,     /* somebody changed what he may not */
    TRUST_REVISION,  /* the commit at which the template is read */
};

struct trust_verdict {
    enum trust_rule_broken broken;
    struct str sentence;               /* why not; empty where it holds */
    bool signatures;                   /* they were asked for */
    struct signature signature;        /* of the commit, where they were */
    struct commit_id commit, accepted; /* accepted: before; "" for none */
    struct str record_path, record;    /* what the ledger is to hold once it is released */
    bool to_keep;                      /* and even where there is nothing to release */
};

struct trust_question {
    struct mirror *mirror;
    struct ledger *ledger; /* refreshed */
    const struct trust_options *options;
    const struct environment *environment; /* as of `commit` */
    const struct files *files;             /* of `commit` */
    struct commit_id commit;
    struct commit_id template; /* the commit at which the template is read; mostly the same */
    struct commit_id released; /* what the ledger of an older plumb has instead of the record; or "" */
    int64_t now_ms;            /* wall time */
};

/* False only where it cannot be told. */
WARN_UNUSED bool trust_check(const struct trust_question *, struct arena *, struct trust_verdict *,
                             struct error *);

/* Writes the record alone, as an event of the environment, where to_keep says so. */
WARN_UNUSED bool trust_keep(struct ledger *, struct arena *, struct str environment,
                            const struct trust_verdict *, struct error *);

/* "signature", "history", ...: for JSON and logs. */
const char *trust_rule_name(enum trust_rule_broken);
/* {"trusted", "rule", "reason", "signature", "signer", "fingerprint"} */
struct value *trust_json(struct arena *, const struct trust_verdict *);

#endif
