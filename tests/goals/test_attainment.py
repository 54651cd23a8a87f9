"""The T-score of goal-attainment scaling, a pure function."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.goals.attainment import t_score
from kith.ground.errors import Invalid

RATINGS = st.lists(st.tuples(st.integers(1, 10), st.integers(-2, 2)), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ([(1, 0)], "50.00"),
        ([(1, 1)], "60.00"),  # one goal: ten points a level, whatever its weight
        ([(7, -2)], "30.00"),
        ([(1, 1), (1, 1), (1, 1)], "63.69"),  # 50 + 30 / sqrt(0.7 * 3 + 0.3 * 9)
        ([(2, 1), (1, -1)], "54.02"),
        ([(3, 2), (2, 0), (1, -1)], "61.02"),
    ],
)
def test_it_is_what_the_formula_gives(ratings: list[tuple[int, int]], expected: str) -> None:
    weighted, squares = sum(w * x for w, x in ratings), sum(w * w for w, _ in ratings)
    by_hand = 50 + 10 * weighted / (0.7 * squares + 0.3 * sum(w for w, _ in ratings) ** 2) ** 0.5
    assert abs(float(t_score(ratings)) - by_hand) < 0.006
    assert t_score(ratings) == Decimal(expected)


@given(RATINGS)
def test_it_mirrors_and_weights_are_relative(ratings: list[tuple[int, int]]) -> None:
    score = t_score(ratings)
    assert t_score([(weight, -level) for weight, level in ratings]) == 100 - score
    assert abs(t_score([(weight * 3, level) for weight, level in ratings]) - score) <= Decimal("0.01")
    assert Decimal(13) < score < Decimal(87)


def test_nothing_rated_has_no_score() -> None:
    with pytest.raises(Invalid):
        t_score([])
