"""A resolver for an address with many beneath it, as the API has: looks only at those that begin with the same word."""

from collections import defaultdict
from functools import cached_property

from django.urls import ResolverMatch, URLPattern, URLResolver
from django.urls.resolvers import RoutePattern

Urls = tuple[list[URLPattern | URLResolver], str, str]


class BranchingResolver(URLResolver):
    """Finds what Django's finds, which would try one pattern after the other.

    The first words beneath the address must be plain: no pattern may begin with a parameter.
    """

    def resolve(self, path: str) -> ResolverMatch:
        """Find the view.

        Raises:
            Resolver404: if there is none.
        """
        word, _, _ = path[len(str(self.pattern)) :].partition("/")
        branch = self._branches.get(word)
        return super().resolve(path) if branch is None else branch.resolve(path)

    @cached_property
    def _branches(self) -> dict[str, URLResolver]:
        found: defaultdict[str, list[URLPattern | URLResolver]] = defaultdict(list)
        for pattern in self.url_patterns:
            word, _, _ = str(pattern.pattern).partition("/")
            found[word].append(pattern)
        return {word: self._beneath(patterns) for word, patterns in found.items()}

    def _beneath(self, patterns: list[URLPattern | URLResolver]) -> URLResolver:
        return URLResolver(self.pattern, patterns, self.default_kwargs, self.app_name, self.namespace)


def branching(route: str, urls: Urls) -> BranchingResolver:
    """In place of `path(route, urls)`."""
    patterns, app_name, namespace = urls
    return BranchingResolver(RoutePattern(route, is_endpoint=False), patterns, app_name=app_name, namespace=namespace)
