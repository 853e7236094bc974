#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gitsync/mirror_private.h"
#include "repositories.h"

#define SSHD "/usr/sbin/sshd"

extern char **environ;

struct ssh {
    struct place place;
    pid_t daemon;
    bool made_run; /* /run/sshd is ours */
    uint16_t port;
    const char *user, *bare, *url;
    struct mirror_options options;
};

static const char *at(struct ssh *ssh, const char *name)
{
    return place_path(&ssh->place, name);
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result = connect(client, (struct sockaddr *)&address, sizeof address);
    close(client);
    return result;
}

static uint16_t free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(server, (struct sockaddr *)&address, &size), 0);
    close(server);
    return ntohs(address.sin_port);
}

static void make_key(struct ssh *ssh, const char *type, const char *name)
{
    const char *const make[] = {"ssh-keygen", "-q", "-t", type, "-N", "", "-f", at(ssh, name), NULL};
    run_in(&ssh->place, ssh->place.directory, make);
}

static struct str read_public(struct ssh *ssh, const char *name)
{
    const char *const show[] = {"cat", at(ssh, name), NULL};
    return run_in(&ssh->place, ssh->place.directory, show);
}

static void trust_host(struct ssh *ssh, const char *file, const char *public_key)
{
    struct str key = read_public(ssh, public_key);
    write_file(&ssh->place, at(ssh, file),
               arena_printf(ssh->place.arena, "[127.0.0.1]:%u %.*s\n", ssh->port, STR_ARG(key)).ptr);
}

static void start_daemon(struct ssh *ssh)
{
    char *const arguments[] = {
        SSHD, "-D", "-f", (char *)at(ssh, "sshd_config"), "-E", (char *)at(ssh, "sshd.log"), NULL};
    ssh->made_run = mkdir("/run/sshd", 0755) == 0; /* where sshd, started by root, separates its privileges */
    assert_int_equal(posix_spawn(&ssh->daemon, SSHD, NULL, NULL, arguments, environ), 0);
    for (int i = 0; i < 200 && connect_to(ssh->port) != 0; i++)
        usleep(20 * 1000);
    if (connect_to(ssh->port) != 0)
        fail_msg("sshd does not start: %s", read_public(ssh, "sshd.log").ptr);
}

static void begin(struct ssh *ssh)
{
    *ssh = (struct ssh){.place = place_new(), .port = free_port()};
    ssh->user = arena_strz(ssh->place.arena, str_from(getpwuid(getuid())->pw_name));
    make_key(ssh, "ed25519", "host");
    make_key(ssh, "ed25519", "other_host");
    make_key(ssh, "ed25519", "user");
    make_key(ssh, "rsa", "user rsa%h");
    make_key(ssh, "ed25519", "stranger");
    struct str one = read_public(ssh, "user.pub"), two = read_public(ssh, "user rsa%h.pub");
    write_file(&ssh->place, at(ssh, "authorized"),
               arena_printf(ssh->place.arena, "%.*s\n%.*s\n", STR_ARG(one), STR_ARG(two)).ptr);
    write_file(
        &ssh->place, at(ssh, "sshd_config"),
        arena_printf(ssh->place.arena,
                     "ListenAddress 127.0.0.1\nPort %u\nHostKey %s\nAuthorizedKeysFile %s\nPidFile none\n"
                     "StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n"
                     "AcceptEnv GIT_PROTOCOL\n",
                     ssh->port, at(ssh, "host"), at(ssh, "authorized"))
            .ptr);
    start_daemon(ssh);
    trust_host(ssh, "known hosts%h", "host.pub");
    ssh->bare = make_bare(&ssh->place, "it's bare.git");
    GIT(&ssh->place, make_origin(&ssh->place), "push", "-q", ssh->bare, "main");
    GIT(&ssh->place, ssh->place.directory, "init", "-q", "--bare", "-b", "main", at(ssh, "plain.git"));
    ssh->url =
        arena_printf(ssh->place.arena, "ssh://%s@127.0.0.1:%u%s", ssh->user, ssh->port, at(ssh, "plain.git"))
            .ptr;
    ssh->options = mirror_defaults(&ssh->place, ssh->url, "cache");
    ssh->options.ssh_key = str_from(at(ssh, "user"));
    ssh->options.known_hosts = str_from(at(ssh, "known hosts%h"));
}

static void end(struct ssh *ssh)
{
    kill(ssh->daemon, SIGCONT);
    kill(ssh->daemon, SIGTERM);
    waitpid(ssh->daemon, NULL, 0);
    if (ssh->made_run)
        rmdir("/run/sshd");
    place_end(&ssh->place);
}

static void keeps_a_ledger_with_either_key(void **state)
{
    struct ssh *ssh = *state;
    struct error error = ERROR_INIT;
    static const char *const keys[] = {"user", "user rsa%h"};
    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
        struct mirror_options options = ssh->options;
        struct mirror *mirror;
        options.ssh_key = str_from(at(ssh, keys[i]));
        DONE(mirror_open(&options, &mirror, &error));
        DONE(mirror_fetch(mirror, &error));
        struct ledger *ledger = open_ledger(mirror);
        DONE(ledger_refresh(ledger, &error));
        DONE(append(ledger, "s", "x", keys[i], &error));
        assert_true(
            str_is(GIT(&ssh->place, at(ssh, "plain.git"), "rev-parse", REF), ledger_tip(ledger)->hex));
        ledger_close(ledger);
        mirror_close(mirror);
    }
}

/* The path goes through a shell on the other side. */
static void quotes_the_path(void **state)
{
    struct ssh *ssh = *state;
    struct error error = ERROR_INIT;
    struct mirror_options options = ssh->options;
    struct mirror *mirror;
    struct commit_id id;
    const char *link = at(ssh, "it's;touch${IFS}owned!.git");
    assert_int_equal(symlink(ssh->bare, link), 0);
    options.url = arena_printf(ssh->place.arena, "ssh://%s@127.0.0.1:%u%s", ssh->user, ssh->port, link);
    DONE(mirror_open(&options, &mirror, &error));
    DONE(mirror_fetch(mirror, &error));
    DONE(mirror_resolve(mirror, STR("main"), &id, &error));
    assert_true(str_is(GIT(&ssh->place, ssh->bare, "rev-parse", "main"), id.hex));
    mirror_close(mirror);
}

static void refuses_strangers(void **state)
{
    struct ssh *ssh = *state;
    write_file(&ssh->place, at(ssh, "no_hosts"), "");
    trust_host(ssh, "wrong_hosts", "other_host.pub");
    const struct {
        const char *key, *hosts, *path;
        enum error_code code;
        const char *words;
    } cases[] = {
        {"user", "no_hosts", "plain.git", ERROR_DENIED, "Host key verification failed"},
        {"user", "wrong_hosts", "plain.git", ERROR_DENIED, "Host key verification failed"},
        {"stranger", "known hosts%h", "plain.git", ERROR_DENIED, "Permission denied"},
        {"user", "known hosts%h", "nothing.git", ERROR_NOT_FOUND, "does not appear to be a git repository"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct error error = ERROR_INIT;
        struct mirror_options options = ssh->options;
        struct mirror *mirror;
        options.url = arena_printf(ssh->place.arena, "ssh://%s@127.0.0.1:%u%s", ssh->user, ssh->port,
                                   at(ssh, cases[i].path));
        options.ssh_key = str_from(at(ssh, cases[i].key));
        options.known_hosts = str_from(at(ssh, cases[i].hosts));
        DONE(mirror_open(&options, &mirror, &error));
        FAILED(mirror_fetch(mirror, &error), cases[i].code, cases[i].words);
        mirror_close(mirror);
    }
    struct error error = ERROR_INIT;
    struct mirror_options options = ssh->options;
    struct mirror *mirror;
    options.ssh_key = STR("/no/such/key");
    FAILED(mirror_open(&options, &mirror, &error), ERROR_INVALID,
           "the SSH key '/no/such/key' cannot be used");
}

static void a_silent_host_ends_in_time(void **state)
{
    struct ssh *ssh = *state;
    struct error error = ERROR_INIT;
    struct mirror_options options = ssh->options;
    struct mirror *mirror;
    options.timeout_ms = 1000;
    DONE(mirror_open(&options, &mirror, &error));
    kill(ssh->daemon, SIGSTOP);
    FAILED(mirror_fetch(mirror, &error), ERROR_TIMEOUT, "no end after 1 s");
    kill(ssh->daemon, SIGCONT);
    mirror_close(mirror);
}

static void nobody_listens(void **state)
{
    struct ssh *ssh = *state;
    struct error error = ERROR_INIT;
    struct mirror_options options = ssh->options;
    struct mirror *mirror;
    options.url = arena_printf(ssh->place.arena, "ssh://127.0.0.1:%u/a", free_port());
    DONE(mirror_open(&options, &mirror, &error));
    FAILED(mirror_fetch(mirror, &error), ERROR_UNAVAILABLE, "Connection refused");
    mirror_close(mirror);
}

static int begin_group(void **state)
{
    static struct ssh ssh;
    begin(&ssh);
    *state = &ssh;
    return 0;
}

static int end_group(void **state)
{
    end(*state);
    return 0;
}

/* The server takes the wish for protocol v2, which is sent as an environment variable. */
static void polls(void **state)
{
    struct ssh *ssh = *state;
    struct error error = ERROR_INIT;
    const struct str refs[] = {STR("HEAD"), STR("refs/heads/polled")};
    struct mirror_options options = ssh->options;
    struct mirror *mirror;
    bool moved;
    GIT(&ssh->place, ssh->bare, "push", "-q", at(ssh, "plain.git"), "main");
    DONE(mirror_open(&options, &mirror, &error));
    DONE(mirror_fetch(mirror, &error));
    DONE(mirror_poll(mirror, refs, ARRAY_LENGTH(refs), &moved, &error));
    assert_false(moved);
    assert_int_equal(mirror->protocol, PROTOCOL_SECOND);
    GIT(&ssh->place, at(ssh, "plain.git"), "update-ref", "refs/heads/polled", "main");
    DONE(mirror_poll(mirror, refs, ARRAY_LENGTH(refs), &moved, &error));
    assert_true(moved);
    mirror_close(mirror);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_a_ledger_with_either_key),
        cmocka_unit_test(polls),
        cmocka_unit_test(quotes_the_path),
        cmocka_unit_test(refuses_strangers),
        cmocka_unit_test(a_silent_host_ends_in_time),
        cmocka_unit_test(nobody_listens),
    };
    if (access(SSHD, X_OK) != 0) {
        print_message("SKIPPED: there is no " SSHD ", so that ssh is NOT tested here\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
