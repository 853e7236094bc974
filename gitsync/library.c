#include "gitsync/library.h"

#include <pthread.h>
#include <stdarg.h>

/* Memory for objects and pack windows: a mirror of a large repository must fit in a small container. */
#define OBJECT_CACHE ((ssize_t)(256 * 1024)) /* libgit2 counts about a quarter of what it takes */
#define PACK_WINDOW ((size_t)(8 * 1024 * 1024))
#define PACK_MAPPED ((size_t)(128 * 1024 * 1024))
#define PACK_FILES_OPEN ((size_t)128)
/* What a pack may declare; larger is a bomb or no source repository.  The size is of what a delta makes: an
 * object that comes whole is written as it arrives, and its size is looked at before it is read. */
#define PACK_OBJECTS ((size_t)(20 * 1000 * 1000))
#define PACK_OBJECT_SIZE ((size_t)(256 * 1024 * 1024))

static void start(void)
{
    static const int levels[] = {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL,
                                 GIT_CONFIG_LEVEL_PROGRAMDATA};
    git_libgit2_init();
    for (size_t i = 0; i < ARRAY_LENGTH(levels); i++)
        git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
    git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, OBJECT_CACHE);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, PACK_WINDOW);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, PACK_MAPPED);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_FILE_LIMIT, PACK_FILES_OPEN);
    git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, PACK_OBJECTS);
    git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECT_SIZE, PACK_OBJECT_SIZE);
}

void library_start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start);
}

static enum error_code code_of_class(int class)
{
    switch (class) {
    case GIT_ERROR_NOMEMORY:
        return ERROR_OUT_OF_MEMORY;
    case GIT_ERROR_INVALID: /* a delta that does not apply, or makes too much */
    case GIT_ERROR_ZLIB:
    case GIT_ERROR_REFERENCE:
    case GIT_ERROR_ODB:
    case GIT_ERROR_OBJECT:
    case GIT_ERROR_TREE:
    case GIT_ERROR_TAG:
    case GIT_ERROR_INDEXER:
    case GIT_ERROR_SHA:
        return ERROR_CORRUPT;
    default:
        return ERROR_UNAVAILABLE;
    }
}

static enum error_code code_of(int result, int class)
{
    switch (result) {
    case GIT_ENOTFOUND:
    case GIT_EUNBORNBRANCH:
        return ERROR_NOT_FOUND;
    case GIT_EAMBIGUOUS:
    case GIT_EINVALIDSPEC:
    case GIT_EPEEL:
        return ERROR_INVALID;
    case GIT_ENONFASTFORWARD:
    case GIT_EMODIFIED:
    case GIT_ELOCKED:
        return ERROR_CONFLICT;
    case GIT_EAUTH:
    case GIT_ECERTIFICATE:
    case GIT_EOWNER:
        return ERROR_DENIED;
    case GIT_EMISMATCH:
        return ERROR_CORRUPT;
    default:
        return code_of_class(class);
    }
}

bool library_errorv(struct error *error, int result, const char *format, va_list arguments)
{
    const git_error *last = git_error_last();
    char what[ERROR_MESSAGE_MAX];
    error_set(error, code_of(result, last ? last->klass : GIT_ERROR_NONE), "%s",
              last && last->message ? last->message : "no reason given");
    vsnprintf(what, sizeof what, format, arguments);
    return error_prefix(error, "%s", what);
}

bool library_error(struct error *error, int result, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    library_errorv(error, result, format, arguments);
    va_end(arguments);
    return false;
}

static int list_nothing(git_odb_backend *backend, git_odb_foreach_cb visit, void *payload)
{
    (void)backend, (void)visit, (void)payload;
    return 0;
}

void library_backend(git_odb_backend *backend)
{
    git_odb_init_backend(backend, GIT_ODB_BACKEND_VERSION);
    backend->foreach = list_nothing;
}

struct commit_id commit_id_of(const git_oid *oid)
{
    struct commit_id id;
    git_oid_tostr(id.hex, sizeof id.hex, oid);
    return id;
}

bool commit_id_to_oid(const struct commit_id *id, git_oid *oid, struct error *error)
{
    if (id->hex[0] && git_oid_fromstr(oid, id->hex) == 0)
        return true;
    return error_set(error, ERROR_INVALID, "'%s' is no commit id: it must be 40 hex digits", id->hex);
}

bool commit_id_to_oid_or_zero(const struct commit_id *id, git_oid *oid, struct error *error)
{
    *oid = (git_oid){.id = {0}};
    return !id->hex[0] || commit_id_to_oid(id, oid, error);
}
