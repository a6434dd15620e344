"""The capacity model: its figures are those of the bench, and its arithmetic is what it says."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from core.env import ROOT
from project.capacity import PARTS, Demand, Habits
from project.capacity.figures import FIGURES, RESULTS
from project.capacity.page import short
from project.capacity.parts import in_order

MEASURED = [figure for figure in FIGURES if figure.read]


def capacity(*arguments):
    out = io.StringIO()
    call_command("capacity", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def results():
    return json.loads((ROOT / RESULTS).read_text())


@pytest.mark.parametrize("figure", MEASURED, ids=lambda figure: figure.what)
def test_a_figure_is_what_the_bench_found(figure, results):
    assert f"{figure.value:.3g}" == f"{figure.read(results):.3g}"


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_part_is_full_where_its_load_reaches_its_room(part):
    people = part.full_at()

    assert part.load(Demand(people)) <= part.room < part.load(Demand(people * 1.001))


def test_what_people_do_in_a_day_comes_twice_as_fast_at_the_peak():
    demand = Demand(86_400, Habits(daily=1, likes=1, comments=1, follows=1, posts=1, undos=0.5, peak=2))

    assert (demand.deeds, demand.posts) == (12, 2)


def test_twice_the_likes_fill_a_live_worker_sooner():
    by_name = [{part.name: people for people, part in in_order(Habits(likes=likes))} for likes in (10, 20)]

    assert by_name[1]["live worker"] < by_name[0]["live worker"]


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0.001, "<0.01"), (0.0264, "0.026"), (1.44, "1.4"), (349, "350"), (86_500, "86,000"), (1.09e6, "1.1 million")],
)
def test_numbers_have_two_digits(number, shown):
    assert short(number) == shown


def test_the_command_names_what_is_full_and_what_takes_over():
    first, *lines = capacity("--people", "50000").splitlines()

    assert first == "50,000 people: 1,000 connected, and in the busiest second 7.5 deeds and 35 reads."
    assert lines[:2] == [
        "full  web process                          0.66 of 0.6 cores",
        "      → more of them, one a core, behind one port or nginx",
    ]


def test_the_command_takes_assumptions():
    rows = json.loads(capacity("--people", "1000", "--kept-kb", "500", "--json"))
    (row,) = (row for row in rows if row["part"] == "disk of the photos")

    assert row == {"part": "disk of the photos", "unit": "TB", "takes": 0.0228125, "of": 2.4, "full_at": 105_205}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--people", "0"), "argument --people: a number above 0, up to 1,000,000,000,000, not 0"),
        (("--people", "many"), "argument --people: a number above 0, up to 1,000,000,000,000, not many"),
        (("--people", "1.5"), "argument --people: a whole number, not 1.5"),
        (("--people", "5", "--likes", "-1"), "argument --likes: a number above 0, up to 1,000,000,000,000, not -1"),
    ],
)
def test_a_wrong_number_is_refused_by_name(arguments, said):
    with pytest.raises(CommandError, match=f"^Error: {said}$"):
        capacity(*arguments)
