"""All looks in their order: what others stand on comes first."""

from collections.abc import Callable, Iterable, Iterator

from project.doctor import machine, services, site
from project.doctor.findings import Finding, State, fail

Check = tuple[str, Callable[[], Iterator[Finding]], str]  # the part, the look at it, the cure if that fails

NEEDS = {"outbox": "postgresql", "web": "redis"}  # what a part is looked at through
EVERYTHING: tuple[Check, ...] = (*machine.CHECKS, *services.CHECKS, *site.CHECKS)
AT_REST: tuple[Check, ...] = (*machine.CHECKS, services.CHECKS[0])  # what can be well while nothing runs


def examine(checks: Iterable[Check] = EVERYTHING) -> Iterator[Finding]:
    """Look at parts, one after the other. A look that fails is a finding, and the others go on."""
    failed: set[str] = set()
    for part, check, cure in checks:
        if (need := NEEDS.get(part)) in failed:
            yield fail(part, f"It is not to be seen without {need}.", f"Mend {need} first.")
            continue
        for finding in _looked_at(part, check, cure):
            if finding.state is State.FAIL:
                failed.add(finding.part)
            yield finding


def _looked_at(part: str, check: Callable[[], Iterator[Finding]], cure: str) -> Iterator[Finding]:
    try:
        yield from check()
    except Exception as error:  # whatever a driver may raise: that part does not work
        yield fail(part, str(error).strip().partition("\n")[0] or type(error).__name__, cure)
