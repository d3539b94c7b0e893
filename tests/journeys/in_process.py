"""An office that serves on loopback inside the test, with a clock that the test moves."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import uvicorn

from demo.proxy import free_port
from issuer.app import main, open_office
from issuer.people.actions.stations import invite
from issuer.people.office import Office
from issuer.serving import build_app
from issuer.settings import Folder
from issuer.tokens.actions.mint import mint_passes
from issuer.tokens.actions.publish import publish
from issuer.tokens.rules.passes import PassRequest
from keys.claims import Kind, Status
from keys.clock import ClockReading
from tests.journeys.programs import until


class MovedClock:
    """The machine's clocks plus as many seconds as the test has let pass."""

    def __init__(self) -> None:
        self.ahead_s = 0

    def advance(self, seconds: int) -> None:
        """Let time pass, on the wall and since boot."""
        self.ahead_s += seconds

    def now(self) -> int:
        """Return unix seconds."""
        return int(time.time()) + self.ahead_s

    def reading(self) -> ClockReading:
        """Return what a station's clocks show: one boot, nobody touched the wall clock."""
        boot_s = time.monotonic() + self.ahead_s
        return ClockReading(wall_s=time.time() + self.ahead_s, boot_s=boot_s, boot_id="one-boot")


@dataclass(frozen=True)
class ServedOffice:
    """A serving office. thread ends with the block that made it."""

    office: Office
    clock: MovedClock
    url: str

    def station_code(self, name: str) -> str:
        """Return a one-time code, as of the office's own time."""
        return invite(self.office, name=name, checkpoint=None, zone=None, url=None, by="test").code

    def mint(self, count: int, *, hours: int) -> list[str]:
        """Mint `count` green passes and return their digits."""
        request = PassRequest(name="A", id_tail="", kind=Kind.PAPER, status=Status.GREEN)
        requests = [replace(request, hours=hours) for _ in range(count)]
        minted = mint_passes(self.office, requests, by="test")
        return [item.dense or "" for item in minted]

    def publish(self) -> None:
        """Publish a new version, as of the office's own time."""
        publish(self.office)


@contextmanager
def served_office(folder: Path) -> Iterator[ServedOffice]:
    """Make an office by its own command, and serve it with a clock that the test moves."""
    data = folder / "office"
    assert main(["init", "--offline", str(folder / "offline"), "--data", str(data), "--json"]) == 0
    clock = MovedClock()
    office = replace(open_office(Folder(data)), now=clock.now)
    port = free_port()
    with _served(office, port):
        yield ServedOffice(office, clock, f"http://127.0.0.1:{port}")
    office.database.close()


@contextmanager
def _served(office: Office, port: int) -> Iterator[None]:
    config = uvicorn.Config(
        build_app(office), host="127.0.0.1", port=port, log_level="warning", lifespan="on"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    started: Callable[[], bool] = lambda: server.started  # noqa: E731
    until(started, "the office serves")
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(60)
