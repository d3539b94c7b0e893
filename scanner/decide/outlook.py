"""What a station says of itself beyond the strip: its tasks, its neighbours, and rows that nobody
took. Facts only, made by the running station and shown by its window.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOutlook:
    """One of the tasks beside the gate. success_ago_s: None before the first success. error: the
    code of the last failure, None after a success. next_try_in_s: 0 while it runs or is due.
    """

    success_ago_s: int | None
    error: str | None
    next_try_in_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneOutlook:
    """A neighbour lane of the same checkpoint, and how long ago it was last heard."""

    lane: str
    heard_ago_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAsideRow:
    """A row that the office could not take. code: its word for why."""

    sequence: int
    seen_at_ms: int
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What the station page shows. trust_age_s: None before the first trust list; lanes: those
    heard lately, nearest in time first; mesh_fault: a code, None if well or switched off.
    set_aside: the newest few. sealed: the bodies of new rows can be opened by the office alone.
    policy: what judges here: `name version`, `plain`, or the code of why it cannot be read.
    earlier_log: why this gate went on in a new log and somebody must look, None if it did not.
    """

    station: str
    issuer: str
    trust_age_s: int | None
    pull: TaskOutlook
    push: TaskOutlook
    policy: str = "plain"
    lanes: tuple[LaneOutlook, ...] = ()
    mesh_fault: str | None = None
    set_aside: tuple[SetAsideRow, ...] = ()
    sealed: bool = False
    earlier_log: str | None = None
