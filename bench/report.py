"""Results as a page for people: what must be shown, then each part's own section. Computes no figure of its own."""

from dataclasses import dataclass
from types import ModuleType
from typing import Any

HEAD = """\
# Measurements

{date}, `{command}`, {took:.0f} s in all. Load average before {before}, after {after}.

{cpu}, {memory_gib} GiB, Linux {kernel}, Python {python}, {packages}.

The web process has core {server}, and only the writers of likes beside it; PostgreSQL (fsync on), Valkey, the live
worker, beat and the clients share core {client}. No TLS, no proxy, loopback: a real network differs. Other work on the
machine shows in the load average. Server CPU is that of the web process, user and system.
"""


@dataclass(frozen=True, slots=True)
class Gate:
    """Something that must be shown: what is wanted, in words, what was found, and whether that keeps it."""

    wanted: str
    found: str
    kept: bool


def page(results: dict[str, Any], parts: dict[str, ModuleType]) -> str:
    """The whole page; a part's module says its `section` and its `gates`."""
    machine = results["machine"]
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    shown = [HEAD.format(**results["run"] | machine | {"packages": packages}), _must_show(gates(results, parts))]
    shown += [parts[part].section(results[part]) for part in parts]
    return "\n".join(shown)


def gates(results: dict[str, Any], parts: dict[str, ModuleType]) -> list[Gate]:
    """All that must be shown by the parts that were measured."""
    return [gate for part, module in parts.items() for gate in module.gates(results[part])]


def _must_show(found: list[Gate]) -> str:
    rows = [["kept" if gate.kept else "**MISSED**", gate.wanted, gate.found] for gate in found]
    return f"## What it must show\n\n{table(['', 'wanted', 'found'], rows)}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
