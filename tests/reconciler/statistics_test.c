/* Fisher's exact test beside exact values, and what must hold of it everywhere. */

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "reconciler/rollout/statistics.h"
#include "tests/reconciler/statistics_cases.h"

static double worse(int64_t old_bad, int64_t old, int64_t new_bad, int64_t fresh)
{
    return statistics_worse((struct outcomes){old_bad, old}, (struct outcomes){new_bad, fresh});
}

static void assert_near(double got, double wanted, double relative)
{
    if (!(fabs(got - wanted) <= relative * wanted))
        fail_msg("wanted %.17g, got %.17g: off by %.2g", wanted, got, fabs(got - wanted) / wanted);
}

static void test_exact_values(void **state)
{
    double most = 0;
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        double got = statistics_worse(cases[i].old, cases[i].fresh);
        assert_near(got, cases[i].chance, 1e-9);
        most = fmax(most, fabs(got - cases[i].chance) / cases[i].chance);
    }
    print_message("%zu exact values, largest relative error %.2g\n", ARRAY_LENGTH(cases), most);
}

static void test_without_data_there_is_no_reason(void **state)
{
    (void)state;
    assert_true(worse(0, 0, 5, 10) == 1);
    assert_true(worse(5, 10, 0, 0) == 1);
    assert_true(worse(0, 0, 0, 0) == 1);
    assert_true(worse(3, 10, 0, 10) == 1);
    assert_true(worse(10, 10, 10, 10) == 1); /* all fail: that is no difference */
    assert_true(worse(0, 1000000000, 1000000000, 1000000000) < 1e-300);
}

/* One of two equal halves has at least k failures more just as often as the other. */
static void test_symmetry(void **state)
{
    static const int64_t sizes[] = {1, 7, 100, 5000, 1000000, 1000000000};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++)
        for (int64_t bad = 1; bad <= 9 && bad <= sizes[i]; bad += 2) {
            int64_t middle = (bad + 1) / 2; /* an odd number of failures: either half has more */
            assert_near(worse(bad - middle, sizes[i], middle, sizes[i]), 0.5, 1e-9);
        }
}

/* The same chance where failures and versions change places, and where good and bad and both versions do. */
static void test_transposed(void **state)
{
    static const int64_t tables[][4] = {
        {3, 900, 9, 100}, {4, 3590, 12, 398}, {700, 1000000, 801, 1000000}, {40, 50, 45, 50}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(tables); i++) {
        const int64_t *t = tables[i];
        double chance = worse(t[0], t[1], t[2], t[3]);
        assert_near(worse(t[3] - t[2], t[1] + t[3] - t[0] - t[2], t[2], t[0] + t[2]), chance, 1e-9);
        assert_near(worse(t[3] - t[2], t[3], t[1] - t[0], t[1]), chance, 1e-9);
    }
}

static void test_more_failures_are_less_likely(void **state)
{
    static const int64_t sizes[][2] = {{50, 20}, {3590, 398}, {1000000, 1000}, {1000000000, 1000000000}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
        double before = 1;
        for (int64_t bad = 0; bad <= 20; bad++) {
            double chance = worse(10, sizes[i][0], bad, sizes[i][1]);
            assert_true(chance >= 0 && chance <= before);
            before = chance;
        }
        assert_true(before < 0.05);
    }
}

/* The chances of all outcomes with the same margins sum up to 1, and each is what two tails differ by. */
static void test_sums_to_one(void **state)
{
    static const int64_t margins[][3] = {{200, 60, 40}, {5000, 100, 300}, {2000000, 30, 1000000}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(margins); i++) {
        int64_t all = margins[i][0], bad = margins[i][1], fresh = margins[i][2];
        double sum = 0;
        for (int64_t cell = 0; cell <= bad && cell <= fresh; cell++) {
            double from = worse(bad - cell, all - fresh, cell, fresh);
            double after =
                cell < bad && cell < fresh ? worse(bad - cell - 1, all - fresh, cell + 1, fresh) : 0;
            double alone =
                exp(lgamma((double)bad + 1) - lgamma((double)cell + 1) - lgamma((double)(bad - cell) + 1) +
                    lgamma((double)(all - bad) + 1) - lgamma((double)(fresh - cell) + 1) -
                    lgamma((double)(all - bad - fresh + cell) + 1) - lgamma((double)all + 1) +
                    lgamma((double)fresh + 1) + lgamma((double)(all - fresh) + 1));
            assert_true(fabs(from - after - alone) < 1e-7);
            sum += alone;
        }
        assert_true(fabs(sum - 1) < 1e-7);
    }
}

static void test_shares_sum_up_to_the_risk(void **state)
{
    double sum = 0;
    (void)state;
    assert_near(statistics_share(0.01, 1), 0.005, 1e-12);
    for (int64_t look = 1; look <= 1000000; look++)
        sum += statistics_share(0.01, look);
    assert_true(sum < 0.01 && sum > 0.00999);
}

static void test_looks(void **state)
{
    struct comparison c = {0};
    struct outcomes old = {4, 3590};
    (void)state;
    assert_false(comparison_look(&c, 0.01, old, (struct outcomes){0, 0}));
    assert_false(comparison_look(&c, 0.01, (struct outcomes){0, 100}, (struct outcomes){0, 100}));
    assert_false(comparison_look(&c, 0.01, (struct outcomes){0, 90}, (struct outcomes){2, 10}));
    assert_int_equal(c.looks, 0); /* nothing to look at, or nothing that could be proof: 2 of 100, at 10 % */
    assert_false(comparison_look(&c, 0.01, old, (struct outcomes){0, 100}));
    assert_false(comparison_look(&c, 0.01, (struct outcomes){4, 9000}, (struct outcomes){0, 100}));
    assert_int_equal(c.looks, 1); /* only the old version's counts have changed */
    assert_true(comparison_look(&c, 0.01, old, (struct outcomes){12, 398}));
    assert_int_equal(c.looks, 2);
    assert_near(c.limit, 0.01 / 6, 1e-12);
    assert_true(c.chance < c.limit);
    assert_true(comparison_look(&c, 0.01, old, (struct outcomes){12, 300000})); /* it has been decided */
    assert_int_equal(c.looks, 2);
}

/* --- simulations, from fixed seeds --- */

static double chance_from(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (double)(*seed >> 11) * 0x1p-53;
}

static int64_t failures_of(uint64_t *seed, int64_t requests, double rate)
{
    int64_t failures = 0;
    for (int64_t i = 0; i < requests; i++)
        failures += chance_from(seed) < rate;
    return failures;
}

/* A rollout that is looked at once a minute: at which look it was found worse; 0: never. */
static int found_at(uint64_t *seed, int looks, struct outcomes old_rate, struct outcomes new_rate,
                    double risk)
{
    struct comparison c = {0};
    struct outcomes old = {0}, fresh = {0};
    for (int look = 1; look <= looks; look++) {
        old.all += old_rate.all;
        fresh.all += new_rate.all;
        old.bad += failures_of(seed, old_rate.all, (double)old_rate.bad / 1000);
        fresh.bad += failures_of(seed, new_rate.all, (double)new_rate.bad / 1000);
        if (comparison_look(&c, risk, old, fresh))
            return look;
    }
    return 0;
}

/* 1 % errors in both, 100 looks, half of the traffic each, or a tenth: rolled back in at most the risk of the
 * runs; the bound is that of a fair count of 2,000 with that chance, exceeded once in 1,000 such tests. */
static void test_equal_versions_are_left_alone(void **state)
{
    static const int64_t traffic[][2] = {{50, 50}, {90, 10}};
    static const double risks[] = {0.01, 0.05};
    enum { RUNS = 2000 };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(traffic); i++)
        for (size_t k = 0; k < ARRAY_LENGTH(risks); k++) {
            uint64_t seed = 20261127 + i * 2 + k;
            int rolled_back = 0;
            for (int run = 0; run < RUNS; run++)
                rolled_back += found_at(&seed, 100, (struct outcomes){10, traffic[i][0]},
                                        (struct outcomes){10, traffic[i][1]}, risks[k]) > 0;
            double share = (double)rolled_back / RUNS;
            print_message(
                "equal versions at 1 %%, %lld:%lld a look, risk %.0f %%: %d of %d rolled back (%.2f %%)\n",
                (long long)traffic[i][0], (long long)traffic[i][1], risks[k] * 100, rolled_back, RUNS,
                share * 100);
            assert_true(share <= risks[k] + 3.09 * sqrt(risks[k] * (1 - risks[k]) / RUNS));
        }
}

/* 600 requests a minute, a tenth of them to a version that fails 3 % where the old one fails 0.1 %. */
static void test_a_worse_version_is_found(void **state)
{
    enum { RUNS = 2000, MINUTES = 5 };
    uint64_t seed = 20261128;
    int found = 0, minutes = 0;
    (void)state;
    for (int run = 0; run < RUNS; run++) {
        int at = found_at(&seed, MINUTES, (struct outcomes){1, 540}, (struct outcomes){30, 60}, 0.01);
        found += at > 0;
        minutes += at;
    }
    print_message(
        "3 %% against 0.1 %% at 10 %% of 600 a minute, risk 1 %%: found in 5 minutes in %d of %d runs "
        "(%.1f %%), after %.1f minutes\n",
        found, RUNS, 100.0 * found / RUNS, (double)minutes / found);
    assert_true(found > RUNS * 95 / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_values),
        cmocka_unit_test(test_without_data_there_is_no_reason),
        cmocka_unit_test(test_symmetry),
        cmocka_unit_test(test_transposed),
        cmocka_unit_test(test_more_failures_are_less_likely),
        cmocka_unit_test(test_sums_to_one),
        cmocka_unit_test(test_shares_sum_up_to_the_risk),
        cmocka_unit_test(test_looks),
        cmocka_unit_test(test_equal_versions_are_left_alone),
        cmocka_unit_test(test_a_worse_version_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
