"""The surfaces of a person: their profile, who follows whom, and their topics."""

from tests.security.surfaces import NOT_FOUND, UNAUTHENTICATED, Surface
from tests.security.world import Viewer, normal

FOUND = 302
NEVER = "nobody.of.that.name"


def profile(route: str, path: str, over: str) -> Surface:
    """The profile: with what the person says of themselves, or name and face only."""

    def ask(viewer: Viewer, username: str, marker: str) -> str:
        answer = getattr(viewer, over).get(path.format(username))
        if answer.is_success:
            return "+" if marker in answer.text else "m"
        return _refused(viewer, over, path, username, answer)

    return Surface("", ask, (route,))


def members(route: str, path: str, over: str) -> Surface:
    """A list of people that the person stands to: the follower, who is followed back, is in it."""

    def ask(viewer: Viewer, username: str, _: str) -> str:
        answer = getattr(viewer, over).get(path.format(username))
        if answer.is_success:
            return "+" if "follower" in answer.text else "?"
        return _refused(viewer, over, path, username, answer)

    return Surface("", ask, (route,))


def found(route: str, path: str) -> Surface:
    """What a search for the person's name finds."""

    def ask(viewer: Viewer, username: str, _: str) -> str:
        answer = viewer.rest.get(path.format(username))
        return "!" if answer.status_code == UNAUTHENTICATED else "+" if f"/@{username}/" in answer.text else "-"

    return Surface("", ask, (route,))


def topic(name: str) -> Surface:
    """A socket's topic of the person."""

    def ask(viewer: Viewer, username: str, _: str) -> str:
        granted = viewer.granted([name.format(username)])
        return "!" if granted is None else "+" if granted else "-"

    return Surface("", ask)


def _refused(viewer: Viewer, over: str, path: str, username: str, answer: object) -> str:
    """Sign in first, or the same answer as for a name that nobody has."""
    if answer.status_code in (UNAUTHENTICATED, FOUND):
        return "!"
    none = getattr(viewer, over).get(path.format(NEVER))
    same = normal(answer, username, NEVER) == normal(none, username, NEVER) and answer.status_code == NOT_FOUND
    return "-" if same else str(answer.status_code)


PEOPLE: dict[str, Surface] = {
    "profile page": profile("profile", "/@{}/", "page"),
    "profile": profile("get_person", "/users/{}", "rest"),
    "mute page": profile("mute", "/@{}/mute/", "page"),
    "followers": members("followers", "/users/{}/followers", "rest"),
    "following": members("following", "/users/{}/following", "rest"),
    "followers page": members("followers", "/@{}/followers/", "page"),
    "following page": members("following", "/@{}/following/", "page"),
    "search": found("search", "/search?q={}&type=people"),
    "profile topic": topic("profile:{}"),
    "presence topic": topic("presence:{}"),
    "user topic": topic("user:{}"),
    "ops topic": topic("ops"),
    "tail topic": topic("ops:0123456789abcdef0123"),
    "moderation topic": topic("moderation"),
}
