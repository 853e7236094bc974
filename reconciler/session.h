#ifndef PLUMB_RECONCILER_SESSION_H
#define PLUMB_RECONCILER_SESSION_H

/*
 * What every command stands on: the repository at one commit, and the way from there to an application with
 * its environment, desired resources, ledger and account, ready to be planned.
 *
 * A session belongs to one thread; its workers run the calls.
 */

#include "environments/repository.h"
#include "reconciler/apply.h"
#include "reconciler/trust.h"

/* How the repository is reached; all of it may be left out. */
struct git_access {
    struct str cache;                /* directory of the mirrors; empty: the user's cache directory */
    const struct value *token;       /* a VALUE_SECRET, or NULL */
    struct str token_file;           /* it is read anew for every session, so that the token may change */
    struct str ssh_key, known_hosts; /* files */
    /* In the place of both, as of struct mirror_options; or NULL. */
    bool (*fresh_token)(void *self, struct arena *, struct str *token, struct error *);
    void *fresh_token_self;
};

struct session_options {
    struct str repository; /* path or URL; empty: the repository one stands in */
    struct git_access git;
    struct str revision; /* empty: the default branch */
    const struct clock *clock;
    const struct random *random;
    const struct log *log;
    const struct http *http;
    struct aws_session *aws;
    const atomic_bool *cancelled;
    atomic_bool *damaged; /* as of struct mirror_options */
    struct trust_options trust;
    struct session_share *share; /* or NULL */
};

struct session;

/*
 * What the sessions of one process share, so that many cost hardly more than one: the commit that one of them
 * has fetched into the cache, and one conversation with the remote about each ledger (struct ledger_hub).  A
 * session with a share fetches nothing by itself; its ledgers are at most a second old when they are asked
 * for.  Safe from any thread.
 */
struct session_share;
struct session_share *session_share_new(void);
void session_share_free(struct session_share *); /* after the sessions that have it */
/* When there is nothing to do: gives memory back. */
void session_share_rest(struct session_share *);
/* The newest commit; to be called before the first session opens with the share. */
void session_share_set(struct session_share *, const struct commit_id *);

/* Opens the mirror and brings it up to date; with a share, stands at its commit. */
WARN_UNUSED bool session_open(const struct session_options *, struct session **, struct error *);
void session_close(struct session *);

/* Fetches again and moves to the newest commit of the revision, or to the share's; `moved` tells whether it
 * changed. */
WARN_UNUSED bool session_refresh(struct session *, bool *moved, struct error *);

/* Stands at that commit until the next refresh: for who looks at what may come, and goes back afterwards. */
WARN_UNUSED bool session_stand(struct session *, const struct commit_id *, struct error *);

/* Would a refresh bring something new: another commit of the revision or, where an account is given, another
 * state of its ledger?  Costs one small request (mirror_poll).  What another session has fetched into the
 * same cache meanwhile is new here too; what this one has appended to the ledger is not.  With a share,
 * another commit is the share's, without a request. */
WARN_UNUSED bool session_poll(struct session *, struct str account, bool *moved, struct error *);

/* Does both, the commit and the ledger of an account, unless that was done less than `age_ms` ago: for what
 * looks often and shares the session. */
WARN_UNUSED bool session_refresh_within(struct session *, struct str account, int64_t age_ms, struct error *);

const struct commit_id *session_commit(const struct session *);
/* plumb.yaml of the commit; NULL where it is broken: the caller says what that stops.  It is valid until the
 * next refresh. */
const struct repository *session_repository(const struct session *, struct error *);
const struct files *session_files(const struct session *);
struct mirror *session_mirror(struct session *);
const struct session_options *session_options(const struct session *);
struct workers *session_workers(struct session *);
/* The ledger of an account, refreshed; it belongs to the session. */
WARN_UNUSED bool session_ledger(struct session *, struct str account, struct ledger **, struct error *);

/* One application of one environment.  Everything lives in its arena. */
struct subject {
    struct arena *arena;
    struct session *session;
    struct environment environment;
    struct repository repository;    /* by subject_plan */
    const struct repository *policy; /* set before subject_plan by who plans what may come: in the place of
                                      * it, that of the base; else NULL */
    const struct application *application;
    struct owner owner;
    struct commit_id commit; /* at which the template is read */
    struct ledger *ledger;
    struct inventory inventory;
    struct neighbours neighbours; /* where the subject takes from them or gives to them; by subject_plan */
    struct release release;
    bool recalled; /* inventory and release have been read */
    bool judged;   /* by subject_judge */
    struct trust_verdict trust;
    struct snapshot *snapshot; /* of `commit` */
    struct files files;
    struct desired desired; /* filled by subject_render */
    struct aws *aws;        /* NULL until subject_connect */
    bool offline;           /* nobody but Git is asked for what the template imports */
    bool background;        /* reads take the environment's share of AWS's rate limits only */
    struct inputs *inputs;  /* notes what the template is made of; set before subject_plan; or NULL */
    struct answers *answers;
    const struct adoption *adoption; /* set before subject_plan by who adopts; else NULL */
    struct artifact_source artifacts;
    struct subject_artifacts *artifacts_self;
};

/* Reads environment and application. */
WARN_UNUSED bool subject_open(struct session *, struct str environment, struct str application,
                              struct subject **, struct error *);
void subject_close(struct subject *);

/* Reads the ledger: inventory and release. */
WARN_UNUSED bool subject_recall(struct subject *, struct error *);
/* Gives what the inventory came to by dynamic references the text that they gave then: calls on a resource
 * need its properties.  Later calls do nothing. */
WARN_UNUSED bool subject_resolve(struct subject *, struct error *);
/* Renders the template, asking nobody: parameters whose value lies in SSM stay open. */
WARN_UNUSED bool subject_render(struct subject *, struct error *);
/* The same with the values of such parameters; connects where there are some. */
WARN_UNUSED bool subject_render_asking(struct subject *, struct error *);
/* Finds credentials and checks the account. */
WARN_UNUSED bool subject_connect(struct subject *, struct error *);
/* Reads what the ledger and the policy say of the session's commit, into subject->trust; recalls where that
 * was not done. */
WARN_UNUSED bool subject_judge(struct subject *, struct error *);
/* The same; ERROR_DENIED with the reason where the commit is not to be released. */
WARN_UNUSED bool subject_trusted(struct subject *, struct error *);
/* Records a change of trust that no release has recorded.  Where others write the ledger just now, the next
 * pass does it. */
WARN_UNUSED bool subject_keep_trust(struct subject *, struct error *);
/* All of these, then the plan; what was recalled already is not read again. */
WARN_UNUSED bool subject_plan(struct subject *, struct plan **, struct error *);
/* The options with which the template of the subject is rendered. */
struct template_options subject_template(struct subject *);

#endif
