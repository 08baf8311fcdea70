"""Distributions, tests, power, corrections and calibration, by scipy, statsmodels and mpmath.

usage: python comparisons.py OUT

OUT is Tests/StatisticsTests/Goldens. Writes distributions.json, comparisons.json, families.json,
outcomes.json, proportions.json, power.json, calibration.json and manifest.json. What a library says with a warning
(NaN or infinity, for groups of one and without spread) is null or a text here.
"""

import json
import math
import sys
import warnings
from pathlib import Path

import mpmath
import numpy
from scipy import special, stats
from statsmodels.stats import contingency_tables, multitest, power, proportion, weightstats

import manifest

SEED = 31
mpmath.mp.dps = 40


def number(value):
    """JSON has no infinity and no NaN."""
    value = float(value)
    if math.isnan(value):
        return None
    return value if math.isfinite(value) else ("inf" if value > 0 else "-inf")


def student_tail(t, degrees):
    """The probability above t."""
    nu = mpmath.mpf(degrees)
    if nu > 1e5:
        # Where betainc does not converge; scipy is good there.
        return mpmath.mpf(float(stats.t.sf(float(t), float(degrees))))
    inside = mpmath.betainc(nu / 2, 0.5, 0, nu / (nu + t * t), regularized=True) / 2
    return inside if t >= 0 else 1 - inside


def noncentral_t(t, degrees, shift):
    """Both tails, by integrating over the ratio of estimated to true deviation."""
    t, nu, shift = mpmath.mpf(t), mpmath.mpf(degrees), mpmath.mpf(shift)
    front = 2 * (nu / 2) ** (nu / 2) / mpmath.gamma(nu / 2)

    def density(s):
        return front * s ** (nu - 1) * mpmath.exp(-nu * s * s / 2)

    width = 1 / mpmath.sqrt(2 * nu)
    turn = shift / t if t else 1
    points = sorted({mpmath.mpf(0), *(max(0, 1 + k * width) for k in range(-12, 13, 3)),
                     *(x for x in (turn, turn - 4 / abs(t or 1), turn + 4 / abs(t or 1)) if x > 0),
                     1 + 20 * width, mpmath.inf})
    return [float(mpmath.quad(lambda s: density(s) * mpmath.ncdf(sign * (t * s - shift)), points))
            for sign in (1, -1)]


def distributions():
    cases = []

    def add(function, arguments, values):
        cases.append({
            "function": function, "arguments": [float(a) for a in arguments],
            "values": [number(v) for v in values]})

    for a in (0.5, 1, 2.5, 40, 1000, 50_000.5):
        for b in (0.5, 1, 7.25, 300, 50_001):
            mean = a / (a + b)
            spread = math.sqrt(mean * (1 - mean) / (a + b + 1))
            for x in (mean, mean - 3 * spread, mean + 3 * spread, mean / 10, 1 - (1 - mean) / 10):
                if 0 < x < 1:
                    add("beta", [a, b, x], [special.betainc(a, b, x), special.betaincc(a, b, x)])
    for a in (0.5, 1, 3.25, 20, 400, 100_000):
        for x in (a, a / 4, a + 3 * math.sqrt(a), a - 0.5 * math.sqrt(a), a * 1.5, 3 * a):
            if x > 0:
                add("gamma", [a, x], [special.gammainc(a, x), special.gammaincc(a, x)])
    for z in (0, 1e-9, 0.3, 1, 1.959963984540054, -2, 5, -8, -20, -37):
        add("normal cdf", [z], [special.ndtr(z)])
    for p in (1e-300, 1e-40, 1e-9, 0.001, 0.025, 0.3, 0.499999, 0.5, 0.6, 0.975, 0.999999):
        add("normal quantile", [p], [special.ndtri(p)])
    for degrees in (1, 1.37, 2, 3, 4.6, 9, 29.5, 200, 12_345, 1e7):
        for t in (0, 1e-8, 0.1, 1, -1, 2.5, 12.7, -40, 1e4):
            # Not stats.t, whose digits end at 1e-9 where one degree meets a tiny t.
            nu = mpmath.mpf(degrees)
            tail = student_tail(abs(mpmath.mpf(t)), nu)
            add("t", [degrees, t], [1 - tail, tail] if t >= 0 else [tail, 1 - tail])
        for p in (1e-12, 1e-5, 0.005, 0.025, 0.05, 0.2, 0.26, 0.4, 0.499, 0.5, 0.7, 0.975):
            # The library is short of digits for tiny p and few degrees: its root, polished.
            start = float(stats.t.isf(p, degrees))
            with mpmath.workdps(30):
                if p == 0.5:
                    value = 0
                elif degrees <= 200:
                    value = mpmath.findroot(lambda t: student_tail(t, degrees) / p - 1, start)
                else:
                    value = start
            add("t upper quantile", [degrees, p], [value])
    for n, p in ((0, 0.5), (1, 0.5), (7, 0.2), (40, 0.5), (1000, 0.03), (100_000, 0.5)):
        for k in sorted({0, int(n * p), int(n * p * 0.9), min(n, int(n * p * 1.05) + 1), n}):
            add("binomial", [n, p, k], [stats.binom.pmf(k, n, p), stats.binom.cdf(k, n, p)])
    for degrees in (1, 2, 3.7, 5, 12, 60, 998):
        for shift in (0, 0.5, 2.8, -1.5, 9):
            for t in (0.0, 1, 2.2, 12.8, -1):
                add("noncentral t", [degrees, shift, t], noncentral_t(t, degrees, shift))
    return {"cases": cases}


def summary(values):
    n = len(values)
    if n == 0:
        return {"mean": None, "std": None, "sem": None, "intervals": None}
    if n == 1:
        return {"mean": values[0], "std": None, "sem": None, "intervals": None}
    mean, error = numpy.mean(values), stats.sem(values)
    return {
        "mean": float(mean), "std": float(numpy.std(values, ddof=1)), "sem": float(error),
        "intervals": [
            [float(e) for e in (stats.t.interval(level, n - 1, mean, error)
                                if error > 0 else (mean, mean))]
            for level in (0.9, 0.95, 0.99)]}


def compared(title, a, b, margin):
    """Everything about candidate `a` and baseline `b`, paired where they are as many."""
    case = {"name": title, "candidate": a, "baseline": b, "margin": margin,
            "summaries": [summary(a), summary(b)], "paired": None, "welch": None}
    if len(a) == len(b) and len(a) > 1:
        test = stats.ttest_rel(a, b)
        interval = test.confidence_interval(0.95)
        case["paired"] = {
            "p": number(test.pvalue), "df": number(test.df),
            "interval": [number(interval.low), number(interval.high)],
            "greater": number(stats.ttest_rel(a, b, alternative="greater").pvalue),
            "tost": number(weightstats.ttost_paired(
                numpy.array(a), numpy.array(b), -margin, margin)[0])}
    if len(a) > 1 and len(b) > 1:
        test = stats.ttest_ind(a, b, equal_var=False)
        interval = test.confidence_interval(0.95)
        case["welch"] = {
            "p": number(test.pvalue), "df": number(test.df),
            "interval": [number(interval.low), number(interval.high)],
            "greater": number(
                stats.ttest_ind(a, b, equal_var=False, alternative="greater").pvalue),
            "tost": number(weightstats.ttost_ind(
                numpy.array(a), numpy.array(b), -margin, margin, usevar="unequal")[0])}
    return case


def comparisons(random):
    cases = []
    for index in range(40):
        n = int(random.integers(2, 13))
        m = n if index % 2 else int(random.integers(2, 13))
        spread = 10.0 ** random.integers(-4, 1)
        shift = random.normal() * 2 * spread
        a = (0.8 + shift + spread * random.normal(size=n)).tolist()
        b = (0.8 + spread * random.uniform(0.1, 5) * random.normal(size=m)).tolist()
        cases.append(compared(f"normal {index}", a, b, float(spread * random.uniform(0.2, 3))))
    # Accuracies of few pictures: ties within and between groups.
    for index in range(20):
        n = int(random.integers(2, 9))
        m = n if index % 2 else int(random.integers(2, 9))
        a, b = (random.binomial(40, p, size) / 40 for p, size in ((0.9, n), (0.88, m)))
        cases.append(compared(f"ties {index}", a.tolist(), b.tolist(), 0.05))
    # Numbers of eighths are exact, so that spread is exactly nothing where it is nothing.
    plain = [
        ("empty against three", [], [0.5, 0.625, 0.75]), ("one against one", [0.5], [0.75]),
        ("one against three", [0.5], [0.75, 0.625, 0.875]),
        ("three against one", [0.75, 0.625, 0.875], [0.5]),
        ("no spread in one group", [0.5, 0.5, 0.5], [0.625, 0.75, 0.875]),
        ("no spread in the other", [0.625, 0.75, 0.875, 0.5], [0.5, 0.5]),
        ("no spread, equal", [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]),
        ("no spread, apart", [0.75, 0.75, 0.75], [0.5, 0.5, 0.5]),
        ("pairs the same distance apart", [0.5, 0.625, 0.75], [0.375, 0.5, 0.625]),
        ("a group against itself", [0.5, 0.625, 0.875], [0.5, 0.625, 0.875]),
        ("two against thirty", [1.5, 2.25], [float(k % 7) / 8 for k in range(30)]),
        ("far apart", [1000.0, 1000.125, 1000.25], [0.125, 0.25, 0.5]),
        ("large numbers, small spread", [1e6 + k / 8 for k in range(5)],
         [1e6 + k / 4 for k in range(5)])]
    return {"cases": cases + [compared(title, a, b, 0.25) for title, a, b in plain]}


def families(random):
    sets = [[0.04], [0.01, 0.04, 0.03], [0.02, 0.02, 0.02], [0.5, 0.9, 1.0], [0.0, 1e-12, 0.2],
            *(random.uniform(size=n).round(3).tolist() for n in (2, 5, 12, 40)),
            *((random.uniform(size=n) ** 4).tolist() for n in (3, 8, 20))]
    return {"cases": [
        {"p": p, "adjusted": multitest.multipletests(p, method="holm")[1].tolist()}
        for p in sets]}


def exact_interval(b, c, n):
    """The 2.5 and 97.5 % points of the multinomial distribution of (c - b) / n, all of it."""
    reach = min(n, int(12 * math.sqrt(max(b, c, 1)) + 40))
    mass = {}
    for x in range(max(0, b - reach), min(n, b + reach) + 1):
        weight = stats.binom.pmf(x, n, b / n)
        if weight < 1e-18:
            continue
        ys = numpy.arange(max(0, c - reach), min(n - x, c + reach) + 1)
        share = stats.binom.pmf(ys, n - x, c / (n - b) if n > b else 0)
        for y, q in zip(ys, share):
            mass[int(y) - x] = mass.get(int(y) - x, 0) + weight * q
    ks = sorted(mass)
    sums = numpy.cumsum([mass[k] for k in ks])
    return [ks[int(numpy.searchsorted(sums, q))] / n for q in (0.025, 0.975)]


def outcomes(random):
    tables = [(0, 0, 0, 0), (5, 0, 0, 3), (5, 1, 0, 3), (0, 0, 1, 0), (10, 5, 5, 2),
              (10, 0, 6, 2), (100, 12, 25, 30), (900, 30, 31, 40), (80_000, 4_000, 4_250, 11_750),
              (0, 50_000, 49_500, 500), (1000, 700, 3, 0),
              *(tuple(int(k) for k in random.integers(0, 60, size=4)) for _ in range(14))]
    cases = []
    for both, first, second, neither in tables:
        table = [[both, first], [second, neither]]
        total = both + first + second + neither
        cases.append({
            "counts": [both, first, second, neither],
            "p": float(contingency_tables.mcnemar(table, exact=True).pvalue),
            "interval": exact_interval(first, second, total)
            if 0 < total < 30_000 and first + second else None})
    return {"cases": cases}


def proportions():
    cases = []
    for k, n in ((0, 1), (1, 1), (0, 40), (40, 40), (17, 40), (340, 400), (83_011, 100_000)):
        bounds = [0.05, 0.5, 0.85, min(0.999, k / n + 0.01)]
        cases.append({
            "successes": k, "count": n,
            "intervals": [[float(e) for e in proportion.proportion_confint(
                k, n, alpha=1 - level, method="wilson")] for level in (0.9, 0.95, 0.99)],
            "bounds": bounds,
            "above": [float(stats.binomtest(k, n, b, "greater").pvalue) for b in bounds],
            "below": [float(stats.binomtest(k, n, b, "less").pvalue) for b in bounds]})
    return {"cases": cases}


def equivalence_power(effect, margin, error, degrees, alpha):
    limit, nu = stats.t.isf(alpha, degrees), mpmath.mpf(degrees)
    front = 2 * (nu / 2) ** (nu / 2) / mpmath.gamma(nu / 2)
    end = margin / (limit * error)

    def part(s):
        inside = (mpmath.ncdf((margin - effect) / error - limit * s)
                  - mpmath.ncdf((-margin - effect) / error + limit * s))
        return front * s ** (nu - 1) * mpmath.exp(-nu * s * s / 2) * inside

    return float(mpmath.quad(part, [end * k / 8 for k in range(9)]))


def t_test_power(solver, effect, n, alpha, degrees, shift):
    """By statsmodels; by both tails of the noncentral t where that gives NaN, as for power near 1."""
    value = float(solver.power(effect, n, alpha))
    if not math.isnan(value):
        return value
    limit = float(stats.t.isf(alpha / 2, degrees))
    return (noncentral_t(limit, degrees, shift)[1] + noncentral_t(-limit, degrees, shift)[0])


def powers():
    paired, welch, equivalence, sizes = [], [], [], []
    for n in (2, 3, 4, 5, 10, 30, 100):
        for effect in (0.0, 0.3, 0.8, 2.0, 5.0):
            for alpha in (0.05, 0.01):
                paired.append({
                    "n": n, "effect": effect, "alpha": alpha, "power": t_test_power(
                        power.TTestPower(), effect, n, alpha, n - 1, effect * math.sqrt(n))})
                welch.append({
                    "n": n, "effect": effect, "alpha": alpha, "power": t_test_power(
                        power.TTestIndPower(), effect, n, alpha, 2 * n - 2,
                        effect * math.sqrt(n / 2))})
    for n in (2, 3, 5, 10, 40):
        for effect in (0.0, 0.4, -0.9):
            for margin in (0.5, 1.0, 3.0):
                equivalence.append({
                    "n": n, "effect": effect, "margin": margin, "alpha": 0.05,
                    "power": equivalence_power(effect, margin, 1 / math.sqrt(n), n - 1, 0.05)})
    for effect in (0.2, 0.35, 0.7, 1.1, 1.9, 3.0):
        n = 2
        while power.TTestPower().power(effect, n, 0.05) < 0.8:
            n += 1
        sizes.append({"effect": effect, "n": n})
    return {"paired": paired, "welch": welch, "equivalence": equivalence, "sizes": sizes}


def calibration(random):
    cases = []
    for bins, n in ((15, 0), (15, 1), (15, 10), (15, 500), (10, 200), (1, 20), (15, 48)):
        confidences = random.beta(5, 1.5, size=n)
        if n == 48:
            # On the edges themselves.
            confidences = numpy.arange(48) % 16 / 15
        right = random.uniform(size=n) < confidences ** 1.4
        edges = numpy.arange(bins + 1) / bins
        place = numpy.clip(numpy.digitize(confidences, edges, right=True) - 1, 0, bins - 1)
        rows, error = [], 0
        for k in range(bins):
            inside = place == k
            if not inside.any():
                rows.append({"count": 0, "confidence": None, "accuracy": None})
                continue
            confidence, accuracy = confidences[inside].mean(), right[inside].mean()
            error += inside.sum() / n * abs(confidence - accuracy)
            rows.append({"count": int(inside.sum()), "confidence": float(confidence),
                         "accuracy": float(accuracy)})
        cases.append({
            "bins": bins, "confidences": confidences.tolist(), "correct": right.tolist(),
            "rows": rows, "error": float(error) if n else None})
    return {"cases": cases}


def main():
    warnings.simplefilter("ignore")
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    random = numpy.random.default_rng(SEED)
    contents = {
        "distributions.json": distributions(),
        "comparisons.json": comparisons(random),
        "families.json": families(random),
        "outcomes.json": outcomes(random),
        "proportions.json": proportions(),
        "power.json": powers(),
        "calibration.json": calibration(random),
    }
    for name, content in contents.items():
        (out / name).write_text(json.dumps(content, allow_nan=False) + "\n")
    manifest.write(
        out, __file__, list(contents),
        libraries=["scipy", "statsmodels", "mpmath", "numpy"], seed=SEED, tolerance=1e-9,
        why="relative, of everything: both sides compute in double; bootstrap intervals are drawn, "
        "so their tests say how far")


main()
