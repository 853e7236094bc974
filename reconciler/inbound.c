#include "reconciler/inbound.h"

#include <stdlib.h>
#include <string.h>

#include "base/small_file.h"
#include "gitsync/forge.h"
#include "reconciler/ownership.h"

enum { SECRETS_MAX = 32, FILE_SIZE_MAX = 64 * 1024, SECRET_MIN = 16 };

struct inbound {
    struct inbound_receiver receiver;
    struct arena *arena;
    struct webhook_secret secrets[SECRETS_MAX];
    size_t secret_count;
    struct triggers *triggers;
    struct str webhook_url, webhook_secret; /* to be told to the forge */
};

/* --- secrets --- */

static bool add_secret(struct inbound *inbound, enum webhook_forge forge, struct str text,
                       struct error *error)
{
    if (text.len < SECRET_MIN)
        return error_set(error, ERROR_INVALID,
                         "a secret of webhooks must have at least %d characters: 32 random ones are good",
                         SECRET_MIN);
    if (inbound->secret_count == SECRETS_MAX)
        return error_set(error, ERROR_INVALID, "there are more than %d secrets of webhooks", SECRETS_MAX);
    inbound->secrets[inbound->secret_count++] =
        (struct webhook_secret){.forge = forge, .text = arena_str(inbound->arena, text)};
    return true;
}

/* "github: SECRET" or "SECRET"; empty lines and those with a '#' in front are passed over. */
static bool add_line(struct inbound *inbound, struct str line, struct error *error)
{
    size_t colon = str_find(line, ':');
    enum webhook_forge forge = WEBHOOK_ANY;
    struct str text = str_trim(line);
    if (!text.len || text.ptr[0] == '#')
        return true;
    if (colon < line.len && webhook_forge_named(str_trim(str_slice(line, 0, colon)), &forge))
        text = str_trim(str_from_index(line, colon + 1));
    return add_secret(inbound, forge, text, error);
}

static bool read_file(struct inbound *inbound, struct str path, struct error *error)
{
    struct str all, line;
    bool read = small_file_read(inbound->arena, path, FILE_SIZE_MAX, &all);
    if (!read || all.len == FILE_SIZE_MAX)
        return error_set(error, ERROR_INVALID, "the file of webhooks' secrets '%.*s' %s", STR_ARG(path),
                         read ? "is too large" : "cannot be read");
    while (str_split(&all, '\n', &line))
        if (!add_line(inbound, line, error))
            return false;
    return true;
}

static bool read_secrets(struct inbound *inbound, const struct inbound_options *options, struct error *error)
{
    return (!options->secret || add_secret(inbound, WEBHOOK_ANY, options->secret->text, error)) &&
           (!options->secrets_file.len || read_file(inbound, options->secrets_file, error));
}

/* --- the webhook at the forge --- */

static bool read_invitation(struct inbound *inbound, const struct inbound_options *options,
                            struct error *error)
{
    if (!options->webhook_url.len)
        return true;
    if (!options->secret || !options->listen.len)
        return error_set(
            error, ERROR_INVALID,
            "a webhook at '%.*s' needs --listen, where it arrives, and PLUMB_WEBHOOK_SECRET, which "
            "it is signed with",
            STR_ARG(options->webhook_url));
    inbound->webhook_url = arena_str(inbound->arena, options->webhook_url);
    inbound->webhook_secret = arena_str(inbound->arena, options->secret->text);
    return true;
}

bool inbound_invite(struct inbound *inbound, struct forge *forge)
{
    struct error error = ERROR_INIT;
    if (!inbound || !inbound->webhook_url.len)
        return true;
    struct arena *arena = arena_new();
    bool done = forge && forge_kind(forge) != FORGE_NONE &&
                forge_ensure_webhook(forge, arena, inbound->webhook_url, inbound->webhook_secret, &error);
    arena_free(arena);
    if (!done && error.code == ERROR_NONE)
        error_set(&error, ERROR_INVALID, "no forge is named: PLUMB_FORGE and PLUMB_FORGE_TOKEN do that");
    if (!done)
        log_warn(inbound->receiver.log, "the forge sends no webhooks", LOG_STR("url", inbound->webhook_url),
                 LOG_ERROR_FIELD(&error));
    else
        log_info(inbound->receiver.log, "the forge sends webhooks", LOG_STR("url", inbound->webhook_url));
    return done;
}

/* --- what comes --- */

/* By its name alone: one that is not ours costs a look. */
static bool is_ours(const struct inbound *inbound, const struct trigger *trigger)
{
    struct str ours = repository_name(inbound->receiver.repository);
    return !trigger->repository.len || str_equal_nocase(repository_name(trigger->repository), ours) ||
           str_equal_nocase(repository_name(trigger->http_url), ours) ||
           str_equal_nocase(repository_name(trigger->ssh_url), ours);
}

static void look_at_home(void *self, struct str environment, struct str application)
{
    const struct inbound *inbound = self;
    log_info(inbound->receiver.log, "changed by somebody", LOG_STR("environment", environment),
             LOG_STR("application", application));
    (void)agenda_look_at(inbound->receiver.agenda, environment, application);
}

static void look_for_resource(struct inbound *inbound, const struct resource_event *event)
{
    for (size_t i = 0; i < event->name_count; i++)
        whereabouts_find(inbound->receiver.whereabouts, event->names[i], inbound, look_at_home);
}

static void sync(struct inbound *inbound, const struct trigger *trigger)
{
    struct agenda *agenda = inbound->receiver.agenda;
    inbound->receiver.pushed(inbound->receiver.self);
    bool known = trigger->application.len ? agenda_look_at(agenda, trigger->environment, trigger->application)
                                          : agenda_look_at_each(agenda, trigger->environment);
    if (!known)
        log_warn(inbound->receiver.log, "asked to look at what is not kept here",
                 LOG_STR("environment", trigger->environment), LOG_STR("application", trigger->application));
}

static void take(void *self, const struct trigger *trigger)
{
    struct inbound *inbound = self;
    const struct inbound_receiver *receiver = &inbound->receiver;
    if (trigger->kind == TRIGGER_RESOURCE) {
        look_for_resource(inbound, trigger->resource);
        return;
    }
    if (!is_ours(inbound, trigger))
        return;
    if (trigger->kind == TRIGGER_SYNC)
        sync(inbound, trigger);
    else if (trigger->kind == TRIGGER_PUSH)
        receiver->pushed(receiver->self);
    else
        receiver->discussed(receiver->self);
}

static bool is_ready(void *self, struct arena *arena, struct str *why)
{
    const struct inbound *inbound = self;
    return inbound->receiver.ready(inbound->receiver.self, arena, why);
}

/* --- its life --- */

bool inbound_start(const struct inbound_options *options, const struct inbound_receiver *receiver,
                   struct inbound **out, struct error *error)
{
    *out = NULL;
    if (!options->listen.len && !options->queue_url.len && !options->by_hand)
        return true;
    struct inbound *inbound = memory_alloc(sizeof *inbound);
    inbound->receiver = *receiver;
    inbound->arena = arena_new();
    struct triggers_options triggers = {.clock = receiver->clock,
                                        .log = receiver->log,
                                        .listen = options->listen,
                                        .secrets = inbound->secrets,
                                        .queue_url = options->queue_url,
                                        .region = options->region,
                                        .aws = receiver->aws,
                                        .cancelled = receiver->cancelled,
                                        .self = inbound,
                                        .trigger = take,
                                        .ready = is_ready};
    bool ok = read_secrets(inbound, options, error) && read_invitation(inbound, options, error);
    triggers.secret_count = inbound->secret_count;
    if (ok && triggers_start(&triggers, &inbound->triggers, error)) {
        *out = inbound;
        return true;
    }
    inbound_stop(inbound);
    return false;
}

enum trigger_outcome inbound_take(struct inbound *inbound, struct arena *arena, struct str message,
                                  int64_t sent_ms, struct error *error)
{
    return triggers_take(inbound->triggers, arena, message, sent_ms, error);
}

void inbound_stop(struct inbound *inbound)
{
    if (!inbound)
        return;
    triggers_stop(inbound->triggers);
    arena_free(inbound->arena);
    free(inbound);
}
