#ifndef PLUMB_TESTS_GIT_SERVER_H
#define PLUMB_TESTS_GIT_SERVER_H

/* `git http-backend` behind a server on loopback, with faults. */

#include "repositories.h"

enum git_server_fault {
    FAULT_NONE,
    FAULT_STALL,       /* never answers */
    FAULT_CUT,         /* half of the answer, then the end of the connection */
    FAULT_LOSE_ANSWER, /* runs the backend, then ends the connection without an answer */
    FAULT_REPEAT,      /* runs the backend twice, as behind a proxy that repeats; the second answer */
    FAULT_FLIP,        /* one bit of the pack is wrong */
    FAULT_LIE,         /* a ref is said to be at a commit that does not exist; another one is sent for it */
    FAULT_FORBID,      /* 403 with words */
    FAULT_FAIL,        /* 500 */
    FAULT_MOVED,       /* 301 */
    FAULT_PAGE,        /* 200 with a page for people */
    FAULT_SAY,         /* 200 with what git_server_say gave, as if the backend had said it */
    FAULT_OLDER,       /* runs the backend in the protocol before v2, whatever is asked for */
};

struct git_server;

/* Serves the bare and other repositories below the place's directory. */
struct git_server *git_server_start(struct place *);
void git_server_stop(struct git_server *);
const char *git_server_url(struct git_server *, struct place *, const char *repository);

/* The fault befalls requests whose URL with query contains `part`, the first `times` of them. */
void git_server_break(struct git_server *, enum git_server_fault, const char *part, int times);
/* The same with FAULT_SAY; the bytes must outlive the server. */
void git_server_say(struct git_server *, struct str bytes, const char *part, int times);
/* From now on, refs at this commit are said to be at another one. */
void git_server_lie(struct git_server *, const char *commit);
/* Only requests with this Authorization header are served; NULL: all. */
void git_server_require(struct git_server *, const char *authorization);
int git_server_requests(struct git_server *);

#endif
