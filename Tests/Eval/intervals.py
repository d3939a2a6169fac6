"""What so few trials can really show: intervals for shares and rates, and whether groups differ."""
import math
from collections import Counter
from typing import NamedTuple

SURE = 0.05  # a difference that chance makes less often than this is told as one
MOST_TABLES = 200_000  # that are enumerated; beyond, there are enough counts for chi-square


def wilson(successes, trials, z=1.96):
    """Wilson's 95 % interval of a share, or None."""
    if trials == 0:
        return None
    share = successes / trials
    middle = share + z * z / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return max(0.0, (middle - spread) / (1 + z * z / trials)), min(1.0, (middle + spread) / (1 + z * z / trials))


def highest_rate(count, hours):
    """The upper end of the 95 % interval of a rate per hour, by Poisson's distribution, or None."""
    if not hours:
        return None

    def at_most(mean):
        return sum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1))

    low, high = 1e-9, 10.0 + 3 * count
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (middle, high) if at_most(middle) > 0.025 else (low, middle)
    return high / hours


class Difference(NamedTuple):
    """`p`: how often chance alone makes groups differ this much. `can_show`: whether any outcome with so few mistakes would
    have been told as a difference."""
    p: float
    can_show: bool


def difference(groups):
    """Whether the share of mistakes differs between groups. Each is (mistakes, trials); None with fewer than two.

    Fisher's exact test in Freeman's and Halton's form for any number of groups; Pearson's chi-square where there are too many
    tables to enumerate.
    """
    groups = [(mistakes, trials) for mistakes, trials in groups if trials]
    if len(groups) < 2:
        return None
    mistakes, trials = (sum(column) for column in zip(*groups))
    if math.comb(mistakes + len(groups) - 1, mistakes) > MOST_TABLES:
        return Difference(_chi_square(groups, mistakes, trials), True)
    observed = math.prod(math.comb(n, k) for k, n in groups)
    ways = _ways([n for _, n in groups], mistakes)

    # Of whole numbers, so that tables of the same probability are equal.
    def chance(least_likely):
        return sum(way * number for way, number in ways.items() if way <= least_likely) / math.comb(trials, mistakes)

    return Difference(chance(observed), chance(min(ways)) < SURE)


def _ways(sizes, mistakes):
    """In how many ways each distribution of the mistakes over groups of these sizes comes about, counted by that number."""
    found = {0: Counter([1])}
    for size in sizes:
        grown = {}
        for used, ways in found.items():
            for here in range(min(size, mistakes - used) + 1):
                more = grown.setdefault(used + here, Counter())
                for way, number in ways.items():
                    more[way * math.comb(size, here)] += number
        found = grown
    return found[mistakes]


def _chi_square(groups, mistakes, trials):
    share = mistakes / trials
    if share in (0, 1):
        return 1.0
    statistic = sum((k - n * share) ** 2 / (n * share * (1 - share)) for k, n in groups)
    return _upper_gamma((len(groups) - 1) / 2, statistic / 2)


def _upper_gamma(a, x):
    """The regularized upper incomplete gamma function: by its series, which converges everywhere, and fast enough here."""
    if x > 300:
        return 0.0
    term = total = 1 / a
    k = 0
    while term > total * 1e-15:
        k += 1
        term *= x / (a + k)
        total += term
    return max(0.0, 1 - total * math.exp(-x + a * math.log(x) - math.lgamma(a))) if x > 0 else 1.0
