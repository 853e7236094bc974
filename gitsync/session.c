#include "gitsync/session.h"

#include "gitsync/library.h"
#include "gitsync/mirror_private.h"
#include "gitsync/transport.h"

static int make_transport(git_transport **out, git_remote *owner, void *payload)
{
    struct session *session = payload;
    bool http = session->mirror->url.kind == REMOTE_HTTP;
    session->definition.callback = http ? transport_http_new : transport_spawn_new;
    session->definition.rpc = http; /* one request, one answer */
    session->definition.param = session;
    return git_transport_smart(out, owner, &session->definition);
}

static int on_progress(const git_indexer_progress *progress, void *payload)
{
    (void)progress;
    return session_go_on(payload) ? 0 : GIT_EUSER;
}

static int on_words(const char *text, int length, void *payload)
{
    session_say(payload, (struct str){.ptr = text, .len = length < 0 ? 0 : (size_t)length});
    return session_go_on(payload) ? 0 : GIT_EUSER;
}

static int on_pack_progress(int stage, uint32_t current, uint32_t total, void *payload)
{
    (void)stage, (void)current, (void)total;
    return session_go_on(payload) ? 0 : GIT_EUSER;
}

bool session_begin(struct session *session, struct mirror *mirror, struct error *error)
{
    git_remote_create_options options;
    git_remote_create_options_init(&options, GIT_REMOTE_CREATE_OPTIONS_VERSION);
    *session = (struct session){.mirror = mirror, .words = BUF_INIT(SESSION_WORDS_MAX)};
    session->deadline_ms = clock_monotonic(mirror->options.clock) + mirror_timeout_ms(mirror);
    git_remote_init_callbacks(&session->callbacks, GIT_REMOTE_CALLBACKS_VERSION);
    session->callbacks.transport = make_transport;
    session->callbacks.transfer_progress = on_progress;
    session->callbacks.sideband_progress = on_words;
    session->callbacks.pack_progress = on_pack_progress;
    session->callbacks.payload = session;
    options.repository = mirror->repository;
    options.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC;
    int result = git_remote_create_with_opts(&session->remote, mirror->url.shown, &options);
    return result == 0 || session_failed(session, result, error, "cannot name the remote");
}

void session_end(struct session *session)
{
    git_remote_free(session->remote);
    buf_release(&session->words);
    session->remote = NULL;
}

bool session_connect(struct session *session, git_direction direction, const git_remote_head ***heads,
                     size_t *count, struct error *error)
{
    int result = git_remote_connect(session->remote, direction, &session->callbacks, NULL, NULL);
    if (result == 0)
        result = git_remote_ls(heads, count, session->remote);
    return result == 0 || session_failed(session, result, error, "cannot read");
}

int64_t session_left_ms(const struct session *session)
{
    int64_t left = session->deadline_ms - clock_monotonic(session->mirror->options.clock);
    return left > 0 ? left : 0;
}

bool session_go_on(struct session *session)
{
    if (session->error.code != ERROR_NONE)
        return false;
    if (mirror_is_cancelled(session->mirror))
        return error_set(&session->error, ERROR_CANCELLED, "cancelled");
    if (session_left_ms(session) == 0)
        return error_set(&session->error, ERROR_TIMEOUT, "no end after %lld s",
                         (long long)(mirror_timeout_ms(session->mirror) / 1000));
    return true;
}

bool session_received(struct session *session, size_t bytes)
{
    session->received += bytes;
    if (!session_go_on(session) || session->received <= session->mirror->options.fetch_max)
        return session->error.code == ERROR_NONE;
    return error_set(&session->error, ERROR_OUT_OF_MEMORY, "the remote sent more than %llu bytes",
                     (unsigned long long)session->mirror->options.fetch_max);
}

void session_say(struct session *session, struct str text)
{
    buf_add(&session->words, text);
}

struct str session_words(struct session *session)
{
    struct buf *words = &session->words;
    for (size_t i = 0; i < words->len; i++)
        if ((unsigned char)words->ptr[i] < 0x20 || words->ptr[i] == 0x7f)
            words->ptr[i] = ' ';
    return str_trim(buf_str(words));
}

bool session_failed(struct session *session, int result, struct error *error, const char *what)
{
    const char *url = session->mirror->url.shown;
    const git_error *last = git_error_last();
    bool ours = last && last->klass == GIT_ERROR_ODB; /* what was read to say what we have */
    if (session->error.code == ERROR_NONE) {
        library_error(error, result, "%s '%s'", what, url);
        return ours && mirror_broken(session->mirror, error);
    }
    *error = session->error;
    return error_prefix(error, "%s '%s'", what, url);
}
