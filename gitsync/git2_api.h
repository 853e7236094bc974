#ifndef PLUMB_GITSYNC_GIT2_API_H
#define PLUMB_GITSYNC_GIT2_API_H

/* The parts of libgit2 that gitsync uses.  <git2.h> as a whole has a field named like a banned function. */

#include <git2/blob.h>
#include <git2/buffer.h>
#include <git2/commit.h>
#include <git2/common.h>
#include <git2/config.h>
#include <git2/diff.h>
#include <git2/errors.h>
#include <git2/global.h>
#include <git2/graph.h>
#include <git2/object.h>
#include <git2/odb.h>
#include <git2/refs.h>
#include <git2/remote.h>
#include <git2/repository.h>
#include <git2/revwalk.h>
#include <git2/signature.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/transport.h>
#include <git2/tree.h>

#endif
