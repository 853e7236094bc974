/* Who sits here.  libgit2 is kept from a person's configuration files, so `git config` is asked. */

#include <limits.h>
#include <pwd.h>
#include <unistd.h>

#include "gitsync/child.h"
#include "gitsync/mirror_private.h"

enum { PERSON_MS = 5000, PERSON_MAX = 4096 };

static struct str login_and_host(struct arena *arena)
{
    char host[256] = "";
    const struct passwd *entry = getpwuid(getuid());
    if (gethostname(host, sizeof host - 1) != 0 || !host[0])
        snprintf(host, sizeof host, "unknown-host");
    if (entry && entry->pw_name && entry->pw_name[0])
        return arena_printf(arena, "%s@%s", entry->pw_name, host);
    return arena_printf(arena, "uid-%u@%s", (unsigned)getuid(), host);
}

/* Of a remote repository: what holds where one stands. */
static const char *place(const struct mirror *mirror, char *here, size_t size)
{
    if (mirror->url.kind == REMOTE_LOCAL)
        return mirror->url.path;
    return getcwd(here, size) ? here : "/";
}

/* Lines "user.name Ann Example"; empty where Git says nothing. */
static struct str ask_git(struct mirror *mirror, struct arena *arena)
{
    char here[PATH_MAX], part[512];
    char *where = arena_strz(arena, str_from(place(mirror, here, sizeof here)));
    char *argv[] = {"git", "-C", where, "config", "--get-regexp", "^user\\.(name|email)$", NULL};
    struct session session = {.mirror = mirror,
                              .deadline_ms = clock_monotonic(mirror->options.clock) + PERSON_MS,
                              .words = BUF_INIT(SESSION_WORDS_MAX)};
    struct child child = {.pid = 0};
    struct buf text = BUF_INIT(PERSON_MAX);
    size_t got = 0;
    if (child_start(&child, &session, argv, NULL)) {
        while (child_read(&child, &session, part, sizeof part, &got) && got)
            buf_add(&text, (struct str){.ptr = part, .len = got});
        child_stop(&child);
    }
    struct str said = arena_str(arena, buf_str(&text));
    buf_release(&text);
    buf_release(&session.words);
    return said;
}

struct str mirror_person(struct mirror *mirror, struct arena *arena)
{
    static const char name_key[] = "user.name ", email_key[] = "user.email ";
    struct str rest = ask_git(mirror, arena), line, name = STR_EMPTY, email = STR_EMPTY;
    while (str_split(&rest, '\n', &line)) { /* the last one counts, as everywhere in Git */
        if (str_starts(line, name_key))
            name = str_from_index(line, sizeof name_key - 1);
        if (str_starts(line, email_key))
            email = str_from_index(line, sizeof email_key - 1);
    }
    if (!email.len)
        email = login_and_host(arena);
    return name.len ? arena_printf(arena, "%.*s <%.*s>", STR_ARG(name), STR_ARG(email)) : email;
}
