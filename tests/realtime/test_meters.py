"""Counting: histograms that can be added, percentiles of them, ends by their code."""

import pytest

from realtime.meters import BOUNDS, Histogram, Meters, added


def filled(*seconds):
    histogram = Histogram()
    for one in seconds:
        histogram.observe(one)
    return histogram


def test_a_histogram_counts_by_upper_bounds():
    assert filled(0.001, 0.002, 11.0).counts == [1, 1, *[0] * 11, 1]


def test_a_clock_that_went_backwards_counts_as_nothing():
    assert (filled(-3.0).counts[0], filled(-3.0).total) == (1, 0.0)


@pytest.mark.parametrize(("share", "bound"), [(0.5, BOUNDS[0]), (0.99, BOUNDS[-1])])
def test_a_percentile_is_the_bound_below_which_so_many_lie(share, bound):
    assert filled(0.0005, 0.0005, 9.0).percentile(share) == bound


def test_a_percentile_of_nothing_is_none():
    assert Histogram().percentile(0.5) is None


def test_processes_are_added_number_by_number():
    one, other = Meters(frames_in=2, ready=filled(0.002)), Meters(frames_in=3, ready=filled(0.002, 4.0))
    one.accepted["sse"] += 1
    other.accepted["websocket"] += 1

    whole = added([one, other])

    assert (whole.frames_in, whole.accepted, whole.ready) == (
        5, {"sse": 1, "websocket": 1}, filled(0.002, 0.002, 4.0),
    )  # fmt: skip


def test_an_end_without_a_code_is_a_line_that_was_cut():
    meters = Meters()
    meters.ended(0)

    assert meters.closed == {"1006": 1}
