#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/providers/fake_aws.h"

enum { GET, PUT, CREATE };

static const struct aws_operation operations[] = {
    [GET] = {.service = &fake_things, .name = "Get", .safety = AWS_READ},
    [PUT] = {.service = &fake_things, .name = "Put", .safety = AWS_NATURAL},
    [CREATE] = {.service = &fake_things, .name = "Create", .safety = AWS_READ_BACK},
};

/* Says yes so many times. */
static bool permit(void *self, struct error *error)
{
    int *left = self;
    return (*left)-- > 0 || error_set(error, ERROR_CONFLICT, "not any more");
}

struct fence_case {
    int operation, permits;
    size_t requests;
    const char *outcome;
};

static const struct fence_case fence_cases[] = {
    {PUT, 0, 0, "conflict: things Put: not any more"},
    {PUT, 1, 1, "conflict: things Put: not any more"}, /* the attempt after a lost one */
    {PUT, 2, 2, "{\"A\":1}"},
    {CREATE, 0, 0, "conflict: things Create: not any more"},
    {GET, 0, 2, "{\"A\":1}"},
};

static void asks_its_fence(void **state)
{
    (void)state;
    static const struct fake_answer answers[] = {{.lost = ERROR_TIMEOUT}, {.body = "{\"A\":1}"}};
    for (size_t i = 0; i < ARRAY_LENGTH(fence_cases); i++) {
        const struct fence_case *test = &fence_cases[i];
        struct error error = ERROR_INIT;
        struct fake_aws fake;
        struct aws *aws, *elsewhere;
        int left = test->permits;
        fake_init(&fake);
        fake_start(&fake);
        aws = fake_open(&fake);
        aws_set_fence(aws, (struct aws_fence){.self = &left, .check = permit});
        assert_true(aws_in_region(aws, STR("eu-west-1"), &elsewhere, &error));
        fake_script(&fake, answers, ARRAY_LENGTH(answers));
        assert_text(fake_outcome(&fake, elsewhere, &operations[test->operation]), test->outcome);
        assert_int_equal(fake.asked, test->requests);
        aws_close(elsewhere);
        aws_close(aws);
        fake_release(&fake);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_its_fence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
