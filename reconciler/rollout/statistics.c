#include "reconciler/rollout/statistics.h"

#include <math.h>

/*
 * The chance of one table of four cells (bad and good, new and old) with given margins is
 *
 *     row! row! column! column! / (all! cell! cell! cell! cell!)
 *
 * With factorials of 10^9 a logarithm of each would lose all digits that matter.  By Stirling's formula
 * log m! = m log m - m + rest(m), and the large parts of all nine combine to the sum over the cells of
 * deviance(cell, what is expected there), which is small wherever the chance is not 0.  How far a cell is
 * from what is expected is a whole number divided by `all`, the same for the four cells but for its sign, and
 * is therefore known exactly.
 */

static const double two_pi = 6.283185307179586476925286766559;

/* log m! - (m log m - m); the series' next term is below 10^-13 from 16 on. */
static double rest(int64_t m)
{
    double x = (double)m;
    if (m == 0)
        return 0;
    if (m < 16)
        return lgamma(x + 1) - (x * log(x) - x);
    double square = x * x;
    return 0.5 * log(two_pi * x) +
           (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - 1.0 / (1680 * square)) / square) / square) / x;
}

/* m log(m / expected) - (m - expected), with `off` = m - expected. */
static double deviance(int64_t m, double expected, double off)
{
    double x = (double)m, v = off / (x + expected), power = v, sum = 0;
    if (m == 0)
        return expected;
    if (fabs(v) > 0.1)
        return x * log(x / expected) - off;
    /* log(m / expected) = 2 (v + v^3 / 3 + v^5 / 5 + ...) */
    for (int k = 3; k < 40; k += 2) {
        double before = sum;
        power *= v * v;
        sum += power / k;
        if (sum == before)
            break;
    }
    return v * off + 2 * x * sum;
}

/* The margins: of `all` requests `bad` failed, `fresh` went to the new version. */
struct margins {
    int64_t all, bad, fresh;
};

/* The chance that just `cell` of the new version's requests are among those that failed. */
static double chance_of(const struct margins *m, int64_t cell)
{
    double all = (double)m->all, part_bad = (double)m->bad / all, part_good = (double)(m->all - m->bad) / all;
    double off =
        (double)(cell * m->all - m->bad * m->fresh) / all; /* at most 2 * 10^18: exact before the division */
    int64_t old = m->all - m->fresh, good = m->all - m->bad;
    int64_t bad_old = m->bad - cell, good_new = m->fresh - cell, good_old = old - bad_old;
    double far = deviance(cell, (double)m->fresh * part_bad, off) +
                 deviance(bad_old, (double)old * part_bad, -off) +
                 deviance(good_new, (double)m->fresh * part_good, -off) +
                 deviance(good_old, (double)old * part_good, off);
    double near = rest(m->bad) + rest(good) + rest(m->fresh) + rest(old) - rest(m->all) - rest(cell) -
                  rest(bad_old) - rest(good_new) - rest(good_old);
    return exp(near - far);
}

/* Sums from `cell` away from what is most likely, until nothing is added any more: each term by the one
 * before. */
static double tail(const struct margins *m, int64_t cell, bool upward)
{
    double term = chance_of(m, cell), sum = 0;
    double bad = (double)m->bad, fresh = (double)m->fresh, others = (double)(m->all - m->bad - m->fresh);
    while (term > 0) {
        double before = sum, x = (double)cell;
        sum += term;
        if (sum == before)
            break;
        if (upward)
            term *= (bad - x) / (x + 1) * ((fresh - x) / (others + x + 1));
        else
            term *= x / (bad - x + 1) * ((others + x) / (fresh - x + 1));
        cell += upward ? 1 : -1;
    }
    return sum;
}

double statistics_worse(struct outcomes old, struct outcomes fresh)
{
    struct margins m = {.all = old.all + fresh.all, .bad = old.bad + fresh.bad, .fresh = fresh.all};
    int64_t least = fresh.all - (m.all - m.bad); /* so many must have failed, whoever they went to */
    if (old.all <= 0 || fresh.all <= 0 || fresh.bad <= 0 || fresh.bad <= least)
        return 1;
    double likely = ((double)m.fresh + 1) * ((double)m.bad + 1) / ((double)m.all + 2);
    if ((double)fresh.bad >= likely)
        return fmin(tail(&m, fresh.bad, true), 1);
    return fmax(1 - tail(&m, fresh.bad - 1, false), 0);
}

double statistics_share(double risk, int64_t look)
{
    return risk / ((double)look * ((double)look + 1));
}

/* With the same sums, as if the new version had all the failures that it can have. */
static double least_chance(struct outcomes old, struct outcomes fresh)
{
    int64_t bad = old.bad + fresh.bad, most = bad < fresh.all ? bad : fresh.all;
    return statistics_worse((struct outcomes){.bad = bad - most, .all = old.all},
                            (struct outcomes){.bad = most, .all = fresh.all});
}

bool comparison_look(struct comparison *comparison, double risk, struct outcomes old, struct outcomes fresh)
{
    bool same = comparison->looks && comparison->fresh.bad == fresh.bad && comparison->fresh.all == fresh.all;
    double share = statistics_share(risk, comparison->looks + 1);
    if (comparison->worse || same || least_chance(old, fresh) >= share)
        return comparison->worse;
    comparison->looks++;
    comparison->fresh = fresh;
    comparison->chance = statistics_worse(old, fresh);
    comparison->limit = share;
    comparison->worse = comparison->chance < share;
    return comparison->worse;
}
