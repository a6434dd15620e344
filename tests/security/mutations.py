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


GUARDS = (
    Guard(
        "a private person's posts are for followers",
        "accounts/policies.py",
        "known_to(viewer_id, person) & (public | Q(**{_key(person): viewer_id}) | Q(followed))",
        "known_to(viewer_id, person)",
    ),
    Guard(
        "a visitor sees no private person",
        "accounts/policies.py",
        "return known_to(None, person) & public",
        "return known_to(None, person)",
    ),
    Guard(
        "one who has blocked is not named to the blocked",
        "accounts/policies.py",
        'active & ~Q(Exists(_blocks(person, "blocker").filter(blocked=viewer_id)))',
        "active",
    ),
    Guard(
        "one whom the viewer has blocked is not known",
        "accounts/policies.py",
        'named & ~Q(Exists(_blocks(person, "blocked").filter(blocker=viewer_id)))',
        "named",
    ),
    Guard("who is not active is not there", "accounts/policies.py", 'Q(**{_path(person, "is_active"): True})', "Q()"),
    Guard("a request is no follow", "accounts/policies.py", "Exists(Follow.objects.filter(follower=viewer_id",
          "Exists(FollowRequest.objects.filter(follower=viewer_id"),
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
