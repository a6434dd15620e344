"""Refusals as problem details."""

from core.problems import Invalid, NotFound


def test_a_problem_without_detail_says_its_title():
    assert NotFound().as_dict() == {"type": "about:blank", "title": "Not found", "status": 404}


def test_a_problem_with_a_field_names_it():
    assert Invalid("Too long.", field="name").as_dict(instance="r1") == {
        "type": "about:blank",
        "title": "Not valid",
        "status": 422,
        "detail": "Too long.",
        "errors": [{"field": "name", "detail": "Too long."}],
        "instance": "r1",
    }
