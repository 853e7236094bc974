#include "gitsync/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum {
    POLL_SLICE_MS = 100, /* between two looks at cancellation */
    STOP_GRACE_MS = 500, /* for a child whose input has been closed */
};

/* The caller's environment without GIT_* (they would point the child at another repository or run other
 * programs), in English so that refusals can be told apart. */
static char **child_environment(struct arena *arena, const char *variable)
{
    size_t count = 0, used = 0;
    while (environ[count])
        count++;
    char **copy = arena_array(arena, count + 5, sizeof *copy);
    for (size_t i = 0; i < count; i++) {
        struct str entry = str_from(environ[i]);
        if (!str_starts(entry, "GIT_") && !str_starts(entry, "LC_ALL=") && !str_starts(entry, "LANGUAGE="))
            copy[used++] = environ[i];
    }
    copy[used++] = arena_strz(arena, STR("LC_ALL=C"));
    copy[used++] = arena_strz(arena, STR("GIT_TERMINAL_PROMPT=0"));
    if (variable)
        copy[used++] = arena_strz(arena, str_from(variable));
    copy[used] = NULL;
    return copy;
}

static int spawn(pid_t *pid, int talk, int words, char *const argv[], const char *variable)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    struct arena *arena = arena_new();
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, talk, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, talk, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, words, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    posix_spawn_file_actions_addchdir_np(&actions, "/");
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    char **environment = child_environment(arena, variable);
    int result = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    arena_free(arena);
    return result;
}

static void close_pair(int pair[2])
{
    close(pair[0]);
    close(pair[1]);
}

bool child_start(struct child *child, struct session *session, char *const argv[], const char *variable)
{
    int talk[2], words[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, talk) != 0)
        return error_set(&session->error, ERROR_UNAVAILABLE, "cannot start '%s': %m", argv[0]);
    if (pipe2(words, O_CLOEXEC | O_NONBLOCK) != 0) {
        error_set(&session->error, ERROR_UNAVAILABLE, "cannot start '%s': %m", argv[0]);
        close_pair(talk);
        return false;
    }
    int result = spawn(&child->pid, talk[1], words[1], argv, variable);
    if (result != 0) {
        close_pair(talk);
        close_pair(words);
        child->pid = 0;
        errno = result;
        return error_set(&session->error, ERROR_UNAVAILABLE, "cannot start '%s': %m", argv[0]);
    }
    close(talk[1]);
    close(words[1]);
    child->talk = talk[0];
    child->words = words[0];
    return true;
}

static void collect_words(struct child *child, struct session *session)
{
    char text[1024];
    ssize_t got;
    while (child->words >= 0 && (got = read(child->words, text, sizeof text)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return;
        session_say(session, (struct str){.ptr = text, .len = (size_t)got});
    }
    if (child->words >= 0)
        close(child->words);
    child->words = -1;
}

/* Waits until the conversation can go on in the wanted way; drains the child's words meanwhile. */
static bool wait_for(struct child *child, struct session *session, short wanted)
{
    for (;;) {
        if (!session_go_on(session))
            return false;
        struct pollfd sources[] = {{.fd = child->talk, .events = wanted},
                                   {.fd = child->words, .events = POLLIN}};
        int64_t left = session_left_ms(session);
        int ready =
            poll(sources, ARRAY_LENGTH(sources), left < POLL_SLICE_MS ? (int)left + 1 : POLL_SLICE_MS);
        if (ready < 0 && errno != EINTR)
            return error_set(&session->error, ERROR_UNAVAILABLE, "cannot wait for the remote: %m");
        if (ready > 0 && sources[1].revents)
            collect_words(child, session);
        if (ready > 0 && sources[0].revents)
            return true;
    }
}

bool child_read(struct child *child, struct session *session, char *buffer, size_t size, size_t *got)
{
    for (;;) {
        ssize_t result = recv(child->talk, buffer, size, MSG_DONTWAIT);
        if (result >= 0) {
            *got = (size_t)result;
            return session_received(session, *got);
        }
        if (errno == ECONNRESET) {
            *got = 0;
            return true;
        }
        if (errno != EAGAIN && errno != EINTR)
            return error_set(&session->error, ERROR_UNAVAILABLE, "cannot read from the remote: %m");
        if (!wait_for(child, session, POLLIN))
            return false;
    }
}

bool child_write(struct child *child, struct session *session, const char *bytes, size_t size)
{
    while (size) {
        ssize_t result = send(child->talk, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (result >= 0) {
            bytes += result;
            size -= (size_t)result;
            continue;
        }
        if (errno != EAGAIN && errno != EINTR)
            return error_set(&session->error, ERROR_UNAVAILABLE, "the remote closed the connection");
        if (!wait_for(child, session, POLLOUT))
            return false;
    }
    return session_go_on(session);
}

/* Its end, and with it the end of whatever it left behind in its group (while the ended child still holds the
 * number).  The exit status, or -1 where a signal ended it or somebody ignores SIGCHLD. */
static int bury(struct child *child)
{
    int status;
    pid_t result;
    kill(-child->pid, SIGKILL);
    do
        result = waitpid(child->pid, &status, 0);
    while (result < 0 && errno == EINTR);
    child->pid = 0;
    return result > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool ends_within(const struct child *child, int64_t milliseconds)
{
    for (int64_t waited = 0;; waited += 2) {
        siginfo_t info = {.si_pid = 0};
        int result = waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT);
        if ((result == 0 && info.si_pid == child->pid) || (result < 0 && errno == ECHILD))
            return true;
        if (waited >= milliseconds)
            return false;
        poll(NULL, 0, 2);
    }
}

int child_wait(struct child *child, struct session *session)
{
    int64_t left = session_left_ms(session);
    bool ended = child->pid && ends_within(child, left < STOP_GRACE_MS ? left : STOP_GRACE_MS);
    collect_words(child, session);
    return ended ? bury(child) : -1;
}

void child_stop(struct child *child)
{
    if (child->talk >= 0)
        close(child->talk);
    child->talk = -1;
    if (child->pid) {
        ends_within(child, STOP_GRACE_MS);
        bury(child);
    }
    if (child->words >= 0)
        close(child->words);
    child->words = -1;
}
