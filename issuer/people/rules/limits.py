"""How many tries at a password, and how long a session lives."""

from __future__ import annotations

from typing import Final

WINDOW_S: Final = 900
TRIES_PER_NAME: Final = 8
# A whole office may sit behind one address.
TRIES_PER_ADDRESS: Final = 40


def wait_s(*, tries_at: list[int], allowed: int, now: int) -> int:
    """Return how long to wait before one more try, 0 if it may come now. tries_at: times of tries,
    any order.
    """
    recent = sorted(at for at in tries_at if now - WINDOW_S < at)
    if len(recent) < allowed:
        return 0
    # The oldest of the last `allowed` tries must leave the window first.
    return max(1, recent[-allowed] + WINDOW_S - now)


def session_lives(*, began_at: int, seen_at: int, now: int, idle_s: int, life_s: int) -> bool:
    """Return whether a session may go on. A clock that went back ends it too."""
    return 0 <= now - seen_at < idle_s and 0 <= now - began_at < life_s
