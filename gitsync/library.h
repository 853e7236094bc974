#ifndef PLUMB_GITSYNC_LIBRARY_H
#define PLUMB_GITSYNC_LIBRARY_H

/* libgit2 (1.5): its start, its limits and its errors.  Private to gitsync. */

#include "gitsync/git2_api.h"

#include "base/error.h"
#include "base/str.h"
#include "gitsync/mirror.h"

/* Starts libgit2 once for the process and sets its limits.  It reads no configuration of the system or the
 * user afterwards, so that a gitconfig never changes what plumb does. */
void library_start(void);

/* Sets the error from the result of a libgit2 call and its thread's last message.  Always returns false. */
bool library_error(struct error *, int result, const char *format, ...) PRINTF_LIKE(3, 4);
bool library_errorv(struct error *, int result, const char *format, va_list) PRINTF_LIKE(3, 0);

/* Begins a backend of objects that is asked for some of them and has no list of its own; the caller sets
 * `read`, `read_header` and `free`. */
void library_backend(git_odb_backend *);

struct commit_id commit_id_of(const git_oid *);
/* False where it is not 40 hex digits. */
WARN_UNUSED bool commit_id_to_oid(const struct commit_id *, git_oid *, struct error *);
/* The same, but "" is all zero. */
WARN_UNUSED bool commit_id_to_oid_or_zero(const struct commit_id *, git_oid *, struct error *);

#endif
