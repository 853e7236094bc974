#include "reconciler/freeze.h"

#include <string.h>

#include "reconciler/holds.h"

static bool goes_back(const struct plan *plan, bool *yes, struct error *error)
{
    const struct plan_input *input = &plan->input;
    struct holds holds;
    *yes = false;
    if (!input->ledger || !input->release->commit.hex[0])
        return true;
    if (!holds_load(input->ledger, plan->arena, input->environment->region, input->environment->name,
                    input->application->name, &holds, error))
        return false;
    *yes = strcmp(input->release->commit.hex, input->commit.hex) != 0 &&
           holds_find(&holds, &input->release->commit, STR_EMPTY) != NULL &&
           holds_find(&holds, &input->commit, STR_EMPTY) == NULL;
    return true;
}

bool freeze_check(const struct plan *plan, bool *held, struct str *why, struct error *error)
{
    const struct plan_input *input = &plan->input;
    bool back;
    *held = false;
    if (!freeze_in_force(input->environment->freezes, input->environment->freeze_count, plan->arena,
                         input->now_ms, why) ||
        !plan_has_changes(plan) || plan_only_heals(plan))
        return true;
    if (input->release->state == RELEASE_APPLYING &&
        strcmp(input->release->commit.hex, input->commit.hex) == 0)
        return true;
    if (!goes_back(plan, &back, error))
        return false;
    *held = !back;
    return true;
}
