#include "base/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/git_digest.h"

enum {
    DIRECTORY_ENTRIES_MAX = 65536,
};

static const int OPEN_DIRECTORY = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

struct files_local {
    int root;
};

/* One place in the tree: an open directory and a name in it ("." for the root itself). */
struct place {
    int directory;
    char name[NAME_MAX + 1];
};

static bool fail_errno(struct error *error, struct str path, const char *what)
{
    int reason = errno;
    enum error_code code = reason == ENOENT || reason == ENOTDIR ? ERROR_NOT_FOUND
                           : reason == EACCES || reason == EPERM ? ERROR_DENIED
                           : reason == ENAMETOOLONG              ? ERROR_INVALID
                                                                 : ERROR_UNAVAILABLE;
    return error_set(error, code, "cannot %s '%.*s': %s", what, STR_ARG(path), strerror(reason));
}

static bool fail_kind(struct error *error, struct str path, const char *kind)
{
    return error_set(error, ERROR_INVALID, "'%.*s' is %s: put a plain file or directory in its place",
                     STR_ARG(path), kind);
}

static bool fail_changed(struct error *error, struct str path)
{
    return error_set(error, ERROR_CONFLICT, "'%.*s' changed while it was read: try again", STR_ARG(path));
}

static bool holds_git(int directory, const char *name)
{
    char marker[NAME_MAX + sizeof "/.git"];
    struct stat status;
    snprintf(marker, sizeof marker, "%s/.git", name);
    return strcmp(name, ".") != 0 && fstatat(directory, marker, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

/* What `name` in `directory` is.  A directory with a ".git" in it is what Git records as a submodule. */
static bool classify(int directory, const char *name, struct str path, struct stat *status,
                     enum file_kind *kind, struct error *error)
{
    if (fstatat(directory, name, status, AT_SYMLINK_NOFOLLOW) != 0)
        return fail_errno(error, path, "find");
    if (S_ISREG(status->st_mode))
        *kind = status->st_mode & S_IXUSR ? FILE_EXECUTABLE : FILE_REGULAR;
    else if (S_ISDIR(status->st_mode))
        *kind = holds_git(directory, name) ? FILE_SUBMODULE : FILE_DIRECTORY;
    else if (S_ISLNK(status->st_mode))
        *kind = FILE_SYMLINK;
    else
        return fail_kind(error, path, "neither a file nor a directory");
    return true;
}

static bool require_directory(enum file_kind kind, struct str path, struct error *error)
{
    if (kind == FILE_SYMLINK)
        return fail_kind(error, path, "a symbolic link");
    if (kind == FILE_SUBMODULE)
        return fail_kind(error, path, "a submodule");
    if (kind != FILE_DIRECTORY)
        return error_set(error, ERROR_NOT_FOUND, "'%.*s' is a file, not a directory", STR_ARG(path));
    return true;
}

static bool require_file(enum file_kind kind, struct str path, struct error *error)
{
    if (kind == FILE_SYMLINK)
        return fail_kind(error, path, "a symbolic link");
    if (kind == FILE_SUBMODULE)
        return fail_kind(error, path, "a submodule");
    if (kind == FILE_DIRECTORY)
        return error_set(error, ERROR_INVALID, "'%.*s' is a directory, not a file", STR_ARG(path));
    return true;
}

/* Opens the directory `name` in `parent`; `path` is how messages call it. */
static bool open_directory(int parent, const char *name, struct str path, int *fd, struct error *error)
{
    struct stat status;
    enum file_kind kind;
    if (!classify(parent, name, path, &status, &kind, error) || !require_directory(kind, path, error))
        return false;
    *fd = openat(parent, name, OPEN_DIRECTORY);
    return *fd >= 0 || fail_errno(error, path, "open");
}

static bool copy_name(struct str part, struct str path, char name[NAME_MAX + 1], struct error *error)
{
    if (part.len > NAME_MAX) {
        errno = ENAMETOOLONG;
        return fail_errno(error, path, "find");
    }
    memcpy(name, part.ptr, part.len);
    name[part.len] = '\0';
    return true;
}

/* Walks to the directory that holds `path`, one part at a time, following no link. */
static bool place_open(const struct files_local *local, struct str path, struct place *place,
                       struct error *error)
{
    struct str rest = path, part = STR(".");
    place->directory = openat(local->root, ".", OPEN_DIRECTORY);
    if (place->directory < 0)
        return fail_errno(error, path, "open");
    bool more = path.len && str_split(&rest, '/', &part);
    while (copy_name(part, path, place->name, error)) {
        if (!more || !rest.ptr)
            return true;
        struct str so_far = str_slice(path, 0, (size_t)(rest.ptr - path.ptr) - 1);
        int inner;
        if (!open_directory(place->directory, place->name, so_far, &inner, error))
            break;
        close(place->directory);
        place->directory = inner;
        more = str_split(&rest, '/', &part);
    }
    close(place->directory);
    return false;
}

/* Reads to the end, which must come before `size`. */
static bool read_all(int fd, char *bytes, size_t size, size_t *length, struct str path, struct error *error)
{
    *length = 0;
    while (*length < size) {
        ssize_t got = TEMP_FAILURE_RETRY(read(fd, bytes + *length, size - *length));
        if (got < 0)
            return fail_errno(error, path, "read");
        if (got == 0)
            return true;
        *length += (size_t)got;
    }
    return fail_changed(error, path);
}

/* Opens a plain file without waiting (a pipe may have taken its place) and looks again at what it is. */
static bool open_file(int directory, const char *name, struct str path, struct stat *status, int *fd,
                      struct error *error)
{
    enum file_kind kind;
    if (!classify(directory, name, path, status, &kind, error) || !require_file(kind, path, error))
        return false;
    *fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (*fd < 0)
        return fail_errno(error, path, "open");
    if (fstat(*fd, status) == 0 && S_ISREG(status->st_mode))
        return true;
    close(*fd);
    return fail_changed(error, path);
}

static bool read_file(struct arena *arena, const struct place *place, struct str path, size_t max,
                      struct str *bytes, struct error *error)
{
    int fd;
    struct stat status;
    if (!open_file(place->directory, place->name, path, &status, &fd, error))
        return false;
    size_t size = (size_t)status.st_size, length = 0;
    bool done = size <= max ||
                error_set(error, ERROR_OUT_OF_MEMORY, "'%.*s' is larger than %zu bytes", STR_ARG(path), max);
    if (done) {
        char *text = arena_alloc(arena, size + 1);
        done = read_all(fd, text, size + 1, &length, path, error);
        text[done ? length : 0] = '\0';
        *bytes = done ? (struct str){.ptr = text, .len = length} : *bytes;
    }
    close(fd);
    return done;
}

static bool local_read(void *self, struct arena *arena, struct str path, size_t max, struct str *bytes,
                       struct error *error)
{
    struct place place;
    if (!place_open(self, path, &place, error))
        return false;
    bool done = read_file(arena, &place, path, max, bytes, error);
    close(place.directory);
    return done;
}

static bool local_kind(void *self, struct str path, enum file_kind *kind, struct error *error)
{
    struct place place;
    struct stat status;
    if (!place_open(self, path, &place, error))
        return false;
    bool done = classify(place.directory, place.name, path, &status, kind, error);
    close(place.directory);
    return done;
}

static int by_name(const void *a, const void *b)
{
    return str_compare(((const struct file_entry *)a)->name, ((const struct file_entry *)b)->name);
}

static void append(struct arena *arena, struct file_list *list, struct file_entry entry)
{
    if ((list->count & (list->count - 1)) == 0) { /* full at every power of two */
        struct file_entry *larger = arena_array(arena, list->count ? list->count * 2 : 1, sizeof *larger);
        if (list->count)
            memcpy(larger, list->entries, list->count * sizeof *larger);
        list->entries = larger;
    }
    list->entries[list->count++] = entry;
}

static struct str path_below(struct arena *arena, struct str directory, const char *name)
{
    return arena_printf(arena, "%.*s%s%s", STR_ARG(directory), directory.len ? "/" : "", name);
}

static bool add_entry(struct arena *arena, DIR *stream, struct str directory, const char *name,
                      struct file_list *list, struct error *error)
{
    struct stat status;
    enum file_kind kind;
    struct str path = path_below(arena, directory, name);
    if (!path_is_safe(str_from(name)))
        return error_set(error, ERROR_INVALID, "'%.*s' is not an allowed name: rename it", STR_ARG(path));
    if (list->count == DIRECTORY_ENTRIES_MAX)
        return error_set(error, ERROR_OUT_OF_MEMORY, "directory '%.*s' holds more than %d entries",
                         STR_ARG(directory), DIRECTORY_ENTRIES_MAX);
    if (!classify(dirfd(stream), name, path, &status, &kind, error))
        return false;
    bool file = kind == FILE_REGULAR || kind == FILE_EXECUTABLE;
    append(arena, list,
           (struct file_entry){.name = arena_str(arena, str_from(name)),
                               .kind = kind,
                               .size = file ? (uint64_t)status.st_size : 0});
    return true;
}

/* The entries of an open directory, sorted; the descriptor stays the caller's. */
static bool list_directory(struct arena *arena, int fd, struct str path, struct file_list *list,
                           struct error *error)
{
    int own = openat(fd, ".", OPEN_DIRECTORY);
    DIR *stream = own < 0 ? NULL : fdopendir(own);
    if (!stream) {
        fail_errno(error, path, "list");
        if (own >= 0)
            close(own);
        return false;
    }
    *list = (struct file_list){.entries = NULL, .count = 0};
    bool good = true;
    struct dirent *entry;
    for (errno = 0; good && (entry = readdir(stream)); errno = 0)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            strcmp(entry->d_name, ".git") != 0)
            good = add_entry(arena, stream, path, entry->d_name, list, error);
    if (good && errno)
        good = fail_errno(error, path, "list");
    closedir(stream);
    if (good && list->count)
        qsort(list->entries, list->count, sizeof *list->entries, by_name);
    return good;
}

static bool local_list(void *self, struct arena *arena, struct str path, struct file_list *list,
                       struct error *error)
{
    int fd;
    struct place place;
    if (!place_open(self, path, &place, error))
        return false;
    bool done = open_directory(place.directory, place.name, path, &fd, error);
    close(place.directory);
    if (!done)
        return false;
    done = list_directory(arena, fd, path, list, error);
    close(fd);
    return done;
}

static bool local_digest(void *self, struct arena *arena, struct str path, struct str *hex,
                         struct error *error)
{
    struct files files = files_local_files(self);
    return git_digest(&files, arena, path, hex, error);
}

bool files_local_new(const char *directory, struct files_local **out, struct error *error)
{
    int root = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return fail_errno(error, str_from(directory), "open");
    *out = memory_alloc(sizeof **out);
    (*out)->root = root;
    return true;
}

struct files files_local_files(struct files_local *local)
{
    return (struct files){
        .self = local, .read = local_read, .list = local_list, .kind = local_kind, .digest = local_digest};
}

void files_local_free(struct files_local *local)
{
    if (!local)
        return;
    close(local->root);
    free(local);
}
