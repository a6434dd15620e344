"""Who sees what, everywhere: every kind of viewer, every object, every surface; and nothing is left out."""

import pytest
from django.urls import get_resolver

from project.celery import app
from project.routing import RULES
from tests.security import expected, people, surfaces
from tests.security.elsewhere import RENDERING_NOTHING, ROUTES
from tests.security.world import VIEWERS, World

# The tests themselves ask no database; the mark has the test database made, also where no other test needs one.
pytestmark = pytest.mark.django_db

LEAST_CELLS = 500
OTHERS = ("admin:", "headless:")  # Django's, for staff; allauth's, of the asker's own account alone

POST_CELLS = [(name, post) for name in surfaces.POSTS for post in expected.POSTS]
PERSON_CELLS = [(name, owner) for name in people.PEOPLE for owner in ("open", "closed")]


@pytest.fixture(scope="module")
def world(lasting_stack):
    world = World(lasting_stack)
    yield world
    world.close()


@pytest.mark.parametrize(("surface", "post"), POST_CELLS)
def test_a_post_is_shown_to_whom_it_is_for(world, surface, post):
    seen, absent = world.posts[post], world.posts["absent"]
    ask, owner = surfaces.POSTS[surface].ask, "closed" if post == "private" else "open"

    row = "".join(ask(world.viewer(kind, owner), seen, absent) for kind in VIEWERS)

    assert row == _wanted(surface, post), VIEWERS


@pytest.mark.parametrize(("surface", "owner"), PERSON_CELLS)
def test_a_person_is_shown_to_whom_they_are_open(world, surface, owner):
    ask, username = people.PEOPLE[surface].ask, world.owners[owner].username

    row = "".join(ask(world.viewer(kind, owner), username, f"bio{owner}") for kind in VIEWERS)

    assert row == expected.PEOPLE[owner, surface], VIEWERS


def test_the_matrix_has_enough_cells():
    assert (len(POST_CELLS) + len(PERSON_CELLS)) * len(VIEWERS) >= LEAST_CELLS


def test_every_route_is_in_the_matrix():
    asked = {route for surface in (*surfaces.POSTS.values(), *people.PEOPLE.values()) for route in surface.routes}

    assert {name for name in _routes(get_resolver()) if not name.startswith(OTHERS)} == asked | ROUTES.keys()


def test_every_topic_is_in_the_matrix():
    assert set(RULES) == {"post", "profile", "presence", "feed", "ops", "moderation"}


def test_every_task_is_known_to_render_nothing():
    app.loader.import_default_modules()

    assert {name for name in app.tasks if not name.startswith("celery.")} == RENDERING_NOTHING.keys()


def _wanted(surface, post):
    return expected.POSTS_BUT.get((surface, post)) or expected.POSTS[post][surfaces.POSTS[surface].rows]


def _routes(resolver, namespace=""):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            inner = f"{pattern.namespace}:"
            yield from _routes(pattern, inner if inner in OTHERS else namespace)
        else:
            yield f"{namespace}{pattern.name or pattern.pattern}"
