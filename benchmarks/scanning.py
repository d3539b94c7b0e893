"""From a camera's frame to the verdict, without the commit: beside zxing-cpp alone reading the same
frame with the same settings.

Each frame of 1280x720 shows another person's code, phone or paper, after the last one has left.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import numpy as np
import zxingcpp

from benchmarks.measuring import table, verdict
from benchmarks.scenes_720p import Grey, empty_street, with_code
from keys.claims import LIST_BITS, Claims
from keys.ed25519 import SigningKey
from keys.passages import ClockGrade, Direction, Verdict
from keys.token import mint
from keys.trustlist import Keyring, KeyState, Purpose, TrustedKey
from scanner.capture.codes import CodeReader
from scanner.decide.judge import Beliefs, Moment, Universe, judge
from scanner.decide.passage import passage_for
from scanner.decide.policy import Rules
from scanner.decide.samecode import Presence

NOW: Final = 1_780_000_020
FRAMES: Final = 60
KID: Final = 258
LISTS: Final = 14
GOAL: Final = 1.25
LEFT_AFTER: Final = 4  # empty frames, after which the last code is followed no more
SEEN_AT: Final = datetime(2026, 11, 21, tzinfo=UTC)


class Timed(NamedTuple):
    """What one act on one frame took: milliseconds on the wall, and of this process's CPU time."""

    wall_ms: float
    cpu_ms: float


def _timed(act: Callable[[Grey], object], frame: Grey) -> Timed:
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    act(frame)
    wall_ms = (time.perf_counter() - wall_s) * 1e3
    return Timed(wall_ms, (time.process_time() - cpu_s) * 1e3)


def _texts(key: SigningKey) -> list[str]:
    texts = []
    for number in range(FRAMES):
        iat = NOW - 60 * (60 + number)
        claims = Claims(
            KID, number % 2, 0, iat, iat + 72 * 3600, number % 14, number, "王*明", "123X"
        )
        minted = mint(key, claims)
        assert minted.dense is not None
        texts.append(minted.dense if number % 3 else minted.full)
    return texts


def _zxing(frame: Grey) -> object:
    zxing: Any = zxingcpp  # its stubs know one format at a time in another type
    return zxing.read_barcodes(
        frame,
        formats=zxing.BarcodeFormat.QRCodeModel2,
        try_invert=False,
        try_downscale=True,
        binarizer=zxing.Binarizer.LocalAverage,
    )


def _deciding(key: SigningKey, reader: CodeReader) -> Callable[[Grey], list[Verdict]]:
    """Return what takes a frame to its verdicts and to the passages that would be written."""
    trusted = TrustedKey(
        kid=KID,
        public_key=key.public_key,
        issuer="hangzhou",
        purpose=Purpose.PASS,
        not_before=0,
        not_after=1 << 32,
        state=KeyState.LIVE,
    )
    universe = Universe(bytes(LISTS << LIST_BITS - 2), NOW - 60, 1)
    beliefs = Beliefs(Keyring({KID: (trusted,)}), {"hangzhou": universe})
    rules, moment, presence = Rules(), Moment(NOW, ClockGrade.CONFIRMED, NOW, 12), Presence()

    def decide(frame: Grey) -> list[Verdict]:
        verdicts = []
        for code in reader.read(frame):
            if not presence.is_new_text(code.text, time.monotonic()):
                continue
            judgement = judge(code.text, beliefs, rules, moment)
            assert judgement is not None
            presence.is_new_person(judgement.identity or code.text, code.text, time.monotonic())
            passage_for(
                judgement,
                passage_id=bytes(16),
                salt=bytes(range(16)),
                seen_at=SEEN_AT,
                clock=moment.grade,
                direction=Direction.ENTRY,
            )
            verdicts.append(judgement.verdict)
        return verdicts

    return decide


def _collecting(
    decide: Callable[[Grey], list[Verdict]], into: list[Verdict]
) -> Callable[[Grey], object]:
    return lambda frame: into.extend(decide(frame))


def main() -> None:
    """Print median, 95th percentile and the ratio."""
    generator = np.random.default_rng(7)
    key = SigningKey(bytes(range(32)))
    reader = CodeReader()
    decide = _deciding(key, reader)
    took: dict[str, list[Timed]] = {"zxing-cpp alone": [], "new code": [], "held code": []}
    read = 0
    for text in _texts(key):
        empty = [empty_street(generator) for _ in range(LEFT_AFTER)]
        frame = with_code(empty[0], text, generator)
        moved = np.roll(frame, 2, axis=1)
        for left in empty:
            reader.read(left)
        alone = _timed(_zxing, frame)
        verdicts: list[Verdict] = []
        whole = _timed(_collecting(decide, verdicts), frame)
        if verdicts != [Verdict.ADMIT] or not _zxing(frame):
            continue  # a frame that one of the two cannot read compares nothing
        read += 1
        took["zxing-cpp alone"].append(alone)
        took["new code"].append(whole)
        took["held code"].append(_timed(decide, moved))
    assert read > FRAMES // 2
    rows = []
    for name, times in took.items():
        pairs = zip(times, took["zxing-cpp alone"], strict=True)
        ratio = statistics.median(one.cpu_ms / base.cpu_ms for one, base in pairs)
        walls = sorted(one.wall_ms for one in times)
        goal = verdict(ratio, GOAL) if name == "new code" else ""
        middle, late = statistics.median(walls), walls[int(0.95 * len(walls))]
        rows.append((name, f"{middle:.2f}", f"{late:.2f}", f"{ratio:.3f}", goal))
    head = ("frame to verdict", "median ms", "p95 ms", "x zxing-cpp", "goal")
    table("Scanning", head, rows)
    print(
        f"  {read} of {FRAMES} frames of 1280x720 read by both; ratio of CPU times, frame by frame."
    )


if __name__ == "__main__":
    main()
