"""Against values that others computed."""

import pytest

from softhouse.bench.significance import mcnemar_p, wilson_interval


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, Statistics in Medicine 17, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_intervals(right: int, total: int, low: float, high: float) -> None:
    assert wilson_interval(right, total) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("total", [1, 3, 20, 41, 164])
def test_the_share_lies_inside_its_interval(total: int) -> None:
    for right in range(total + 1):
        low, high = wilson_interval(right, total)
        assert 0.0 <= low <= right / total <= high <= 1.0


def test_wilson_is_symmetric() -> None:
    low, high = wilson_interval(29, 29 + 12)
    assert wilson_interval(12, 41) == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize(("first", "second", "p"), [(0, 0, 1.0), (1, 0, 1.0), (0, 6, 0.03125), (2, 10, 0.03857421875)])
def test_mcnemar_is_the_two_sided_binomial_test(first: int, second: int, p: float) -> None:
    assert mcnemar_p(first, second) == p
    assert mcnemar_p(second, first) == p
