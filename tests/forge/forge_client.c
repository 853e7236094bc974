/*
 * A forge by hand, for tests in Python: the first line on standard input is the options, each further one an
 * operation, all JSON; each is answered by a line of JSON.
 *
 *     {"kind": "gitea", "repository": "http://127.0.0.1:3000/o/r", "token": "..."}
 *     {"op": "pulls", "base": "main"}
 */

#include "base/json.h"
#include "gitsync/forge.h"

struct client {
    struct forge *forge;
    struct arena *arena;
    const struct value *input;
    struct value *output;
};

static struct str text(const struct client *client, const char *key)
{
    return value_get_text(client->input, key);
}

static int64_t number(const struct client *client)
{
    return value_get_int(client->input, "number", 0);
}

static void put(struct client *client, struct value *map, const char *key, struct str value)
{
    value_setz(client->arena, map, key, value_string(client->arena, value));
}

static void put_int(struct client *client, struct value *map, const char *key, int64_t value)
{
    value_setz(client->arena, map, key, value_int(client->arena, value));
}

static void put_bool(struct client *client, struct value *map, const char *key, bool value)
{
    value_setz(client->arena, map, key, value_bool(client->arena, value));
}

static struct value *pull_value(struct client *client, const struct pull *pull)
{
    static const char *const states[] = {"open", "closed", "merged"};
    struct value *map = value_map(client->arena), *labels = value_list(client->arena);
    put_int(client, map, "number", pull->number);
    put(client, map, "state", str_from(states[pull->state]));
    put(client, map, "title", pull->title);
    put(client, map, "body", pull->body);
    put(client, map, "author", pull->author);
    put(client, map, "url", pull->url);
    put(client, map, "head_ref", pull->head_ref);
    put(client, map, "head_sha", pull->head_sha);
    put(client, map, "base_ref", pull->base_ref);
    put(client, map, "base_sha", pull->base_sha);
    put(client, map, "merge_sha", pull->merge_sha);
    put_bool(client, map, "fork", pull->fork);
    put_bool(client, map, "draft", pull->draft);
    for (size_t i = 0; i < pull->label_count; i++)
        value_append(client->arena, labels, value_string(client->arena, pull->labels[i]));
    value_setz(client->arena, map, "labels", labels);
    put_int(client, map, "updated_ms", pull->updated_ms);
    return map;
}

static bool do_self(struct client *client, struct error *error)
{
    struct str login;
    if (!forge_self(client->forge, client->arena, &login, error))
        return false;
    put(client, client->output, "login", login);
    return true;
}

static bool do_pulls(struct client *client, struct error *error)
{
    struct pulls pulls;
    struct value *list = value_list(client->arena);
    if (!forge_pulls(client->forge, client->arena, text(client, "base"), text(client, "head"), &pulls, error))
        return false;
    for (size_t i = 0; i < pulls.count; i++)
        value_append(client->arena, list, pull_value(client, &pulls.items[i]));
    value_setz(client->arena, client->output, "pulls", list);
    return true;
}

static bool do_pull(struct client *client, struct error *error)
{
    struct pull pull;
    if (!forge_pull(client->forge, client->arena, number(client), &pull, error))
        return false;
    value_setz(client->arena, client->output, "pull", pull_value(client, &pull));
    return true;
}

static bool do_open_pull(struct client *client, struct error *error)
{
    struct pull pull;
    struct pull_text words = {text(client, "title"), text(client, "body")};
    if (!forge_open_pull(client->forge, client->arena, text(client, "head"), text(client, "base"), &words,
                         &pull, error))
        return false;
    value_setz(client->arena, client->output, "pull", pull_value(client, &pull));
    return true;
}

static bool do_update_pull(struct client *client, struct error *error)
{
    struct pull_text words = {text(client, "title"), text(client, "body")};
    return forge_update_pull(client->forge, client->arena, number(client), &words, error);
}

static bool do_close_pull(struct client *client, struct error *error)
{
    return forge_close_pull(client->forge, client->arena, number(client), error);
}

static bool do_merge_pull(struct client *client, struct error *error)
{
    struct str method = text(client, "method"), sha;
    struct merge merge = {.head_sha = text(client, "head_sha"),
                          .method = str_is(method, "squash")   ? MERGE_SQUASH
                                    : str_is(method, "rebase") ? MERGE_REBASE
                                                               : MERGE_COMMIT,
                          .title = text(client, "title"),
                          .message = text(client, "message")};
    if (!forge_merge_pull(client->forge, client->arena, number(client), &merge, &sha, error))
        return false;
    put(client, client->output, "merge_sha", sha);
    return true;
}

static bool do_comments(struct client *client, struct error *error)
{
    struct comments comments;
    struct value *list = value_list(client->arena);
    if (!forge_comments(client->forge, client->arena, number(client), &comments, error))
        return false;
    for (size_t i = 0; i < comments.count; i++) {
        struct value *map = value_map(client->arena);
        put_int(client, map, "id", comments.items[i].id);
        put(client, map, "author", comments.items[i].author);
        put(client, map, "body", comments.items[i].body);
        put_int(client, map, "created_ms", comments.items[i].created_ms);
        value_append(client->arena, list, map);
    }
    value_setz(client->arena, client->output, "comments", list);
    return true;
}

static bool do_put_comment(struct client *client, struct error *error)
{
    int64_t id;
    if (!forge_put_comment(client->forge, client->arena, number(client), text(client, "marker"),
                           text(client, "body"), &id, error))
        return false;
    put_int(client, client->output, "id", id);
    return true;
}

static bool do_reviews(struct client *client, struct error *error)
{
    static const char *const states[] = {"approved", "changes requested", "dismissed"};
    struct reviews reviews;
    struct value *list = value_list(client->arena);
    if (!forge_reviews(client->forge, client->arena, number(client), &reviews, error))
        return false;
    for (size_t i = 0; i < reviews.count; i++) {
        struct value *map = value_map(client->arena);
        put(client, map, "author", reviews.items[i].author);
        put(client, map, "state", str_from(states[reviews.items[i].state]));
        put(client, map, "commit", reviews.items[i].commit);
        put_int(client, map, "time_ms", reviews.items[i].time_ms);
        value_append(client->arena, list, map);
    }
    value_setz(client->arena, client->output, "reviews", list);
    return true;
}

static bool do_permission(struct client *client, struct error *error)
{
    static const char *const names[] = {"none", "read", "write", "admin"};
    enum permission permission;
    if (!forge_permission(client->forge, client->arena, text(client, "login"), &permission, error))
        return false;
    put(client, client->output, "permission", str_from(names[permission]));
    return true;
}

static bool do_set_status(struct client *client, struct error *error)
{
    static const char *const names[] = {"pending", "success", "failure", "error"};
    struct status status = {.context = text(client, "context"),
                            .description = text(client, "description"),
                            .url = text(client, "url")};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (str_is(text(client, "state"), names[i]))
            status.state = (enum status_state)i;
    return forge_set_status(client->forge, client->arena, text(client, "sha"), &status, error);
}

static bool do_read_file(struct client *client, struct error *error)
{
    struct str bytes;
    if (!forge_read_file(client->forge, client->arena, text(client, "path"), text(client, "ref"),
                         (size_t)value_get_int(client->input, "max", 1000), &bytes, error))
        return false;
    put(client, client->output, "bytes", bytes);
    return true;
}

static bool do_ensure_webhook(struct client *client, struct error *error)
{
    return forge_ensure_webhook(client->forge, client->arena, text(client, "url"), text(client, "secret"),
                                error);
}

static bool do_git_token(struct client *client, struct error *error)
{
    struct str token;
    if (!forge_git_token(client->forge, client->arena, &token, error))
        return false;
    put(client, client->output, "token", token);
    return true;
}

static const struct {
    const char *name;
    bool (*run)(struct client *, struct error *);
} operations[] = {
    {"close_pull", do_close_pull},
    {"comments", do_comments},
    {"ensure_webhook", do_ensure_webhook},
    {"git_token", do_git_token},
    {"merge_pull", do_merge_pull},
    {"open_pull", do_open_pull},
    {"permission", do_permission},
    {"pull", do_pull},
    {"pulls", do_pulls},
    {"put_comment", do_put_comment},
    {"read_file", do_read_file},
    {"reviews", do_reviews},
    {"self", do_self},
    {"set_status", do_set_status},
    {"update_pull", do_update_pull},
};

static bool run(struct client *client, struct error *error)
{
    for (size_t i = 0; i < ARRAY_LENGTH(operations); i++)
        if (str_is(text(client, "op"), operations[i].name))
            return operations[i].run(client, error);
    return error_set(error, ERROR_BUG, "there is no operation '%.*s'", STR_ARG(text(client, "op")));
}

static void answer(struct client *client, bool done, const struct error *error)
{
    struct buf line = BUF_INIT(BUF_LARGE);
    put_bool(client, client->output, "ok", done);
    if (!done) {
        put(client, client->output, "code", str_from(error_code_name(error->code)));
        put(client, client->output, "message", str_from(error->message));
        put_int(client, client->output, "wait_ms", client->forge ? forge_wait_ms(client->forge) : 0);
    }
    json_write(&line, client->output, JSON_COMPACT);
    printf("%.*s\n", STR_ARG(buf_str(&line)));
    fflush(stdout);
    buf_release(&line);
}

static bool open_forge(struct client *client, const struct http *http, struct error *error)
{
    struct forge_options options = {.repository = text(client, "repository"),
                                    .api = text(client, "api"),
                                    .token = text(client, "token"),
                                    .app_id = text(client, "app_id"),
                                    .installation_id = text(client, "installation_id"),
                                    .private_key = text(client, "private_key"),
                                    .http = http,
                                    .clock = &system_clock,
                                    .random = &system_random};
    if (!forge_kind_read(text(client, "kind"), &options.kind, error) ||
        !forge_open(&options, &client->forge, error))
        return false;
    put(client, client->output, "name", str_from(forge_name(client->forge)));
    put(client, client->output, "repository", forge_repository(client->forge));
    return true;
}

static bool serve(struct client *client, const struct http *http, const char *line)
{
    struct error error = ERROR_INIT;
    struct value *input;
    bool opening = client->forge == NULL;
    client->arena = arena_new();
    client->output = value_map(client->arena);
    bool done = json_read(client->arena, STR("input"), str_trim(str_from(line)), &input, &error);
    client->input = input;
    done = done && (opening ? open_forge(client, http, &error) : run(client, &error));
    answer(client, done, &error);
    arena_free(client->arena);
    return done || !opening;
}

int main(void)
{
    struct http_client *http_client;
    struct http_client_options options = {.connections_per_host = 0};
    struct error error = ERROR_INIT;
    struct client client = {.forge = NULL};
    char *line = NULL;
    size_t size = 0;
    bool goes_on = true;
    if (!http_client_new(&options, &http_client, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    struct http http = http_client_http(http_client);
    while (goes_on && getline(&line, &size, stdin) > 0)
        goes_on = serve(&client, &http, line);
    free(line);
    forge_free(client.forge);
    http_client_free(http_client);
    return goes_on ? 0 : 1;
}
