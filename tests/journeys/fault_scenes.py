"""Scenes of the fault matrix: an office, a station enrolled with it, and one pass at the gate.

Every scene is played twice: as it is, and it admits; with one fault, and it must not. A scene calls
`fault` at the one moment at which that kind of fault strikes.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from keys.claims import Status
from keys.clock import ClockReading
from keys.errors import KeysError
from keys.passages import Verdict
from keys.readmission import encode_readmission
from keys.trustlist import KeyState, Purpose, TrustedKey
from scanner.decide.judge import judge
from scanner.decide.policy import Rules
from scanner.errors import IssuerTrouble, NotPublished, ScannerError
from scanner.record.cache import StatusCache
from scanner.record.identity import read_identity
from scanner.surroundings.known import Known
from scanner.sync.enrol import enrol_station
from scanner.sync.fetch import HttpExchange
from scanner.sync.refresh import pull_once
from tests.fakes.office_server import Trouble, serving
from tests.fakes.publisher import PASS_KID, ZONE
from tests.fakes.trust_office import TrustOffice
from tests.keys.makers import NOW

HOUR_S, DAY_S = 3600, 86_400
INDEX = 5


class Scene:
    """An office, a station in a folder of its own, its clocks, and the code that will be shown."""

    def __init__(self, folder: Path) -> None:
        self.office = TrustOffice(NOW)
        self.office.publish()
        self.wall_s = float(NOW)
        self.boot_s = 1000.0
        self.boot_id = "boot 1"
        self.folder = folder / "station"
        self.text = self.office.mint(INDEX).full
        self._enrol()
        self.known: Known | None = None
        self.restart()

    def _enrol(self) -> None:
        enrol_station(
            self.folder,
            Wire(self.office),
            self.office.add_station(),
            issuer_url="http://127.0.0.1",
            seed=bytes(32),
            nonce=bytes(16),
            chain=bytes(16),
            now_s=NOW,
        )

    def reading(self) -> ClockReading:
        """Return what the station's clocks show."""
        return ClockReading(wall_s=self.wall_s, boot_s=self.boot_s, boot_id=self.boot_id)

    def pass_time(self, seconds: float) -> None:
        """Let time pass everywhere: office, wall and boot clock."""
        self.office.now_s += int(seconds)
        self.wall_s += seconds
        self.boot_s += seconds

    def reboot(self, *, wall_s: float | None = None) -> None:
        """Begin another boot; wall_s: what the wall clock shows then."""
        self.boot_id, self.boot_s = "boot 2", 30.0
        self.wall_s = self.wall_s if wall_s is None else wall_s
        self.restart()

    def restart(self) -> None:
        """Start the station's program again. One that cannot start judges nobody."""
        self.known = None
        with suppress(ScannerError):
            identity = read_identity(self.folder)
            cache = StatusCache(self.folder, identity.root)
            self.known = Known(identity, cache, self.reading)

    def forget_trust(self) -> None:
        """Take the station back to where it knows nothing but its root."""
        shutil.rmtree(self.folder / "trust")
        self.restart()

    def pull(self, wire: Wire | HttpExchange | None = None) -> str | None:
        """Pull once; return the code of what failed."""
        if self.known is None:
            return "not_started"
        identity = self.known.identity
        try:
            pull_once(
                wire or Wire(self.office),
                self.known.cache,
                home=identity.record.issuer,
                root=identity.root,
                reading=self.reading(),
            )
        except (KeysError, ScannerError) as error:
            return error.code
        finally:
            with suppress(ScannerError):
                self.known.read_again()
        return None

    def verdict(self) -> Verdict | None:
        """Return what the gate says of the code, None if there is no gate or no pass."""
        if self.known is None:
            return None
        judged = judge(self.text, self.known.beliefs, Rules(zone=ZONE), self.known.moment())
        return None if judged is None else judged.verdict

    # --- what faults bend

    def served(self, path: str) -> str:
        """Return the published path that ends in `path`."""
        found = [name for name in self.office.published if name.endswith(path)]
        assert len(found) == 1, found
        return found[0]

    def kept(self, pattern: str) -> Path:
        """Return the one file of the station's folder that fits `pattern`."""
        found = list(self.folder.glob(pattern))
        assert len(found) == 1, found
        return found[0]

    def change_key(self, key: TrustedKey, **changes: object) -> None:
        """Publish a trust list in which `key` differs."""
        keys = tuple(
            replace(item, **changes) if item.kid == key.kid else item  # type: ignore[arg-type]
            for item in self.office.trust.keys
        )
        self.office.change_trust(keys=keys)

    def key_of(self, purpose: Purpose) -> TrustedKey:
        """Return the trust list's key for `purpose`."""
        return next(key for key in self.office.trust.keys if key.purpose is purpose)


class Wire:
    """The office without a network between: what it publishes, and its answers."""

    def __init__(self, office: TrustOffice) -> None:
        self._office = office

    def fetch(self, path: str, max_bytes: int) -> bytes:
        raw = self._office.published.get(path)
        if raw is None:
            raise NotPublished(path)
        if len(raw) > max_bytes:
            raise IssuerTrouble(path, code="too_large")
        return raw

    def post(self, path: str, body: bytes, max_bytes: int) -> bytes:
        return self._office.enrol(body)


Fault = Callable[[Scene], object]
Story = Callable[[Scene, Fault], None]


def first_sync(scene: Scene, fault: Fault) -> None:
    """A new station knows its root and nothing else; the fault is in what it is served."""
    scene.forget_trust()
    fault(scene)
    scene.pull()


def first_sync_by_web(scene: Scene, fault: Fault) -> None:
    """The same over HTTP; the fault is in the network, and tells its trouble by `scene.trouble`."""
    scene.forget_trust()
    fault(scene)
    trouble: Trouble | None = getattr(scene, "trouble", None)
    with serving(scene.office) as server:
        if trouble is not None:
            server.troubles["*"] = trouble
        exchange = HttpExchange(server.url, longest_s=2.0)
        scene.pull(exchange)
        server.let_go.set()
        exchange.close()


def at_the_gate(scene: Scene, fault: Fault) -> None:
    """A synchronised station; the fault is in the code that is shown."""
    scene.pull()
    fault(scene)


def after_restart(scene: Scene, fault: Fault) -> None:
    """A synchronised station is started again; the fault happened to its disk or its clocks."""
    scene.pull()
    fault(scene)
    scene.restart()


def turning_green(scene: Scene, fault: Fault) -> None:
    """A pass was green, then red, and the office turns it green again; the fault is in how the
    station is told.
    """
    published = scene.office.published
    scene.before = dict(published)  # type: ignore[attr-defined]
    scene.pull()
    scene.pass_time(HOUR_S)
    scene.office.set_status(INDEX, Status.RED)
    scene.office.publish()
    scene.pull()
    assert scene.verdict() is Verdict.REFUSE
    scene.red = dict(published)  # type: ignore[attr-defined]
    scene.pass_time(HOUR_S)
    scene.office.set_status(INDEX, Status.GREEN)
    scene.office.publish()
    fault(scene)
    scene.pull()


def four_days_later(scene: Scene, fault: Fault) -> None:
    """A synchronised station comes back to a network after four days; the fault is in what it is
    shown.
    """
    scene.before = dict(scene.office.published)  # type: ignore[attr-defined]
    scene.pull()
    scene.text = scene.office.mint(INDEX, exp=scene.office.now_s + 90 * DAY_S).full
    scene.pass_time(4 * DAY_S)
    scene.office.publish()
    fault(scene)
    scene.pull()


def re_admitted(scene: Scene, fault: Fault) -> None:
    """The pass key was burned, and the office re-admits this pass; the fault is in how the station
    is told.
    """
    office = scene.office
    scene.before = dict(office.published)  # type: ignore[attr-defined]
    scene.pull()
    key = scene.key_of(Purpose.PASS)
    scene.change_key(key, state=KeyState.BURNED)
    scene.pull()
    assert scene.verdict() is Verdict.REFUSE
    listed = encode_readmission([hashlib.sha256(office.mint(INDEX).cose).digest()])
    office.repository.contents["targets"][f"readmit/{office.name}-{PASS_KID}"] = listed
    scene.change_key(key, state=KeyState.BURNED, readmit=hashlib.sha256(listed).digest())
    scene.listed = listed  # type: ignore[attr-defined]
    fault(scene)
    scene.pull()
