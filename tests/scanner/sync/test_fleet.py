"""A whole fleet whose network returns at one moment: spread by chance, and held off by the office.

A simulation of a thousand stations with the waits that each would really take.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from dataclasses import dataclass

import pytest

from scanner.sync.backoff import LONGEST_S, LONGEST_WITHOUT_ROUTE_S, retry_delay_s

STATIONS = 1000
OUTAGE_S = 1800.0
RETRY_AFTER_S = 10.0


@dataclass(frozen=True)
class Return:
    """What came after the network was back. by_second: how many tried in each second; last_s: when
    the last station was served.
    """

    by_second: Counter[int]
    last_s: float

    @property
    def busiest(self) -> int:
        return max(self.by_second.values())


def comes_back(served_a_second: int, seed: int, *, jitter: bool = True) -> Return:
    """Let every station fail through the outage, then ask an office that serves so many a second
    and tells all others to come again.
    """
    draw = random.Random(seed)

    def chance() -> float:
        return draw.random() if jitter else 0.999

    due = [(0.0, 0, number) for number in range(STATIONS)]
    heapq.heapify(due)
    tries: Counter[int] = Counter()
    served: Counter[int] = Counter()
    last_s = 0.0
    while due:
        now_s, failures, number = heapq.heappop(due)
        if now_s < OUTAGE_S:
            wait_s = retry_delay_s(failures + 1, chance(), longest_s=LONGEST_WITHOUT_ROUTE_S)
        else:
            second = int(now_s - OUTAGE_S)
            tries[second] += 1
            if served[second] < served_a_second:
                served[second] += 1
                last_s = now_s - OUTAGE_S
                continue
            wait_s = retry_delay_s(failures + 1, chance(), RETRY_AFTER_S)
        heapq.heappush(due, (now_s + wait_s, failures + 1, number))
    return Return(tries, last_s)


@pytest.mark.parametrize("seed", range(3))
def test_a_thousand_stations_do_not_come_back_in_one_second(seed: int) -> None:
    fleet = comes_back(STATIONS, seed)

    assert fleet.busiest < STATIONS / 6
    assert fleet.last_s <= LONGEST_WITHOUT_ROUTE_S
    assert len(fleet.by_second) >= LONGEST_WITHOUT_ROUTE_S - 1


def test_without_chance_they_would_all_come_at_once() -> None:
    assert comes_back(STATIONS, 0, jitter=False).busiest == STATIONS


@pytest.mark.parametrize("seed", range(3))
def test_an_office_that_takes_twenty_a_second_serves_all_within_two_minutes(seed: int) -> None:
    fleet = comes_back(20, seed)

    # At 20 a second a thousand take 50 s at best.
    assert fleet.last_s < 120
    assert fleet.busiest < STATIONS / 6
    # Nobody hammers: each comes a handful of times, not every second.
    assert sum(fleet.by_second.values()) < 6 * STATIONS


def test_an_office_in_trouble_without_a_word_is_spared_for_minutes() -> None:
    draw = random.Random(1)
    waits = [retry_delay_s(20, draw.random()) for _ in range(STATIONS)]

    assert max(waits) <= LONGEST_S
    assert sum(waits) / STATIONS > LONGEST_S / 3
