"""Eight hours at a gate in half an hour: sixteen times the people, and the memory of the process.

Here a minute of it is played and printed; `./go soak` plays the whole (tests/journeys).
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks._news import FIRST_PAINT, VERDICT
from benchmarks.gate_rig import GateProcess, enrol_at, gate_process, served_office
from benchmarks.measuring import table, verdict
from benchmarks.scenes_720p import empty_street, with_code
from keys.claims import Status
from tests.fakes.trust_office import TrustOffice
from tests.journeys.street_camera import StreetCamera

SAMPLE_S: Final = 60.0
WHOLE_S: Final = 1800.0
# 8 h of a person every 8 s, in 30 minutes.
EACH_S: Final = 0.5
PUBLISH_EVERY_S: Final = 20.0
SETTLED_AFTER: Final = 0.4
GOAL: Final = 1.03
PAYMENT: Final = "https://qr.example/pay?to=shop&amount=12"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What a run showed. resident_mb: once a second; peak_mb: the most at any moment, while a new
    list is put together. people: how many came; judged: painted.
    """

    seconds: float
    people: int
    judged: int
    resident_mb: list[float]
    peak_mb: float

    def early_mb(self) -> float:
        """Return the memory when everything had been used once: the middle of the second fifth."""
        fifth = len(self.resident_mb) // 5
        settled = int(len(self.resident_mb) * SETTLED_AFTER)
        return statistics.median(self.resident_mb[settled - fifth : settled])

    def late_mb(self) -> float:
        """Return the memory at the end: the middle of the last fifth."""
        return statistics.median(self.resident_mb[-(len(self.resident_mb) // 5) :])


def _texts(office: TrustOffice) -> Iterator[str]:
    """Yield what people hold up: passes of every status, now and then something that is none."""
    for number in count(1):
        if number % 11 == 0:
            yield PAYMENT
            continue
        if number % 9 == 0:
            office.set_status(number, Status.RED)
        text = office.mint(number).dense
        assert text is not None
        yield text


def _pictures(
    text: str, streets: list[NDArray[np.uint8]], drawn: np.random.Generator
) -> tuple[bytes, ...]:
    """Return JPEG frames of one person and of the street after."""
    held = with_code(streets[0], text, drawn)
    frames = [np.roll(held, step, axis=1) for step in range(4)] + [streets[1]] * 2
    return tuple(cv2.imencode(".jpg", frame)[1].tobytes() for frame in frames)


def _count_verdicts(gate: GateProcess, seen: list[int]) -> None:
    while (news := gate.next_news()) is not None:
        gate.news.clear()
        seen[0] += news["what"] == VERDICT


def play(folder: Path, seconds: float) -> Shift:
    """Run a gate with its window for `seconds`, while people come and lists change."""
    drawn = np.random.default_rng(9)
    streets = [empty_street(drawn) for _ in range(2)]
    resident: list[float] = []
    seen, people = [0], 0
    camera = StreetCamera()
    with served_office() as (server, office):
        data = enrol_at(server, folder / "gate")
        texts = _texts(office)
        with gate_process(data, "--camera", camera.address) as gate:
            gate.until(FIRST_PAINT)
            reader = threading.Thread(target=_count_verdicts, args=(gate, seen), daemon=True)
            reader.start()
            begin_s = time.monotonic()
            published_s = begin_s
            while (now_s := time.monotonic()) - begin_s < seconds:
                camera.play(_pictures(next(texts), streets, drawn))
                people += 1
                if now_s - published_s >= PUBLISH_EVERY_S:
                    published_s = now_s
                    office.publish()
                if now_s - begin_s >= len(resident):
                    resident.append(gate.status("VmRSS"))
                time.sleep(max(0.0, begin_s + people * EACH_S - time.monotonic()))
            peak = gate.status("VmHWM")
    camera.unplug()
    return Shift(seconds=seconds, people=people, judged=seen[0], resident_mb=resident, peak_mb=peak)


def main() -> None:
    """Play a minute and print how memory went."""
    with tempfile.TemporaryDirectory(prefix="kakou-bench-", dir=Path.cwd()) as place:
        shift = play(Path(place), SAMPLE_S)
    growth = shift.late_mb() / shift.early_mb()
    hours = shift.seconds / WHOLE_S * 8
    row = (
        f"{hours:.2f} h in {shift.seconds:.0f} s",
        shift.people,
        shift.judged,
        f"{shift.early_mb():.1f}",
        f"{shift.late_mb():.1f}",
        f"{shift.peak_mb:.1f}",
        f"{growth:.3f}",
        verdict(growth, GOAL),
    )
    head = (
        "guard's window",
        "people",
        "judged",
        "early MB",
        "late MB",
        "peak MB",
        "late / early",
        "goal",
    )
    table("Eight hours, compressed sixteen times", head, [row])


if __name__ == "__main__":
    main()
