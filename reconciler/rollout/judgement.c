/* From what is on the board to findings, and to a verdict. */

#include <math.h>

#include "reconciler/rollout/board_private.h"

struct judging {
    struct watcher *watcher;
    struct arena *arena;
    int64_t now_ms;
    struct evidence *out;
    struct str bad, unknown; /* the first reasons */
};

static void find(struct judging *judging, struct finding finding, struct str reason)
{
    struct evidence *out = judging->out;
    struct str *first = finding.verdict == VERDICT_BAD ? &judging->bad : &judging->unknown;
    if (finding.verdict != VERDICT_GOOD && !first->len)
        *first = reason;
    out->findings[out->finding_count++] = finding;
}

/* Why a reading is no evidence. */
static struct str why(struct judging *judging, const char *trouble, int64_t read_ms)
{
    if (trouble)
        return arena_str(judging->arena, str_from(trouble));
    if (read_ms == NEVER)
        return STR("it has not been read yet");
    return arena_printf(judging->arena, "it was read %lld s ago",
                        (long long)((judging->now_ms - read_ms) / 1000));
}

/* "0.41", "0.00002", "3.1e-09" */
static struct str chance_text(struct arena *arena, double chance)
{
    int decimals = 2;
    if (chance >= 1 || chance <= 0)
        return arena_printf(arena, "%.0f", chance);
    if (chance < 1e-6)
        return arena_printf(arena, "%.1e", chance);
    for (double scaled = chance * 10; scaled < 1; scaled *= 10)
        decimals++;
    struct str text = arena_printf(arena, "%.*f", decimals, chance);
    while (str_ends(text, "0"))
        text.len--;
    return text;
}

/* --- alarms --- */

static struct str silent_alarm(struct judging *judging, const struct item *alarm)
{
    bool quiet = str_is(value_get_text(alarm->value, "TreatMissingData"), "notBreaching");
    return arena_printf(judging->arena,
                        quiet
                            ? "alarm %s is INSUFFICIENT_DATA: CloudWatch has not judged it yet"
                            : "alarm %s is INSUFFICIENT_DATA: without data nobody can say that it is quiet; "
                              "give it TreatMissingData: notBreaching, or take it out of 'alarms'",
                        alarm->name);
}

static void judge_alarm(struct judging *judging, const struct item *alarm)
{
    struct arena *arena = judging->arena;
    struct str name = arena_printf(arena, "alarm %s", alarm->name);
    struct str state = value_get_text(alarm->value, "StateValue");
    struct finding finding = {.name = name, .verdict = VERDICT_UNKNOWN, .value = arena_str(arena, state)};
    struct str reason;
    if (item_fresh(alarm, judging->now_ms) && alarm->read_ms < judging->watcher->step_since_ms) {
        reason = arena_printf(arena, "%.*s has not been read since this step began", STR_ARG(name));
    } else if (!item_fresh(alarm, judging->now_ms)) {
        finding.value = STR_EMPTY;
        reason = arena_printf(arena, "the state of %.*s is not known: %.*s", STR_ARG(name),
                              STR_ARG(why(judging, alarm->trouble, alarm->read_ms)));
    } else if (!alarm->value) {
        reason = arena_printf(arena, "%.*s does not exist", STR_ARG(name));
    } else if (str_is(state, "ALARM")) {
        struct str words = value_get_text(alarm->value, "StateReason");
        finding.verdict = VERDICT_BAD;
        reason =
            arena_printf(arena, "%.*s is red%s%.*s", STR_ARG(name), words.len ? ": " : "", STR_ARG(words));
    } else if (str_is(state, "OK")) {
        finding.verdict = VERDICT_GOOD;
        reason = STR_EMPTY;
    } else {
        reason = silent_alarm(judging, alarm);
    }
    find(judging, finding, reason);
}

static void show_ignored(struct judging *judging, const struct item *alarm)
{
    struct str state =
        item_fresh(alarm, judging->now_ms) ? value_get_text(alarm->value, "StateValue") : STR_EMPTY;
    find(judging,
         (struct finding){.name = STR("red before the start"),
                          .verdict = VERDICT_GOOD,
                          .value = arena_printf(judging->arena, "%s%s%.*s", alarm->name, state.len ? " " : "",
                                                STR_ARG(state))},
         STR_EMPTY);
}

/* --- comparisons --- */

struct counted {
    struct outcomes of[VERSIONS];
    const struct series *stale; /* a figure that is not known; NULL: all are */
};

static int64_t whole(double value)
{
    return value > 0 && value < 1e15 ? (int64_t)llround(value) : 0;
}

static struct outcomes failures_since(const struct suspect *suspect, enum version version, int figure,
                                      int64_t from_ms)
{
    int64_t bad = whole(series_sum(suspect->failures[version][figure], from_ms));
    int64_t all = whole(series_sum(suspect->invocations[version], from_ms));
    if (figure == FIGURE_THROTTLES)
        all += bad; /* Lambda counts a throttled request as no invocation */
    return (struct outcomes){.bad = bad < all ? bad : all,
                             .all = all}; /* one figure may come before the other */
}

/* Minute by minute: so many invocations, of which so many percent were no slower. */
static struct outcomes slow_since(const struct suspect *suspect, enum version version, int64_t from_ms)
{
    const struct series *ranks = suspect->ranks[version], *invocations = suspect->invocations[version];
    double slow = 0, all = 0;
    for (size_t i = 0, k = 0; i < ranks->count; i++) {
        const struct point *rank = &ranks->points[i];
        while (k < invocations->count && invocations->points[k].at_ms < rank->at_ms)
            k++;
        if (rank->at_ms < from_ms - from_ms % MINUTE_MS || k == invocations->count ||
            invocations->points[k].at_ms != rank->at_ms)
            continue;
        all += invocations->points[k].high;
        slow += invocations->points[k].high * fmin(fmax(100 - rank->high, 0), 100) / 100;
    }
    return (struct outcomes){.bad = whole(slow), .all = whole(all)};
}

static struct outcomes outcomes_since(const struct suspect *suspect, enum version version, int figure,
                                      int64_t from_ms)
{
    return figure == FIGURE_DURATION ? slow_since(suspect, version, from_ms)
                                     : failures_since(suspect, version, figure, from_ms);
}

static struct counted count(struct judging *judging, const struct suspect *suspect, int figure)
{
    struct counted counted = {.stale = NULL};
    int64_t since_ms = judging->watcher->since_ms;
    for (int version = 0; version < VERSIONS; version++) {
        const struct series *figures =
            figure == FIGURE_DURATION ? suspect->ranks[version] : suspect->failures[version][figure];
        const struct series *needed[] = {suspect->invocations[version],
                                         figures ? figures : suspect->percentile};
        for (size_t i = 0; i < ARRAY_LENGTH(needed) && !counted.stale; i++)
            counted.stale = series_fresh(needed[i], judging->now_ms) ? NULL : needed[i];
        if (figures)
            counted.of[version] = outcomes_since(suspect, (enum version)version, figure, since_ms);
        if (figures && version == VERSION_OLD && counted.of[version].all == 0)
            counted.of[version] = outcomes_since(suspect, VERSION_OLD, figure, since_ms - HOUR_MS);
    }
    return counted;
}

static struct str share_text(struct arena *arena, struct outcomes of)
{
    return arena_printf(arena, "%lld of %lld (%.1f %%)", (long long)of.bad, (long long)of.all,
                        of.all ? 100.0 * (double)of.bad / (double)of.all : 0.0);
}

static struct str worse_text(struct judging *judging, const struct suspect *suspect, int figure,
                             struct outcomes old)
{
    struct arena *arena = judging->arena;
    const struct comparison *comparison = &suspect->comparisons[figure];
    struct str than;
    if (figure == FIGURE_ERRORS)
        than = STR("fails more often than the old");
    else if (figure == FIGURE_THROTTLES)
        than = STR("is throttled more often than the old");
    else
        than =
            arena_printf(arena, "is slower than the old version's %.*s of %.10g ms more often than the old",
                         STR_ARG(judging->watcher->percentile), suspect->slower_than);
    return arena_printf(arena, "the new version of %.*s %.*s: %.*s, old %.*s, p %.*s",
                        STR_ARG(suspect->label), STR_ARG(than), STR_ARG(share_text(arena, comparison->fresh)),
                        STR_ARG(share_text(arena, old)), STR_ARG(chance_text(arena, comparison->chance)));
}

static void show_counts(struct arena *arena, struct finding *finding, const struct comparison *comparison,
                        const struct counted *counted)
{
    struct outcomes old = counted->of[VERSION_OLD];
    struct outcomes fresh = comparison->worse ? comparison->fresh : counted->of[VERSION_NEW];
    finding->value = arena_printf(arena, "%lld of %lld, old: %lld of %lld", (long long)fresh.bad,
                                  (long long)fresh.all, (long long)old.bad, (long long)old.all);
    if (comparison->looks)
        finding->limit =
            arena_printf(arena, "p %.*s %s %.*s", STR_ARG(chance_text(arena, comparison->chance)),
                         comparison->worse ? "<" : ">=", STR_ARG(chance_text(arena, comparison->limit)));
}

/* Once a minute, as often as Lambda tells: a share of the risk for half a minute's figures would be wasted.
 * But no step is left on figures that nobody has looked at. */
static bool look(struct judging *judging, struct suspect *suspect, int figure, const struct counted *counted)
{
    struct comparison *comparison = &suspect->comparisons[figure];
    int64_t *looked_ms = &suspect->looked_ms[figure];
    int64_t looks = comparison->looks;
    if (*looked_ms != NEVER && judging->now_ms - *looked_ms < MINUTE_MS && !judging->watcher->leaving)
        return comparison->worse;
    comparison_look(comparison, judging->watcher->risk, counted->of[VERSION_OLD], counted->of[VERSION_NEW]);
    if (comparison->looks != looks)
        *looked_ms = judging->now_ms;
    return comparison->worse;
}

/* What there is nothing to compare with is no evidence, unless time alone is, or enough synthetic requests
 * have passed. */
static struct str nothing_yet(struct judging *judging, const struct suspect *suspect,
                              const struct counted *counted)
{
    if (counted->of[VERSION_NEW].all == 0)
        return arena_printf(judging->arena, "the new version of %.*s has had no invocations yet",
                            STR_ARG(suspect->label));
    return arena_printf(
        judging->arena,
        "the old version of %.*s has had no invocations since an hour before the start: there "
        "is nothing to compare the new one with",
        STR_ARG(suspect->label));
}

static void compare(struct judging *judging, struct suspect *suspect, int figure)
{
    static const char *const names[FIGURES] = {"errors", "throttles", "duration"};
    struct arena *arena = judging->arena;
    struct comparison *comparison = &suspect->comparisons[figure];
    struct counted counted = count(judging, suspect, figure);
    struct outcomes *of = counted.of;
    struct finding finding = {.name =
                                  arena_printf(arena, "%s of %.*s", names[figure], STR_ARG(suspect->label)),
                              .verdict = VERDICT_UNKNOWN};
    struct str reason = STR_EMPTY;
    if (!comparison->worse && counted.stale) {
        reason = arena_printf(arena, "the %.*s cannot be compared: %.*s", STR_ARG(finding.name),
                              STR_ARG(why(judging, counted.stale->trouble, counted.stale->read_ms)));
    } else if (!comparison->worse && (of[VERSION_OLD].all == 0 || of[VERSION_NEW].all == 0)) {
        reason = nothing_yet(judging, suspect, &counted);
        bool enough = suspect->synthetic >= judging->watcher->minimum; /* also where time alone is evidence */
        finding.verdict = enough ? VERDICT_GOOD : VERDICT_UNKNOWN;
        show_counts(arena, &finding, comparison, &counted);
    } else {
        bool worse = look(judging, suspect, figure, &counted);
        finding.verdict = worse ? VERDICT_BAD : VERDICT_GOOD;
        show_counts(arena, &finding, comparison, &counted);
        if (worse)
            reason = worse_text(judging, suspect, figure, of[VERSION_OLD]);
    }
    find(judging, finding, reason);
}

/* --- checks --- */

/* A number to print; NaN where the check has no such limit. */
static double limit_of(const struct check *check, const char *key)
{
    double limit;
    return number_read(value_get(check->node, key), &limit) ? limit : NAN;
}

static struct str limits_text(struct arena *arena, double min, double max)
{
    if (!isnan(min) && !isnan(max))
        return arena_printf(arena, "min %.10g, max %.10g", min, max);
    return isnan(max) ? arena_printf(arena, "min %.10g", min) : arena_printf(arena, "max %.10g", max);
}

/* The first point in this step that is beyond a limit. */
static bool judge_points(struct judging *judging, const struct check *check, struct finding *finding,
                         struct str *reason)
{
    double min = limit_of(check, "min"), max = limit_of(check, "max");
    struct arena *arena = judging->arena;
    bool any = false;
    finding->limit = limits_text(arena, min, max);
    for (size_t i = 0; i < check->series->count; i++) {
        const struct point *point = &check->series->points[i];
        bool high = point->high > max, low = point->low < min; /* false beside NaN */
        if (point->at_ms < judging->watcher->step_since_ms)
            continue;
        any = true;
        finding->verdict = high || low ? VERDICT_BAD : VERDICT_GOOD;
        finding->value = arena_printf(arena, "%.10g", high || isnan(min) ? point->high : point->low);
        if (high || low) {
            *reason = arena_printf(arena, "check %.*s is %.*s at %.*s, %s of %.10g", STR_ARG(check->name),
                                   STR_ARG(finding->value), STR_ARG(time_iso8601(arena, point->at_ms)),
                                   high ? "more than its max" : "less than its min", high ? max : min);
            break;
        }
    }
    return any;
}

static void judge_check(struct judging *judging, const struct check *check)
{
    struct arena *arena = judging->arena;
    const struct series *series = check->series;
    struct finding finding = {.name = arena_printf(arena, "check %.*s", STR_ARG(check->name)),
                              .verdict = VERDICT_UNKNOWN};
    struct str reason = STR_EMPTY;
    if (!series_fresh(series, judging->now_ms))
        reason = arena_printf(arena, "check %.*s cannot be read: %.*s", STR_ARG(check->name),
                              STR_ARG(why(judging, series->trouble, series->read_ms)));
    else if (!judge_points(judging, check, &finding, &reason))
        reason = arena_printf(arena, "check %.*s has no data point in this step", STR_ARG(check->name));
    find(judging, finding, reason);
}

/* --- the minimum --- */

static struct str thin_text(struct judging *judging, const struct suspect *suspect, int64_t had)
{
    const struct series *series = suspect->invocations[VERSION_NEW];
    struct arena *arena = judging->arena;
    if (!series_fresh(series, judging->now_ms))
        return arena_printf(arena, "the invocations of the new version of %.*s are not known: %.*s",
                            STR_ARG(suspect->label), STR_ARG(why(judging, series->trouble, series->read_ms)));
    return arena_printf(arena,
                        "the new version of %.*s has had %lld of the %lld invocations that this step wants",
                        STR_ARG(suspect->label), (long long)had, (long long)judging->watcher->minimum);
}

/* What is not known counts as none. */
static struct str weigh(struct judging *judging)
{
    const struct watcher *watcher = judging->watcher;
    struct evidence *out = judging->out;
    const struct suspect *least = NULL;
    for (size_t i = 0; i < watcher->suspect_count; i++) {
        const struct suspect *suspect = &watcher->suspects[i];
        const struct series *series = suspect->invocations[VERSION_NEW];
        int64_t had = suspect->synthetic;
        if (!series)
            continue;
        if (series_fresh(series, judging->now_ms) && series->read_ms >= watcher->step_since_ms)
            had += whole(series_sum(series, watcher->step_since_ms));
        if (!least || had < out->invocations) {
            least = suspect;
            out->invocations = had;
            out->synthetic = suspect->synthetic;
        }
    }
    out->thin = least && out->invocations < watcher->minimum;
    return out->thin ? thin_text(judging, least, out->invocations) : STR_EMPTY;
}

/* --- all of it --- */

static bool has_figures(const struct watcher *watcher)
{
    for (size_t i = 0; i < watcher->suspect_count; i++)
        if (watcher->suspects[i].invocations[VERSION_NEW])
            return true;
    return false;
}

static struct str good_text(struct judging *judging)
{
    struct buf text = BUF_INIT(BUF_SMALL);
    const struct evidence *out = judging->out;
    if (has_figures(judging->watcher))
        buf_printf(&text, "%lld invocations of the new version in this step", (long long)out->invocations);
    if (out->synthetic)
        buf_printf(&text, ", %lld of them synthetic", (long long)out->synthetic);
    for (size_t i = 0; i < out->finding_count; i++)
        buf_printf(&text, "%s%.*s: %.*s", text.len ? "; " : "", STR_ARG(out->findings[i].name),
                   STR_ARG(out->findings[i].value));
    struct str result = arena_str(judging->arena, text.len ? buf_str(&text) : STR("nothing was asked for"));
    buf_release(&text);
    return result;
}

static void judge_all(struct judging *judging, bool started)
{
    struct watcher *watcher = judging->watcher;
    for (size_t i = 0; i < watcher->alarm_count; i++)
        judge_alarm(judging, watcher->alarms[i]);
    for (size_t i = 0; i < watcher->ignored_count; i++)
        show_ignored(judging, watcher->ignored[i]);
    for (size_t i = 0; started && i < watcher->suspect_count; i++) {
        suspect_measure(watcher, &watcher->suspects[i], judging->arena, judging->now_ms);
        for (int figure = 0; figure < FIGURES; figure++)
            if (watcher->compares[figure] && watcher->suspects[i].invocations[VERSION_NEW])
                compare(judging, &watcher->suspects[i], figure);
    }
    for (size_t i = 0; started && i < watcher->check_count; i++)
        if (watcher->checks[i].selected)
            judge_check(judging, &watcher->checks[i]);
}

void watcher_evidence(struct watcher *watcher, struct arena *arena, int64_t now_ms, struct evidence *out)
{
    struct judging judging = {.watcher = watcher, .arena = arena, .now_ms = now_ms, .out = out};
    size_t most = watcher->alarm_count + watcher->ignored_count + watcher->suspect_count * FIGURES +
                  watcher->check_count;
    *out = (struct evidence){.findings = arena_array(arena, most, sizeof *out->findings)};
    pthread_mutex_lock(&watcher->board->lock);
    bool started = watcher->since_ms != NEVER;
    struct str thin = started ? weigh(&judging) : STR_EMPTY;
    judge_all(&judging, started);
    pthread_mutex_unlock(&watcher->board->lock);
    if (!started) {
        out->verdict = VERDICT_UNKNOWN;
        out->thin = has_figures(watcher) && watcher->minimum > 0;
        out->reason = STR("the new version has no traffic yet");
    } else if (judging.bad.len) {
        out->verdict = VERDICT_BAD;
        out->reason = judging.bad;
    } else if (judging.unknown.len || out->thin) {
        out->verdict = VERDICT_UNKNOWN;
        out->reason = judging.unknown.len ? judging.unknown : thin;
    } else {
        out->verdict = VERDICT_GOOD;
        out->reason = good_text(&judging);
    }
}
