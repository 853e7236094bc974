#include "gitsync/ledger_private.h"
#include "gitsync/library.h"
#include "gitsync/mirror_private.h"
#include "gitsync/push.h"

enum { NONCE_BYTES = 8 };

static bool make_commit(struct ledger *ledger, git_commit *parent, const git_oid *tree, const char *message,
                        git_oid *id, struct error *error)
{
    const git_commit *parents[] = {parent};
    git_time_t now = clock_wall(ledger->mirror->options.clock) / 1000;
    int result = mirror_write_commit(ledger->mirror, parents, parent ? 1 : 0, tree, now, message, id);
    return result == 0 || library_error(error, result, "cannot write the commit of an event");
}

static void fill_nonce(const struct random *random, char nonce[2 * NONCE_BYTES + 1])
{
    unsigned char bytes[NONCE_BYTES];
    random->fill(random->self, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(nonce + 2 * i, 3, "%02x", bytes[i]);
}

bool ledger_write_event(struct ledger *ledger, const struct ledger_event *event, git_oid *id,
                        struct error *error)
{
    char nonce[2 * NONCE_BYTES + 1];
    git_oid tree;
    git_commit *parent = NULL;
    struct buf message;
    fill_nonce(ledger->mirror->options.random, nonce);
    if (!ledger_message(event, nonce, &message, error))
        return error_prefix(error, "cannot append to the ledger '%s'", ledger->ref);
    bool done = !ledger->tip.hex[0] || mirror_commit_of(ledger->mirror, &ledger->tip, &parent, error);
    done = done && ledger_tree(ledger, parent, event, &tree, error) &&
           make_commit(ledger, parent, &tree, message.ptr, id, error);
    git_commit_free(parent);
    buf_release(&message);
    return done || error_prefix(error, "cannot append to the ledger '%s'", ledger->ref);
}

/* As a fetch would, which is spared so; where another's has moved the ref meanwhile, nothing happens. */
static void advance_ref(struct ledger *ledger, const git_oid *old, const git_oid *id)
{
    struct error ignored = ERROR_INIT;
    git_reference *reference;
    git_oid now;
    int lock = mirror_lock(ledger->mirror, &ignored);
    if (lock < 0)
        return;
    mirror_unbar(ledger->mirror, ledger->ref);
    if (ledger_read_ref(ledger, ledger->ref, &now, &ignored) && git_oid_equal(&now, old) &&
        git_reference_create(&reference, ledger->mirror->repository, ledger->ref, id, true, NULL) == 0)
        git_reference_free(reference);
    mirror_unlock(lock);
}

/* It is on the remote: trouble with the cache's memory of it does not undo that, and the next refresh
 * compares with what was remembered before. */
static bool appended(struct ledger *ledger, const git_oid *old, const git_oid *id)
{
    struct error ignored = ERROR_INIT;
    ledger_set_tip(ledger, id);
    if (ledger_advance_seen(ledger, id, &ignored))
        advance_ref(ledger, old, id);
    return true;
}

/* The answer to the push was lost, or was the answer to a second copy of the request (proxies repeat what
 * they lost).  The ref decides: our commit is on its line, or was not written. */
static bool resolve_outcome(struct ledger *ledger, const git_oid *id, const git_oid *parent,
                            struct error *error)
{
    git_oid tip;
    struct error why = ERROR_INIT;
    bool ours = false;
    if (!mirror_fetch_ref(ledger->mirror, ledger->ref, &why) ||
        !ledger_read_ref(ledger, ledger->ref, &tip, &why) ||
        (!git_oid_is_zero(&tip) && !ledger_is_on_line(ledger, &tip, id, parent, &ours, &why))) {
        error->code = ERROR_TIMEOUT;
        return error_suffix(error, "; whether it was written is unknown: %s", why.message);
    }
    return ours ? appended(ledger, parent, id) : error_suffix(error, "; it was not written");
}

bool ledger_push(struct ledger *ledger, const git_oid *id, struct error *error)
{
    git_oid expected;
    bool sent = false;
    if (!commit_id_to_oid_or_zero(&ledger->tip, &expected, error))
        return false;
    struct error why = ERROR_INIT;
    if (push_ref(ledger->mirror, ledger->ref, &expected, id, &sent, &why))
        return appended(ledger, &expected, id);
    if (sent && why.code != ERROR_DENIED && resolve_outcome(ledger, id, &expected, &why))
        return true;
    *error = why;
    return false;
}

bool ledger_append(struct ledger *ledger, const struct ledger_event *event, struct error *error)
{
    git_oid id;
    if (ledger->hub)
        return hub_append(ledger, event, error);
    return ledger_write_event(ledger, event, &id, error) && ledger_push(ledger, &id, error);
}

void ledger_shield(struct ledger *ledger, bool on)
{
    ledger->mirror->shielded = on;
}
