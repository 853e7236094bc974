#ifndef PLUMB_GITSYNC_TRANSPORT_H
#define PLUMB_GITSYNC_TRANSPORT_H

/*
 * Our own libgit2 subtransports, and beside them one question that libgit2 does not know.  libgit2's own have
 * no timeouts (before 1.7), its file:// push overwrites a ref that moved meanwhile, its TLS has no 1.3 and
 * its ssh no RSA-SHA2.  Private to gitsync.
 *
 * Both take the session as their parameter, obey its deadline and put what broke in session->error.
 */

#include "gitsync/git2_api.h"

#include "gitsync/session.h"

/* A spawned `git upload-pack` / `git receive-pack` for local repositories, a spawned `ssh` for remote ones:
 * one long conversation. */
int transport_spawn_new(git_smart_subtransport **, git_transport *owner, void *session);

/* Starts `git upload-pack` in protocol v2, here or by ssh, asks and reads to the end: its offer, then the
 * answer.  The request must end the conversation.  False with session->error set. */
WARN_UNUSED bool transport_spawn_ask(struct session *, struct str request, struct buf *answer);

/* Smart HTTP over base/http.h: GET info/refs, then one POST for each step.  A whole answer is held in memory,
 * up to the mirror's fetch_max; what is sent, up to BUF_LARGE. */
int transport_http_new(git_smart_subtransport **, git_transport *owner, void *session);

#endif
