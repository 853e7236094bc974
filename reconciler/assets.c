#include "reconciler/assets.h"

#include "base/json.h"
#include "providers/resource.h"
#include "providers/s3/objects.h"
#include "reconciler/graph.h"

enum { ACCOUNT_SIZE = 12 };

/* --- what can never be --- */

static bool is_digits(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len > 0;
}

/* "cdk-hnb659fds-assets-111111111111-eu-west-1" names its account; "" where a name does not. */
static struct str account_in(struct str bucket)
{
    struct str marker = STR("-assets-");
    for (size_t i = 0; str_starts(bucket, "cdk-") && i + marker.len < bucket.len; i++) {
        struct str rest = str_from_index(bucket, i + marker.len);
        struct str account = str_slice(rest, 0, ACCOUNT_SIZE);
        if (str_equal(str_slice(bucket, i, marker.len), marker) && account.len == ACCOUNT_SIZE &&
            is_digits(account) && str_starts(str_from_index(rest, ACCOUNT_SIZE), "-"))
            return account;
    }
    return STR_EMPTY;
}

static bool check_asset(const struct plan *plan, const struct desired_asset *asset, struct error *error)
{
    struct str account = account_in(value_text(asset->bucket));
    if (!value_is(asset->bucket, VALUE_STRING) || !value_is(asset->key, VALUE_STRING))
        return value_error(asset->node, error, ERROR_INVALID,
                           "the bucket or key of asset '%.*s' is not known before the application is applied",
                           STR_ARG(asset->path));
    return !account.len || str_equal(account, plan->input.owner->account) ||
           value_error(asset->node, error, ERROR_INVALID,
                       "asset '%.*s' belongs into account %.*s (bucket '%.*s'), and the environment is in "
                       "%.*s: synthesize for that account, or without one",
                       STR_ARG(asset->path), STR_ARG(account), STR_ARG(value_text(asset->bucket)),
                       STR_ARG(plan->input.owner->account));
}

bool assets_check(const struct plan *plan, struct error *error)
{
    const struct desired *desired = plan->input.desired;
    for (size_t i = 0; i < desired->asset_count; i++)
        if (!check_asset(plan, &desired->assets[i], error))
            return false;
    return true;
}

/* --- looking --- */

static bool changes_something(const struct plan *plan)
{
    bool found = false;
    for (size_t i = 0; i < plan->count && !found; i++)
        found = plan->changes[i].action == CHANGE_CREATE || plan->changes[i].action == CHANGE_UPDATE ||
                plan->changes[i].action == CHANGE_REPLACE;
    return found;
}

static bool is_listed(const struct plan_assets *assets, const struct desired_asset *wanted)
{
    for (size_t i = 0; i < assets->count; i++)
        if (str_equal(assets->items[i].bucket, value_text(wanted->bucket)) &&
            str_equal(assets->items[i].key, value_text(wanted->key)))
            return true;
    return false;
}

static struct object_place place_of(const struct plan *plan, const struct plan_asset *asset)
{
    return (struct object_place){.aws = plan->input.aws, .bucket = asset->bucket, .key = asset->key};
}

/* For each asset, on the workers. */
static bool for_each(const struct plan *plan, bool (*visit)(void *, size_t, struct error *), void *self,
                     void (*tick)(void *), struct error *error)
{
    struct graph graph = {.nodes = arena_array(plan->arena, plan->assets->count, sizeof *graph.nodes),
                          .count = plan->assets->count,
                          .visit = visit,
                          .self = self,
                          .tick = tick};
    graph_run(&graph, plan->input.workers);
    for (size_t i = 0; i < graph.count; i++)
        if (graph.nodes[i].outcome == NODE_FAILED) {
            *error = graph.nodes[i].error;
            return false;
        }
    return true;
}

/* Runs on a worker. */
static bool look(void *self, size_t index, struct error *error)
{
    struct plan *plan = self;
    struct plan_asset *asset = &plan->assets->items[index];
    struct object_place place = place_of(plan, asset);
    struct arena *arena = arena_new();
    bool exists = false, ok = object_exists(&place, arena, &exists, error);
    arena_free(arena);
    asset->missing = ok && !exists;
    if (!ok && error->code == ERROR_DENIED)
        return error_prefix(error,
                            "asset '%.*s' cannot be looked for in bucket '%.*s': it is another account's, or "
                            "s3:GetObject is missing",
                            STR_ARG(asset->desired->path), STR_ARG(asset->bucket));
    return ok || error_prefix(error, "asset '%.*s'", STR_ARG(asset->desired->path));
}

static bool is_wanted(const struct plan_assets *assets, struct str bucket)
{
    for (size_t i = 0; i < assets->bucket_count; i++)
        if (str_equal(assets->buckets[i], bucket))
            return true;
    return false;
}

/* Buckets of what is missing that are missing themselves. */
static bool look_for_buckets(struct plan *plan, struct error *error)
{
    struct plan_assets *assets = plan->assets;
    for (size_t i = 0; i < assets->count; i++) {
        struct str bucket = assets->items[i].bucket;
        bool exists = true;
        if (!assets->items[i].missing || is_wanted(assets, bucket))
            continue;
        if (!bucket_exists(plan->input.aws, plan->arena, bucket, &exists, error))
            return error_prefix(error, "asset '%.*s'", STR_ARG(assets->items[i].desired->path));
        /* One that is there may be ours, and not finished. */
        if (!exists || (account_in(bucket).len && plan->input.environment->create_asset_bucket))
            assets->buckets[assets->bucket_count++] = bucket;
        if (exists)
            continue;
        if (!account_in(bucket).len)
            assets->held = arena_printf(
                plan->arena, "bucket '%.*s', into which assets belong, does not exist", STR_ARG(bucket));
        else if (!plan->input.environment->create_asset_bucket)
            assets->held = arena_printf(plan->arena,
                                        "bucket '%.*s', into which assets belong, does not exist: run `cdk "
                                        "bootstrap`, or set allow.createAssetBucket in %.*s/environment.yaml",
                                        STR_ARG(bucket), STR_ARG(plan->input.environment->directory));
    }
    return true;
}

bool assets_look(struct plan *plan, struct error *error)
{
    const struct desired *desired = plan->input.desired;
    struct plan_assets *assets = plan->assets = arena_alloc(plan->arena, sizeof *assets);
    assets->items = arena_array(plan->arena, desired->asset_count, sizeof *assets->items);
    assets->buckets = arena_array(plan->arena, desired->asset_count, sizeof *assets->buckets);
    if (!changes_something(plan))
        return true;
    for (size_t i = 0; i < desired->asset_count; i++)
        if (!is_listed(assets, &desired->assets[i]))
            assets->items[assets->count++] =
                (struct plan_asset){.desired = &desired->assets[i],
                                    .bucket = value_text(desired->assets[i].bucket),
                                    .key = value_text(desired->assets[i].key)};
    if (!for_each(plan, look, plan, NULL, error))
        return false;
    for (size_t i = 0; i < assets->count; i++)
        assets->missing += assets->items[i].missing;
    return look_for_buckets(plan, error);
}

/* --- publishing --- */

struct publishing {
    struct plan *plan;
    struct claim *claim;
    void (*prolong)(void *self);
    void *prolong_self;
};

static void tick(void *self)
{
    struct publishing *publishing = self;
    publishing->prolong(publishing->prolong_self);
}

/* Runs on a worker. */
static bool publish(void *self, size_t index, struct error *error)
{
    struct publishing *publishing = self;
    struct plan *plan = publishing->plan;
    const struct plan_asset *asset = &plan->assets->items[index];
    const struct artifact_source *source = plan->input.artifacts;
    struct object_place place = place_of(plan, asset);
    struct str bytes;
    if (!asset->missing)
        return true;
    struct arena *arena = arena_new();
    bool ok = source->asset(source->self, arena, asset->desired->path, asset->desired->zip, &bytes, error) &&
              claim_check(publishing->claim, error) &&
              object_put(&place, arena, bytes,
                         asset->desired->zip ? "application/zip" : "binary/octet-stream", error);
    arena_free(arena);
    return ok || error_prefix(error, "cannot publish asset '%.*s' to bucket '%.*s'",
                              STR_ARG(asset->desired->path), STR_ARG(asset->bucket));
}

static bool make_bucket(struct plan *plan, struct str bucket, struct error *error)
{
    static const char properties[] =
        "{\"PublicAccessBlockConfiguration\":{\"BlockPublicAcls\":true,\"BlockPublicPolicy\":true,"
        "\"IgnorePublicAcls\":true,\"RestrictPublicBuckets\":true},"
        "\"BucketEncryption\":{\"ServerSideEncryptionConfiguration\":[{\"ServerSideEncryptionByDefault\":"
        "{\"SSEAlgorithm\":\"AES256\"}}]},"
        "\"VersioningConfiguration\":{\"Status\":\"Enabled\"}}";
    struct value *wanted;
    if (!json_read(plan->arena, STR_EMPTY, str_from(properties), &wanted, error))
        return false;
    if (bucket_ensure(plan->input.aws, plan->arena, bucket, wanted,
                      input_with(plan->arena, "plumb:bucket", STR("assets")), error))
        return true;
    if (error->code != ERROR_CONFLICT) /* that is: there, and made by the CDK */
        return error_prefix(error, "cannot make the bucket for assets");
    error_clear(error);
    return true;
}

bool assets_publish(struct plan *plan, struct claim *claim, void (*prolong)(void *self), void *prolong_self,
                    struct error *error)
{
    struct publishing publishing = {
        .plan = plan, .claim = claim, .prolong = prolong, .prolong_self = prolong_self};
    for (size_t i = 0; i < plan->assets->bucket_count; i++)
        if (!claim_check(claim, error) || !make_bucket(plan, plan->assets->buckets[i], error))
            return false;
    return !plan->assets->missing || for_each(plan, publish, &publishing, tick, error);
}
