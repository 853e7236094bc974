#ifndef PLUMB_TESTS_FORGE_FAKE_H
#define PLUMB_TESTS_FORGE_FAKE_H

/*
 * A forge that answers by a script: each request must be the next of the script, and all must come.  Its
 * clock stands still but for sleeping, at 2026-11-27T12:00:00Z.
 */

#include "gitsync/forge.h"

enum { FAKE_NOW_S = 1795780800 };

enum fake_fault { FAKE_NONE, FAKE_LOST, FAKE_NO_CONNECTION };

struct exchange {
    const char *request; /* "GET pulls?state=open": method and path, below the API and the project */
    const char *sent;    /* part of the body that must be there, or NULL */
    int status;          /* 0: 200 */
    const char *headers; /* "Link: <...>; rel=\"next\"\nRetry-After: 3", or NULL */
    const char *body;    /* NULL: "" */
    enum fake_fault fault;
};

struct fake {
    struct arena *arena;
    struct forge *forge;
    struct http http;
    struct clock clock;
    struct random random;
    int64_t wall_ms, monotonic_ms;
    const struct exchange *script;
    size_t length, next;
    char authorization[2048]; /* of the last request */
    char url[4096];
    atomic_bool cancelled;
    bool cancel_in_sleep;
};

/* "https://github.com/acme/orders" with the token "t0ken", or gitlab.com, or codeberg.org. */
void forge_fake_open(struct fake *, const char *url);
void forge_fake_open_app(struct fake *, const char *private_key);
void forge_fake_close(struct fake *); /* all of the script must have been asked for */
void forge_fake_script(struct fake *, const struct exchange *, size_t length);
#define SCRIPT(fake, ...)                                                                                    \
    forge_fake_script((fake), (const struct exchange[]){__VA_ARGS__},                                        \
                      sizeof((const struct exchange[]){__VA_ARGS__}) / sizeof(struct exchange))

/* A pull request as GitHub and Gitea have it. */
const char *forge_fake_pull(struct fake *, int number, const char *head, const char *sha, const char *more);

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define SHA_C "cccccccccccccccccccccccccccccccccccccccc"

#endif
