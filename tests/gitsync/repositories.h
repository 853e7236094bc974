#ifndef PLUMB_TESTS_REPOSITORIES_H
#define PLUMB_TESTS_REPOSITORIES_H

/* Repositories in a temporary directory, made with the git command; a failure ends the test. */

#include "base/arena.h"
#include "gitsync/ledger.h"
#include "gitsync/mirror.h"

struct place {
    struct arena *arena;
    const char *directory; /* removed by place_end */
};

struct place place_new(void);
void place_end(struct place *);
const char *place_path(struct place *, const char *name);

/* Runs a command in a directory; its standard output, trimmed.  The list ends with NULL. */
struct str run_in(struct place *, const char *directory, const char *const *arguments);
#define GIT(place, directory, ...)                                                                           \
    run_in((place), (directory), (const char *const[]){"git", __VA_ARGS__, NULL})
/* The same without an end of the test: the exit status. */
int try_in(struct place *, const char *directory, const char *const *arguments);

void write_file(struct place *, const char *path, const char *text);
/* A work tree "origin" with the branch main and one commit: readme.txt, dir/a.txt, dir/run.sh (executable).
 */
const char *make_origin(struct place *);
/* An empty bare repository. */
const char *make_bare(struct place *, const char *name);
void commit_all(struct place *, const char *directory, const char *message);

/* A mirror of the URL with the cache directory `cache` in the place. */
struct mirror *open_mirror(struct place *, const char *url, const char *cache);
struct mirror_options mirror_defaults(struct place *, const char *url, const char *cache);

#define ACCOUNT STR("333333333333")
#define REF "refs/plumb/333333333333"
struct ledger *open_ledger(struct mirror *);
/* One event that writes the text to the path and has it as the trailer Plan-Hash. */
bool append(struct ledger *, const char *subject, const char *path, const char *text, struct error *);

/* A program or hook. */
void write_script(struct place *, const char *path, const char *text);

/* Ends the test with the error's message. */
void assert_done(bool done, const struct error *);
/* The call failed with this code and words in its message. */
void assert_failed(bool done, const struct error *, enum error_code, const char *words);
#define DONE(call) assert_done((call), &error)
#define FAILED(call, code, words) assert_failed((call), &error, (code), (words))

#endif
