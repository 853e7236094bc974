#include "reconciler/doctor.h"

enum { SKEW_MAX_MS = 60 * 1000 }; /* a minute is a third of a claim's lease */

const char *finding_state_name(enum finding_state state)
{
    static const char *const names[] = {
        [FINDING_OK] = "ok", [FINDING_UNKNOWN] = "unknown", [FINDING_FAILED] = "failed"};
    return names[state];
}

void doctor_tell(const struct doctor *doctor, struct str subject, const char *check, enum finding_state state,
                 struct str message, struct str fix)
{
    const struct finding finding = {
        .subject = subject, .check = str_from(check), .state = state, .message = message, .fix = fix};
    doctor->found(doctor->self, &finding);
}

static void tell_error(const struct doctor *doctor, struct str subject, const char *check,
                       const struct error *error, struct str fix)
{
    doctor_tell(doctor, subject, check, FINDING_FAILED, arena_str(doctor->arena, str_from(error->message)),
                fix);
}

/* --- Git --- */

static struct str fix_of_git(const struct error *error)
{
    if (error->code == ERROR_DENIED)
        return STR("give plumb a token or key that may read the repository: PLUMB_GIT_TOKEN, "
                   "PLUMB_GIT_TOKEN_FILE or "
                   "PLUMB_SSH_KEY");
    if (error->code == ERROR_UNAVAILABLE || error->code == ERROR_TIMEOUT)
        return STR("see that the Git server answers from here: name, port, proxy, firewall");
    if (error->code == ERROR_CORRUPT)
        return STR("let a person look at the repository before anything else is done");
    return STR("name the repository with --repo and the branch with --revision");
}

void doctor_repository(const struct doctor *doctor, const struct error *opened)
{
    struct str subject = STR("repository");
    struct error error = ERROR_INIT;
    if (opened->code != ERROR_NONE) {
        tell_error(doctor, subject, "git", opened, fix_of_git(opened));
        return;
    }
    struct mirror *mirror = session_mirror(doctor->session);
    doctor_tell(doctor, subject, "git", FINDING_OK,
                arena_printf(doctor->arena, "'%.*s' can be read, at %.7s", STR_ARG(mirror_url(mirror)),
                             session_commit(doctor->session)->hex),
                STR_EMPTY);
    const struct repository *settings = session_repository(doctor->session, &error);
    if (!settings)
        tell_error(doctor, subject, "plumb.yaml", &error,
                   STR("correct it: plan and apply refuse until then"));
    else if (settings->node)
        doctor_tell(doctor, subject, "plumb.yaml", FINDING_OK, STR("its settings are sound"), STR_EMPTY);
    error_clear(&error);
    if (mirror_can_push(mirror, &error))
        doctor_tell(doctor, subject, "push", FINDING_OK,
                    STR("the server takes a push from here (its hooks and protected refs are not asked)"),
                    STR_EMPTY);
    else
        tell_error(
            doctor, subject, "push", &error,
            STR("plumb writes its ledger to refs/plumb/*: give its token or key the right to push them"));
}

/* --- one environment --- */

static void check_ledger(const struct doctor *doctor, const struct environment *environment)
{
    struct ledger *ledger;
    struct error error = ERROR_INIT;
    if (!session_ledger(doctor->session, environment->account, &ledger, &error)) {
        tell_error(
            doctor, environment->name, "ledger", &error,
            error.code == ERROR_CORRUPT
                ? STR("find out who changed the ref: git log shows its commits; docs say how it is restored")
            : error.code == ERROR_INVALID ? STR("run a plumb that is as new as the one that wrote it")
                                          : fix_of_git(&error));
        return;
    }
    const char *tip = ledger_tip(ledger)->hex;
    doctor_tell(doctor, environment->name, "ledger", FINDING_OK,
                *tip ? arena_printf(doctor->arena, "refs/plumb/%.*s can be read, at %.7s",
                                    STR_ARG(environment->account), tip)
                     : arena_printf(doctor->arena, "refs/plumb/%.*s is not there yet: nothing was released",
                                    STR_ARG(environment->account)),
                STR_EMPTY);
}

static bool check_clock(const struct doctor *doctor, const struct environment *environment)
{
    int64_t skew;
    struct error error = ERROR_INIT;
    if (!aws_clock_skew(session_options(doctor->session)->aws, environment->region, &skew, &error)) {
        tell_error(doctor, environment->name, "aws", &error,
                   arena_printf(doctor->arena,
                                "see that AWS can be reached from here in %.*s: region, proxy, firewall, "
                                "AWS_ENDPOINT_URL",
                                STR_ARG(environment->region)));
        return false;
    }
    long long seconds = (long long)(skew < 0 ? -skew : skew) / 1000;
    struct str message = seconds < 2 ? STR("the clock is right")
                                     : arena_printf(doctor->arena, "the clock is %lld s %s AWS's", seconds,
                                                    skew < 0 ? "ahead of" : "behind");
    bool right = skew < SKEW_MAX_MS && skew > -SKEW_MAX_MS;
    doctor_tell(doctor, environment->name, "clock", right ? FINDING_OK : FINDING_FAILED, message,
                right ? STR_EMPTY
                      : STR("set it by NTP: AWS refuses what is signed more than 5 minutes off, and the "
                            "times of releases would be wrong"));
    return true;
}

static struct str fix_of_credentials(const struct environment *environment, const struct error *error)
{
    if (str_contains(str_from(error->message), "wrong account"))
        return STR(
            "correct `account` or `roleArn` in environment.yaml, or give plumb credentials of that account");
    if (environment->role_arn.len && str_contains(str_from(error->message), "AssumeRole"))
        return STR("let the role's trust policy name whoever plumb starts as, with the externalId of "
                   "environment.yaml, "
                   "and allow him sts:AssumeRole");
    return STR("give plumb credentials: AWS_ACCESS_KEY_ID, a profile, the container's or instance's role");
}

static bool check_credentials(const struct doctor *doctor, const struct environment *environment,
                              struct aws **aws)
{
    const struct aws_target target = {.region = environment->region,
                                      .role_arn = environment->role_arn,
                                      .external_id = environment->external_id,
                                      .account = environment->account};
    struct error error = ERROR_INIT;
    struct str arn;
    if (!aws_open(session_options(doctor->session)->aws, &target, aws, &error)) {
        *aws = NULL;
        tell_error(doctor, environment->name, "credentials", &error, fix_of_credentials(environment, &error));
        return false;
    }
    if (!aws_caller(*aws, doctor->arena, &arn, &error)) {
        tell_error(doctor, environment->name, "credentials", &error, fix_of_credentials(environment, &error));
        return false;
    }
    doctor_tell(doctor, environment->name, "credentials", FINDING_OK,
                arena_printf(doctor->arena, "they are of account %.*s: %.*s", STR_ARG(environment->account),
                             STR_ARG(arn)),
                STR_EMPTY);
    return true;
}

static void check_applications(const struct doctor *doctor, const struct environment *environment,
                               struct aws *aws)
{
    for (size_t i = 0; i < environment->application_count; i++) {
        struct error error = ERROR_INIT;
        struct subject *subject = NULL;
        struct str name = arena_printf(doctor->arena, "%.*s/%.*s", STR_ARG(environment->name),
                                       STR_ARG(environment->applications[i].name));
        if (subject_open(doctor->session, environment->name, environment->applications[i].name, &subject,
                         &error) &&
            subject_render(subject, &error))
            doctor_permissions(doctor, aws, subject);
        else
            tell_error(doctor, name, "template", &error,
                       STR("mend the file that it names: `plumb render` shows the same without an account"));
        subject_close(subject);
    }
}

void doctor_environment(const struct doctor *doctor, struct str name)
{
    struct environment environment;
    struct error error = ERROR_INIT;
    struct aws *aws = NULL;
    if (!environment_load(session_files(doctor->session), doctor->arena, name, &environment, &error)) {
        tell_error(doctor, name, "files", &error, STR("mend the file that it names"));
        return;
    }
    check_ledger(doctor, &environment);
    if (check_clock(doctor, &environment) && check_credentials(doctor, &environment, &aws))
        check_applications(doctor, &environment, aws);
    if (aws)
        aws_close(aws);
}
