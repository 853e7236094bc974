#ifndef PLUMB_BASE_FILES_H
#define PLUMB_BASE_FILES_H

/*
 * The files of a repository at one commit, as a seam: gitsync gives them from the Git object store,
 * files_local from a directory on disk (`plumb render FILE` only).  Paths are relative with '/', without "."
 * and ".." parts; path_is_safe tells; "" is the root.  Symbolic links, submodules and anything but files and
 * directories are never followed: reading or listing one is ERROR_INVALID that names it.  One thread at a
 * time.
 */

#include "base/arena.h"
#include "base/error.h"

enum file_kind { FILE_REGULAR, FILE_EXECUTABLE, FILE_DIRECTORY, FILE_SYMLINK, FILE_SUBMODULE };

struct file_entry {
    struct str name; /* one path part */
    enum file_kind kind;
    uint64_t size; /* of files */
};

struct file_list {
    struct file_entry *entries; /* sorted by name, by bytes */
    size_t count;
};

struct files {
    void *self;
    bool (*read)(void *self, struct arena *, struct str path, size_t max, struct str *bytes, struct error *);
    bool (*list)(void *self, struct arena *, struct str directory, struct file_list *, struct error *);
    /* FILE_* of the path; ERROR_NOT_FOUND where there is none. */
    bool (*kind)(void *self, struct str path, enum file_kind *, struct error *);
    /* Git's object id of the file or directory, 40 hex digits: equal content, equal id. */
    bool (*digest)(void *self, struct arena *, struct str path, struct str *hex, struct error *);
};

WARN_UNUSED bool files_read(const struct files *, struct arena *, struct str path, size_t max,
                            struct str *bytes, struct error *);
WARN_UNUSED bool files_list(const struct files *, struct arena *, struct str directory, struct file_list *,
                            struct error *);
WARN_UNUSED bool files_kind(const struct files *, struct str path, enum file_kind *, struct error *);
WARN_UNUSED bool files_digest(const struct files *, struct arena *, struct str path, struct str *hex,
                              struct error *);
bool files_exist(const struct files *, struct str path);

/* Relative, no empty, "." or ".." part, no backslash, no control character, UTF-8, at most 1,024 bytes, no
 * part that is ".git" in any case. */
bool path_is_safe(struct str path);
/* "a/b" and "../c" give "a/c", "a" and "src/" give "a/src", "a" and ".." give "" (the root); false where the
 * result leaves the root or is not safe. */
WARN_UNUSED bool path_join(struct arena *, struct str directory, struct str relative, struct str *out);
/* "a/b/c.yaml" gives "a/b"; "c.yaml" gives "". */
struct str path_directory(struct str path);

/* The files below a directory on disk.  A ".git" is not listed, and a directory below that holds one counts
 * as a submodule; what .gitignore names is there like the rest.  A digest refuses symbolic links
 * (git_digest.h). */
struct files_local;
WARN_UNUSED bool files_local_new(const char *directory, struct files_local **, struct error *);
struct files files_local_files(struct files_local *);
void files_local_free(struct files_local *);

#endif
