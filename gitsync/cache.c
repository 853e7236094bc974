#include "gitsync/cache.h"

#include <dirent.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gitsync/library.h"
#include "gitsync/loose.h"

enum {
    FILES_OPEN = 16,
    PACK_HEADER = 12,
    DIGEST = 20,
};

/* Below the directory: the tips that were taken over, in files named like their refs. */
#define SEEN "/seen/"

/* Where the file of a name in a directory is; false where the path is too long. */
static bool join(char path[PATH_MAX], const char *directory, const char *name)
{
    return (size_t)snprintf(path, PATH_MAX, "%s%s", directory, name) < PATH_MAX;
}

/* --- packs --- */

/* A pack begins with its name and ends with its digest, which its index has in front of its own at the end.
 */
static bool is_pack(const char *index_path, const char *pack_path)
{
    char start[4], end[DIGEST], known[DIGEST];
    FILE *index = fopen(index_path, "re"), *pack = fopen(pack_path, "re");
    bool half = !index || !pack; /* somebody is about to bring the other one */
    bool fine =
        half || (fseek(index, -2 * DIGEST, SEEK_END) == 0 && fread(known, sizeof known, 1, index) == 1 &&
                 fread(start, sizeof start, 1, pack) == 1 && memcmp(start, "PACK", sizeof start) == 0 &&
                 fseek(pack, -DIGEST, SEEK_END) == 0 && ftell(pack) >= PACK_HEADER &&
                 fread(end, sizeof end, 1, pack) == 1 && memcmp(end, known, sizeof end) == 0);
    if (index)
        fclose(index);
    if (pack)
        fclose(pack);
    return fine;
}

/* Both files of it, whichever of them was found. */
static bool check_pack(const char *directory, struct str name)
{
    char index[PATH_MAX], pack[PATH_MAX];
    struct str stem = str_slice(name, 0, str_find_last(name, '.'));
    if (!str_starts(name, "pack-") || !(str_ends(name, ".idx") || str_ends(name, ".pack")))
        return true;
    snprintf(index, sizeof index, "%s%.*s.idx", directory, STR_ARG(stem));
    snprintf(pack, sizeof pack, "%s%.*s.pack", directory, STR_ARG(stem));
    return is_pack(index, pack);
}

static bool packs_are_whole(const char *directory)
{
    char path[PATH_MAX];
    if (!join(path, directory, "/objects/pack/"))
        return false;
    DIR *files = opendir(path);
    bool whole = true;
    for (const struct dirent *entry; files && whole && (entry = readdir(files));)
        whole = check_pack(path, str_from(entry->d_name));
    if (files)
        closedir(files);
    return whole;
}

/* --- refs --- */

/* The first line of a short file, or false where it has none. */
static bool read_line(const char *path, char line[GIT_OID_HEXSZ * 8], struct str *out)
{
    FILE *file = fopen(path, "re");
    size_t size = file ? fread(line, 1, GIT_OID_HEXSZ * 8, file) : 0;
    if (file)
        fclose(file);
    struct str all = {.ptr = line, .len = size};
    *out = str_slice(all, 0, str_find(all, '\n'));
    return out->len + 1 == size;
}

static bool is_id(struct str line)
{
    return line.len == GIT_OID_HEXSZ && str_is_hex(line);
}

static bool head_is_whole(const char *directory)
{
    char path[PATH_MAX], bytes[GIT_OID_HEXSZ * 8];
    struct str line;
    return join(path, directory, "/HEAD") && read_line(path, bytes, &line) &&
           (is_id(line) || str_starts(line, "ref: refs/"));
}

/* A ledger's tip, into the directory that is being made. */
static void take_over(const char *from, const char *to, const char *name)
{
    char path[PATH_MAX], bytes[GIT_OID_HEXSZ * 8];
    struct str line;
    if (!join(path, from, name) || !read_line(path, bytes, &line) || !is_id(line) || !join(path, to, name))
        return;
    FILE *file = fopen(path, "wxe"); /* what was taken over from the ref comes first */
    if (!file)
        return;
    fprintf(file, "%.*s\n", STR_ARG(line));
    fclose(file);
}

static void take_over_all(const char *damaged, const char *inner, const char *made)
{
    char from[PATH_MAX], to[PATH_MAX];
    if (!join(from, damaged, inner) || !join(to, made, SEEN))
        return;
    DIR *files = opendir(from);
    if (!files)
        return;
    mkdir(to, 0700);
    for (const struct dirent *entry; (entry = readdir(files));)
        take_over(from, to, entry->d_name);
    closedir(files);
}

bool cache_seen(const char *directory, const char *name, git_oid *id)
{
    char inner[PATH_MAX], path[PATH_MAX], bytes[GIT_OID_HEXSZ * 8];
    struct str line;
    return join(inner, SEEN, name) && join(path, directory, inner) && read_line(path, bytes, &line) &&
           is_id(line) && git_oid_fromstrn(id, line.ptr, line.len) == 0;
}

/* --- the directory --- */

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    remove(path);
    return 0;
}

static void remove_all(const char *path)
{
    nftw(path, remove_one, FILES_OPEN, FTW_DEPTH | FTW_PHYS);
}

/* Beside its place, so that a process that is killed leaves a whole one or none. */
static bool make(const char *directory, struct error *error)
{
    char made[PATH_MAX], damaged[PATH_MAX];
    git_repository *repository;
    if (!join(made, directory, ".new") || !join(damaged, directory, ".damaged"))
        return error_set(error, ERROR_INVALID, "the cache directory's path is too long");
    remove_all(made);
    int result = git_repository_init(&repository, made, true);
    if (result != 0)
        return library_error(error, result, "cannot make the cache '%s'", directory);
    git_repository_free(repository);
    take_over_all(damaged, "/refs/seen/", made);
    take_over_all(damaged, SEEN, made);
    if (rename(made, directory) != 0)
        return error_set(error, ERROR_UNAVAILABLE, "cannot make the cache '%s': %m", directory);
    remove_all(damaged);
    return true;
}

void cache_discard(const char *directory)
{
    char damaged[PATH_MAX];
    if (access(directory, F_OK) != 0 || !join(damaged, directory, ".damaged"))
        return;
    remove_all(damaged);
    if (rename(directory, damaged) != 0)
        remove_all(directory);
}

static bool is_sound(const char *directory)
{
    return head_is_whole(directory) && packs_are_whole(directory);
}

/* Damage, or a file system that does not do what is asked? */
static bool shows_damage(int result)
{
    const git_error *last = git_error_last();
    return result == GIT_ENOTFOUND || (result == GIT_ERROR && last && last->klass != GIT_ERROR_OS);
}

int cache_try(const char *directory, git_repository **out)
{
    git_odb *odb;
    int result = git_repository_open_bare(out, directory);
    if (result != 0)
        return result;
    result = git_repository_odb(&odb, *out);
    if (result == 0) {
        result = loose_guard(odb, directory);
        git_odb_free(odb);
    }
    if (result != 0)
        git_repository_free(*out);
    return result;
}

bool cache_open(const char *directory, bool look, git_repository **out, struct error *error)
{
    bool damaged = look && !is_sound(directory);
    int result = damaged ? 0 : cache_try(directory, out);
    if (!damaged && result == 0)
        return true;
    if (!damaged && !shows_damage(result))
        return library_error(error, result, "cannot open the cache '%s'", directory);
    cache_discard(directory);
    if (!make(directory, error))
        return false;
    result = cache_try(directory, out);
    return result == 0 || library_error(error, result, "cannot open the cache '%s'", directory);
}
