"""Intervals and tests of differences, against values of tables and of scipy."""
import pytest

from intervals import _chi_square, difference, highest_rate, wilson


def test_wilson():
    assert wilson(0, 0) is None
    assert wilson(20, 20) == (pytest.approx(0.839, abs=1e-3), pytest.approx(1))
    assert wilson(95, 100) == (pytest.approx(0.888, abs=1e-3), pytest.approx(0.978, abs=1e-3))
    assert wilson(0, 25) == (0.0, pytest.approx(0.133, abs=1e-3))


def test_the_highest_rate():
    assert highest_rate(0, 0) is None
    assert highest_rate(0, 1) == pytest.approx(3.689, abs=1e-3)
    assert highest_rate(0, 10) == pytest.approx(0.3689, abs=1e-4)
    assert highest_rate(5, 2) == pytest.approx(11.668 / 2, abs=1e-3)


def test_two_groups_are_compared_as_fisher_does():
    from scipy.stats import fisher_exact
    for (a, m), (b, n) in (((1, 10), (8, 12)), ((0, 30), (3, 25)), ((3, 7), (3, 7)), ((0, 4), (4, 4)), ((2, 60), (9, 55))):
        assert difference([(a, m), (b, n)]).p == pytest.approx(fisher_exact([[a, m - a], [b, n - b]])[1])


def test_many_groups():
    # By hand: 3 mistakes in groups of 3, 3 and 3 are 84 tables; all in one group is 3 of them.
    assert difference([(3, 3), (0, 3), (0, 3)]).p == pytest.approx(3 / 84)
    assert difference([(1, 3), (1, 3), (1, 3)]).p == pytest.approx(1)
    assert difference([(0, 5), (0, 0)]) is None
    # As many groups as there are people: one of 90 with both mistakes is one of 90 such tables among C(180, 2).
    assert difference([(2, 2)] + [(0, 2)] * 89).p == pytest.approx(90 / (180 * 179 / 2))


def test_too_few_to_show_anything():
    assert not difference([(0, 20), (0, 30)]).can_show
    assert not difference([(1, 20), (0, 30)]).can_show
    assert difference([(0, 20), (0, 30)]).p == 1
    assert difference([(0, 20), (4, 30)]).can_show


def test_very_many_counts_go_to_chi_square():
    from scipy.stats import chi2_contingency
    groups = [(40, 100), (60, 110), (35, 90), (52, 120), (44, 95), (70, 150), (33, 80)]
    expected = chi2_contingency([[k, n - k] for k, n in groups], correction=False).pvalue
    assert difference(groups) == (pytest.approx(expected, rel=1e-9), True)
    assert _chi_square([(0, 5), (0, 5)], 0, 10) == 1
    assert _chi_square([(0, 500), (500, 500)], 500, 1000) == 0
