#include "reconciler/doctor.h"
#include "base/json.h"
#include "reconciler/cli/command.h"
#include "reconciler/report_style.h"

enum { SUBJECT_WIDTH = 16, CHECK_WIDTH = 12 };

struct examination {
    struct context *context;
    struct value *list;
    size_t count[FINDING_FAILED + 1];
};

static void print_line(struct context *context, const struct finding *finding)
{
    static const char *const colors[] = {
        [FINDING_OK] = GREEN, [FINDING_UNKNOWN] = YELLOW, [FINDING_FAILED] = RED};
    struct buf text = BUF_INIT(BUF_SMALL);
    bool color = context->options.color;
    buf_addz(&text, paint(color, colors[finding->state]));
    padded(&text, str_from(finding_state_name(finding->state)), 9);
    buf_addz(&text, paint(color, OFF));
    padded(&text, finding->subject, SUBJECT_WIDTH);
    padded(&text, finding->check, CHECK_WIDTH);
    text_escape(&text, finding->message);
    if (finding->fix.len) {
        buf_addz(&text, ": ");
        text_escape(&text, finding->fix);
    }
    buf_addc(&text, '\n');
    print_text(buf_str(&text));
    buf_release(&text);
}

static void take(void *self, const struct finding *finding)
{
    struct examination *examination = self;
    struct arena *arena = examination->context->arena;
    struct value *node = value_map(arena);
    examination->count[finding->state]++;
    value_setz(arena, node, "subject", value_string(arena, finding->subject));
    value_setz(arena, node, "check", value_string(arena, finding->check));
    value_setz(arena, node, "state", value_stringz(arena, finding_state_name(finding->state)));
    value_setz(arena, node, "message", value_string(arena, finding->message));
    value_setz(arena, node, "fix", value_string(arena, finding->fix));
    value_append(arena, examination->list, node);
    if (examination->context->options.output == OUTPUT_TEXT)
        print_line(examination->context, finding);
}

static bool examine_environments(const struct doctor *doctor, struct context *context, struct error *error)
{
    struct str *names, wanted = context->options.target;
    size_t count, met = 0;
    if (!environments_list(session_files(doctor->session), context->arena, &names, &count, error))
        return false;
    for (size_t i = 0; i < count && !atomic_load(context->cancelled); i++)
        if (!wanted.len || str_equal(wanted, names[i])) {
            doctor_environment(doctor, names[i]);
            met++;
        }
    if (met || !wanted.len)
        return met || error_set(error, ERROR_NOT_FOUND,
                                "the repository has no environments: add environments/NAME/environment.yaml");
    const char **known = arena_array(context->arena, count, sizeof *known);
    for (size_t i = 0; i < count; i++)
        known[i] = arena_strz(context->arena, names[i]);
    const char *nearest = str_nearest(wanted, known, count);
    return error_set(error, ERROR_NOT_FOUND, "no environment '%.*s' in the repository%s%s%s", STR_ARG(wanted),
                     nearest ? ", did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

static void print_verdict(struct context *context, const struct examination *examination)
{
    const size_t *count = examination->count;
    struct buf text = BUF_INIT(BUF_SMALL);
    if (context->options.output == OUTPUT_JSON) {
        struct value *root = value_map(context->arena);
        value_setz(context->arena, root, "checks", examination->list);
        value_setz(context->arena, root, "failed", value_int(context->arena, (int64_t)count[FINDING_FAILED]));
        value_setz(context->arena, root, "unknown",
                   value_int(context->arena, (int64_t)count[FINDING_UNKNOWN]));
        json_write(&text, root, JSON_PRETTY);
        buf_addc(&text, '\n');
    } else {
        add_count(&text, examination->list->count, "check");
        if (count[FINDING_FAILED])
            buf_printf(&text, ": %zu failed", count[FINDING_FAILED]);
        else
            buf_addz(&text, ": plumb can work");
        if (count[FINDING_UNKNOWN])
            buf_printf(&text, ", %zu could not be made", count[FINDING_UNKNOWN]);
        buf_addc(&text, '\n');
    }
    print_text(buf_str(&text));
    buf_release(&text);
}

static enum exit_status run(struct context *context, struct error *error)
{
    struct examination examination = {.context = context, .list = value_list(context->arena)};
    struct doctor doctor = {.arena = context->arena, .found = take, .self = &examination};
    struct error opened = ERROR_INIT;
    bool open = context_session(context, &doctor.session, &opened);
    doctor_repository(&doctor, &opened);
    bool ok = !open || examine_environments(&doctor, context, error);
    if (ok)
        print_verdict(context, &examination);
    if (open)
        session_close(doctor.session);
    return ok && !examination.count[FINDING_FAILED] ? EXIT_DONE : EXIT_ERROR;
}

const struct command command_doctor = {
    .name = "doctor",
    .arguments = "[OPTIONS] [ENV]",
    .summary = "check that Git, credentials and permissions are as plumb needs them",
    .help =
        "Checks what has to be right before plumb can work, and says for each what to do: the repository,\n"
        "its ledger, the clock, the credentials and their account, and, where iam:SimulatePrincipalPolicy\n"
        "is allowed, the permissions.  Writes nothing.  Exit status 1 if a check failed.",
    .targets = 1,
    .run = run,
};
