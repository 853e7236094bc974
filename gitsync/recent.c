#include "gitsync/recent.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "gitsync/library.h"
#include "gitsync/loose.h"

/* Asked before all others.  A tree of one or two files has about 40 to 100 bytes. */
enum { PRIORITY = 4, TREE_MAX = 1024, PLACES = 1 << 15, BYTES_MAX = 4 * 1024 * 1024 };

struct tree {
    git_oid id;
    size_t size;
    char bytes[];
};

struct recent {
    git_odb_backend backend; /* first, as libgit2 has it */
    git_odb *under;          /* where what is not remembered is read: its own reads hold a lock */
    struct tree **places;    /* by the first bits of the id; a newer tree takes an older one's */
    size_t bytes;
};

static struct tree **place_of(const struct recent *recent, const git_oid *id)
{
    return &recent->places[(id->id[0] | id->id[1] << 8) % PLACES];
}

static void forget(struct recent *recent, struct tree **place)
{
    if (*place)
        recent->bytes -= sizeof **place + (*place)->size;
    free(*place);
    *place = NULL;
}

static void forget_all(struct recent *recent)
{
    for (size_t i = 0; i < PLACES; i++)
        forget(recent, &recent->places[i]);
}

static void remember(struct recent *recent, const git_oid *id, git_odb_object *object)
{
    struct tree **place = place_of(recent, id);
    size_t size = git_odb_object_size(object);
    if (git_odb_object_type(object) != GIT_OBJECT_TREE || size > TREE_MAX)
        return;
    forget(recent, place);
    if (recent->bytes + sizeof **place + size > BYTES_MAX)
        forget_all(recent); /* most of it is not there any more */
    *place = memory_alloc(sizeof **place + size);
    (*place)->id = *id;
    (*place)->size = size;
    memcpy((*place)->bytes, git_odb_object_data(object), size);
    recent->bytes += sizeof **place + size;
}

static int give(git_odb_backend *backend, const void *bytes, size_t size, void **out)
{
    *out = git_odb_backend_data_alloc(backend, size + 1);
    if (!*out)
        return GIT_ERROR;
    memcpy(*out, bytes, size);
    ((char *)*out)[size] = '\0';
    return 0;
}

static int read_tree(void **bytes, size_t *size, git_object_t *type, git_odb_backend *backend,
                     const git_oid *id)
{
    struct recent *recent = (struct recent *)backend;
    const struct tree *known = *place_of(recent, id);
    git_odb_object *object;
    if (known && git_oid_equal(&known->id, id)) {
        *type = GIT_OBJECT_TREE;
        *size = known->size;
        return give(backend, known->bytes, known->size, bytes);
    }
    int result = git_odb_read(&object, recent->under, id);
    if (result != 0)
        return result;
    remember(recent, id, object);
    *type = git_odb_object_type(object);
    *size = git_odb_object_size(object);
    result = give(backend, git_odb_object_data(object), *size, bytes);
    git_odb_object_free(object);
    return result;
}

static int read_size(size_t *size, git_object_t *type, git_odb_backend *backend, const git_oid *id)
{
    const struct tree *known = *place_of((struct recent *)backend, id);
    if (!known || !git_oid_equal(&known->id, id))
        return GIT_ENOTFOUND;
    *type = GIT_OBJECT_TREE;
    *size = known->size;
    return 0;
}

static void end(git_odb_backend *backend)
{
    struct recent *recent = (struct recent *)backend;
    forget_all(recent);
    free(recent->places);
    git_odb_free(recent->under);
    free(recent);
}

static int open_under(const char *directory, git_odb **out)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/objects", directory);
    int result = git_odb_open(out, path);
    if (result == 0 && (result = loose_guard(*out, directory)) != 0)
        git_odb_free(*out);
    return result;
}

int recent_trees(git_repository *repository, const char *directory)
{
    git_odb *odb, *under;
    int result = open_under(directory, &under);
    if (result != 0)
        return result;
    struct recent *recent = memory_alloc(sizeof *recent);
    library_backend(&recent->backend);
    recent->backend.read = read_tree;
    recent->backend.read_header = read_size;
    recent->backend.free = end;
    recent->under = under;
    recent->places = memory_alloc(PLACES * sizeof(struct tree *));
    result = git_repository_odb(&odb, repository);
    if (result == 0) {
        result = git_odb_add_backend(odb, &recent->backend, PRIORITY);
        git_odb_free(odb);
    }
    if (result != 0)
        end(&recent->backend);
    return result;
}
