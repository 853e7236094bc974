/*
 * Passes over pull requests by hand, for tests in Python.  Arguments: the repository, the address of the
 * forge's repository, the account; the environment is plumb's own.  Each line on standard input is an
 * operation, answered by a line of JSON:
 *
 *     pass               one pass
 *     forget             as after a start: nothing is remembered
 *     check ENV APP      what review_check says of the plan at hand
 */

#include <stdlib.h>

#include "base/json.h"
#include "reconciler/pulls.h"
#include "reconciler/review.h"

struct client {
    struct session *session;
    struct forge *forge;
    struct pulls_memory *memory;
    struct str account;
};

static void answer(struct arena *arena, const struct value *value)
{
    printf("%s\n", arena_strz(arena, json_text(arena, value, JSON_COMPACT)));
    fflush(stdout);
}

static void answer_text(struct arena *arena, const char *key, struct str text)
{
    struct value *map = value_map(arena);
    value_setz(arena, map, key, value_string(arena, text));
    answer(arena, map);
}

static bool check(struct client *client, struct arena *arena, struct str environment, struct str application,
                  struct error *error)
{
    struct subject *subject = NULL;
    struct plan *plan = NULL;
    struct review_verdict verdict;
    bool moved;
    bool done = session_refresh(client->session, &moved, error) &&
                subject_open(client->session, environment, application, &subject, error) &&
                subject_plan(subject, &plan, error) && review_check(subject, plan, &verdict, error);
    if (done)
        answer_text(arena, verdict.holds ? "holds" : "goes", verdict.why);
    plan_free(plan);
    subject_close(subject);
    return done;
}

static bool serve(struct client *client, struct arena *arena, struct str line, struct error *error)
{
    struct str rest = str_trim(line), word, environment = STR_EMPTY, application = STR_EMPTY;
    const struct pulls_options options = {
        .session = client->session, .forge = client->forge, .account = client->account};
    if (!str_split(&rest, ' ', &word))
        return true;
    if (str_is(word, "check"))
        return str_split(&rest, ' ', &environment) && str_split(&rest, ' ', &application) &&
               check(client, arena, environment, application, error);
    if (str_is(word, "forget")) {
        pulls_memory_free(client->memory);
        client->memory = pulls_memory_new();
    } else if (!pulls_pass(&options, client->memory, error)) {
        return false;
    }
    answer_text(arena, "done", word);
    return true;
}

static void serve_all(struct client *client)
{
    char *line = NULL;
    size_t size = 0;
    for (ssize_t length; (length = getline(&line, &size, stdin)) > 0;) {
        struct arena *arena = arena_new();
        struct error error = ERROR_INIT;
        struct str text = {.ptr = line, .len = (size_t)length};
        if (!serve(client, arena, text, &error))
            answer_text(arena, "error", str_from(error.message));
        arena_free(arena);
    }
    free(line);
}

static bool run(char **arguments, struct error *error)
{
    static atomic_bool cancelled;
    const char *token = getenv("PLUMB_FORGE_TOKEN");
    struct client client = {.memory = pulls_memory_new(), .account = str_from(arguments[3])};
    struct http_client *http_client;
    struct http_client_options http_options = {.loopback_is_public = true};
    const struct log log = {.fd = 2, .least = LOG_INFO, .form = LOG_TEXT, .clock = &system_clock};
    if (!http_client_new(&http_options, &http_client, error))
        return false;
    struct http http = http_client_http(http_client);
    const struct aws_session_options aws = {.http = &http,
                                            .clock = &system_clock,
                                            .random = &system_random,
                                            .log = &log,
                                            .cancelled = &cancelled,
                                            .pacing = true};
    const struct session_options session = {.repository = str_from(arguments[1]),
                                            .clock = &system_clock,
                                            .random = &system_random,
                                            .log = &log,
                                            .http = &http,
                                            .aws = aws_session_new(&aws),
                                            .cancelled = &cancelled};
    const struct forge_options forge = {.kind = FORGE_GITEA,
                                        .repository = str_from(arguments[2]),
                                        .token = str_from(token ? token : "t0ken"),
                                        .http = &http,
                                        .clock = &system_clock,
                                        .random = &system_random,
                                        .cancelled = &cancelled};
    bool done = session_open(&session, &client.session, error) && forge_open(&forge, &client.forge, error);
    if (done)
        serve_all(&client);
    pulls_memory_free(client.memory);
    forge_free(client.forge);
    session_close(client.session);
    aws_session_free(session.aws);
    http_client_free(http_client);
    return done;
}

int main(int count, char **arguments)
{
    struct error error = ERROR_INIT;
    if (count == 4 && run(arguments, &error))
        return 0;
    fprintf(stderr, "%s\n", count == 4 ? error.message : "usage: pulls_client REPOSITORY FORGE ACCOUNT");
    return 1;
}
