#include "gitsync/transport.h"

#include "gitsync/child.h"
#include "gitsync/mirror_private.h"

enum { ARGUMENTS_MAX = 32, READ_MAX = 64 * 1024 };

/* One object is subtransport and stream: a conversation has just one of each. */
struct spawn_transport {
    git_smart_subtransport base;
    git_smart_subtransport_stream stream;
    struct session *session;
    struct child child;
    bool spoke; /* the child has said something of the protocol */
};

struct arguments {
    char *list[ARGUMENTS_MAX];
    size_t count;
};

static void add(struct arguments *arguments, const char *text)
{
    arguments->list[arguments->count++] = (char *)text; /* posix_spawn does not write to it */
}

/* For the shell on the other side, which runs the command: in single quotes. */
static const char *shell_quote(struct arena *arena, const char *text)
{
    char *quoted = arena_alloc(arena, strlen(text) * 4 + 3), *to = quoted;
    *to++ = '\'';
    for (; *text; text++) {
        if (*text == '\'' || *text == '!') {
            memcpy(to, "'\\", 2);
            to[2] = *text;
            to[3] = '\'';
            to += 4;
        } else {
            *to++ = *text;
        }
    }
    *to++ = '\'';
    *to = '\0';
    return quoted;
}

/* A path as ssh's configuration takes it: quoted, its '%' doubled. */
static const char *ssh_option(struct arena *arena, const char *name, struct str path)
{
    struct buf text = BUF_INIT(BUF_SMALL);
    buf_printf(&text, "%s=\"", name);
    for (size_t i = 0; i < path.len; i++) {
        if (path.ptr[i] == '%')
            buf_addc(&text, '%');
        buf_addc(&text, path.ptr[i]);
    }
    buf_addc(&text, '"');
    const char *option = arena_strz(arena, buf_str(&text));
    buf_release(&text);
    return option;
}

static void add_option(struct arguments *arguments, const char *option)
{
    add(arguments, "-o");
    add(arguments, option);
}

static void ssh_arguments(struct arena *arena, const struct mirror *mirror, const char *service, bool second,
                          struct arguments *out)
{
    const struct remote_url *url = &mirror->url;
    add(out, "ssh");
    add_option(out, "BatchMode=yes");
    add_option(out, "StrictHostKeyChecking=yes");
    add_option(out, "ClearAllForwardings=yes");
    add_option(out, "PermitLocalCommand=no");
    add_option(out, "ConnectTimeout=30");
    if (second)
        add_option(out, "SendEnv=GIT_PROTOCOL"); /* a server that does not take it speaks the older one */
    if (mirror->options.known_hosts.len) {
        add_option(out, ssh_option(arena, "UserKnownHostsFile", mirror->options.known_hosts));
        add_option(out, "GlobalKnownHostsFile=/dev/null");
    }
    if (mirror->options.ssh_key.len) {
        add_option(out, ssh_option(arena, "IdentityFile", mirror->options.ssh_key));
        add_option(out, "IdentitiesOnly=yes");
    }
    if (url->port[0]) {
        add(out, "-p");
        add(out, url->port);
    }
    if (url->user[0]) {
        add(out, "-l");
        add(out, url->user);
    }
    add(out, "--");
    add(out, url->host);
    add(out, arena_printf(arena, "git-%s %s", service, shell_quote(arena, url->path)).ptr);
}

/* `second`: protocol v2 is asked for. */
static bool start(struct child *child, struct session *session, const char *service, bool second)
{
    struct arguments arguments = {.count = 0};
    struct arena *arena = arena_new();
    const struct mirror *mirror = session->mirror;
    if (mirror->url.kind == REMOTE_SSH) {
        ssh_arguments(arena, mirror, service, second, &arguments);
    } else {
        add(&arguments, "git");
        add(&arguments, service);
        add(&arguments, mirror->url.path);
    }
    add(&arguments, NULL);
    bool started = child_start(child, session, arguments.list, second ? "GIT_PROTOCOL=version=2" : NULL);
    arena_free(arena);
    return started;
}

/* What ssh and git say when they refuse, and what that means to the caller. */
static const struct {
    const char *words;
    enum error_code code;
} refusals[] = {
    {"does not appear to be a git repository", ERROR_NOT_FOUND},
    {"not a git repository", ERROR_NOT_FOUND},
    {"does not exist", ERROR_NOT_FOUND},
    {"epository not found", ERROR_NOT_FOUND},
    {"Permission denied", ERROR_DENIED},
    {"Host key verification failed", ERROR_DENIED},
    {"dubious ownership", ERROR_DENIED},
    {"ccess denied", ERROR_DENIED},
};

/* The child has closed its output: why it did is in its last words. */
static void explain_end(struct child *child, struct session *session, bool spoke)
{
    int status = child_wait(child, session);
    struct str words = session_words(session);
    enum error_code code = ERROR_UNAVAILABLE;
    for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++)
        if (!spoke && str_contains(words, refusals[i].words))
            code = refusals[i].code;
    if (words.len)
        error_set(&session->error, code, "%.*s", STR_ARG(words));
    else
        error_set(&session->error, code, "the remote ended the conversation early (status %d)", status);
}

static struct spawn_transport *of_stream(git_smart_subtransport_stream *stream)
{
    return (struct spawn_transport *)((char *)stream - offsetof(struct spawn_transport, stream));
}

static int stream_read(git_smart_subtransport_stream *stream, char *buffer, size_t size, size_t *got)
{
    struct spawn_transport *transport = of_stream(stream);
    if (!child_read(&transport->child, transport->session, buffer, size < READ_MAX ? size : READ_MAX, got))
        return -1;
    if (*got == 0)
        explain_end(&transport->child, transport->session, transport->spoke);
    transport->spoke = transport->spoke || *got > 0;
    return *got ? 0 : -1;
}

static int stream_write(git_smart_subtransport_stream *stream, const char *bytes, size_t size)
{
    struct spawn_transport *transport = of_stream(stream);
    return child_write(&transport->child, transport->session, bytes, size) ? 0 : -1;
}

static void stream_free(git_smart_subtransport_stream *stream)
{
    (void)stream; /* part of the subtransport */
}

static int action(git_smart_subtransport_stream **out, git_smart_subtransport *base, const char *url,
                  git_smart_service_t service)
{
    struct spawn_transport *transport = (struct spawn_transport *)base;
    (void)url; /* the session knows it better */
    bool listing = service == GIT_SERVICE_UPLOADPACK_LS || service == GIT_SERVICE_RECEIVEPACK_LS;
    if (listing) {
        child_stop(&transport->child);
        bool pull = service == GIT_SERVICE_UPLOADPACK_LS;
        if (!start(&transport->child, transport->session, pull ? "upload-pack" : "receive-pack", false))
            return -1;
    }
    *out = &transport->stream;
    return 0;
}

static int close_transport(git_smart_subtransport *base)
{
    child_stop(&((struct spawn_transport *)base)->child);
    return 0;
}

static void free_transport(git_smart_subtransport *base)
{
    close_transport(base);
    free(base);
}

int transport_spawn_new(git_smart_subtransport **out, git_transport *owner, void *session)
{
    (void)owner;
    struct spawn_transport *transport = memory_alloc(sizeof *transport);
    transport->base = (git_smart_subtransport){action, close_transport, free_transport};
    transport->session = session;
    transport->child = (struct child){.talk = -1, .words = -1};
    transport->stream = (git_smart_subtransport_stream){
        .subtransport = &transport->base, .read = stream_read, .write = stream_write, .free = stream_free};
    *out = &transport->base;
    return 0;
}

/* ---- one question of protocol v2 ---- */

static bool read_some(struct child *child, struct session *session, struct buf *answer, bool *ended)
{
    char bytes[READ_MAX];
    size_t got;
    if (!child_read(child, session, bytes, sizeof bytes, &got))
        return false;
    *ended = got == 0;
    buf_add(answer, (struct str){.ptr = bytes, .len = got});
    return !answer->overflow ||
           error_set(&session->error, ERROR_OUT_OF_MEMORY, "more than %zu bytes of refs", answer->max);
}

/* It speaks first, so that one that cannot even begin is told from one that does not listen.  An end of the
 * conversation in its middle shows in the answer. */
static bool converse(struct child *child, struct session *session, struct str request, struct buf *answer)
{
    bool ended;
    if (!read_some(child, session, answer, &ended))
        return false;
    if (ended) {
        explain_end(child, session, false);
        return false;
    }
    if (!child_write(child, session, request.ptr, request.len) && session->error.code != ERROR_UNAVAILABLE)
        return false;
    error_clear(&session->error); /* it may have hung up already: what it said decides */
    while (!ended)
        if (!read_some(child, session, answer, &ended))
            return false;
    return true;
}

bool transport_spawn_ask(struct session *session, struct str request, struct buf *answer)
{
    struct child child = {.talk = -1, .words = -1};
    bool done = start(&child, session, "upload-pack", true) && converse(&child, session, request, answer);
    child_stop(&child);
    return done;
}
