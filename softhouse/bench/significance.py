"""How sure a score is: an interval for one, a test for two of them on the same problems."""

from math import comb, sqrt

Z_95 = 1.959963984540054
"""The standard normal quantile of a two-sided 95 % interval."""


def wilson_interval(right: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a proportion, between 0 and 1 (Wilson 1927, doi:10.1080/01621459.1927.10502953).

    >>> [round(bound, 3) for bound in wilson_interval(31, 41)]
    [0.607, 0.862]
    >>> wilson_interval(0, 0)
    (0.0, 1.0)
    """
    if total == 0:
        return 0.0, 1.0
    share = right / total
    spread = Z_95 * sqrt(share * (1 - share) / total + Z_95**2 / (4 * total**2))
    middle = share + Z_95**2 / (2 * total)
    scale = 1 + Z_95**2 / total
    # Exact at the ends, where rounding would put the bound on the wrong side of the share.
    low = (middle - spread) / scale if right else 0.0
    high = (middle + spread) / scale if right < total else 1.0
    return low, high


def mcnemar_p(only_first: int, only_second: int) -> float:
    """The exact two-sided p-value of McNemar's test (1947, doi:10.1007/BF02295996).

    `only_first` problems were solved by the first solver alone, `only_second` by the second alone: under the null
    hypothesis a fair coin decides each of them.

    >>> mcnemar_p(0, 5)
    0.0625
    >>> mcnemar_p(3, 3)
    1.0
    """
    discordant = only_first + only_second
    tail = sum(comb(discordant, k) for k in range(min(only_first, only_second) + 1))
    return min(1.0, float(2 * tail / 2**discordant))
