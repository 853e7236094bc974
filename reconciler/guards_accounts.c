/* The guard on other accounts: every ARN, address and principal among the properties that names one. */

#include "base/json.h"
#include "reconciler/guards_private.h"

enum { ACCOUNT_DIGITS = 12, JSON_DEPTH = 8 };

static bool is_account(struct str text)
{
    uint64_t number;
    return text.len == ACCOUNT_DIGITS && str_to_uint(text, UINT64_MAX, &number);
}

static bool is_allowed(const struct guard_look *look, struct str account)
{
    const struct value *accounts = look->guards->accounts;
    bool allowed = str_equal(account, look->plan->input.owner->account);
    for (size_t i = 0; i < accounts->count && !allowed; i++)
        allowed = str_equal(value_text(accounts->items[i]), account);
    return allowed;
}

/* A text of the properties: what is shown of it, and where it stands. */
struct reading {
    struct guard_look *look;
    const struct value *place;
    bool hidden;
    int depth; /* of JSON in texts in JSON */
};

static void check(const struct reading *reading, struct str account, struct str shown)
{
    const struct guard_offence offence = {
        .rule = GUARD_ACCOUNTS,
        .rule_node = reading->look->guards->accounts,
        .place = reading->place,
        .value = reading->hidden ? STR("****") : shown,
        .what = "what names another account:",
        .remedy = "name something of this account, or add that account to the guard",
    };
    if (is_account(account) && !is_allowed(reading->look, account))
        guard_refuse(reading->look, &offence);
}

/* An ARN ends where it cannot go on: it may stand within an address, a list or a document. */
static struct str arn_at(struct str text, size_t at)
{
    size_t end = at;
    while (end < text.len && (unsigned char)text.ptr[end] > ' ' && text.ptr[end] != '"' &&
           text.ptr[end] != '\'' && text.ptr[end] != ',' && text.ptr[end] != ')')
        end++;
    return str_slice(text, at, end - at);
}

/* "arn:PARTITION:SERVICE:REGION:ACCOUNT:..." */
static void check_arn(const struct reading *reading, struct str arn)
{
    struct str rest = arn, part = STR_EMPTY;
    for (size_t i = 0; i < 5; i++)
        if (!str_split(&rest, ':', &part))
            return;
    check(reading, part, arn);
}

/* The registry of another account: "ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME"; and its queues:
 * "https://sqs.REGION.amazonaws.com/ACCOUNT/NAME". */
static void check_address(const struct reading *reading, struct str text)
{
    static const char registry[] = ".dkr.ecr.", queue[] = "https://sqs.";
    if (text.len > ACCOUNT_DIGITS &&
        str_equal(str_slice(text, ACCOUNT_DIGITS, sizeof registry - 1), str_from(registry)))
        check(reading, str_slice(text, 0, ACCOUNT_DIGITS), text);
    if (str_starts(text, queue)) {
        struct str path = str_from_index(text, sizeof queue - 1), account;
        if (str_split(&path, '/', &account) && str_split(&path, '/', &account))
            check(reading, account, text);
    }
}

static void check_text(const struct reading *reading, struct str text)
{
    static const char arn[] = "arn:";
    for (size_t i = 0; i + sizeof arn - 1 <= text.len; i++)
        if (str_equal(str_slice(text, i, sizeof arn - 1), str_from(arn)))
            check_arn(reading, arn_at(text, i));
    check_address(reading, text);
}

/* Where a bare number is an account: "Principal", "AWS" below it, "SourceAccount", "aws:PrincipalAccount". */
static bool holds_account(struct str key)
{
    static const char *const ends[] = {"Account", "AccountId", "AccountIds", "Accounts", "SourceOwner"};
    bool holds = str_is(key, "Principal") || str_is(key, "AWS") || str_is(key, "UserId");
    for (size_t i = 0; i < ARRAY_LENGTH(ends) && !holds; i++)
        holds = str_ends(key, ends[i]);
    return holds;
}

static void walk(struct reading reading, const struct value *value, struct str key);

static bool walk_json(struct reading reading, struct str text, struct str key)
{
    struct error ignored = ERROR_INIT;
    struct value *tree;
    if (reading.depth >= JSON_DEPTH || !(str_starts(text, "{") || str_starts(text, "[")) ||
        !json_read(reading.look->arena, STR_EMPTY, text, &tree, &ignored))
        return false;
    reading.depth++;
    walk(reading, tree, key);
    return true;
}

static void walk_text(struct reading reading, const struct value *value, struct str key)
{
    reading.hidden = reading.hidden || value_is(value, VALUE_SECRET) || value_reference(value).len;
    if (walk_json(reading, str_trim(value->text), key))
        return;
    if (holds_account(key) && is_account(value->text))
        check(&reading, value->text, value->text);
    else
        check_text(&reading, value->text);
}

static void walk(struct reading reading, const struct value *value, struct str key)
{
    if (value->source && value->line)
        reading.place = value;
    if (value_is(value, VALUE_STRING) || value_is(value, VALUE_SECRET))
        walk_text(reading, value, key);
    else if (value_is(value, VALUE_NUMBER) && holds_account(key))
        check(&reading, value->text, value->text);
    for (size_t i = 0; value_is(value, VALUE_LIST) && i < value->count; i++)
        walk(reading, value->items[i], key);
    for (size_t i = 0; value_is(value, VALUE_MAP) && i < value->count; i++)
        walk(reading, value->entries[i].value, value->entries[i].key);
}

void guard_accounts(struct guard_look *look)
{
    const struct reading reading = {.look = look};
    if (!look->guards->accounts)
        return;
    look->undecided = look->undecided || value_find_unknown(look->change->properties);
    walk(reading, look->change->properties, STR_EMPTY);
}
