#ifndef PLUMB_BASE_SMALL_FILE_H
#define PLUMB_BASE_SMALL_FILE_H

/* A token, a key or a few settings in a file on disk, where an operator has put them. */

#include "base/arena.h"

/* Its first bytes, at most `max`: as many are a sign of a larger file.  False, and *bytes empty, where it
 * cannot be read; the caller knows what it is for, and says so. */
WARN_UNUSED bool small_file_read(struct arena *, struct str path, size_t max, struct str *bytes);

#endif
