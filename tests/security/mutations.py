"""Takes one guard of the policy away at a time, and sees that the matrix notices: `python -m tests.security.mutations`.

Works on a copy of the checkout. Prints a line for each guard; ends with 1 if the matrix passes without one.
"""

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "var", "node_modules", "__pycache__", ".*_cache", "results")
MATRIX = ("-m", "pytest", "tests/security/test_matrix.py", "-q", "-x", "--no-header", "--tb=no", "--show-capture=no")


@dataclass(frozen=True, slots=True)
class Guard:
    """A line of the policy, and what is left when somebody has lost it."""

    name: str
    file: str
    line: str
    without: str


PEOPLE, POSTS, MEDIA = "accounts/policies.py", "content/models/posts.py", "content/models/media.py"
SEEN = "content/queries/seen.py"

GUARDS = (
    Guard("a private person's posts are for followers", PEOPLE,
          " & (public | own | followed_by(viewer_id, person))", ""),
    Guard("a visitor sees no private person", PEOPLE,
          "return known_to(None, person) & public", "return known_to(None, person)"),
    Guard("who has blocked is not named to the blocked", PEOPLE,
          'active & ~Q(Exists(_blocks(person, "blocker").filter(blocked=viewer_id)))', "active"),
    Guard("whom the viewer has blocked is not known", PEOPLE,
          'named & ~Q(Exists(_blocks(person, "blocked").filter(blocker=viewer_id)))', "named"),
    Guard("who is not active is not there", PEOPLE, 'Q(**{_path(person, "is_active"): True})', "Q()"),
    Guard("a request is no follow", PEOPLE,
          "Q(Exists(Follow.objects.filter(follower=viewer_id, followee=OuterRef(_key(person)))))",
          'Q(Exists(Follow.objects.filter(follower=viewer_id, followee=OuterRef(_key(person))))) | '
          'Q(**{f"{person}__requests__follower" if person else "requests__follower": viewer_id})'),
    Guard("a post for followers is for them", POSTS, '(out & (public | followed_by(viewer_id, "author")))', "out"),
    Guard("a visitor sees no post for followers", POSTS, "return out & public", "return out"),
    Guard("the archive is its author's", POSTS,
          'open_to(viewer_id, "author") & Q(archived_at__isnull=True)', 'open_to(viewer_id, "author")'),
    Guard("what is deleted is gone", POSTS, "return self.filter(deleted_at__isnull=True)", "return self.all()"),
    Guard("a topic is for who sees its post", SEEN, "(NOT author.is_private OR author.id = {viewer} OR EXISTS (",
          "(true OR EXISTS ("),
    Guard("a photo is for who sees its post", MEDIA,
          "posts = Post.objects.visible_to(viewer_id).filter", "posts = Post.objects.filter"),
    Guard("a case is for staff", "ops/guards.py", "if not request.viewer.is_staff:", "if request.viewer is None:"),
)  # fmt: skip


def main() -> int:
    """Try every guard; answer the exit code."""
    unnoticed = [guard.name for guard in GUARDS if not _noticed(guard)]
    print(f"{len(GUARDS) - len(unnoticed)} of {len(GUARDS)} guards are missed when they are gone")  # noqa: T201
    return bool(unnoticed)


def _noticed(guard: Guard) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
        _take_away(guard, copy / guard.file)
        failed = subprocess.run([sys.executable, *MATRIX], cwd=copy, check=False, stdout=subprocess.DEVNULL).returncode
    print(f"{'noticed' if failed == 1 else 'NOT NOTICED'}: {guard.name}", flush=True)  # noqa: T201
    return failed == 1


def _take_away(guard: Guard, path: Path) -> None:
    source = path.read_text()
    if source.count(guard.line) != 1:
        raise SystemExit(f"{guard.file} has no such line once: {guard.line}")
    path.write_text(source.replace(guard.line, guard.without))


if __name__ == "__main__":
    sys.exit(main())
