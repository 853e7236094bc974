#include "reconciler/whereabouts.h"

#include <pthread.h>
#include <stdlib.h>

/* Of names only hashes are kept: two that fall together bring a look too many. */
struct home {
    struct home *next;
    char *environment, *application;
    uint64_t *names; /* sorted */
    size_t count;
};

struct whereabouts {
    pthread_mutex_t lock;
    struct home *first;
};

struct whereabouts *whereabouts_new(void)
{
    struct whereabouts *whereabouts = memory_alloc(sizeof *whereabouts);
    pthread_mutex_init(&whereabouts->lock, NULL);
    return whereabouts;
}

void whereabouts_free(struct whereabouts *whereabouts)
{
    while (whereabouts->first) {
        struct home *home = whereabouts->first;
        whereabouts->first = home->next;
        free(home->environment);
        free(home->application);
        free(home->names);
        free(home);
    }
    pthread_mutex_destroy(&whereabouts->lock);
    free(whereabouts);
}

/* "arn:aws:lambda:eu-west-1:1:function:orders" and ".../orders" give "orders". */
static struct str last_part(struct str name)
{
    size_t at = name.len;
    while (at && name.ptr[at - 1] != ':' && name.ptr[at - 1] != '/')
        at--;
    return str_from_index(name, at);
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static struct home *home_of(struct whereabouts *whereabouts, struct str environment, struct str application)
{
    struct home *home = whereabouts->first;
    while (home && !(str_is(environment, home->environment) && str_is(application, home->application)))
        home = home->next;
    if (home)
        return home;
    home = memory_alloc(sizeof *home);
    *home = (struct home){.next = whereabouts->first,
                          .environment = memory_text(environment),
                          .application = memory_text(application)};
    return whereabouts->first = home;
}

void whereabouts_set(struct whereabouts *whereabouts, struct str environment, struct str application,
                     const struct inventory *inventory)
{
    uint64_t *names = memory_alloc((inventory->count + 1) * sizeof *names);
    for (size_t i = 0; i < inventory->count; i++)
        names[i] = str_hash(last_part(inventory->entries[i].physical_id));
    qsort(names, inventory->count, sizeof *names, by_number);
    pthread_mutex_lock(&whereabouts->lock);
    struct home *home = home_of(whereabouts, environment, application);
    free(home->names);
    home->names = names;
    home->count = inventory->count;
    pthread_mutex_unlock(&whereabouts->lock);
}

void whereabouts_find(struct whereabouts *whereabouts, struct str name, void *self,
                      void (*found)(void *self, struct str environment, struct str application))
{
    struct str part = last_part(name);
    uint64_t hash = str_hash(part);
    if (!part.len)
        return;
    pthread_mutex_lock(&whereabouts->lock);
    for (struct home *home = whereabouts->first; home; home = home->next)
        if (home->count && bsearch(&hash, home->names, home->count, sizeof hash, by_number))
            found(self, str_from(home->environment), str_from(home->application));
    pthread_mutex_unlock(&whereabouts->lock);
}
