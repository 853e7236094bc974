#include "gitsync/remote_refs.h"

#include <string.h>

#include "gitsync/ls_refs.h"
#include "gitsync/mirror_private.h"
#include "gitsync/smart_http.h"
#include "gitsync/transport.h"

enum { ANSWER_MAX = 64 * 1024 * 1024 };

struct asking {
    struct session *session;
    struct arena *arena;
    const struct str *interests;
    size_t count;
    struct buf request, talk;
    struct remote_refs theirs;
};

void remote_refs_add(struct arena *arena, struct remote_refs *list, const struct remote_ref *ref)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 16;
        struct remote_ref *refs = arena_array(arena, capacity, sizeof *refs);
        if (list->count)
            memcpy(refs, list->refs, list->count * sizeof *refs);
        list->refs = refs;
        list->capacity = capacity;
    }
    list->refs[list->count++] = *ref;
}

const struct remote_ref *remote_refs_find(const struct remote_refs *list, struct str name)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_equal(list->refs[i].name, name))
            return &list->refs[i];
    return NULL;
}

/* ---- asking ---- */

static void learn(struct asking *asking, bool second)
{
    asking->session->mirror->protocol = second ? PROTOCOL_SECOND : PROTOCOL_OLDER;
}

static bool learn_over_http(struct asking *asking)
{
    const struct smart_request smart = {.service = "upload-pack", .listing = true, .second = true};
    struct str answer;
    bool offered;
    if (!smart_http_perform(asking->session, asking->arena, &smart, &answer) ||
        !ls_refs_read_offer(&answer, &offered, &asking->session->error))
        return false;
    learn(asking, offered);
    return true;
}

static bool ask_over_http(struct asking *asking, struct str *answer)
{
    const struct smart_request smart = {
        .service = "upload-pack", .second = true, .body = buf_str(&asking->request)};
    if (asking->session->mirror->protocol == PROTOCOL_UNKNOWN && !learn_over_http(asking))
        return false;
    return asking->session->mirror->protocol == PROTOCOL_OLDER ||
           smart_http_perform(asking->session, asking->arena, &smart, answer);
}

/* An empty request behind the other ends the conversation. */
static bool ask_a_process(struct asking *asking, struct str *answer)
{
    bool offered;
    buf_addz(&asking->request, "0000");
    if (!transport_spawn_ask(asking->session, buf_str(&asking->request), &asking->talk))
        return false;
    *answer = arena_str(asking->arena, buf_str(&asking->talk));
    if (!ls_refs_read_offer(answer, &offered, &asking->session->error))
        return false;
    learn(asking, offered);
    return true;
}

/* False without an error where only the whole list helps.  A server that takes its offer back (something
 * between may have lost our header) is asked anew the next time. */
static bool ask(struct asking *asking)
{
    struct mirror *mirror = asking->session->mirror;
    struct str answer = STR_EMPTY;
    bool refused;
    if (mirror->protocol == PROTOCOL_OLDER)
        return false;
    ls_refs_write(&asking->request, asking->interests, asking->count);
    if (!(mirror->url.kind == REMOTE_HTTP ? ask_over_http(asking, &answer)
                                          : ask_a_process(asking, &answer)) ||
        mirror->protocol == PROTOCOL_OLDER ||
        !ls_refs_read(asking->arena, answer, &asking->theirs, &refused, &asking->session->error))
        return false;
    if (refused)
        mirror->protocol = PROTOCOL_UNKNOWN;
    return !refused;
}

bool remote_refs_read(struct session *session, struct arena *arena, const struct str *interests, size_t count,
                      struct remote_refs *theirs)
{
    const struct remote_url *url = &session->mirror->url;
    *theirs = (struct remote_refs){.count = 0};
    if (url->kind == REMOTE_LOCAL && local_refs_read(arena, url->path, interests, count, theirs))
        return true;
    struct asking asking = {.session = session,
                            .arena = arena,
                            .interests = interests,
                            .count = count,
                            .request = BUF_INIT(BUF_SMALL),
                            .talk = BUF_INIT(ANSWER_MAX)};
    bool done = ask(&asking);
    buf_release(&asking.request);
    buf_release(&asking.talk);
    *theirs = asking.theirs;
    return done;
}
