"""Counts as people read them."""

import pytest

from core.numbers import compact, shown


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (9_999, "9999"), (10_000, "10K"), (12_399, "12.3K"), (999_999, "999K"), (1_234_567, "1.23M"),
     (45_000_000, "45M"), (2_000_000_001, "2B")],
)  # fmt: skip
def test_a_large_count_is_cut_to_three_digits(count, text):
    assert compact(count) == text


@pytest.mark.parametrize(("count", "seen"), [(0, 0), (9_999, 9_999), (12_345, 12_300), (999_999, 999_000)])
def test_what_is_shown_is_what_the_text_says(count, seen):
    assert shown(count) == seen
