"""What a conformance run holds: for every source how many cases there were, and which failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from keys.errors import KeysError


@dataclass(slots=True, kw_only=True)
class Check:
    """One source's cases. failures: the cases that did not come out as the source says."""

    source: str
    what: str
    cases: int = 0
    failures: list[str] = field(default_factory=list)

    def case(self, holds: bool, name: str) -> None:
        """Count one case."""
        self.cases += 1
        if not holds:
            self.failures.append(name)

    def accepts(self, call: Callable[[], object], name: str) -> None:
        """Count one case that must be taken."""
        self.case(not refused(call), name)

    def refuses(self, call: Callable[[], object], name: str) -> None:
        """Count one case that must be refused in one of our words."""
        self.case(refused(call), name)


def refused(call: Callable[[], object]) -> bool:
    """Return whether `call` ends in one of our errors; any other error is not caught."""
    try:
        call()
    except KeysError:
        return True
    return False


def page(checks: list[Check], libraries: str) -> str:
    """Return docs/conformance.md: one line a check, failures by name."""
    lines = [
        "# Conformance",
        "",
        "Written by `./go conformance`; what needs no foreign library also runs in `./go test`.",
        "",
        "| source | what is held to it | cases | as it says |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {check.source} | {check.what} | {check.cases} | {check.cases - len(check.failures)} |"
        for check in checks
    ]
    total = sum(check.cases for check in checks)
    failed = [f"- {check.source}: {name}" for check in checks for name in check.failures]
    lines += ["", f"{total} cases, {total - len(failed)} as the source says.", "", libraries, ""]
    if failed:
        lines += ["Not as the source says:", "", *failed, ""]
    return "\n".join(lines)
