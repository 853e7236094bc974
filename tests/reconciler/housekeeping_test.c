#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "reconciler/rollout/housekeeping.h"
#include "tests/providers/fake_aws.h"

#define ARN "arn:aws:lambda:us-east-1:333333333333:function:orders:"
#define MACHINE "arn:aws:states:us-east-1:333333333333:stateMachine:orders"
#define VERSION(N) "{'Version':'" #N "','FunctionArn':'" ARN #N "'}"
#define MAPPED(N) "{'EventSourceMappings':[{'UUID':'u','FunctionArn':'" ARN #N "'}]}"
#define STANDS(N)                                                                                            \
    "{'logicalId':'V" #N "','type':'AWS::Lambda::Version','physicalId':'" ARN #N "','properties':"           \
    "{'FunctionName':'orders'}}"
/* Of the release at hand: 9 has taken 8's place. */
#define PRESENT STANDS(8) "," STANDS(9)

/* As Lambda lists them: "10" before "2". */
static const char *const versions =
    "{'Versions':[{'Version':'$LATEST','FunctionArn':'" ARN
    "$LATEST'}," VERSION(1) "," VERSION(10) "," VERSION(2) "," VERSION(3) "," VERSION(4) "," VERSION(
        5) "," VERSION(6) "," VERSION(7) "," VERSION(8) "," VERSION(9) "]}";

struct keep_case {
    const char *name;
    int64_t keep;
    const char *former;    /* numbers of versions that plumb published earlier */
    const char *inventory; /* entries */
    const char *aliases;
    const char *deleted;           /* numbers, in order */
    const char *left;              /* of former */
    struct fake_answer answers[8]; /* after the lists: of a candidate its mappings, then the deletion */
};

#define NO_MAPPINGS                                                                                          \
    {                                                                                                        \
        .body = "{'EventSourceMappings':[]}"                                                                 \
    }
#define GONE                                                                                                 \
    {                                                                                                        \
        .status = 204                                                                                        \
    }
#define DELETED NO_MAPPINGS, GONE
#define FAILED(STATUS, NAME)                                                                                 \
    NO_MAPPINGS,                                                                                             \
    {                                                                                                        \
        .status = STATUS, .headers = "x-amzn-ErrorType: " NAME, .body = "{}"                                 \
    }

#define LIVE "{'Name':'live','FunctionVersion':'9'}"
#define OTHER(PROPERTIES)                                                                                    \
    "{'logicalId':'X','type':'AWS::Lambda::EventInvokeConfig','physicalId':'x','properties':" PROPERTIES "}"

static const struct keep_case cases[] = {
    {"the oldest go",
     3,
     "1 2 3 4 5 6 7",
     PRESENT,
     LIVE,
     "1 2 3 4 5",
     "6 7",
     {DELETED, DELETED, DELETED, DELETED}},
    {"the one before is one of those that stay", 1, "6 7", PRESENT, LIVE, "6 7", "", {DELETED, DELETED}},
    {"all stay", -1, "1 2 3 4 5 6 7", PRESENT, LIVE, "", "1 2 3 4 5 6 7", {GONE}},
    {"nothing is said", 0, "1 2 3 4 5 6 7", PRESENT, LIVE, "", "1 2 3 4 5 6 7", {GONE}},
    {"too few", 9, "1 2 3 4 5 6 7", PRESENT, LIVE, "", "1 2 3 4 5 6 7", {GONE}},
    {"what others published is neither deleted nor counted", 2, "2 6", PRESENT, LIVE, "2", "6", {DELETED}},
    {"nothing is known to be plumb's", 1, "", "", LIVE, "", "", {GONE}},
    {"newer than the new one: of a release that failed", 2, "7 10", PRESENT, LIVE, "7", "10", {DELETED}},
    {"an alias has it", 1, "3 4", PRESENT, LIVE ",{'Name':'old','FunctionVersion':'3'}", "4", "3", {DELETED}},
    {"an alias gives it a weight",
     1,
     "3 4",
     PRESENT,
     "{'Name':'live','FunctionVersion':'9','RoutingConfig':{'AdditionalVersionWeights':{'4':0.1}}}",
     "3",
     "4",
     {DELETED}},
    {"a mapping is to it", 1, "3 4", PRESENT, LIVE, "4", "3", {{.body = MAPPED(3)}, DELETED}},
    {"a mapping is to another one",
     1,
     "3 4",
     PRESENT,
     LIVE,
     "3 4",
     "",
     {{.body = MAPPED(30)}, GONE, DELETED}},
    {"an entry stands for it", 1, "3 4", PRESENT "," STANDS(4), LIVE, "3", "4", {DELETED}},
    {"an entry that leaves",
     1,
     "3 4",
     PRESENT ",{'logicalId':'V9','leaving':true,'type':'AWS::Lambda::Version','physicalId':'" ARN
             "3','properties':{}}",
     LIVE,
     "4",
     "3",
     {DELETED}},
    {"an entry names its ARN",
     1,
     "1 3",
     PRESENT "," OTHER("{'Target':['x','" ARN "3/invocations']}"),
     LIVE,
     "1",
     "3",
     {DELETED}},
    {"an entry names one that begins so",
     1,
     "1 2",
     PRESENT "," OTHER("{'T':'" ARN "10'}"),
     LIVE,
     "1 2",
     "",
     {DELETED, DELETED}},
    {"an entry of the function names its number",
     1,
     "3 4",
     PRESENT "," OTHER("{'FunctionName':'orders','Qualifier':'3'}"),
     LIVE,
     "4",
     "3",
     {DELETED}},
    {"an entry gives it a weight",
     1,
     "3 4",
     PRESENT "," OTHER("{'FunctionName':'orders','R':{'W':{'3':0.1}}}"),
     LIVE,
     "4",
     "3",
     {DELETED}},
    {"an entry of another function",
     1,
     "3",
     PRESENT "," OTHER("{'FunctionName':'pay','Qualifier':'3'}"),
     LIVE,
     "3",
     "",
     {DELETED}},
    {"one is gone",
     1,
     "3 4 11",
     PRESENT,
     LIVE,
     "3 4",
     "",
     {FAILED(404, "ResourceNotFoundException"), DELETED}},
    {"one is needed by now",
     1,
     "3 4",
     PRESENT,
     LIVE,
     "3 4",
     "3",
     {FAILED(409, "ResourceConflictException"), DELETED}},
    {"not allowed", 1, "3 4", PRESENT, LIVE, "3", "3 4", {FAILED(403, "AccessDeniedException")}},
};

struct world {
    struct fake_aws fake;
    struct aws *aws;
    bool lost; /* the claim */
};

static int setup(void **state)
{
    struct world *world = memory_alloc(sizeof *world);
    fake_init(&world->fake);
    fake_start(&world->fake);
    world->aws = fake_open(&world->fake);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    aws_close(world->aws);
    fake_release(&world->fake);
    free(world);
    return 0;
}

static bool check(void *self, struct error *error)
{
    struct world *world = self;
    return !world->lost || error_set(error, ERROR_CONFLICT, "somebody else holds it");
}

static const char *json_of(struct world *world, const char *text)
{
    struct value *value = fake_json(world->fake.arena, text);
    return arena_printf(world->fake.arena, "%.*s", STR_ARG(json_text(world->fake.arena, value, 0))).ptr;
}

static struct value *former_of(struct arena *arena, const char *numbers, const char *arn)
{
    struct value *list = value_list(arena);
    struct str rest = str_from(numbers), number;
    while (rest.len && str_split(&rest, ' ', &number))
        value_append(arena, list, value_string(arena, arena_printf(arena, "%s%.*s", arn, STR_ARG(number))));
    return list;
}

static struct inventory inventory_of(struct world *world, const struct keep_case *one, const char *arn)
{
    struct arena *arena = world->fake.arena;
    const struct value *list = fake_json(arena, arena_printf(arena, "[%s]", one->inventory).ptr);
    struct inventory inventory = {.entries = arena_array(arena, list->count, sizeof *inventory.entries),
                                  .count = list->count,
                                  .former_versions = former_of(arena, one->former, arn)};
    for (size_t i = 0; i < list->count; i++)
        inventory.entries[i] = inventory_entry_read(arena, list->items[i]);
    return inventory;
}

/* The last parts of the ARNs. */
static struct str numbers_of(struct arena *arena, const struct value *list)
{
    struct buf text = BUF_INIT(BUF_SMALL);
    for (size_t i = 0; i < list->count; i++) {
        struct str arn = value_text(list->items[i]);
        buf_printf(&text, "%s%.*s", i ? " " : "", STR_ARG(str_from_index(arn, str_find_last(arn, ':') + 1)));
    }
    struct str numbers = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return numbers;
}

/* "DELETE https://.../functions/orders?Qualifier=3" -> "3" */
static struct str deleted_of(struct arena *arena, struct str requests)
{
    struct buf text = BUF_INIT(BUF_SMALL);
    struct str line;
    while (requests.len && str_split(&requests, '\n', &line))
        if (str_starts(line, "DELETE ")) {
            struct str number = str_from_index(line, str_find_last(line, '=') + 1);
            buf_printf(&text, "%s%.*s", text.len ? " " : "",
                       STR_ARG(str_slice(number, 0, str_find(number, ' '))));
        }
    struct str deleted = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return deleted;
}

static struct rollout rollout_of_nine(struct rollout_target *target, int64_t keep)
{
    *target = (struct rollout_target){.kind = TRAFFIC_FUNCTION,
                                      .function = STR("orders"),
                                      .alias = STR("live"),
                                      .old_version = STR("8"),
                                      .new_version = STR("9")};
    return (struct rollout){.phase = ROLLOUT_SUCCEEDED,
                            .targets = target,
                            .target_count = 1,
                            .settings = {.keep_versions = keep}};
}

static size_t run(struct world *world, const struct rollout *rollout, struct inventory *inventory)
{
    const struct housekeeping with = {
        .aws = world->aws, .log = &world->fake.log, .check = check, .self = world};
    return housekeeping_run(&with, world->fake.arena, rollout, inventory);
}

static void script(struct world *world, const struct keep_case *one, struct fake_answer *answers, size_t max)
{
    answers[0] = (struct fake_answer){.body = json_of(world, versions)};
    answers[1] = (struct fake_answer){
        .body = json_of(world, arena_printf(world->fake.arena, "{'Aliases':[%s]}", one->aliases).ptr)};
    for (size_t i = 2; i < max; i++) {
        answers[i] = i - 2 < ARRAY_LENGTH(one->answers) ? one->answers[i - 2] : (struct fake_answer)GONE;
        if (!answers[i].status && !answers[i].body) /* the row has said all that matters */
            answers[i] = i % 2 ? (struct fake_answer)GONE : (struct fake_answer)NO_MAPPINGS;
        if (answers[i].body)
            answers[i].body = json_of(world, answers[i].body);
    }
    fake_script(&world->fake, answers, max);
}

static void keeps_what_is_needed(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct keep_case *one = &cases[i];
        struct fake_answer answers[16];
        struct rollout_target target;
        struct rollout rollout = rollout_of_nine(&target, one->keep);
        struct inventory inventory = inventory_of(world, one, ARN);
        script(world, one, answers, ARRAY_LENGTH(answers));
        run(world, &rollout, &inventory);
        struct arena *arena = world->fake.arena;
        struct str deleted = deleted_of(arena, fake_requests(&world->fake)),
                   left = numbers_of(arena, inventory.former_versions),
                   got =
                       arena_printf(arena, "%s: %.*s; left %.*s", one->name, STR_ARG(deleted), STR_ARG(left));
        assert_text(
            got, arena_printf(world->fake.arena, "%s: %s; left %s", one->name, one->deleted, one->left).ptr);
    }
}

static void keeps_what_is_restored(void **state)
{
    struct world *world = *state;
    struct fake_answer answers[16];
    struct rollout_target target;
    struct rollout rollout = rollout_of_nine(&target, 1);
    struct keep_case one = {.former = "3", .inventory = PRESENT, .aliases = LIVE};
    struct inventory inventory = inventory_of(world, &one, ARN);
    rollout.restore = fake_json(world->fake.arena, "[" OTHER("{'A':'" ARN "3'}") "]");
    script(world, &one, answers, ARRAY_LENGTH(answers));
    assert_int_equal(run(world, &rollout, &inventory), 0);
}

/* The one that traffic came from stays, also where an older one was rolled back to; a lost claim stops. */
static void keeps_the_way_back(void **state)
{
    struct world *world = *state;
    struct fake_answer answers[16];
    struct rollout_target target;
    struct rollout rollout = rollout_of_nine(&target, 1);
    struct keep_case one = {.former = "3 4 7", .inventory = STANDS(9), .aliases = LIVE};
    struct inventory inventory = inventory_of(world, &one, ARN);
    target.old_version = STR("3");
    world->lost = true;
    script(world, &one, answers, ARRAY_LENGTH(answers));
    assert_int_equal(run(world, &rollout, &inventory), 0);
    assert_text(deleted_of(world->fake.arena, fake_requests(&world->fake)), "");
    world->lost = false;
    script(world, &one, answers, ARRAY_LENGTH(answers));
    assert_int_equal(run(world, &rollout, &inventory), 1);
    assert_text(deleted_of(world->fake.arena, fake_requests(&world->fake)), "4");
    assert_text(numbers_of(world->fake.arena, inventory.former_versions), "3 7");
}

/* Of a state machine AWS refuses what an alias has. */
static void tidies_state_machines(void **state)
{
    struct world *world = *state;
    struct arena *arena = world->fake.arena;
    struct rollout_target target;
    struct rollout rollout = rollout_of_nine(&target, 1);
    struct keep_case one = {.former = "1 2 3", .inventory = ""};
    struct inventory inventory = inventory_of(world, &one, MACHINE ":");
    const struct fake_answer answers[] = {
        {.body = json_of(world,
                         "{'stateMachineVersions':[{'stateMachineVersionArn':'" MACHINE
                         ":4'},{'stateMachineVersionArn':'" MACHINE ":3'},{'stateMachineVersionArn':'" MACHINE
                         ":2'},{'stateMachineVersionArn':'" MACHINE ":1'}]}")},
        {.status = 400, .body = "{\"__type\":\"ConflictException\"}"},
        {.body = "{}"},
    };
    target.kind = TRAFFIC_STATE_MACHINE;
    target.physical_id = STR(MACHINE ":live");
    target.old_version = STR(MACHINE ":3");
    target.new_version = STR(MACHINE ":4");
    fake_script(&world->fake, answers, ARRAY_LENGTH(answers));
    assert_int_equal(run(world, &rollout, &inventory), 1);
    assert_int_equal(world->fake.asked, 3);
    assert_true(str_contains(fake_requests(&world->fake), "{\"stateMachineVersionArn\":\"" MACHINE ":2\"}"));
    assert_text(numbers_of(arena, inventory.former_versions), "1 3");
}

/* What stood and stands no more is remembered, in the ledger's JSON too. */
static void remembers_what_was_published(void **state)
{
    struct world *world = *state;
    struct arena *arena = world->fake.arena;
    struct keep_case was = {.former = "1 2", .inventory = PRESENT "," OTHER("{}")},
                     is = {.former = "", .inventory = STANDS(9) "," STANDS(2)};
    struct inventory before = inventory_of(world, &was, ARN), after = inventory_of(world, &is, ARN);
    inventory_retire(arena, &before, &after);
    assert_text(numbers_of(arena, after.former_versions), "1 8");
    assert_true(str_contains(inventory_text(arena, &after), "\"formerVersions\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keeps_what_is_needed, setup, teardown),
        cmocka_unit_test_setup_teardown(keeps_what_is_restored, setup, teardown),
        cmocka_unit_test_setup_teardown(keeps_the_way_back, setup, teardown),
        cmocka_unit_test_setup_teardown(tidies_state_machines, setup, teardown),
        cmocka_unit_test_setup_teardown(remembers_what_was_published, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
