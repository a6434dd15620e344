"""The API's resolver finds what Django's own does, and tries fewer patterns for it."""

import pytest
from django.urls import Resolver404, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from project.api import api
from project.branching import branching

PATHS = ("feed", "posts/7", "posts/7/like", "users/ana/posts", "me", "instance", "openapi.json", "docs", "")


@pytest.fixture(scope="module")
def kinds():
    """Django's resolver, and ours."""
    urls = patterns, app_name, namespace = api.urls
    plain = URLResolver(RoutePattern("api/v1/"), patterns, app_name=app_name, namespace=namespace)
    return plain, branching("api/v1/", urls)


def found(resolver, path):
    match = resolver.resolve(path)
    return match.func, match.kwargs, match.route, match.view_name


@pytest.mark.parametrize("path", PATHS)
def test_a_path_leads_to_the_same_view(kinds, path):
    plain, ours = kinds

    assert found(ours, f"api/v1/{path}") == found(plain, f"api/v1/{path}")


@pytest.mark.parametrize("path", ["api/v1/no", "api/v1/likes", "api/v1/posts/7/", "api/v2/feed", "feed"])
def test_a_path_that_is_none_leads_nowhere(kinds, path):
    with pytest.raises(Resolver404):
        kinds[1].resolve(path)


def test_the_site_has_it():
    assert get_resolver().resolve("/api/v1/posts/7/like").route == "api/v1/posts/<post_id>/like"


def test_no_operation_begins_with_a_parameter():
    patterns, _, _ = api.urls

    assert [route for one in patterns if (route := str(one.pattern)).startswith("<")] == []
