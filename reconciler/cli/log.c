#include "base/json.h"
#include "reconciler/cli/command.h"

/* The accounts of the environments that the target names, each once. */
static bool accounts_of(struct context *context, struct session *session, struct str **accounts,
                        size_t *count, struct error *error)
{
    struct target *targets;
    size_t target_count;
    if (!context_targets(context, session, &targets, &target_count, error))
        return false;
    *accounts = arena_array(context->arena, target_count, sizeof **accounts);
    *count = 0;
    for (size_t i = 0; i < target_count; i++) {
        struct environment environment;
        if (!environment_load(session_files(session), context->arena, targets[i].environment, &environment,
                              error))
            return false;
        bool known = false;
        for (size_t k = 0; k < *count; k++)
            known = known || str_equal((*accounts)[k], environment.account);
        if (!known)
            (*accounts)[(*count)++] = environment.account;
    }
    return true;
}

/* "prod/orders: released 4f2c1e0" belongs to prod and prod/orders. */
static bool is_about(struct str subject, struct str target)
{
    if (!target.len)
        return true;
    struct str about = str_slice(subject, 0, str_find(subject, ':'));
    if (str_find(target, '/') == target.len)
        about = str_slice(about, 0, str_find(about, '/'));
    return str_equal(about, target);
}

static struct value *record_json(struct arena *arena, struct str account, const struct ledger_record *record)
{
    struct value *node = value_map(arena);
    value_setz(arena, node, "account", value_string(arena, account));
    value_setz(arena, node, "id", value_stringz(arena, record->id.hex));
    value_setz(arena, node, "time", value_string(arena, time_iso8601(arena, record->time_ms)));
    value_setz(arena, node, "subject", value_string(arena, record->subject));
    value_setz(arena, node, "body", value_string(arena, record->body));
    return node;
}

static void record_text(struct arena *arena, struct buf *text, const struct ledger_record *record)
{
    struct str verdict = str_slice(record->body, 0, str_find(record->body, '\n'));
    buf_printf(text, "%.7s  %.*s  ", record->id.hex, STR_ARG(time_iso8601(arena, record->time_ms)));
    text_escape(text, record->subject);
    if (verdict.len) {
        buf_addz(text, "  (");
        text_escape(text, verdict);
        buf_addc(text, ')');
    }
    buf_addc(text, '\n');
}

static bool show_account(struct context *context, struct session *session, struct str account,
                         struct buf *text, struct value *list, struct error *error)
{
    struct ledger *ledger;
    struct ledger_record *records;
    size_t count;
    if (!session_ledger(session, account, &ledger, error) ||
        !ledger_history(ledger, context->arena, STR_EMPTY, (size_t)context->options.count, &records, &count,
                        error))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!is_about(records[i].subject, context->options.target))
            continue;
        record_text(context->arena, text, &records[i]);
        value_append(context->arena, list, record_json(context->arena, account, &records[i]));
    }
    return true;
}

static bool show(struct context *context, struct session *session, struct buf *text, struct error *error)
{
    struct str *accounts;
    size_t count;
    struct value *root = value_map(context->arena), *list = value_list(context->arena);
    if (!accounts_of(context, session, &accounts, &count, error))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!show_account(context, session, accounts[i], text, list, error))
            return false;
    value_setz(context->arena, root, "events", list);
    if (context->options.output == OUTPUT_JSON) {
        buf_clear(text);
        json_write(text, root, JSON_PRETTY);
        buf_addc(text, '\n');
    }
    print_text(buf_str(text));
    return true;
}

static enum exit_status run(struct context *context, struct error *error)
{
    struct session *session = NULL;
    struct buf text = BUF_INIT(BUF_LARGE);
    bool ok = context_session(context, &session, error) && show(context, session, &text, error);
    buf_release(&text);
    session_close(session);
    return ok ? EXIT_DONE : EXIT_ERROR;
}

const struct command command_log = {
    .name = "log",
    .arguments = "[OPTIONS] [ENV[/APP]]",
    .summary = "show the history of releases",
    .help = "Reads the ledger: the newest events first, account by account.  The same history is in\n"
            "`git log refs/plumb/ACCOUNT`.",
    .options = OPTION_COUNT,
    .targets = 1,
    .run = run,
};
