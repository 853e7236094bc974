#!/usr/bin/env python3
"""Makes tests/reconciler/statistics_cases.h: exact values of Fisher's one-sided test, by a way of their own.

    tests/reconciler/statistics_cases.py > tests/reconciler/statistics_cases.h

Small tables by whole numbers (math.comb), large ones by logarithms of factorials with 60 digits: Stirling's series
above 1000, products below.
"""
import random
from decimal import Decimal, getcontext
from fractions import Fraction
from math import comb, factorial

getcontext().prec = 60
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")
# B(2k) / (2k (2k - 1))
SERIES = [Fraction(1, 12), Fraction(-1, 360), Fraction(1, 1260), Fraction(-1, 1680), Fraction(1, 1188),
          Fraction(-691, 360360), Fraction(1, 156), Fraction(-3617, 122400), Fraction(43867, 244188)]
LARGE = [(1000, 10**6, 1100, 10**6), (1000, 10**6, 1300, 10**6), (0, 10**6, 20, 10**6), (900000, 10**6, 901000, 10**6),
         (10**6, 10**9, 10**6 + 8000, 10**9), (5 * 10**8, 10**9, 5 * 10**8 + 200000, 10**9), (0, 10**9, 30, 10**9),
         (10**6, 10**9, 10**6, 10**9), (10**6, 10**9, 10**6 - 3000, 10**9), (1, 10**9, 3, 1000),
         (10**4, 9 * 10**8, 1300, 10**8), (7, 10, 999999990, 10**9), (10**9, 10**9, 999999990, 10**9),
         (999000000, 10**9, 999010000, 10**9), (4, 3590, 12, 398), (5 * 10**8, 10**9, 5 * 10**8 + 700000, 10**9)]


def log_factorial(m):
    if m <= 1000:
        return Decimal(factorial(m)).ln()
    x = Decimal(m)
    series = sum(Decimal(s.numerator) / Decimal(s.denominator) / x ** (2 * k + 1) for k, s in enumerate(SERIES))
    return x * x.ln() - x + (2 * PI * x).ln() / 2 + series


def log_comb(n, k):
    return log_factorial(n) - log_factorial(k) - log_factorial(n - k)


def tail(bad, all_of, fresh, cell, step):
    """Sum of the chances from the cell on, upward or downward."""
    good, least, most = all_of - bad, max(0, fresh - (all_of - bad)), min(bad, fresh)
    if not least <= cell <= most:
        return Decimal(0)
    term = (log_comb(bad, cell) + log_comb(good, fresh - cell) - log_comb(all_of, fresh)).exp()
    total = Decimal(0)
    while least <= cell <= most and (total == 0 or term > total * Decimal("1e-25")):
        total += term
        if step > 0:
            term = term * (bad - cell) * (fresh - cell) / ((cell + 1) * (good - fresh + cell + 1))
        else:
            term = term * cell * (good - fresh + cell) / ((bad - cell + 1) * (fresh - cell + 1))
        cell += step
    return total


def worse(old_bad, old, new_bad, new):
    bad, all_of = old_bad + new_bad, old + new
    if all_of <= 5000:
        ways = sum(comb(bad, k) * comb(all_of - bad, new - k) for k in range(new_bad, min(bad, new) + 1))
        exact = Fraction(ways, comb(all_of, new))
        return Decimal(exact.numerator) / Decimal(exact.denominator)
    if new_bad * all_of > bad * new:
        return tail(bad, all_of, new, new_bad, 1)
    return 1 - tail(bad, all_of, new, new_bad - 1, -1)


def small():
    chance = random.Random(20)
    for _ in range(200):
        old, new = (chance.randint(1, chance.choice([5, 30, 300, 2400])) for _ in range(2))
        yield tuple(v for n in (old, new) for v in (chance.choice([chance.randint(0, n), min(n, chance.randint(0, 6))]), n))


def main():
    print("/* Made by tests/reconciler/statistics_cases.py: do not edit. */\n/* clang-format off */")
    print("static const struct {\n    struct outcomes old, fresh;\n    double chance;\n} cases[] = {")
    for case in list(small()) + LARGE:
        chance = worse(*case)
        if chance > Decimal("1e-290"):
            print("    {{%d, %d}, {%d, %d}, " % case + f"{chance:.17e}" + "},")
    print("};\n/* clang-format on */")


if __name__ == "__main__":
    main()
