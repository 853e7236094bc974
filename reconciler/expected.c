#include "reconciler/expected.h"

/* Is the path the rule's, or a part of it? */
static bool covers(struct str rule, struct str path)
{
    if (str_is(rule, "*") || str_equal(rule, path))
        return true;
    return path.len > rule.len && str_equal(str_slice(path, 0, rule.len), rule) &&
           (path.ptr[rule.len] == '.' || path.ptr[rule.len] == '[');
}

bool drift_is_expected(const struct environment *environment, int64_t now_ms, struct str logical_id,
                       struct str path)
{
    for (size_t i = 0; i < environment->ignore_count; i++) {
        const struct drift_ignore *rule = &environment->ignores[i];
        bool expired = rule->expires_ms && rule->expires_ms <= now_ms;
        if (!expired && (str_is(rule->resource, "*") || str_equal(rule->resource, logical_id)) &&
            covers(rule->path, path))
            return true;
    }
    return false;
}
