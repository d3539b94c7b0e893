"""A guard's window with everything that a guard may ask for, and people who wait at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from keys.passages import Verdict
from scanner.decide.action_names import ActionName
from scanner.decide.actions import (
    Action,
)
from scanner.screen.asking import Asking
from scanner.screen.guard_window import GuardWindow
from scanner.screen.worker import StationState
from scanner.station import ScanResult
from tests.scanner.screen.scenes import freshness, result

ALL = frozenset(ActionName)

Open = Callable[..., tuple[GuardWindow, list[Action]]]


def waiting(number: int, **bent: Any) -> ScanResult:
    """Return a person who stands in a hand check."""
    return replace(
        result(Verdict.HAND_CHECK, number=number, **bent), passage_id=bytes([number]) * 16
    )


def page_of(window: GuardWindow) -> Asking:
    """Return the question that stands."""
    assert window.questions.current is not None
    return window.questions.current


def state(**bent: Any) -> StationState:
    """Return a well station's state, bent."""
    return StationState(freshness=freshness(**bent), camera_fault=None)
