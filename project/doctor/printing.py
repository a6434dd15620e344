"""Findings on a terminal: a line for each part, with the cure below what is not well."""

from collections.abc import Iterator

from django.core.management.color import Style

from project.doctor.findings import Finding, State


def lines(finding: Finding, style: Style) -> Iterator[str]:
    """The lines of a finding."""
    colours = {State.OK: style.SUCCESS, State.WARN: style.WARNING, State.FAIL: style.ERROR}
    yield f"{colours[finding.state](f'{finding.state:4}')}  {finding.part:<11} {finding.said}"
    if finding.cure:
        yield f"{'':18}→ {finding.cure}"
