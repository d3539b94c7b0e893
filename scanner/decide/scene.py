"""What a checkpoint's rules may look at besides the pass: what was seen of the person, and what the
station remembers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from keys.passages import Direction
from scanner.decide.judge import Moment
from scanner.decide.judgement import Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What the guard or a thermometer saw. Fill it again and settle again as more is known.

    temperatures: tenths of a degree Celsius, in the order they were measured. party: how many
    people stand there on this pass. papers_seen: the guard has compared a document.
    """

    temperatures: tuple[int, ...] = ()
    party: int = 1
    papers_seen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the station's log knows at this moment; None means that it does not know.

    inside: people counted inside the place. entry_ago_s, exit_ago_s: seconds since this pass was
    last admitted here that way, -1 for never. entries_today: admitted entries of this pass since
    the gate's midnight. admitted_ago_s: seconds since a pass of each kind was last admitted here,
    this pass left out; a kind that is not there has not been.
    """

    inside: int | None = None
    entry_ago_s: int | None = None
    exit_ago_s: int | None = None
    entries_today: int | None = None
    admitted_ago_s: Mapping[int, int] = field(default_factory=dict)


NO_FACTS = Facts()
NOTHING_SEEN = Observation()


class Scene(NamedTuple):
    """One person at the gate, as the rules see it."""

    judgement: Judgement
    moment: Moment
    direction: Direction
    facts: Facts
    observation: Observation
