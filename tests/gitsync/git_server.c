#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "git_server.h"

#define GIT_SERVER_LIE "0123456789012345678901234567890123456789"

extern char **environ;

struct git_server {
    struct MHD_Daemon *daemon;
    const char *root;
    uint16_t port;
    pthread_mutex_t mutex; /* over what follows */
    enum git_server_fault fault;
    const char *part;
    int times, requests;
    const char *authorization, *truth;
    struct str say;
    bool stopping;
};

struct upload {
    int file;
};

static enum git_server_fault next_fault(struct git_server *server, const char *url, const char *query)
{
    enum git_server_fault fault = FAULT_NONE;
    pthread_mutex_lock(&server->mutex);
    server->requests++;
    if (server->times > 0 && (strstr(url, server->part) || strstr(query, server->part))) {
        server->times--;
        fault = server->fault;
    }
    pthread_mutex_unlock(&server->mutex);
    return fault;
}

static bool is_stopping(struct git_server *server)
{
    pthread_mutex_lock(&server->mutex);
    bool stopping = server->stopping;
    pthread_mutex_unlock(&server->mutex);
    return stopping;
}

static bool may_pass(struct git_server *server, struct MHD_Connection *connection)
{
    const char *given = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Authorization");
    pthread_mutex_lock(&server->mutex);
    bool pass = !server->authorization || (given && strcmp(given, server->authorization) == 0);
    pthread_mutex_unlock(&server->mutex);
    return pass;
}

/* The backend's whole answer: header lines, an empty line, the body. */
static struct str run_backend(struct git_server *server, struct arena *arena,
                              struct MHD_Connection *connection, const char *method, const char *url,
                              const char *query, bool older, int input)
{
    const char *protocol = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Git-Protocol");
    const char *type = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Type");
    off_t length = lseek(input, 0, SEEK_END);
    lseek(input, 0, SEEK_SET);
    char *environment[] = {
        (char *)arena_printf(arena, "PATH=%s", getenv("PATH")).ptr,
        (char *)arena_printf(arena, "GIT_PROJECT_ROOT=%s", server->root).ptr,
        "GIT_HTTP_EXPORT_ALL=1",
        "GIT_CONFIG_NOSYSTEM=1",
        (char *)arena_printf(arena, "GIT_PROTOCOL=%s", protocol && !older ? protocol : "").ptr,
        "REMOTE_USER=ann", /* who is known may push */
        (char *)arena_printf(arena, "REQUEST_METHOD=%s", method).ptr,
        (char *)arena_printf(arena, "PATH_INFO=%s", url).ptr,
        (char *)arena_printf(arena, "QUERY_STRING=%s", query).ptr,
        (char *)arena_printf(arena, "CONTENT_TYPE=%s", type ? type : "").ptr,
        (char *)arena_printf(arena, "CONTENT_LENGTH=%lld", (long long)length).ptr,
        NULL,
    };
    char *const arguments[] = {"git", "http-backend", NULL};
    int output = memfd_create("answer", MFD_CLOEXEC), status;
    pid_t pid;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    struct str answer = STR_EMPTY;
    if (posix_spawnp(&pid, "git", &actions, NULL, arguments, environment) == 0) {
        waitpid(pid, &status, 0);
        off_t size = lseek(output, 0, SEEK_END);
        char *bytes = arena_alloc(arena, (size_t)size + 1);
        ssize_t got = pread(output, bytes, (size_t)size, 0);
        answer = (struct str){.ptr = bytes, .len = got > 0 ? (size_t)got : 0};
    }
    posix_spawn_file_actions_destroy(&actions);
    close(output);
    return answer;
}

static enum MHD_Result reply(struct MHD_Connection *connection, unsigned status, const char *type,
                             struct str body)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(body.len, (void *)body.ptr, MHD_RESPMEM_MUST_COPY);
    MHD_add_response_header(response, "Content-Type", type);
    if (status == 301)
        MHD_add_response_header(response, "Location", "https://elsewhere.example/repository.git");
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static void pass_header(struct MHD_Response *response, struct arena *arena, struct str line)
{
    size_t colon = str_find(line, ':');
    MHD_add_response_header(response, arena_strz(arena, str_slice(line, 0, colon)),
                            arena_strz(arena, str_trim(str_from_index(line, colon + 1))));
}

static enum MHD_Result reply_backend(struct MHD_Connection *connection, struct arena *arena,
                                     struct str answer)
{
    unsigned status = 200;
    struct str line, rest = answer;
    while (str_split(&rest, '\n', &line) && str_trim(line).len)
        ;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(rest.len, (void *)rest.ptr, MHD_RESPMEM_MUST_COPY);
    for (rest = answer; str_split(&rest, '\n', &line) && str_trim(line).len;) {
        uint64_t number;
        if (!str_starts(line, "Status:"))
            pass_header(response, arena, line);
        else if (str_to_uint(str_slice(str_trim(str_from_index(line, 7)), 0, 3), 999, &number))
            status = (unsigned)number;
    }
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static ssize_t cut_answer(void *half, uint64_t position, char *buffer, size_t size)
{
    struct str *text = half;
    if (position >= text->len)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    struct str rest = str_slice(str_from_index(*text, position), 0, size);
    memcpy(buffer, rest.ptr, rest.len);
    return (ssize_t)rest.len;
}

/* Promises a length and sends less. */
static enum MHD_Result reply_cut(struct MHD_Connection *connection, struct str answer, const char *type)
{
    struct str rest = answer, line;
    while (str_split(&rest, '\n', &line) && str_trim(line).len)
        ;
    struct str *half = memory_alloc(sizeof *half + rest.len);
    char *copy = (char *)(half + 1);
    memcpy(copy, rest.ptr, rest.len);
    *half = (struct str){.ptr = copy, .len = rest.len / 2};
    struct MHD_Response *response = MHD_create_response_from_callback(rest.len, 4096, cut_answer, half, free);
    MHD_add_response_header(response, "Content-Type", type);
    enum MHD_Result result = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result answer_broken(struct git_server *server, struct MHD_Connection *connection,
                                     enum git_server_fault fault)
{
    switch (fault) {
    case FAULT_STALL:
        while (!is_stopping(server))
            usleep(10 * 1000);
        return MHD_NO;
    case FAULT_FORBID:
        return reply(connection, 403, "text/plain", STR("not on a Sunday\n"));
    case FAULT_FAIL:
        return reply(connection, 500, "text/html", STR("<p>oops</p>"));
    case FAULT_MOVED:
        return reply(connection, 301, "text/html", STR(""));
    case FAULT_PAGE:
        return reply(connection, 200, "text/html", STR("<p>welcome</p>"));
    default:
        return MHD_NO;
    }
}

static bool runs_backend(enum git_server_fault fault)
{
    return fault == FAULT_NONE || fault == FAULT_CUT || fault == FAULT_LOSE_ANSWER || fault == FAULT_REPEAT ||
           fault == FAULT_FLIP || fault == FAULT_LIE || fault == FAULT_OLDER;
}

static void replace_all(char *text, size_t size, const char *from, const char *to)
{
    for (char *at = memmem(text, size, from, strlen(from)); at;
         at = memmem(at, size - (size_t)(at - text), from, strlen(from)))
        memcpy(at, to, strlen(to));
}

/* The request names the invented commit: the backend gets the one that it knows. */
static void undo_lie(struct git_server *server, int input)
{
    char text[4096];
    ssize_t size = pread(input, text, sizeof text, 0);
    replace_all(text, size > 0 ? (size_t)size : 0, GIT_SERVER_LIE, server->truth);
    if (pwrite(input, text, (size_t)size, 0) != size)
        abort();
}

static enum MHD_Result answer(struct git_server *server, struct MHD_Connection *connection, const char *url,
                              const char *method, int input)
{
    const char *service = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "service");
    struct arena *arena = arena_new();
    const char *query = service ? arena_printf(arena, "service=%s", service).ptr : "";
    enum git_server_fault fault = next_fault(server, url, query);
    enum MHD_Result result;
    if (!may_pass(server, connection)) {
        result = reply(connection, 401, "text/plain", STR("who are you?\n"));
    } else if (fault == FAULT_SAY) {
        const char *kind = service ? "advertisement" : "result";
        result = reply(connection, 200, arena_printf(arena, "application/x-git-upload-pack-%s", kind).ptr,
                       server->say);
    } else if (!runs_backend(fault)) {
        result = answer_broken(server, connection, fault);
    } else {
        if (fault == FAULT_LIE)
            undo_lie(server, input);
        struct str text =
            run_backend(server, arena, connection, method, url, query, fault == FAULT_OLDER, input);
        if (fault == FAULT_LIE)
            replace_all((char *)text.ptr, text.len, server->truth, GIT_SERVER_LIE);
        if (fault == FAULT_FLIP)
            ((char *)memmem(text.ptr, text.len, "PACK", 4))[60] ^= 1;
        const char *type = arena_printf(arena, "application/x-%s-advertisement", service ? service : "").ptr;
        if (fault == FAULT_REPEAT)
            text = run_backend(server, arena, connection, method, url, query, fault == FAULT_OLDER, input);
        if (fault != FAULT_CUT && fault != FAULT_LOSE_ANSWER)
            result = reply_backend(connection, arena, text);
        else if (fault == FAULT_CUT)
            result = reply_cut(connection, text, service ? type : "application/x-git-upload-pack-result");
        else
            result = MHD_NO;
    }
    arena_free(arena);
    return result;
}

static enum MHD_Result handle(void *self, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data, size_t *size,
                              void **state)
{
    struct upload *upload = *state;
    (void)version;
    if (!upload) {
        upload = memory_alloc(sizeof *upload);
        upload->file = memfd_create("request", MFD_CLOEXEC);
        *state = upload;
        return MHD_YES;
    }
    if (*size) {
        ssize_t written = write(upload->file, data, *size);
        *size = written < 0 ? *size : *size - (size_t)written;
        return MHD_YES;
    }
    return answer(self, connection, url, method, upload->file);
}

static void completed(void *self, struct MHD_Connection *connection, void **state,
                      enum MHD_RequestTerminationCode code)
{
    (void)self, (void)connection, (void)code;
    struct upload *upload = *state;
    if (upload)
        close(upload->file);
    free(upload);
    *state = NULL;
}

struct git_server *git_server_start(struct place *place)
{
    struct git_server *server = memory_alloc(sizeof *server);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    server->root = place->directory;
    pthread_mutex_init(&server->mutex, NULL);
    server->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION, 0,
                                      NULL, NULL, handle, server, MHD_OPTION_SOCK_ADDR, &address,
                                      MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_END);
    assert_non_null(server->daemon);
    server->port = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    return server;
}

void git_server_stop(struct git_server *server)
{
    pthread_mutex_lock(&server->mutex);
    server->stopping = true;
    pthread_mutex_unlock(&server->mutex);
    MHD_stop_daemon(server->daemon);
    pthread_mutex_destroy(&server->mutex);
    free(server);
}

const char *git_server_url(struct git_server *server, struct place *place, const char *repository)
{
    return arena_printf(place->arena, "http://127.0.0.1:%u/%s", server->port, repository).ptr;
}

void git_server_break(struct git_server *server, enum git_server_fault fault, const char *part, int times)
{
    pthread_mutex_lock(&server->mutex);
    server->fault = fault;
    server->part = part;
    server->times = times;
    pthread_mutex_unlock(&server->mutex);
}

void git_server_say(struct git_server *server, struct str bytes, const char *part, int times)
{
    server->say = bytes;
    git_server_break(server, FAULT_SAY, part, times);
}

void git_server_lie(struct git_server *server, const char *commit)
{
    server->truth = commit;
    git_server_break(server, FAULT_LIE, "", 100);
}

void git_server_require(struct git_server *server, const char *authorization)
{
    pthread_mutex_lock(&server->mutex);
    server->authorization = authorization;
    pthread_mutex_unlock(&server->mutex);
}

int git_server_requests(struct git_server *server)
{
    pthread_mutex_lock(&server->mutex);
    int requests = server->requests;
    pthread_mutex_unlock(&server->mutex);
    return requests;
}
