"""The story that the demo plays, step by step, in one temporary directory."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from demo import checks
from demo.people import Person, expected_of, issue_passes
from demo.programs import Background, DemoFailed, background, call, call_text, lines_of
from demo.proxy import Network, free_port
from demo.reel import cached_reel, reel_seconds
from demo.sabotage import station_command
from demo.telling import Watched, bar, say, step

REEL_CACHE: Final = Path(__file__).parent / ".cache"
START_TIMEOUT_S: Final = 30
DRAIN_TIMEOUT_S: Final = 60


@contextmanager
def _office(folder: Path, port: int) -> Iterator[Path]:
    """Hold the key ceremony, start the issuer and yield its data folder."""
    data = folder / "office"
    call("issuer", data, "init", "--offline", str(folder / "root-keys-in-a-safe"))
    command = [sys.executable, "-m", "issuer", "--data", str(data), "serve", "--port", str(port)]
    with background(command, lambda _: None, folder / "office.log") as program:
        _wait_for_port(port, program, folder / "office.log")
        yield data


def _wait_for_port(port: int, program: Background, log: Path) -> None:
    import socket  # noqa: PLC0415 - only here

    end_s = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < end_s:
        if program.ended:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise DemoFailed(f"the issuer did not start: {log.read_text(errors='replace')[-500:]}")


def _station(folder: Path, office: Path, network: Network) -> Path:
    """Enrol one station through the network and return its data folder."""
    code = call("issuer", office, "station", "add", "north-gate", "--checkpoint", "北门")["code"]
    data = folder / "station"
    call("scanner", data, "enrol", code, "--issuer", f"http://127.0.0.1:{network.port}")
    return data


def play_reel(*, sabotage: str | None, headless: bool) -> int:
    """Play the rendered reel to one station, cut its network for the middle third, check
    everything; exit status.
    """
    started_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kakou-demo-") as name:
        folder = Path(name)
        step("Key ceremony: the root key goes to a safe, the office starts")
        port = free_port()
        with _office(folder, port) as office:
            people = _issue(folder, office)
            network = Network(port)
            network.mend()
            station = _station(folder, office, network)
            reel = _reel(people)
            seen = _run(folder, office, station, network, people, reel, sabotage, headless=headless)
        status = _report(seen)
    say(f"\n{time.monotonic() - started_s:.0f} s in all.")
    return status


def _issue(folder: Path, office: Path) -> list[Person]:
    step("Forty people get their passes; some statuses change afterwards")
    forger = folder / "forger"
    call("issuer", forger, "init", "--offline", str(folder / "forger-root"))
    people = issue_passes(office, forger)
    call("issuer", office, "publish")
    stories = [person.story for person in people]
    say("  " + ", ".join(f"{stories.count(story)} {story}" for story in dict.fromkeys(stories)))
    return people


def _reel(people: list[Person]) -> Path:
    step("They come to the camera (a rendered reel, 1280x720, 25 frames a second)")
    for old in REEL_CACHE.glob("*.avi"):
        old.unlink()  # other passes: one reel takes 90 MB
    cards = [(person.text, person.carried) for person in people]
    return cached_reel(cards, REEL_CACHE, bar("drawing"))


def _has_display() -> bool:
    return sys.platform != "linux" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )


def _run(
    folder: Path,
    office: Path,
    station: Path,
    network: Network,
    people: list[Person],
    reel: Path,
    sabotage: str | None,
    *,
    headless: bool,
) -> checks.Seen:
    in_window = _has_display() and not headless
    step("The gate judges" + (" (in its window)" if in_window else ""))
    watched = Watched()
    command = [*station_command(sabotage), "--data", str(station), "run", "--once"]
    command += ["--camera", str(reel)] + ([] if in_window else ["--headless", "--json"])
    third_s = reel_seconds(len(people)) / 3
    with background(command, watched.line, folder / "station.log") as program:
        _wait_for_start(station, program, folder / "station.log")
        time.sleep(third_s)
        cut = _cut(office, network)
        time.sleep(third_s)
        offline_s, carried, stored = _mend(office, network, cut)
        status = program.wait(third_s * 6 + 30)
    if status:
        log = (folder / "station.log").read_text(errors="replace")
        raise DemoFailed(f"the station ended with {status}: {log[-500:]}")
    waiting = _drain(station)
    return checks.Seen(
        people=people,
        expected=expected_of(office, people),
        log=lines_of("scanner", station, "log", "--key", str(_passage_key(office))),
        exported=_export(office),
        shown=None if in_window else watched.shown,
        hints=None if in_window else watched.hints,
        offline_s=offline_s,
        bytes_while_cut=carried,
        stored_while_cut=stored,
        still_waiting=waiting,
    )


def _passage_key(office: Path) -> Path:
    """Return the file of the office's passage key: the station cannot read what it sealed."""
    (key,) = (office / "keys").glob("passage-*.key")
    return key


def _wait_for_start(station: Path, program: Background, log: Path) -> None:
    """Return at the first passage, so that the thirds are those of the reel and not of a slow
    start.
    """
    end_s = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < end_s:
        if program.ended:
            raise DemoFailed(f"the station did not start: {log.read_text(errors='replace')[-500:]}")
        if lines_of("scanner", station, "log"):
            return
        time.sleep(0.2)
    raise DemoFailed("the station judged nobody in half a minute")


@dataclass(frozen=True)
class _Cut:
    at_s: float
    carried: int
    stored: int


def _cut(office: Path, network: Network) -> _Cut:
    step("The network is cut")
    network.cut()
    time.sleep(0.5)  # what was under way when the cable broke has ended
    return _Cut(time.time(), network.bytes_carried, len(_export(office)))


def _mend(office: Path, network: Network, cut: _Cut) -> tuple[tuple[float, float], int, int]:
    carried = network.bytes_carried - cut.carried
    stored = len(_export(office)) - cut.stored
    end_s = time.time()
    step("The network is back")
    network.mend()
    return (cut.at_s, end_s), carried, stored


def _drain(station: Path) -> int:
    step("What is left in the queue is sent")
    end_s = time.monotonic() + DRAIN_TIMEOUT_S
    while True:
        report = call("scanner", station, "sync")
        if report["waiting"] == 0 or time.monotonic() > end_s:
            say(f"  {report['push'].get('delivered', 0)} sent now, {report['waiting']} waiting")
            return int(report["waiting"])


def _export(office: Path) -> list[dict[str, Any]]:
    return lines_of("issuer", office, "passages", "export", "--format", "jsonl")


def _report(seen: checks.Seen) -> int:
    step("The supervisor's export: who was judged how, and why")
    for line in checks.table(seen):
        say("  " + line)
    step("Checks")
    results = checks.check_all(seen)
    for check in results:
        say(f"  {'✓' if check.held else '✗'}  {check.what}: {check.seen}")
    held = all(check.held for check in results)
    say("\nEvery check held." if held else "\nA check did not hold.")
    return 0 if held else 1


def play_camera(camera: str) -> int:
    """Play with a real webcam: passes to print or to show, a window until it is closed, then the
    export.
    """
    with tempfile.TemporaryDirectory(prefix="kakou-demo-") as name:
        folder = Path(name)
        port = free_port()
        step("Key ceremony, office and station")
        with _office(folder, port) as office:
            network = Network(port)
            network.mend()
            station = _station(folder, office, network)
            cards = Path.cwd() / "kakou-demo-passes"
            _write_cards(office, cards)
            call("issuer", office, "publish")
            step(f"Show these to the camera, on paper or on a phone: {cards}")
            command = [*station_command(None), "--data", str(station), "run", "--camera", camera]
            watched = Watched()
            with background(command, watched.line, folder / "station.log") as program:
                stop = threading.Event()
                while not program.ended and not stop.wait(0.5):
                    pass
                status = program.wait(1)
            call("scanner", station, "sync")
            step("The supervisor's export")
            say(call_text("issuer", office, "passages", "export", "--format", "csv"))
    return status


def _write_cards(office: Path, cards: Path) -> None:
    cards.mkdir(exist_ok=True)
    for letter, name in (("green", "王*明"), ("yellow", "李*"), ("red", "张*华")):
        arguments = ("--name", name, "--id-tail", "104X", "--kind", "paper", "--status", letter)
        call("issuer", office, "mint", *arguments, "--png", str(cards / f"{letter}.png"))
